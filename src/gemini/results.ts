import type { ApiClient } from '../http/apiClient';
import { downloadInto } from '../http/download';
import type { OpenFile, ResultsFile } from '../http/resultsFile';
import { lateResults, noResults, saveResults } from '../http/saveResults';
import type { DownloadedResults, DownloadOptions } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { delay } from '../util/async';
import type { Paths } from './names';
import { resultLine } from './resultLine';
import type { ItemSink } from './skimJson';

export interface ResultsContext {
  readonly client: ApiClient;
  readonly paths: Paths;
  /**
   * Reads a job; `begin` is called for each try and gets the elements of its inline results to what it resolves with. Resolves
   * with undefined when that had enough before the end.
   */
  readonly readResults: (
    name: string,
    begin: () => Promise<InlineSink>,
    signal: AbortSignal | undefined,
  ) => Promise<RemoteJob | undefined>;
  readonly openFile?: OpenFile | undefined;
}

/** Where inline results go. */
export interface InlineSink extends ItemSink {
  /** Whether all results are there; asked with the number of the array that was reached. */
  enough(array: number): boolean;
}

/** So long after its end a job's results may be named and yet not be there; later they are gone. */
const justEndedMs = 600_000;

/** Streams the results of a finished job to `target`; see BatchService.downloadResults. */
export function downloadResults(
  job: RemoteJob,
  target: string,
  options: DownloadOptions,
  context: ResultsContext,
): Promise<DownloadedResults> {
  return saveResults(target, context.openFile, (results) => fetchResults(job, results, options, context));
}

/** Resolves with the job as it was last seen. */
async function fetchResults(
  job: RemoteJob,
  results: ResultsFile,
  options: DownloadOptions,
  context: ResultsContext,
): Promise<RemoteJob> {
  let current = job;
  for (let polls = 0; polls < lateResults.polls; polls += 1) {
    if (current.output?.kind === 'file') {
      const { file } = current.output;
      if (await fetchUnlessLate(file, current, results, options, context)) return current;
    } else {
      current = await fetchInline(current, results, options, context);
      if (current.output?.kind === 'inline') return current;
      if (current.output?.kind === 'file') continue;
      if (current.state !== 'SUCCEEDED') break;
    }
    await delay(lateResults.pollMs, options.signal, context.client.clock);
  }
  throw noResults(current);
}

/** False when the file is named but not to be found, and the job ended only just now. */
async function fetchUnlessLate(
  file: string,
  job: RemoteJob,
  results: ResultsFile,
  options: DownloadOptions,
  context: ResultsContext,
): Promise<boolean> {
  try {
    await fetchFile(file, results, options, context);
    return true;
  } catch (error) {
    const age = context.client.clock.now() - Date.parse(job.endedAt ?? '');
    const missing = error instanceof ServiceError && (error.kind === 'notFound' || error.status === 404);
    if (missing && age < justEndedMs) return false;
    throw error;
  }
}

/** Fetches one result file, `files/…`. */
export async function fetchFile(
  file: string,
  results: ResultsFile,
  options: DownloadOptions,
  { client, paths }: Pick<ResultsContext, 'client' | 'paths'>,
): Promise<void> {
  const [path = '', otherPath = ''] = paths.downloads(file);
  const call = {
    query: { alt: 'media' },
    doing: 'save the results',
    signal: options.signal,
    onProgress: options.onProgress,
  } as const;
  try {
    await downloadInto(results, client, { ...call, path });
  } catch (error) {
    // The guide and the official clients use different addresses; a service may know only one of them.
    if (!(error instanceof ServiceError) || (error.status !== 404 && error.status !== 405)) throw error;
    await downloadInto(results, client, { ...call, path: otherPath });
  }
}

/** Writes the inline results as lines of the form that result files have. */
async function fetchInline(
  job: RemoteJob,
  results: ResultsFile,
  options: DownloadOptions,
  { readResults }: ResultsContext,
): Promise<RemoteJob> {
  const begin = async (): Promise<InlineSink> => {
    if (results.bytes > 0) await results.restart();
    // The service sends the same results twice: the first array with anything in it counts, and the other is not waited for.
    let chosen: number | undefined;
    return {
      wants: (array) => chosen === undefined || array === chosen,
      take: async ({ array, json }) => {
        chosen = array;
        for (const piece of resultLine(json)) await results.write(piece);
        options.onProgress?.({ bytes: results.bytes });
      },
      enough: (array) => chosen !== undefined && array > chosen,
    };
  };
  return (await readResults(job.name, begin, options.signal)) ?? { ...job, output: { kind: 'inline' } };
}
