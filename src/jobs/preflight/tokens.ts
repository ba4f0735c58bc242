import { weighLine } from '../../dialects';
import type { BatchService } from '../../shared/batchService';
import type { Dialect } from '../../shared/dialect';
import { ServiceError } from '../../shared/serviceError';

/** Input tokens of a whole request file. */
export interface TokenEstimate {
  readonly tokens: number;
  /** The truth is very likely within this share of `tokens`, e.g. 0.1. */
  readonly error: number;
  /** `counted`: the service counted a sample, and the local estimate was scaled by what it found. */
  readonly basis: 'counted' | 'local';
  /** Rows that the service counted. */
  readonly sampled: number;
}

/** What a local estimate may be off by; src/dialects states a fifth for prose, and files hold more than prose. */
const localError = 0.3;
/** No sample makes an estimate better than this: rows differ in ways that a few of them do not show. */
const leastError = 0.03;
const callsAtOnce = 4;

export interface CountRequest {
  readonly model: string;
  readonly dialect: Dialect;
  /** Of all rows, by the local estimate. */
  readonly localTokens: number;
  /** Lines of the request file, spread over it. */
  readonly sample: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Scales the local estimate by what the service counts for a sample of rows; stays with the local one where the service cannot
 * count or fails. Rejects only with CancelledError.
 */
export async function estimateTokens(
  service: BatchService | undefined,
  request: CountRequest,
): Promise<TokenEstimate> {
  const local: TokenEstimate = { tokens: request.localTokens, error: localError, basis: 'local', sampled: 0 };
  const count = service?.countTokens?.bind(service);
  if (count === undefined || request.sample.length === 0) return local;
  const pairs: Pair[] = [];
  const left = [...request.sample];
  const worker = async (): Promise<void> => {
    for (let line = left.pop(); line !== undefined; line = left.pop()) {
      const row = rowOf(line, request.dialect);
      if (row === undefined) continue;
      const options = request.signal === undefined ? {} : { signal: request.signal };
      pairs.push({
        local: row.tokens,
        counted: await count(request.model, request.dialect, row.json, options),
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: callsAtOnce }, worker));
  } catch (error) {
    if (error instanceof ServiceError) return local;
    throw error;
  }
  return scaled(local, pairs);
}

interface Pair {
  readonly local: number;
  readonly counted: number;
}

/** The ratio estimator and twice its standard error. */
function scaled(local: TokenEstimate, pairs: readonly Pair[]): TokenEstimate {
  const sumLocal = sum(pairs.map((pair) => pair.local));
  const sumCounted = sum(pairs.map((pair) => pair.counted));
  if (sumLocal === 0 || sumCounted === 0) return local;
  const ratio = sumCounted / sumLocal;
  const n = pairs.length;
  const residuals = sum(pairs.map((pair) => (pair.counted - ratio * pair.local) ** 2));
  const deviation = n < 2 ? sumCounted * localError : Math.sqrt((residuals * n) / (n - 1));
  return {
    tokens: Math.round(local.tokens * ratio),
    error: Math.min(localError, Math.max(leastError, (2 * deviation) / sumCounted)),
    basis: 'counted',
    sampled: n,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}

/** The request body of a line and its local estimate; undefined for a line that is no request. */
function rowOf(
  line: string,
  dialect: Dialect,
): { readonly json: string; readonly tokens: number } | undefined {
  const tokens = weighLine(line, dialect);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || tokens === 0) return undefined;
  const body: unknown = Reflect.get(value, dialect === 'openai' ? 'body' : 'request');
  return body === undefined ? undefined : { json: JSON.stringify(body), tokens };
}
