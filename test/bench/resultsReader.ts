import { readFileSync } from 'node:fs';
import { ResultSet } from '../../src/results/resultSet';
import { allRows } from '../../src/shared/resultsMessages';
import { LocalScanner, ScannerLanes } from '../../src/results/scanner';
import { WorkerScanner } from '../../src/results/workerScanner';

/** What one reading of a results file took; milliseconds and megabytes. */
export interface Reading {
  readonly firstRows: number;
  readonly complete: number;
  /** Growth of the process at its largest. */
  readonly grownMB: number;
  /** The 95th percentile of jumping somewhere and getting a screen of rows. */
  readonly jump: number;
  readonly rows: number;
}

const screen = 60;
const jumps = 200;

const rss = () => process.memoryUsage.rss() / 2 ** 20;

/** Ours: the index on this thread and another, as the extension does it. */
async function ours(results: string, requests: string | undefined, worker: string): Promise<Reading> {
  const before = rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, rss())), 20);
  const start = performance.now();
  const scanner = new ScannerLanes([new LocalScanner(), new WorkerScanner(worker)]);
  const set = await ResultSet.open({ results, ...(requests === undefined ? {} : { requests }), scanner });
  const firstRows = await new Promise<number>((resolve) => {
    const listening = set.onDidChange(() => {
      if (set.results.rows === 0) return;
      listening.dispose();
      const rows = set.order(allRows).subarray(0, screen);
      void set.summaries(rows).then(() => resolve(performance.now() - start));
    });
  });
  await set.ready;
  const complete = performance.now() - start;
  const order = set.order(allRows);
  const times: number[] = [];
  for (let at = 0; at < jumps; at += 1) {
    const from = Math.floor(((at * 7919) % jumps) * (Math.max(1, order.length - screen) / jumps));
    const begun = performance.now();
    await set.summaries(order.subarray(from, from + screen));
    times.push(performance.now() - begun);
  }
  clearInterval(watch);
  peak = Math.max(peak, rss());
  times.sort((a, b) => a - b);
  return {
    firstRows,
    complete,
    grownMB: peak - before,
    jump: times[Math.floor(jumps * 0.95)] ?? 0,
    rows: order.length,
  };
}

/** What a results view without an index does: everything is read, cut into lines and parsed before the first row shows. */
function naive(results: string): Reading {
  const before = rss();
  const start = performance.now();
  const rows = readFileSync(results, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { key: string });
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const complete = performance.now() - start;
  return { firstRows: complete, complete, grownMB: rss() - before, jump: 0, rows: byKey.size };
}

const [side = '', results = '', worker = '', requests] = process.argv.slice(2);
const reading = side === 'naive' ? Promise.resolve(naive(results)) : ours(results, requests, worker);
void reading.then((value) => {
  process.stdout.write(JSON.stringify(value));
  process.exit(0);
});
