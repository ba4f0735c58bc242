import * as l10n from '@vscode/l10n';
import { ServiceError } from '../shared/serviceError';
import type { TransferProgress } from '../shared/batchService';
import { delay } from '../util/async';
import { defined } from '../util/defined';
import { giveBack } from '../util/giveBack';
import { asObject, parseJson } from '../util/json';
import type { Answer } from './answer';
import type { ApiCall, ApiClient } from './apiClient';
import { encodings } from './decode';
import { errorBodyLimit } from './errorBody';
import { isTransient } from './errors';
import type { ResultsFile } from './resultsFile';
import { backoff } from './retry';
import { patientTimeouts, TransportError, type TransportResponse } from './transport';

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
  // The furthest that this transfer has come. Compared with the try before alone, one that begins anew would always gain.
  let reached = results.bytes;
  let tornAt: number | undefined;
  for (let failures = 0; ;) {
    try {
      const outcome = await fetchRest(results, client, call, failures < patience / 2);
      // Asked again, the service says the same: then that is how its file ends.
      if (outcome === 'whole' || (outcome === 'torn' && results.bytes === tornAt)) return;
      if (outcome === 'torn') tornAt = results.bytes;
    } catch (error) {
      failures = results.bytes > reached ? 1 : failures + 1;
      reached = Math.max(reached, results.bytes);
      if (!isTransient(error) || failures >= patience) throw error;
      client.logger.debug(
        `${call.doing}: broke off at ${results.bytes} bytes (${error.reason ?? error.kind})`,
      );
      await delay(backoff(failures, pace, client.random, error.retryAfterMs), call.signal, client.clock);
    }
  }
}

/**
 * What one request came to. `torn`: as long as the service says, but the last line breaks off. `again`: another request is needed
 * at once, because what was there turned out to be of no use.
 */
type Outcome = 'whole' | 'torn' | 'again';

async function fetchRest(
  results: ResultsFile,
  client: ApiClient,
  call: DownloadCall,
  mayResume: boolean,
): Promise<Outcome> {
  if (!mayResume && results.bytes > 0) await results.restart();
  const seam = await results.tail(overlapBytes);
  const from = results.bytes - seam.length;
  const request: ApiCall = {
    method: 'GET',
    path: call.path,
    repeat: 'never',
    doing: call.doing,
    signal: call.signal,
    timeouts: patientTimeouts,
    headers: { 'accept-encoding': 'identity', ...(seam.length > 0 ? { range: `bytes=${from}-` } : {}) },
    ...defined({ query: call.query }),
  };
  try {
    return await client.stream(request, async (answer) => {
      // A login page or an apology of something in between, sent as a success.
      if (answer.headers['content-type']?.startsWith('text/html') === true) throw answer.unreadable('<html>');
      const outcome = await receive(answer, results, seam, from, call);
      if (outcome !== 'again') await requireResults(answer, results);
      return outcome;
    });
  } catch (error) {
    // The range lies beyond the end: what is there belongs to something else.
    if (!(error instanceof ServiceError) || error.status !== 416 || seam.length === 0) throw error;
    await results.restart();
    return 'again';
  }
}

/** Keeps a refusal that came as a success, and what something in between answers, from being taken for results. */
async function requireResults(answer: Answer, results: ResultsFile): Promise<void> {
  if (results.bytes > errorBodyLimit) return;
  const text = (await results.tail(results.bytes)).toString('utf8');
  try {
    answer.requireSuccess(text);
    if (isForeign(text)) throw answer.unreadable(text);
  } catch (error) {
    await results.restart();
    throw error;
  }
}

async function receive(
  response: TransportResponse,
  results: ResultsFile,
  seam: Buffer,
  from: number,
  call: DownloadCall,
): Promise<Outcome> {
  const range = contentRange(response);
  // A range of an encoded file is a piece of something that cannot be read in pieces.
  const isPlain = encodings(response.headers['content-encoding']).length === 0;
  const resumed = response.status === 206 && range?.start === from && isPlain;
  if (response.status === 206 && !resumed) {
    await results.restart();
    return 'again';
  }
  const total = resumed ? range.total : contentLength(response);
  let seamLeft = resumed ? seam : Buffer.alloc(0);
  if (!resumed && results.bytes > 0) await results.restart();
  for await (const chunk of response.body) {
    const compared = Math.min(seamLeft.length, chunk.length);
    if (compared > 0) {
      if (!chunk.subarray(0, compared).equals(seamLeft.subarray(0, compared))) {
        await results.restart();
        return 'again';
      }
      seamLeft = seamLeft.subarray(compared);
    }
    if (chunk.length > compared) await results.write(chunk.subarray(compared));
    giveBack(chunk);
    call.onProgress?.({ bytes: results.bytes, ...defined({ totalBytes: total }) });
  }
  // Lengths are wrong at times. Without one, only the end of the last line tells a whole answer from one that broke off in silence.
  if (total === undefined || total === results.bytes) {
    if (await results.endsWhole()) return 'whole';
    if (total !== undefined) return 'torn';
  }
  throw new TransportError(l10n.t('The answer broke off before its end.'), 'exchange', 'CUT_SHORT');
}

function contentLength(response: TransportResponse): number | undefined {
  const value = response.headers['content-length'] ?? '';
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

function contentRange(response: TransportResponse): { start: number; total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(response.headers['content-range'] ?? '');
  if (match === null) return undefined;
  return { start: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}

/** Names of which a row of results has one, whatever its dialect. */
const rowNames = [
  'key',
  'custom_id',
  'response',
  'error',
  'metadata',
  'candidates',
  'promptFeedback',
  'embedding',
  'usageMetadata',
];

/** Whether `text` is a web page, or one JSON document that is no row. */
function isForeign(text: string): boolean {
  if (/^\s*</.test(text)) return true;
  const document = parseJson(text);
  if (document === undefined) return false;
  const row = asObject(document) ?? {};
  return !rowNames.some((name) => name in row) && asObject(row.status) === undefined;
}
