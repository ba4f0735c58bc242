import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Ajv } from 'ajv';
import { zodSchema } from '../../src/dialects/zod';
import { validateFile } from '../../src/server/validation';
import { peakMemoryMB } from './peakMemory';
import { jsonSchemaOf } from './validationJsonSchema';

/** One way to check a file, in a process of its own so that its memory can be told: contender, file, threads, folder of peers. */

/** `ours-hashed`: with the SHA-256 that a submission needs, and *Validate File* does not. */
export type Contender = 'ours' | 'ours-hashed' | 'parse' | 'ajv' | 'zod' | 'vscode-json' | 'duckdb';

export interface ContenderResult {
  readonly seconds: number;
  readonly peakMB: number;
  readonly rows: number;
  readonly bad: number;
}

interface Share {
  readonly contender: Contender;
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly peers: string;
}

interface Counts {
  rows: number;
  bad: number;
}

const chunkBytes = 4 << 20;

/** Calls back with each line that begins in the share. */
async function eachLine(
  { file, start, end }: Share,
  line: (text: string) => Promise<void> | void,
): Promise<void> {
  const fd = openSync(file, 'r');
  let held = Buffer.alloc(0);
  let offset = start === 0 ? 0 : start - 1;
  let skipping = start > 0;
  const chunk = Buffer.alloc(chunkBytes);
  for (;;) {
    const read = readSync(fd, chunk, 0, chunkBytes, offset + held.length);
    if (read === 0) break;
    held = Buffer.concat([held, chunk.subarray(0, read)]);
    let from = 0;
    for (let at = held.indexOf(10); at !== -1; at = held.indexOf(10, from)) {
      if (!skipping && offset + from >= end) {
        closeSync(fd);
        return;
      }
      if (!skipping) {
        const waiting = line(held.toString('utf8', from, at));
        if (waiting !== undefined) await waiting;
      }
      skipping = false;
      from = at + 1;
    }
    held = held.subarray(from);
    offset += from;
  }
  closeSync(fd);
}

async function runShare(share: Share): Promise<Counts> {
  const counts: Counts = { rows: 0, bad: 0 };
  const check = checkOf(share);
  await eachLine(share, (text) => {
    counts.rows += 1;
    const result = check(text);
    if (typeof result === 'boolean') {
      if (!result) counts.bad += 1;
      return undefined;
    }
    return result.then((good) => {
      if (!good) counts.bad += 1;
    });
  });
  return counts;
}

/** Whether a line is good, by the contender's means. */
function checkOf({ contender, peers }: Share): (text: string) => boolean | Promise<boolean> {
  switch (contender) {
    case 'ajv': {
      const validate = new Ajv({ strict: false }).compile(jsonSchemaOf('GeminiLine'));
      return (text) => validate(JSON.parse(text));
    }
    case 'zod': {
      const schema = zodSchema('GeminiLine');
      return (text) => schema.safeParse(JSON.parse(text)).success;
    }
    case 'vscode-json':
      return jsonServiceCheck(peers);
    default:
      return parses;
  }
}

function parses(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** The part of vscode-json-languageservice that is used here; it is installed only when asked for. */
interface JsonService {
  parseJSONDocument(document: unknown): unknown;
  doValidation(
    document: unknown,
    json: unknown,
    settings: object,
    schema: object,
  ): PromiseLike<readonly unknown[]>;
}

function jsonServiceCheck(peers: string): (text: string) => Promise<boolean> {
  const module = createRequire(join(peers, 'x.js'))('vscode-json-languageservice') as {
    getLanguageService: (settings: object) => JsonService;
    TextDocument: { create: (uri: string, language: string, version: number, text: string) => unknown };
  };
  const service = module.getLanguageService({});
  const schema = jsonSchemaOf('GeminiLine');
  return async (text) => {
    const document = module.TextDocument.create('x://x.json', 'json', 1, text);
    const problems = await service.doValidation(document, service.parseJSONDocument(document), {}, schema);
    return problems.length === 0;
  };
}

async function duckdb(file: string, threads: number, peers: string): Promise<Counts> {
  const { DuckDBInstance } = createRequire(join(peers, 'x.js'))('@duckdb/node-api') as {
    DuckDBInstance: {
      create: (
        path: string,
        options: Record<string, string>,
      ) => Promise<{
        connect: () => Promise<{ runAndReadAll: (sql: string) => Promise<{ getRows: () => unknown[][] }> }>;
      }>;
    };
  };
  const connection = await (await DuckDBInstance.create(':memory:', { threads: String(threads) })).connect();
  const sql = `SELECT count(*) FROM read_ndjson_objects('${file}', maximum_object_size=16777216)`;
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return { rows: Number(rows[0]?.[0]), bad: 0 };
}

async function onThreads(
  contender: Contender,
  file: string,
  threads: number,
  peers: string,
): Promise<Counts> {
  const fd = openSync(file, 'r');
  const { size } = fstatSync(fd);
  closeSync(fd);
  const shares = Array.from({ length: threads }, (_, index) => ({
    contender,
    file,
    peers,
    start: Math.floor((size * index) / threads),
    end: Math.floor((size * (index + 1)) / threads),
  }));
  const counts = await Promise.all(
    shares.map(
      (share) =>
        new Promise<Counts>((resolve, reject) => {
          const worker = new Worker(__filename, { workerData: share });
          worker.on('message', resolve);
          worker.on('error', reject);
        }),
    ),
  );
  return {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    bad: counts.reduce((sum, { bad }) => sum + bad, 0),
  };
}

async function main(): Promise<void> {
  const [contender, file = '', threads = '2', peers = ''] = process.argv.slice(2) as [Contender, ...string[]];
  const workers = Number(threads);
  const started = performance.now();
  let counts: Counts;
  if (contender === 'ours' || contender === 'ours-hashed') {
    const workerScript = join(__dirname, 'validator-worker.js');
    const hash = contender === 'ours-hashed';
    const { rows, errors } = await validateFile(file, { maxProblems: 1000, hash, workers, workerScript });
    counts = { rows, bad: errors };
  } else if (contender === 'duckdb') {
    counts = await duckdb(file, workers, peers);
  } else {
    counts = await onThreads(contender, file, workers, peers);
  }
  const seconds = (performance.now() - started) / 1000;
  const result: ContenderResult = { seconds, peakMB: peakMemoryMB(), ...counts };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

if (isMainThread) void main();
else void runShare(workerData as Share).then((counts) => parentPort?.postMessage(counts));
