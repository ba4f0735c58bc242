import { basename, dirname, join } from 'node:path';
import type { Job } from '../../jobs/api';
import { requestNamesFor } from '../../shared/resultsNames';

/** Where the requests of a results file may be, by its name. */
export function requestPathsFor(results: string): string[] {
  return requestNamesFor(basename(results)).map((name) => join(dirname(results), name));
}

/** The job whose results a file holds. */
export function jobOfResults(jobs: readonly Job[], results: string): Job | undefined {
  return jobs.find((job) => job.results?.path === results);
}
