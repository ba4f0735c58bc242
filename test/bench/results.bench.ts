import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { BenchOptions, BenchRow } from './contract';
import { writeRequests, writeResults } from './resultsData';
import type { Reading } from './resultsReader';

export const name = 'Opening results files against readFile + split + JSON.parse';

const MB = 2 ** 20;
const execute = promisify(execFile);
/** JavaScript's strings end before this; a naive reader cannot open more at all. */
const naiveLimit = 448 * MB;

/** Every reading in a process of its own, so that memory is its own as well. */
export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const scripts = await bundle(directory);
  const read = async (side: 'ours' | 'naive', results: string, requests?: string): Promise<Reading> => {
    const args = [
      scripts.reader,
      side,
      results,
      scripts.worker,
      ...(requests === undefined ? [] : [requests]),
    ];
    const { stdout } = await execute(process.execPath, args, { maxBuffer: MB });
    return JSON.parse(stdout) as Reading;
  };
  const files = {
    small: join(directory, 'small.results.jsonl'),
    large: join(directory, 'large.results.jsonl'),
    requests: join(directory, 'large.jsonl'),
    images: join(directory, 'images.results.jsonl'),
  };
  writeResults(files.small, 'text', full ? naiveLimit : 64 * MB);
  const large = writeResults(files.large, 'text', (full ? 2048 : 256) * MB);
  writeRequests(files.requests, large.rows);
  writeResults(files.images, 'image', (full ? 1024 : 128) * MB);
  const ours = await middle(() => read('ours', files.small));
  const naive = await middle(() => read('naive', files.small));
  log(`small: ours ${ours.complete.toFixed(0)} ms, naive ${naive.complete.toFixed(0)} ms`);
  const big = await middle(() => read('ours', files.large));
  const joined = await middle(() => read('ours', files.large, files.requests));
  const images = await middle(() => read('ours', files.images));
  log(`large: ${large.rows} rows in ${big.complete.toFixed(0)} ms, joined ${joined.complete.toFixed(0)} ms`);
  return [
    ...against(ours, naive, full),
    ...limits(`${Math.round(large.bytes / MB)} MB, ${large.rows.toLocaleString('en')} rows`, big, full),
    limit(
      `${large.rows.toLocaleString('en')} rows joined to their requests: memory`,
      joined.grownMB,
      100,
      'MB',
      full,
    ),
    limit('500 KB image rows: jump to any row (p95)', images.jump, 50, 'ms', true),
    limit('500 KB image rows: memory', images.grownMB, 100, 'MB', full),
  ];
}

function against(ours: Reading, naive: Reading, full: boolean): BenchRow[] {
  const peerName = 'readFile + split + JSON.parse';
  const row = (what: string, our: number, peer: number, unit: 'ms' | 'MB'): BenchRow => ({
    name: what,
    peerName,
    ours: our,
    peer,
    unit,
    ratio: peer / our,
    goal: '> 1 x naive',
    ...(full ? { holds: our < peer } : {}),
  });
  return [
    row('first rows', ours.firstRows, naive.firstRows, 'ms'),
    row('index complete', ours.complete, naive.complete, 'ms'),
    row('memory growth', ours.grownMB, naive.grownMB, 'MB'),
  ];
}

function limits(what: string, reading: Reading, full: boolean): BenchRow[] {
  return [
    limit(`${what}: first rows`, reading.firstRows, 500, 'ms', true),
    limit(`${what}: index complete`, reading.complete, 2000, 'ms', full),
    limit(`${what}: jump to any row (p95)`, reading.jump, 50, 'ms', true),
    limit(`${what}: memory`, reading.grownMB, 100, 'MB', full),
  ];
}

function limit(what: string, ours: number, goal: number, unit: 'ms' | 'MB', says: boolean): BenchRow {
  return {
    name: what,
    ours,
    unit,
    ratio: goal / ours,
    goal: `<= ${goal} ${unit}`,
    ...(says ? { holds: ours <= goal } : {}),
  };
}

/** The middle one of three, by the time it took. */
async function middle(read: () => Promise<Reading>): Promise<Reading> {
  const readings = [await read(), await read(), await read()].sort((a, b) => a.complete - b.complete);
  const [, found] = readings;
  if (found === undefined) throw new Error('Nothing was measured.');
  return found;
}

async function bundle(directory: string): Promise<{ reader: string; worker: string }> {
  await build({
    entryPoints: { reader: 'test/bench/resultsReader.ts', worker: 'src/results/scanWorker.ts' },
    outdir: directory,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return { reader: join(directory, 'reader.js'), worker: join(directory, 'worker.js') };
}
