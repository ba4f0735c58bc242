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
  /** The request row of a result row, -1 for none. */
  requestOf(result: number): number;
  /** The result row of a request row, -1 for none. */
  resultOf(request: number): number;
  readonly missing: number;
  readonly unexpected: number;
  /** Results whose key an earlier result has. */
  readonly duplicateResults: number;
  /** Requests whose key an earlier request has. */
  readonly duplicateRequests: number;
}

/** Joins two indexes that share a key table, the results indexed first or not at all by it, and flags duplicates in both. */
export function join(results: ResultIndex, requests: LineIndex): Join {
  const duplicateRequests = flagDuplicates(requests);
  const duplicateResults = flagDuplicates(results);
  const pairs = pairsOf(results, requests);
  let answered = 0;
  for (let row = 0; row < requests.rows; row += 1) if (pairs.resultOf(row) !== none) answered += 1;
  let unexpected = 0;
  for (let row = 0; row < results.rows; row += 1) if (pairs.requestOf(row) === none) unexpected += 1;
  return { ...pairs, missing: requests.rows - answered, unexpected, duplicateResults, duplicateRequests };
}

type Pairs = Pick<Join, 'by' | 'requestOf' | 'resultOf'>;

function pairsOf(results: ResultIndex, requests: LineIndex): Pairs {
  if (isKeyless(results)) return pairsByPosition(results.rows, requests.rows);
  return results.distinctKeys ? pairsOfDistinct(results, requests) : pairsByKey(results, requests);
}

function isKeyless(results: ResultIndex): boolean {
  for (let row = 0; row < results.rows; row += 1) if (results.keyId(row) !== none) return false;
  return results.rows > 0;
}

function pairsByPosition(results: number, requests: number): Pairs {
  const both = Math.min(results, requests);
  const same = (row: number) => (row >= 0 && row < both ? row : none);
  return { by: 'position', requestOf: same, resultOf: same };
}

/** Every result has a key of its own, which tells its row: nothing needs to be kept of which result a request has. */
function pairsOfDistinct(results: ResultIndex, requests: LineIndex): Pairs {
  const requestOf = new Int32Array(results.rows).fill(none);
  for (let row = 0; row < requests.rows; row += 1) {
    const result = requests.keyId(row);
    // Of requests that share a key the first one has the answer.
    if (requestOf[result] === none) requestOf[result] = row;
  }
  return {
    by: 'key',
    requestOf: (result) => requestOf[result] ?? none,
    resultOf: (request) => {
      const result = requests.keyId(request);
      return requestOf[result] === request ? result : none;
    },
  };
}

function pairsByKey(results: ResultIndex, requests: LineIndex): Pairs {
  const requestOf = new Int32Array(results.rows).fill(none);
  const resultOf = new Int32Array(requests.rows).fill(none);
  // Per key the first request not yet answered; requests that share a key are chained behind each other.
  const head = new Int32Array(requests.keys.size).fill(none);
  const next = new Int32Array(requests.rows).fill(none);
  for (let row = requests.rows - 1; row >= 0; row -= 1) {
    const key = requests.keyId(row);
    if (key === none) continue;
    next[row] = head[key] ?? none;
    head[key] = row;
  }
  for (let row = 0; row < results.rows; row += 1) {
    const key = results.keyId(row);
    if (key === none) continue;
    const request = head[key] ?? none;
    if (request === none) continue;
    requestOf[row] = request;
    if (resultOf[request] === none) resultOf[request] = row;
    const following = next[request] ?? none;
    if (following !== none) head[key] = following;
  }
  return {
    by: 'key',
    requestOf: (result) => requestOf[result] ?? none,
    resultOf: (request) => resultOf[request] ?? none,
  };
}

/** Flags every row whose key an earlier row has and returns how many there are. */
export function flagDuplicates(index: LineIndex): number {
  if (index.distinctKeys) return 0;
  const seen = new Uint8Array(index.keys.size);
  let duplicates = 0;
  for (let row = 0; row < index.rows; row += 1) {
    const key = index.keyId(row);
    if (key === none) continue;
    if (seen[key] === 1) {
      index.markDuplicate(row);
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
  const { outcome, flags } = results.classOf(row);
  if (joined?.requestOf(row) === none && (flags & rowFlag.broken) === 0) return unexpectedCode;
  return outcome;
}
