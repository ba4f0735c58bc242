import path from 'node:path';
import type { Job } from '../jobs/api';
import type { Connection } from '../shared/connection';

/**
 * A job as code that a person can go on with in a terminal, a script or a notebook: how it stands, its results, and (as
 * comments, because it costs money) how it was submitted. The key is read from the environment, never written.
 */
export type CodeFor = (job: Job, connection: Connection) => string;

const keyVariable = 'GEMINI_API_KEY';

export const curlFor: CodeFor = (job, { baseUrl, apiVersion }) => {
  const header = `-H "x-goog-api-key: $${keyVariable}"`;
  const api = `${baseUrl}/${apiVersion}`;
  const lines = [
    `# ${oneLine(job.displayName)}: how the job stands`,
    `curl -sS ${header} ${shell(`${api}/${job.name ?? ''}`)}`,
  ];
  if (job.output?.kind === 'file') {
    const url = `${baseUrl}/download/${apiVersion}/${job.output.file}:download?alt=media`;
    lines.push('', '# its results', `curl -sS -L ${header} -o ${shell(resultsName(job))} ${shell(url)}`);
  }
  if (job.inputFile !== undefined) {
    const body = { batch: { displayName: job.displayName, inputConfig: { fileName: job.inputFile } } };
    lines.push(
      '',
      '# the same requests again: a new job, paid for again, while the uploaded file lives (48 hours)',
      `# curl -sS ${header} -H 'content-type: application/json' \\`,
      `#   -d ${shell(JSON.stringify(body))} \\`,
      `#   ${shell(`${api}/models/${job.model}:${createMethod(job)}`)}`,
    );
  }
  return `${lines.join('\n')}\n`;
};

export const pythonFor: CodeFor = (job, connection) =>
  [
    '# pip install google-genai',
    'import os',
    'from google import genai',
    '',
    `client = genai.Client(api_key=os.environ["${keyVariable}"]${pythonOptions(connection)})`,
    `job = client.batches.get(name=${literal(job.name ?? '')})  # ${oneLine(job.displayName)}`,
    'print(job.state.name, job.completion_stats)',
    '',
    'if job.dest and job.dest.file_name:',
    `    with open(${literal(resultsName(job))}, "xb") as results:`,
    '        results.write(client.files.download(file=job.dest.file_name))',
    ...pythonSubmission(job),
    '',
  ].join('\n');

export const javascriptFor: CodeFor = (job, connection) =>
  [
    '// npm install @google/genai',
    "import { GoogleGenAI } from '@google/genai';",
    '',
    `const ai = new GoogleGenAI({ apiKey: process.env.${keyVariable}${javascriptOptions(connection)} });`,
    `const job = await ai.batches.get({ name: ${literal(job.name ?? '')} }); // ${oneLine(job.displayName)}`,
    'console.log(job.state);',
    '',
    'if (job.dest?.fileName) {',
    `  await ai.files.download({ file: job.dest.fileName, downloadPath: ${literal(resultsName(job))} });`,
    '}',
    ...javascriptSubmission(job),
    '',
  ].join('\n');

function pythonSubmission(job: Job): string[] {
  if (job.requestFile === undefined || job.dialect !== 'gemini') return [];
  return [
    '',
    '# The same requests again: a new job, paid for again.',
    `# file = client.files.upload(file=${literal(job.requestFile.path)}, config={"mime_type": "jsonl"})`,
    `# again = client.batches.create(model=${literal(job.model)}, src=file.name,`,
    `#                               config={"display_name": ${literal(job.displayName)}})`,
  ];
}

function javascriptSubmission(job: Job): string[] {
  if (job.requestFile === undefined || job.dialect !== 'gemini') return [];
  return [
    '',
    '// The same requests again: a new job, paid for again.',
    `// const file = await ai.files.upload({ file: ${literal(job.requestFile.path)}, config: { mimeType: 'jsonl' } });`,
    `// const again = await ai.batches.create({ model: ${literal(job.model)}, src: file.name,`,
    `//   config: { displayName: ${literal(job.displayName)} } });`,
  ];
}

const usualAddress = 'https://generativelanguage.googleapis.com';

function pythonOptions({ baseUrl, apiVersion }: Connection): string {
  if (baseUrl === usualAddress) return '';
  return `,\n                      http_options={"base_url": ${literal(baseUrl)}, "api_version": ${literal(apiVersion)}}`;
}

function javascriptOptions({ baseUrl, apiVersion }: Connection): string {
  const address = baseUrl === usualAddress ? '' : `baseUrl: ${literal(baseUrl)}, `;
  return `, httpOptions: { ${address}apiVersion: ${literal(apiVersion)} }`;
}

function createMethod(job: Job): string {
  return job.dialect === 'gemini-embed' ? 'asyncBatchEmbedContent' : 'batchGenerateContent';
}

function resultsName(job: Job): string {
  const stem =
    job.requestFile === undefined
      ? (job.name ?? 'batch').replace(/^.*\//, '')
      : path.parse(job.requestFile.path).name;
  return `${stem}.results.jsonl`;
}

/** A string literal that JavaScript and Python both read. */
function literal(text: string): string {
  return JSON.stringify(text);
}

/** A word that a POSIX shell takes as it is. */
function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** For comments: a name with a line break must not become code. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
