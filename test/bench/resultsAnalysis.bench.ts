import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { compareRuns } from '../../src/results/compare';
import { embeddingMap, nearest } from '../../src/results/embeddingMap';
import { ResultSet } from '../../src/results/resultSet';
import { LocalScanner } from '../../src/results/scanner';
import type { BenchOptions, BenchRow } from './contract';

export const name = 'What the results editor computes over a whole file';

const dimension = 3072;

/** What a computation cost. */
interface Cost {
  readonly ms: number;
  /** The longest time in which nothing else could run, in milliseconds. */
  readonly held: number;
  readonly grownMB: number;
}

export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const rows = full ? 1_000_000 : 50_000;
  const vectors = full ? 100_000 : 1_000;
  // A stride without a common divisor: the same keys, far from where they were.
  const shuffled = (at: number) => (at * 7919) % rows;
  const before = await openLines(join(directory, 'before.results.jsonl'), rows, (at) => answer(at, at));
  const after = await openLines(join(directory, 'after.results.jsonl'), rows, (at) =>
    answer(shuffled(at), shuffled(at) % 10 === 0 ? -1 : shuffled(at)),
  );
  const compared = await cost(() => compareRuns(before, after));
  log(`comparison: ${compared.ms.toFixed(0)} ms`);
  const embedded = await openLines(join(directory, 'embeddings.results.jsonl'), vectors, embedding);
  const map = await cost(() => embeddingMap(embedded));
  const near = await cost(() => nearest(embedded, 0));
  log(`picture: ${map.ms.toFixed(0)} ms, neighbours: ${near.ms.toFixed(0)} ms`);
  for (const set of [before, after, embedded]) set.dispose();
  const size = `${vectors.toLocaleString('en')} x ${dimension} embeddings`;
  return [
    ...limits(`${rows.toLocaleString('en')} rows compared in another order`, compared, rows / 50, full),
    ...limits(`${size}: picture`, map, vectors * 0.6, full),
    ...limits(`${size}: neighbours of one`, near, vectors * 0.3, full),
  ];
}

function limits(what: string, { ms, held, grownMB }: Cost, goalMs: number, full: boolean): BenchRow[] {
  const row = (name: string, ours: number, goal: number, unit: 'ms' | 'MB'): BenchRow => ({
    name,
    ours,
    unit,
    ratio: goal / ours,
    goal: `<= ${Math.round(goal)} ${unit}`,
    ...(full ? { holds: ours <= goal } : {}),
  });
  return [
    row(what, ms, goalMs, 'ms'),
    row(`${what}: longest hold of the extension host`, held, 100, 'ms'),
    row(`${what}: memory`, Math.max(0.1, grownMB), 200, 'MB'),
  ];
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const start = performance.now();
  const memory = process.memoryUsage.rss();
  let last = start;
  let held = 0;
  const look = () => {
    const now = performance.now();
    held = Math.max(held, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  await work();
  look();
  clearInterval(timer);
  const grownMB = (process.memoryUsage.rss() - memory) / 2 ** 20;
  return { ms: performance.now() - start, held, grownMB };
}

function answer(key: number, text: number): string {
  const parts = `[{"text":"Answer ${text}. ${'It is as it was said before. '.repeat(3)}"}]`;
  const usage = '{"promptTokenCount":20,"candidatesTokenCount":30}';
  return `{"key":"request-${key}","response":{"candidates":[{"content":{"parts":${parts},"role":"model"},"finishReason":"STOP"}],"usageMetadata":${usage}}}`;
}

/** Vectors in seven clusters, with some noise that is the same in every run. */
function embedding(at: number): string {
  const value = (_: unknown, axis: number) =>
    (Math.sin((at % 7) * axis) / 50 + ((((at + 1) * (axis + 1) * 2654435761) % 1000) - 500) / 50_000).toFixed(
      8,
    );
  const values = Array.from({ length: dimension }, value).join(',');
  return `{"key":"e-${at}","response":{"embedding":{"values":[${values}]}}}`;
}

/** Writes the lines and opens them, completely indexed. */
async function openLines(path: string, rows: number, line: (at: number) => string): Promise<ResultSet> {
  const file = createWriteStream(path);
  for (let at = 0; at < rows;) {
    const lines: string[] = [];
    for (const end = Math.min(rows, at + 1000); at < end; at += 1) lines.push(line(at));
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  const set = await ResultSet.open({ results: path, scanner: new LocalScanner() });
  await set.ready;
  return set;
}
