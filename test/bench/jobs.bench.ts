import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createJobEngine } from '../../src/jobs/engine';
import { recordVersion, type JobRecord } from '../../src/jobs/ledger/record';
import { hasUnfinishedJobs } from '../../src/jobs/peek';
import type { BatchService } from '../../src/shared/batchService';
import type { RemoteJob } from '../../src/shared/job';
import type { BenchOptions, BenchRow } from './contract';

export const name = 'jobs';

const runningOf = 20;

/** Years of work in one ledger: nearly all jobs have ended, a few run. */
export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = full ? 10_000 : 2_000;
  log(`writing a ledger of ${count} jobs`);
  const service = new ListingService(writeLedger(directory, count));
  // The goals are for 10,000 jobs; smaller runs are held to their share and say nothing about the goal.
  const row = (
    name_: string,
    ours: number,
    limit: number,
    unit: 'ms' | 'MB',
    more: Partial<BenchRow> = {},
  ): BenchRow => ({
    name: name_,
    ours,
    unit,
    ratio: (limit * count) / 10_000 / ours,
    goal: `<= ${limit} ${unit} at 10,000 jobs`,
    ...(full && { holds: ours <= limit }),
    ...more,
  });

  log('starting');
  const first = await start(directory);
  const again = await median(5, () => start(directory));
  const bare = await median(5, () => timed(() => Promise.resolve(readBare(join(directory, 'records')))));
  const reading = { peer: bare, peerName: 'reading and parsing the files alone', ratio: bare / again };

  log('ticking');
  const collect = garbageCollector();
  collect();
  const before = process.memoryUsage();
  const engine = engineOn(directory, service);
  await engine.start();
  service.prepare();
  await engine.refresh();
  collect();
  const after = process.memoryUsage();
  const memory = (after.heapUsed + after.external - before.heapUsed - before.external) / 2 ** 20;
  const tick = async (change: () => void): Promise<number> => {
    change();
    service.prepare();
    return timed(() => engine.refresh());
  };
  const quiet = await median(7, () => tick(() => undefined));
  let redrawn = 0;
  engine.onDidChange(({ changed }) => (redrawn += changed.length));
  const moving = await median(7, () => tick(() => service.progress(runningOf)));
  const list = await median(7, () => timed(() => Promise.resolve(engine.jobs.length)));
  engine.dispose();
  const peek = await median(7, () => timed(() => hasUnfinishedJobs(directory)));
  return [
    row('start', again, 200, 'ms', reading),
    row('first start, without an archive', first, 200, 'ms', { ...reading, ratio: bare / first }),
    row('memory, everything listed', memory, 50, 'MB'),
    row('tick that lists all anew', quiet, 50, 'ms'),
    row(`tick in which ${runningOf} jobs got on (${redrawn / 7} redrawn)`, moving, 50, 'ms'),
    row('the sorted list, nothing changed', list, 1, 'ms'),
    row('is anything unfinished? (before the engine is loaded)', peek, 5, 'ms'),
  ];
}

/** One start of an engine that asks nothing of a service, until all jobs are known. */
async function start(directory: string): Promise<number> {
  const engine = engineOn(directory, undefined);
  const taken = await timed(() => engine.start());
  const { length } = engine.jobs;
  if (length === 0) throw new Error('The ledger was not read.');
  // The archive of a first start is written in the background.
  while (!existsSync(join(directory, 'archive.jsonl'))) await new Promise(setImmediate);
  engine.dispose();
  return taken;
}

/** Lists jobs as a service would: new objects every time, made before the clock runs. */
class ListingService {
  private listed: readonly RemoteJob[] = [];

  constructor(private readonly jobs: RemoteJob[]) {}

  prepare(): void {
    this.listed = structuredClone(this.jobs);
  }

  /** Some jobs get on. */
  progress(count: number): void {
    for (let n = 0; n < count; n += 1) this.jobs[n] = progressed(this.jobs[n]!);
  }

  list(limit: number | undefined): readonly RemoteJob[] {
    return this.listed.slice(0, limit);
  }
}

function engineOn(directory: string, source: ListingService | undefined) {
  const service = {
    capabilities: { deleteJob: true, dialects: ['gemini'] },
    listJobs: ({ limit }: { limit?: number } = {}) => Promise.resolve(source?.list(limit) ?? []),
  } as unknown as BatchService;
  const kept = new Map<string, string>();
  return createJobEngine({
    directory,
    service: () => (source === undefined ? Promise.reject(new Error('Not now.')) : Promise.resolve(service)),
    connectionIds: () => ['gemini'],
    secrets: {
      get: (key) => Promise.resolve(kept.get(key)),
      store: (key, value) => Promise.resolve(void kept.set(key, value)),
      delete: (key) => Promise.resolve(void kept.delete(key)),
    },
    pollSeconds: () => 3_600,
  });
}

