import { outcomes, type Outcome } from '../shared/outcome';
import type { RowQuery, SortKey } from '../shared/resultsMessages';
import { outcomeCodeOf, type Join } from './join';
import type { KeyTable } from './keyTable';
import type { LineIndex, ResultIndex } from './lineIndex';
import { rowFlag } from './rowBatch';

/**
 * A row of the joined whole as one number: a result row as it is, a request without a result as the complement (`~row`) of its
 * request row.
 */
export type RowId = number;

export const missingRow = (request: number): RowId => ~request;

export interface JoinedIndexes {
  readonly results: ResultIndex;
  readonly requests?: LineIndex;
  readonly join?: Join;
}

const missingCode = outcomes.indexOf('missing');

export function outcomeOfRow(indexes: JoinedIndexes, row: RowId): Outcome {
  const code = row < 0 ? missingCode : outcomeCodeOf(indexes.results, row, indexes.join);
  return outcomes[code] ?? 'failed';
}

/**
 * The rows that a query lets through, in its order.
 * @param found bit map of result rows that a text search found; absent when there was none. Missing rows have no text.
 */
export function rowOrder(indexes: JoinedIndexes, query: RowQuery, found?: Uint8Array): Int32Array {
  const rows = inOrder(indexes, query.sort);
  const keep = filterOf(indexes, query, found);
  const kept = keep === undefined ? rows : rows.filter(keep);
  const sorted = sortRows(indexes, kept, query.sort);
  return query.descending ? sorted.reverse() : sorted;
}

/** All rows: in the order of the requests with what belongs to none behind them, or of the results with the missing behind. */
function inOrder({ results, requests, join }: JoinedIndexes, sort: SortKey): Int32Array {
  if (join === undefined || requests === undefined)
    return Int32Array.from({ length: results.rows }, (_, row) => row);
  const rows = new Int32Array(results.rows + join.missing);
  let at = 0;
  if (sort === 'file') {
    for (let row = 0; row < results.rows; row += 1) rows[at++] = row;
    for (let row = 0; row < requests.rows; row += 1)
      if (join.resultOf(row) === -1) rows[at++] = missingRow(row);
    return rows;
  }
  for (let row = 0; row < requests.rows; row += 1) {
    const result = join.resultOf(row);
    rows[at++] = result === -1 ? missingRow(row) : result;
  }
  for (let row = 0; row < results.rows; row += 1) {
    const request = join.requestOf(row);
    // Unexpected results, and those whose request already has one.
    if (request === -1 || join.resultOf(request) !== row) rows[at++] = row;
  }
  return rows;
}

function filterOf(
  indexes: JoinedIndexes,
  query: RowQuery,
  found?: Uint8Array,
): ((row: RowId) => boolean) | undefined {
  const { results, requests, join } = indexes;
  const tests: ((row: RowId) => boolean)[] = [];
  if (query.outcomes.length > 0) {
    const wanted = new Set(query.outcomes.map((outcome) => outcomes.indexOf(outcome)));
    tests.push((row) => wanted.has(row < 0 ? missingCode : outcomeCodeOf(results, row, join)));
  }
  if (query.reasons.length > 0) {
    const wanted = new Set(query.reasons);
    tests.push((row) => row >= 0 && wanted.has(results.classOf(row).reason));
  }
  if (found !== undefined) tests.push((row) => row >= 0 && found[row] === 1);
  if (query.trouble) {
    tests.push((row) =>
      row < 0
        ? (requests?.hasFlag(~row, rowFlag.duplicate) ?? false)
        : results.hasFlag(row, rowFlag.duplicate | rowFlag.broken),
    );
  }
  if (query.key !== '') {
    const matches = keysWith(results.keys, query.key);
    tests.push((row) => matches[keyIdOf(indexes, row)] === 1);
  }
  if (tests.length === 0) return undefined;
  return (row) => tests.every((test) => test(row));
}

export function keyIdOf({ results, requests }: JoinedIndexes, row: RowId): number {
  return row < 0 ? (requests?.keyId(~row) ?? -1) : results.keyId(row);
}

function keysWith(keys: KeyTable, part: string): Uint8Array {
  const wanted = part.toLowerCase();
  const matches = new Uint8Array(keys.size);
  for (let id = 0; id < keys.size; id += 1) {
    if (keys.text(id).toLowerCase().includes(wanted)) matches[id] = 1;
  }
  return matches;
}

function sortRows(indexes: JoinedIndexes, rows: Int32Array, sort: SortKey): Int32Array {
  const { results, join } = indexes;
  switch (sort) {
    case 'file':
    case 'request':
      return rows;
    case 'key':
      return sortByNumber(rows, keyRanks(indexes));
    case 'outcome':
      return sortByNumber(rows, (row) => (row < 0 ? missingCode : outcomeCodeOf(results, row, join)));
    case 'reason': {
      const names = [...new Set(results.classes.map(({ reason }) => reason))].sort();
      const ranks = results.classes.map(({ reason }) => names.indexOf(reason));
      return sortByNumber(rows, (row) => (row < 0 ? names.length : (ranks[results.classCodeOf(row)] ?? 0)));
    }
    case 'size':
      return sortByNumber(rows, (row) => (row < 0 ? 0 : results.span(row).bytes));
    default: {
      const column = results[sort];
      return sortByNumber(rows, (row) => (row < 0 ? 0 : column.get(row)));
    }
  }
}

/** Rows that fit beside a 32-bit number in the 53 exact bits of a double. */
const packable = 2 ** 21;

/** Stable sort by a whole number below 2^32. */
function sortByNumber(rows: Int32Array, valueOf: (row: RowId) => number): Int32Array {
  if (rows.length > packable) {
    const values = Float64Array.from(rows, valueOf);
    const positions = Uint32Array.from(rows, (_, position) => position);
    positions.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
    return Int32Array.from(positions, (position) => rows[position] ?? 0);
  }
  // Number and position in one double: sorting without a callback is ten times as fast.
  const packed = Float64Array.from(
    rows,
    (row, position) => Math.min(valueOf(row), 0xffffffff) * packable + position,
  );
  packed.sort();
  return Int32Array.from(packed, (value) => rows[value % packable] ?? 0);
}

/** Places of keys in natural order (`request-2` before `request-10`); rows without a key come last. */
function keyRanks(indexes: JoinedIndexes): (row: RowId) => number {
  const { keys } = indexes.results;
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  const texts = Array.from({ length: keys.size }, (_, id) => keys.text(id));
  const ids = Uint32Array.from(texts, (_, id) => id).sort((a, b) => compare(texts[a] ?? '', texts[b] ?? ''));
  const ranks = new Uint32Array(keys.size);
  ids.forEach((id, rank) => (ranks[id] = rank));
  return (row) => {
    const id = keyIdOf(indexes, row);
    return id === -1 ? keys.size : (ranks[id] ?? 0);
  };
}
