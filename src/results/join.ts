import type { OutcomeCounts } from '../shared/outcome';
import { outcomeCodes } from './rangeScanner';
import type { LineIndex, ResultIndex } from './lineIndex';
import { rowFlag } from './rowBatch';

/** How results found their requests. */
export type JoinedBy = 'key' | 'position';

const none = -1;

/**
 * Which result answers which request. Keys are compared as text. A key that several requests share is joined in order: its
 * first result to its first request, and so on; results beyond that stay with the last one and count as duplicates. Results
 * without keys (inline jobs) are joined by position, and only when no result of the file has a key.
 */
export interface Join {
  readonly by: JoinedBy;
  /** Per result row its request row, -1 for none. */
  readonly requestOf: Int32Array;
  /** Per request row its result row, -1 for none. */
  readonly resultOf: Int32Array;
  readonly missing: number;
  readonly unexpected: number;
  /** Results whose key an earlier result has. */
  readonly duplicateResults: number;
  /** Requests whose key an earlier request has. */
  readonly duplicateRequests: number;
}

/** Joins two indexes that share a key table, and flags duplicates in both. */
export function join(results: ResultIndex, requests: LineIndex): Join {
  const keyless = results.rows > 0 && every(results.key, results.rows, none);
  const duplicateRequests = flagDuplicates(requests);
  const duplicateResults = flagDuplicates(results);
  const requestOf = new Int32Array(results.rows).fill(none);
  const resultOf = new Int32Array(requests.rows).fill(none);
  if (keyless) joinByPosition(requestOf, resultOf);
  else joinByKey(results, requests, requestOf, resultOf);
  return {
    by: keyless ? 'position' : 'key',
    requestOf,
    resultOf,
    missing: count(resultOf, none),
    unexpected: count(requestOf, none),
    duplicateResults,
    duplicateRequests,
  };
}

function joinByPosition(requestOf: Int32Array, resultOf: Int32Array): void {
  const both = Math.min(requestOf.length, resultOf.length);
  for (let row = 0; row < both; row += 1) {
    requestOf[row] = row;
    resultOf[row] = row;
  }
}

function joinByKey(
  results: ResultIndex,
  requests: LineIndex,
  requestOf: Int32Array,
  resultOf: Int32Array,
): void {
  // Per key the first request not yet answered; requests that share a key are chained behind each other.
  const head = new Int32Array(requests.keys.size).fill(none);
  const next = new Int32Array(requests.rows).fill(none);
  for (let row = requests.rows - 1; row >= 0; row -= 1) {
    const key = requests.key[row] ?? none;
    if (key === none) continue;
    next[row] = head[key] ?? none;
    head[key] = row;
  }
  for (let row = 0; row < results.rows; row += 1) {
    const key = results.key[row] ?? none;
    if (key === none) continue;
    const request = head[key] ?? none;
    if (request === none) continue;
    requestOf[row] = request;
    if (resultOf[request] === none) resultOf[request] = row;
    const following = next[request] ?? none;
    if (following !== none) head[key] = following;
  }
}

/** Flags every row whose key an earlier row has and returns how many there are. */
export function flagDuplicates(index: LineIndex): number {
  const seen = new Uint8Array(index.keys.size);
  let duplicates = 0;
  for (let row = 0; row < index.rows; row += 1) {
    const key = index.key[row] ?? none;
    if (key === none) continue;
    if (seen[key] === 1) {
      index.flags[row] = (index.flags[row] ?? 0) | rowFlag.duplicate;
      duplicates += 1;
    }
    seen[key] = 1;
  }
  return duplicates;
}

/** The outcomes of all rows: results as they are or, without a request, unexpected; and requests without a result. */
export function countOutcomes(results: ResultIndex, joined?: Join): OutcomeCounts {
  const sums = new Array<number>(outcomeCodes.size).fill(0);
  for (let row = 0; row < results.rows; row += 1) {
    const code = outcomeCodeOf(results, row, joined);
    sums[code] = (sums[code] ?? 0) + 1;
  }
  const sum = (code: number) => sums[code] ?? 0;
  return {
    ok: sum(0),
    failed: sum(1),
    truncated: sum(2),
    blocked: sum(3),
    missing: joined?.missing ?? 0,
    unexpected: sum(5),
  };
}

const unexpectedCode = outcomeCodes.get('unexpected') ?? 5;

/**
 * The outcome of a result row after the join. A line that could not be read keeps its failure: whose answer it was meant to be
 * is not known, and "unexpected" would hide that it is broken.
 */
export function outcomeCodeOf(results: ResultIndex, row: number, joined?: Join): number {
  if (joined?.requestOf[row] === none && !results.hasFlag(row, rowFlag.broken)) return unexpectedCode;
  return results.outcome[row] ?? 0;
}

function count(column: Int32Array, value: number): number {
  let found = 0;
  for (const each of column) if (each === value) found += 1;
  return found;
}

function every(column: Int32Array, rows: number, value: number): boolean {
  for (let row = 0; row < rows; row += 1) if (column[row] !== value) return false;
  return true;
}
