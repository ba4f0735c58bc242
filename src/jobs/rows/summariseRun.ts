import { joinFiles } from '../../results/joinFiles';
import type { OutcomeCounts, TokenUsage } from '../../shared/outcome';
import { verifyRequestFile } from '../requestFile';
import type { JobRecord } from '../ledger/record';

/** Larger runs are joined when somebody opens them: that takes a worker and shows progress. */
const maxBytes = 64 << 20;

/**
 * Outcomes and usage of a job whose results are on disk; undefined when they are known, or cannot be told: without a request
 * file, with one that was changed, or for large runs.
 */
export async function summariseRun(
  record: JobRecord,
): Promise<{ readonly counts: OutcomeCounts; readonly usage: TokenUsage } | undefined> {
  const { requestFile, results, outcomes } = record;
  if (requestFile === undefined || results === undefined || outcomes !== undefined) return undefined;
  if (requestFile.sizeBytes + results.sizeBytes > maxBytes) return undefined;
  try {
    await verifyRequestFile(requestFile);
  } catch {
    return undefined;
  }
  return joinFiles({ requests: requestFile.path, results: [results.path] });
}
