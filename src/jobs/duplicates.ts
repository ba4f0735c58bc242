import type { Job } from './api';

/** What a submission would pay for. */
export interface Content {
  readonly connectionId: string;
  readonly model: string;
  /** Of the request file, lower-case hex. */
  readonly sha256: string;
}

/** Ends after which the same requests may be submitted again without a second thought. */
const fruitless: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED', 'EXPIRED']);

/**
 * Jobs and submissions of the same content to the same model and connection, from whatever file, window or machine, newest first.
 * @param jobs newest first.
 */
export function findDuplicates(jobs: readonly Job[], content: Content): readonly Job[] {
  return jobs.filter(
    (job) =>
      job.connectionId === content.connectionId &&
      job.model === content.model &&
      !fruitless.has(job.state) &&
      (job.requestFile === undefined
        ? job.hashPrefix !== undefined && content.sha256.startsWith(job.hashPrefix)
        : job.requestFile.sha256 === content.sha256),
  );
}
