import { basename, dirname, join } from 'node:path';
import type { Job } from '../../jobs/api';

/**
 * Where the requests of a results file may be, by its name: `a.results.jsonl`, `a (2).results.jsonl` and the merged runs in
 * `a.merged.results.jsonl` answer `a.jsonl`.
 */
export function requestPathsFor(results: string): string[] {
  const match = /^(.+?)(?:\.merged)?(?: \(\d+\))?\.results\.(jsonl|ndjson)$/i.exec(basename(results));
  const stem = match?.[1];
  if (stem === undefined) return [];
  const folder = dirname(results);
  const endings = match?.[2]?.toLowerCase() === 'ndjson' ? ['.ndjson', '.jsonl'] : ['.jsonl', '.ndjson'];
  // A request file may itself be called `a (2).jsonl`, so the name as it is comes first.
  const whole = basename(results).replace(/\.results\.(?:jsonl|ndjson)$/i, '');
  return [...new Set([whole, stem])].flatMap((name) =>
    endings.map((ending) => join(folder, `${name}${ending}`)),
  );
}

/** The job whose results a file holds. */
export function jobOfResults(jobs: readonly Job[], results: string): Job | undefined {
  return jobs.find((job) => job.results?.path === results);
}
