import assert from 'node:assert/strict';
import fc from 'fast-check';
import { join, type Join } from '../../../src/results/join';
import { KeyTable } from '../../../src/results/keyTable';
import { LineIndex, ResultIndex } from '../../../src/results/lineIndex';
import { BatchBuilder, rowFlag } from '../../../src/results/rowBatch';
import { ReasonTable } from '../../../src/results/reasons';
import { RowFacts } from '../../../src/results/rowFacts';

/** An index of lines of ten bytes with these keys, null for none, in batches of three. */
function indexOf<T extends LineIndex>(index: T, keys: readonly (string | null)[]): T {
  const builder = new BatchBuilder(new ReasonTable());
  for (let from = 0; from < keys.length; from += 3) {
    const some = keys.slice(from, from + 3);
    some.forEach((key, at) => {
      const bytes = Buffer.from(key ?? '');
      const start = (from + at) * 10 + (from + at === 0 ? 3 : 0);
      builder.add(start, new RowFacts(), 0, bytes, 0, key === null ? -1 : bytes.length);
    });
    index.append(builder.finish((from + some.length) * 10 - 1));
  }
  return index;
}

/** What the join promises, in the plainest way: one result after another takes the first request of its key that is free. */
function plainJoin(results: readonly (string | null)[], requests: readonly (string | null)[]) {
  const requestOf = results.map(() => -1);
  const resultOf = requests.map(() => -1);
  const byPosition = results.length > 0 && results.every((key) => key === null);
  results.forEach((key, result) => {
    const alike = requests.flatMap((each, row) => (key !== null && each === key ? [row] : []));
    const free = alike.find((row) => resultOf[row] === -1) ?? alike.at(-1);
    const request = byPosition ? (result < requests.length ? result : undefined) : free;
    if (request === undefined) return;
    requestOf[result] = request;
    if (resultOf[request] === -1) resultOf[request] = result;
  });
  return { requestOf, resultOf, by: byPosition ? 'position' : 'key' };
}

const duplicates = (keys: readonly (string | null)[]) =>
  keys.map((key, row) => key !== null && keys.indexOf(key) < row);

describe('join', () => {
  const key = fc.option(fc.constantFrom('a', 'b', 'c', 'dd', 'ü', 'f', 'g', 'h'), { freq: 12 });
  const distinct = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
  const file = fc.oneof(
    fc.array(key, { maxLength: 9 }),
    distinct,
    fc.array(fc.constant(null), { maxLength: 5 }),
  );

  it('pairs as if every result looked for its request by itself, whichever file is indexed first', () => {
    fc.assert(
      fc.property(file, file, fc.boolean(), (resultKeys, requestKeys, resultsFirst) => {
        const keys = new KeyTable();
        const results = new ResultIndex(keys);
        const requests = new LineIndex(keys);
        if (resultsFirst) indexOf(results, resultKeys);
        indexOf(requests, requestKeys);
        if (!resultsFirst) indexOf(results, resultKeys);
        const joined = join(results, requests);
        const expected = plainJoin(resultKeys, requestKeys);
        assert.deepEqual(pairs(joined, resultKeys.length, requestKeys.length), expected);
        assert.equal(joined.missing, expected.resultOf.filter((row) => row === -1).length);
        assert.equal(joined.unexpected, expected.requestOf.filter((row) => row === -1).length);
        for (const [index, list] of [
          [results, resultKeys],
          [requests, requestKeys],
        ] as const) {
          assert.deepEqual(
            list.map((_, row) => index.hasFlag(row, rowFlag.duplicate)),
            duplicates(list),
          );
          assert.deepEqual(
            list.map((_, row) => index.keyOf(row) ?? null),
            list,
          );
        }
        assert.equal(joined.duplicateResults, duplicates(resultKeys).filter(Boolean).length);
        assert.equal(joined.duplicateRequests, duplicates(requestKeys).filter(Boolean).length);
      }),
      { numRuns: 500 },
    );
  });
});

function pairs(joined: Join, results: number, requests: number) {
  return {
    requestOf: Array.from({ length: results }, (_, row) => joined.requestOf(row)),
    resultOf: Array.from({ length: requests }, (_, row) => joined.resultOf(row)),
    by: joined.by,
  };
}

describe('LineIndex', () => {
  it('gives every line the bytes up to the next one, whatever lies between', () => {
    const index = indexOf(new LineIndex(new KeyTable()), ['a', 'b', 'c', 'd', 'e']);
    const spans = Array.from({ length: 5 }, (_, row) => index.span(row));
    assert.deepEqual(spans, [
      { offset: 3, bytes: 7 },
      { offset: 10, bytes: 10 },
      { offset: 20, bytes: 10 },
      { offset: 30, bytes: 10 },
      { offset: 40, bytes: 9 },
    ]);
    assert.deepEqual(
      [2, 3, 9, 10, 29, 48, 100].map((at) => index.rowAt(at)),
      [-1, 0, 0, 1, 2, 4, 4],
    );
    assert.equal(index.keyOf(5), undefined);
  });
});