/** @returns the jobs as the service lists them, newest first. */
function writeLedger(directory: string, count: number): RemoteJob[] {
  const records = join(directory, 'records');
  mkdirSync(records, { recursive: true });
  mkdirSync(join(directory, 'open'), { recursive: true });
  const listed: RemoteJob[] = [];
  const end = Date.UTC(2026, 10, 21);
  for (let n = 0; n < count; n += 1) {
    const isRunning = n < runningOf;
    const remote = remoteJob(n, end - n * 600_000, isRunning);
    listed.push(remote);
    const id = `job-${String(n).padStart(9, '0')}-abcdef`;
    const path = join(records, `${id}.4.json`);
    writeFileSync(path, JSON.stringify(recordOf(id, n, remote, isRunning)));
    // What was written a moment ago is not believed to stay as it is.
    utimesSync(path, end / 1000, end / 1000 - n);
    if (isRunning) writeFileSync(join(directory, 'open', id), '');
  }
  return listed;
}

function remoteJob(n: number, createdAt: number, isRunning: boolean): RemoteJob {
  const id = `leg9wy9p5df66syjxke2eq4xfjqcwp${String(n).padStart(6, '0')}`;
  return {
    name: `batches/${id}`,
    displayName: `Classify the tickets of week ${n} [bw-${String(n).padStart(12, '0')}-fdf95aa4]`,
    model: 'gemini-3.8-flash',
    dialect: 'gemini',
    state: isRunning ? 'RUNNING' : 'SUCCEEDED',
    counts: {
      total: 1_200,
      succeeded: isRunning ? 10 : 1_190,
      failed: isRunning ? 0 : 10,
      pending: isRunning ? 1_190 : 0,
    },
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(createdAt + 60_000).toISOString(),
    inputFile: `files/in${n}`,
    ...(!isRunning && {
      endedAt: new Date(createdAt + 3_600_000).toISOString(),
      output: { kind: 'file', file: `files/batch-${id}` },
    }),
  };
}

function recordOf(id: string, n: number, remote: RemoteJob, isRunning: boolean): JobRecord {
  const path = `/home/me/work/project/batches/tickets-week-${n}.jsonl`;
  return {
    version: recordVersion,
    id,
    revision: 4,
    trail: ['Zk3vQm1x', 'aB3vQm1y', 'cD3vQm1z', 'eF3vQm10'],
    connectionId: 'gemini',
    displayName: `Classify the tickets of week ${n}`,
    token: String(n).padStart(12, '0'),
    model: remote.model,
    dialect: 'gemini',
    createdAt: Date.parse(remote.createdAt ?? ''),
    step: 'submitted',
    owner: '61ba133b-3f47-4604-9202-2e0a8172feb0',
    origin: 'here',
    requestFile: {
      path,
      sizeBytes: 480_000,
      modifiedAt: 1_795_254_828_911,
      sha256: 'fd'.repeat(32),
      rows: 1_200,
    },
    inputFile: { name: `files/in${n}`, expiresAt: '2026-11-23T00:00:00.000Z' },
    name: remote.name,
    clockOffsetMs: 120,
    remote,
    ...(!isRunning && {
      announced: true,
      results: { path: path.replace('.jsonl', '.results.jsonl'), sizeBytes: 900_000, rows: 1_200 },
      outcomes: { ok: 1_190, failed: 10, truncated: 0, blocked: 0, missing: 0, unexpected: 0 },
      usage: { input: 100_000, output: 50_000, thinking: 0, cached: 0 },
    }),
  };
}

function progressed(job: RemoteJob): RemoteJob {
  const { counts } = job;
  return { ...job, counts: { ...counts, succeeded: counts.succeeded + 1, pending: counts.pending - 1 } };
}

/** The least that a start has to do. */
function readBare(records: string): number {
  let found = 0;
  for (const entry of readdirSync(records)) {
    if (entry.endsWith('.json') && JSON.parse(readFileSync(join(records, entry), 'utf8')) !== null)
      found += 1;
  }
  return found;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < times; n += 1) taken.push(await measure());
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
