import type { Outcome } from '../../shared/outcome';
import { joinFiles } from '../../results/joinFiles';
import { copySpans, type Span } from './copySpans';
import type { Section } from './mergeRuns';

/** What of a job may be asked again. */
export type RetryableOutcome = Extract<Outcome, 'failed' | 'missing' | 'truncated' | 'blocked'>;

/**
 * Writes the requests with the chosen outcomes to `target`, byte for byte and in their order. `section` holds the runs so far: a
 * request counts by its last ok answer, else by its last one. Streams; rejects as {@link copySpans} does.
 * @returns how many requests there are; no file is made when there are none.
 */
export async function writeRetryFile(
  section: Section,
  outcomes: ReadonlySet<RetryableOutcome>,
  target: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const joined = await joinFiles({ ...section, ...options });
  const isChosen = (outcome: Outcome) => (outcomes as ReadonlySet<Outcome>).has(outcome);
  function* requests(): Generator<Span> {
    for (const { request } of joined.rows(isChosen)) {
      yield { path: section.requests, offset: request.offset, bytes: request.bytes };
    }
  }
  const wanted = [...outcomes].reduce((sum, outcome) => sum + joined.counts[outcome], 0);
  if (wanted === 0) return 0;
  return (await copySpans(requests(), target, options)).rows;
}
