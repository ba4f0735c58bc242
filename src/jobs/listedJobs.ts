import type { RemoteJob } from '../shared/job';
import type { Job } from './api';
import { saysTheSame } from './sameRemoteJob';

/** Which jobs of a connection the service listed last, by name. */
export type SeenJobs = ReadonlyMap<string, RemoteJob>;

/**
 * What a list has. `all`: there is nothing else at the service; `some`: only these were looked at; `shared`: what the window that
 * polls knows beside the ledger.
 */
export type ListExtent = 'all' | 'some' | 'shared';

/**
 * What the services listed last, and what is missing there. A list replaces the one before, so whoever goes through one may wait
 * on the way. Says of every list which names are news, so that only their jobs are computed again.
 */
export class ListedJobs {
  private readonly seen = new Map<string, SeenJobs>();
  /** By connection: the names of jobs that were deleted at the service. */
  private readonly deleted = new Map<string, Set<string>>();
  /** By connection: the names of jobs that the last list of everything did not have. */
  private readonly missing = new Map<string, Set<string>>();

  of(connectionId: string): SeenJobs {
    return this.seen.get(connectionId) ?? new Map();
  }

  find(connectionId: string, name: string): RemoteJob | undefined {
    return this.seen.get(connectionId)?.get(name);
  }

  isMissing(connectionId: string, name: string): boolean {
    return this.missing.get(connectionId)?.has(name) === true;
  }

  /**
   * Takes in a list. What did not change stays the object that it was, so that it is neither kept twice nor redrawn.
   * @param kept the object to be kept for a job that says something new
   * @returns names of jobs that are new, changed, or no longer there
   */
  take(
    connectionId: string,
    listed: readonly RemoteJob[],
    extent: ListExtent,
    kept: (job: RemoteJob) => RemoteJob,
  ): readonly string[] {
    const before = this.of(connectionId);
    const after = new Map(extent === 'some' ? before : []);
    const deleted = this.deleted.get(connectionId);
    for (const job of listed) {
      if (deleted?.has(job.name) === true) continue;
      const known = before.get(job.name);
      after.set(job.name, known !== undefined && saysTheSame(known, job) ? known : kept(job));
    }
    this.seen.set(connectionId, after);
    if (extent !== 'all') for (const { name } of listed) this.missing.get(connectionId)?.delete(name);
    const news: string[] = [];
    for (const [name, job] of after) if (before.get(name) !== job) news.push(name);
    for (const name of before.keys()) if (!after.has(name)) news.push(name);
    return news;
  }

  /**
   * Notes which of these jobs the list that was taken in last does not have. Only a list of everything tells what is gone: others
   * leave out what is older, or what the ledger knows.
   * @returns names of jobs that are missing now and were not, or the other way round
   */
  noteMissing(connectionId: string, jobs: Iterable<Job>): readonly string[] {
    const listed = this.of(connectionId);
    const before = this.missing.get(connectionId) ?? new Set<string>();
    const names = new Set<string>();
    for (const job of jobs) {
      if (job.connectionId === connectionId && job.name !== undefined && !listed.has(job.name))
        names.add(job.name);
    }
    this.missing.set(connectionId, names);
    const news: string[] = [];
    for (const name of names) if (!before.has(name)) news.push(name);
    for (const name of before) if (!names.has(name)) news.push(name);
    return news;
  }

  /** Forgets a job that was deleted at the service; lists that are on their way may still have it. */
  forget(connectionId: string, name: string): void {
    const deleted = this.deleted.get(connectionId) ?? new Set<string>();
    this.deleted.set(connectionId, deleted);
    deleted.add(name);
    const seen = new Map(this.of(connectionId));
    seen.delete(name);
    this.seen.set(connectionId, seen);
  }
}
