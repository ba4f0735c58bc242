import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** A ledger of `count` jobs, nearly all of them finished, as years of work leave it. */
export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = full ? 10_000 : 2_000;
  log(`writing a ledger of ${count} jobs`);
  const listed = writeLedger(directory, count);
  const collect = garbageCollector();
  const rows: BenchRow[] = [];
  const scaled = (ms: number) => (ms * count) / 10_000;
  const holds = (value: number, limit: number) => (full ? { holds: value <= limit } : {});

  const bare = await median(5, () => Promise.resolve(readBare(join(directory, 'records'))));
  log('starting the engine');
  const start = await median(5, async () => {
    const engine = engineOn(directory, []);
    await engine.start();
    engine.dispose();
  });
  rows.push({
    name: `start with ${count} jobs`,
    ours: start,
    peer: bare,
    peerName: 'reading and parsing the files alone',
    unit: 'ms',
    ratio: bare / start,
    goal: '<= 200 ms at 10,000 jobs',
    ...holds(start, 200),
  });

  collect();
  const before = process.memoryUsage();
  const engine = engineOn(directory, listed);
  await engine.start();
  await engine.refresh();
  collect();
  const after = process.memoryUsage();
  const memory = (after.heapUsed + after.external - before.heapUsed - before.external) / 2 ** 20;
  rows.push({
    name: `memory of ${count} jobs, listed in full`,
    ours: memory,
    unit: 'MB',
    ratio: scaled(50) / memory,
    goal: '<= 50 MB at 10,000 jobs',
    ...holds(memory, 50),
  });

  log('ticking');
  const whole = await median(5, () => engine.refresh());
  rows.push({
    name: `tick that lists all ${count} jobs anew`,
    ours: whole,
    unit: 'ms',
    ratio: scaled(50) / whole,
    goal: '<= 50 ms at 10,000 jobs',
    ...holds(whole, 50),
  });
  let changed = 0;
  const subscription = engine.onDidChange((change) => (changed += change.changed.length));
  const moving = await median(5, async () => {
    for (let n = 0; n < runningOf; n += 1) listed[n] = progressed(listed[n]!);
    await engine.refresh();
  });
  subscription.dispose();
  rows.push({
    name: `tick in which ${runningOf} jobs got on (${changed / 5} redrawn)`,
    ours: moving,
    unit: 'ms',
    ratio: scaled(50) / moving,
    goal: '<= 50 ms at 10,000 jobs',
    ...holds(moving, 50),
  });
  const list = await median(5, () => Promise.resolve(engine.jobs.length));
  rows.push({
    name: 'the sorted list, nothing changed',
    ours: list,
    unit: 'ms',
    goal: '<= 1 ms',
    ...holds(list, 1),
  });
  engine.dispose();

  const peek = await median(5, () => hasUnfinishedJobs(directory));
  rows.push({
    name: 'is anything unfinished? (before the engine is loaded)',
    ours: peek,
    unit: 'ms',
    goal: '<= 5 ms',
    ...holds(peek, 5),
  });
  return rows;
}

function engineOn(directory: string, listed: readonly RemoteJob[]) {
  const service = {
    capabilities: { deleteJob: true, dialects: ['gemini'] },
    listJobs: ({ limit }: { limit?: number } = {}) =>
      Promise.resolve(listed.slice(0, limit).map((job) => structuredClone(job))),
    getJob: (job: string) => Promise.resolve(listed.find((each) => each.name === job)),
  } as unknown as BatchService;
  const kept = new Map<string, string>();
  return createJobEngine({
    directory,
    service: () => (listed.length > 0 ? Promise.resolve(service) : Promise.reject(new Error('Not now.'))),
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
    writeFileSync(join(records, `${id}.4.json`), JSON.stringify(recordOf(id, n, remote, isRunning)));
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
    creations: 1,
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

async function median(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const from = performance.now();
    await work();
    taken.push(performance.now() - from);
  }
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
