import { ServiceError } from '../shared/serviceError';
import type { TransferProgress } from '../shared/batchService';
import { delay } from '../util/async';
import { defined } from '../util/defined';
import type { ApiCall, ApiClient } from './apiClient';
import { isTransient } from './errors';
import type { ResultsFile } from './resultsFile';
import { backoff } from './retry';
import { TransportError, type TransportResponse } from './transport';

export interface DownloadCall extends Pick<ApiCall, 'path' | 'query' | 'signal' | 'doing'> {
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** Breaks in a row, without a byte gained, after which a transfer gives up; with waits that is some minutes. */
const patience = 12;
const pace = { firstDelayMs: 500, maxDelayMs: 30_000 };
/** So much of what is there already is asked for again and compared, to be sure that it is the same file. */
const overlapBytes = 16 * 1024;

/**
 * Fetches a file into `results` until it is whole, however often the connection breaks: goes on with a Range request from what
 * is there, which is compared at the seam; begins anew where the service does not honour it or the seam does not fit.
 */
export async function downloadInto(
  results: ResultsFile,
  client: ApiClient,
  call: DownloadCall,
): Promise<void> {
  for (let failures = 0; ;) {
    const before = results.bytes;
    try {
      const whole = await fetchRest(results, client, call, failures < patience / 2);
      if (whole) return;
    } catch (error) {
      failures = results.bytes > before ? 1 : failures + 1;
      if (!isTransient(error) || failures >= patience) throw error;
      client.logger.debug(
        `${call.doing}: broke off at ${results.bytes} bytes (${error.reason ?? error.kind})`,
      );
      await delay(backoff(failures, pace, client.random, error.retryAfterMs), call.signal, client.clock);
    }
  }
}

/** One request. Resolves with false when another one is needed at once: what was there turned out to be of no use. */
async function fetchRest(
  results: ResultsFile,
  client: ApiClient,
  call: DownloadCall,
  mayResume: boolean,
): Promise<boolean> {
  if (!mayResume && results.bytes > 0) await results.restart();
  const seam = await results.tail(overlapBytes);
  const from = results.bytes - seam.length;
  const request: ApiCall = {
    method: 'GET',
    path: call.path,
    repeat: 'never',
    doing: call.doing,
    signal: call.signal,
    headers: { 'accept-encoding': 'identity', ...(seam.length > 0 ? { range: `bytes=${from}-` } : {}) },
    ...defined({ query: call.query }),
  };
  try {
    return await client.stream(request, (response) => {
      // A login page or an apology of something in between, sent as a success.
      if (response.headers['content-type']?.startsWith('text/html') === true)
        throw client.unreadable(response, request, '<html>');
      return receive(response, results, seam, from, call);
    });
  } catch (error) {
    // The range lies beyond the end: what is there belongs to something else.
    if (!(error instanceof ServiceError) || error.status !== 416 || seam.length === 0) throw error;
    await results.restart();
    return false;
  }
}

async function receive(
  response: TransportResponse,
  results: ResultsFile,
  seam: Buffer,
  from: number,
  call: DownloadCall,
): Promise<boolean> {
  const range = contentRange(response);
  const resumed = response.status === 206 && range?.start === from;
  if (response.status === 206 && !resumed) {
    await results.restart();
    return false;
  }
  const total = resumed ? range.total : contentLength(response);
  let seamLeft = resumed ? seam : Buffer.alloc(0);
  if (!resumed && results.bytes > 0) await results.restart();
  for await (const chunk of response.body) {
    const compared = Math.min(seamLeft.length, chunk.length);
    if (compared > 0) {
      if (!chunk.subarray(0, compared).equals(seamLeft.subarray(0, compared))) {
        await results.restart();
        return false;
      }
      seamLeft = seamLeft.subarray(compared);
    }
    if (chunk.length > compared) await results.write(chunk.subarray(compared));
    call.onProgress?.({ bytes: results.bytes, ...defined({ totalBytes: total }) });
  }
  // Without a length only the end of the last line tells a whole answer from one that broke off in silence.
  const whole = total === undefined ? await results.endsWhole() : results.bytes === total;
  if (whole) return true;
  throw new TransportError('The answer broke off before its end.', 'exchange', 'CUT_SHORT');
}

function contentLength(response: TransportResponse): number | undefined {
  const value = response.headers['content-length'] ?? '';
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

function contentRange(response: TransportResponse): { start: number; total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
  if (match === null) return undefined;
  return { start: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}
