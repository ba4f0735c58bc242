import * as l10n from '@vscode/l10n';
import type { DownloadedResults } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { couldNot } from './couldNot';
import { ResultsFile, type OpenFile } from './resultsFile';

/** A job may be SUCCEEDED a little before its results are there: how often and after how long they are looked for again. */
export const lateResults = { pollMs: 3_000, polls: 20 };

/**
 * Fills a new results file by way of `fetch`, which resolves with the job as it was last seen, and puts it at `target`. Whatever
 * fails leaves the part for the next attempt. See BatchService.downloadResults.
 */
export async function saveResults(
  target: string,
  openFile: OpenFile | undefined,
  fetch: (results: ResultsFile) => Promise<RemoteJob>,
): Promise<DownloadedResults> {
  const results = await ResultsFile.open(target, openFile);
  try {
    const { counts } = await fetch(results);
    await results.finish();
    const { rows, totalBytes } = results;
    const differs = counts.total > 0 && counts.total !== rows;
    return { path: target, sizeBytes: totalBytes, rows, ...(differs ? { announcedRows: counts.total } : {}) };
  } catch (error) {
    await results.abandon();
    throw error;
  }
}

/** The error for a job without results. */
export function noResults({ state }: RemoteJob): ServiceError {
  const why = l10n.t('the service has none for this job.');
  return new ServiceError(couldNot('save the results', why), {
    kind: 'notFound',
    reason: 'NO_RESULTS',
    ambiguous: false,
    advice:
      state === 'SUCCEEDED'
        ? l10n.t('They may be late. Try again in a few minutes.')
        : l10n.t('A job that is {0} has no results to fetch.', state.toLowerCase()),
  });
}
