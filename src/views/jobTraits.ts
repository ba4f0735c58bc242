import type { Job } from '../jobs/api';
import { isFinalState } from '../shared/job';

/** Whether the service, or we on the way to it, still have something to do for the job. */
export function isActive(job: Job): boolean {
  return !job.gone && (job.phase !== 'submitted' || !isFinalState(job.state));
}

/** Whether a submission stands still until a person does something about it. */
export function needsPerson({ phase, unconfirmed }: Job): boolean {
  return phase === 'interrupted' && unconfirmed?.givenUp !== true;
}

/**
 * Whether there is more than one run whose results could be merged: retries, or the parts of a split submission.
 * @param parents ids of the jobs and groups that were retried
 */
export function isOneOfSeveralRuns(job: Job, parents: ReadonlySet<string>): boolean {
  return job.parentId !== undefined || job.group !== undefined || parents.has(job.id);
}

/** The jobs and groups that others are retries of. */
export function parentsOf(jobs: readonly Job[]): ReadonlySet<string> {
  return new Set(jobs.flatMap(({ parentId }) => parentId ?? []));
}

/** Rows that have a good answer and rows that want a second look. */
export function tally(job: Job): { readonly good: number; readonly bad: number } {
  const { outcomes, counts } = job;
  if (outcomes === undefined) return { good: counts.succeeded, bad: counts.failed };
  return {
    good: outcomes.ok,
    bad: outcomes.failed + outcomes.truncated + outcomes.blocked + outcomes.missing,
  };
}

/** Whether there is, or may be, something to read. */
export function hasResults(job: Job): boolean {
  return job.results !== undefined || (!job.gone && job.output !== undefined);
}

/**
 * Whether rows of a job may have to be asked again. Of results that nobody has looked at only the service's counts are known, and
 * an answer that was cut off or blocked counts as a success there.
 */
export function mayHaveRowsToRetry(job: Job): boolean {
  const ended = job.phase === 'submitted' && (job.gone || isFinalState(job.state));
  if (!ended || job.requestFile === undefined || !hasResults(job)) return false;
  return tally(job).bad > 0 || job.outcomes === undefined;
}

/** Whether a job was created elsewhere and is not in our ledger: it is known by connection and name then. */
export function isAdoptable({ origin, gone, id, connectionId, name }: Job): boolean {
  return origin === 'elsewhere' && !gone && id === `${connectionId}:${name ?? ''}`;
}
