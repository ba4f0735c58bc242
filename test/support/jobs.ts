import type { Job } from '../../src/jobs/api';

/** A finished job with one answered row; the test says what is different about its own. */
export function makeJob(overrides: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    connectionId: 'sandbox',
    displayName: 'reviews',
    model: 'gemini-3.8-flash',
    dialect: 'gemini',
    phase: 'submitted',
    name: 'batches/abc',
    state: 'SUCCEEDED',
    counts: { total: 1, succeeded: 1, failed: 0, pending: 0 },
    createdAt: at('2026-11-21T08:00:00'),
    endedAt: at('2026-11-21T09:00:00'),
    expiresAt: at('2026-11-23T08:00:00'),
    output: { kind: 'file', file: 'files/batch-abc' },
    requestFile: {
      path: '/home/me/reviews.jsonl',
      sizeBytes: 1234,
      modifiedAt: at('2026-11-21T07:00:00'),
      sha256: 'ab'.repeat(32),
      rows: 1,
    },
    inputFile: 'files/in',
    origin: 'here',
    gone: false,
    ...overrides,
  };
}

/** A job that runs: no end, no results. */
export function makeRunningJob(overrides: Partial<Job> = {}): Job {
  return {
    ...without(makeJob(), 'endedAt', 'output'),
    state: 'RUNNING',
    counts: { total: 1000, succeeded: 812, failed: 3, pending: 185 },
    ...overrides,
  };
}

/** A copy of a job that lacks some of what may be absent. */
export function without(job: Job, ...fields: readonly (keyof Job)[]): Job {
  const copy = { ...job };
  for (const field of fields) Reflect.deleteProperty(copy, field);
  return copy;
}

/** Milliseconds since the epoch of a local time. */
export function at(local: string): number {
  return new Date(local).getTime();
}
