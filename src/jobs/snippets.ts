import * as l10n from '@vscode/l10n';
import type { Connection } from '../shared/connection';
import type { Job } from './api';

export const snippetLanguages = ['curl', 'python', 'javascript'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

/** The environment variable that snippets read the key from; the key itself is never part of one. */
export const keyVariables = { gemini: 'GEMINI_API_KEY', openai: 'OPENAI_API_KEY' } as const;

/**
 * A script that looks at a job and fetches its results once there are any, to be pasted into a terminal or a program: it runs as
 * it is, with nothing but the language and the key in an environment variable.
 */
export function jobSnippet(job: Job, connection: Connection, language: SnippetLanguage): string {
  if (job.name === undefined) throw new Error(l10n.t('"{0}" is not at the service yet.', job.displayName));
  const parts = partsOf(job.name, connection);
  switch (language) {
    case 'curl':
      return curl(parts);
    case 'python':
      return python(parts);
    case 'javascript':
      return javascript(parts);
  }
}

interface Parts {
  readonly variable: string;
  /** Header that carries the key, and what stands before the key in it. */
  readonly header: string;
  readonly prefix: string;
  readonly jobUrl: string;
  /** Of a results file; `FILE` stands for its name. */
  readonly downloadUrl: string;
  /** Where the job's JSON says the name of that file. */
  readonly path: readonly string[];
}

function partsOf(name: string, { baseUrl, apiVersion, family }: Connection): Parts {
  const root = `${baseUrl}/${apiVersion}`;
  if (family === 'openai') {
    return {
      variable: keyVariables.openai,
      header: 'Authorization',
      prefix: 'Bearer ',
      jobUrl: `${root}/${name.startsWith('batches/') ? name : `batches/${name}`}`,
      downloadUrl: `${root}/files/FILE/content`,
      path: ['output_file_id'],
    };
  }
  return {
    variable: keyVariables.gemini,
    header: 'x-goog-api-key',
    prefix: '',
    jobUrl: `${root}/${name}`,
    downloadUrl: `${baseUrl}/download/${apiVersion}/FILE:download?alt=media`,
    path: ['response', 'responsesFile'],
  };
}

function curl({ variable, header, prefix, jobUrl, downloadUrl, path }: Parts): string {
  const authorization = `-H "${header}: ${prefix}$${variable}"`;
  return [
    '# The job as it is now',
    `curl -sS ${authorization} ${quoted(jobUrl)}`,
    '',
    '# Its results, once there are any (needs jq)',
    `FILE=$(curl -sS ${authorization} ${quoted(jobUrl)} | jq -r '.${path.join('.')}')`,
    `curl -sS -o results.jsonl ${authorization} ${quoted(downloadUrl).replace('FILE', '\'"$FILE"\'')}`,
    '',
  ].join('\n');
}

function python({ variable, header, prefix, jobUrl, downloadUrl, path }: Parts): string {
  const value = `${prefix === '' ? '' : `${JSON.stringify(prefix)} + `}os.environ[${JSON.stringify(variable)}]`;
  return [
    'import json',
    'import os',
    'import shutil',
    'import urllib.request',
    '',
    `headers = {${JSON.stringify(header)}: ${value}}`,
    '',
    '',
    'def get(url):',
    '    return urllib.request.urlopen(urllib.request.Request(url, headers=headers))',
    '',
    '',
    `job = json.load(get(${JSON.stringify(jobUrl)}))`,
    'print(json.dumps(job, indent=2))',
    `file = ${path.reduce((value_, step) => `(${value_} or {}).get(${JSON.stringify(step)})`, 'job')}`,
    'if file:',
    `    with get(${JSON.stringify(downloadUrl)}.replace("FILE", file)) as answer, open("results.jsonl", "wb") as target:`,
    '        shutil.copyfileobj(answer, target)',
    '',
  ].join('\n');
}

function javascript({ variable, header, prefix, jobUrl, downloadUrl, path }: Parts): string {
  return [
    "import { createWriteStream } from 'node:fs';",
    "import { Readable } from 'node:stream';",
    "import { pipeline } from 'node:stream/promises';",
    '',
    `const headers = { ${JSON.stringify(header)}: \`${prefix}\${process.env.${variable}}\` };`,
    '',
    `const job = await (await fetch(${JSON.stringify(jobUrl)}, { headers })).json();`,
    'console.log(JSON.stringify(job, null, 2));',
    `const file = job${path.map((step) => `?.${step}`).join('')};`,
    'if (file) {',
    `  const answer = await fetch(${JSON.stringify(downloadUrl)}.replace('FILE', file), { headers });`,
    "  await pipeline(Readable.fromWeb(answer.body), createWriteStream('results.jsonl'));",
    '}',
    '',
  ].join('\n');
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
