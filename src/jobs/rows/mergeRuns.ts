import type { OutcomeCounts, TokenUsage } from '../../shared/outcome';
import type { ResultsFileRef } from '../../shared/job';
import { joinFiles } from '../../results/joinFiles';
import { copySpans, type Span } from './copySpans';

/** A request file, or one part of a split one, with the results of its run and of the retries after it, oldest first. */
export interface Section {
  readonly requests: string;
  readonly results: readonly string[];
}

export interface MergedRuns {
  readonly file: ResultsFileRef;
  /** Of all sections together. */
  readonly counts: OutcomeCounts;
  /** Of all runs: what was paid for. */
  readonly usage: TokenUsage;
}

/**
 * One results file out of several: section by section, in the order of the requests, for each request the last ok answer, else
 * the last one there is. Results that belong to no request are left out, as are requests without any result. Streams: the memory
 * is an index of one section at a time.
 * Rejects as {@link copySpans} does.
 */
export async function mergeRuns(
  sections: readonly Section[],
  target: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void } = {},
): Promise<MergedRuns> {
  const counts = { ok: 0, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
  const usage = { input: 0, output: 0, thinking: 0, cached: 0 };
  const { signal, onProgress } = options;
  async function* answers(): AsyncGenerator<Span> {
    for (const [at, section] of sections.entries()) {
      const joined = await joinFiles({ ...section, ...(signal && { signal }) });
      add(counts, joined.counts);
      add(usage, joined.usage);
      for (const { result } of joined.rows()) {
        if (result === undefined) continue;
        const path = section.results[result.file];
        if (path !== undefined) yield { path, offset: result.offset, bytes: result.bytes };
      }
      onProgress?.((at + 1) / sections.length);
    }
  }
  const { rows, sizeBytes } = await copySpans(answers(), target, signal && { signal });
  return { file: { path: target, rows, sizeBytes }, counts, usage };
}

function add<K extends string>(sums: Record<K, number>, more: Readonly<Record<K, number>>): void {
  for (const name of Object.keys(sums) as K[]) sums[name] += more[name];
}
