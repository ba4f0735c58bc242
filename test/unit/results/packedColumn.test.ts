import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OffsetColumn, PackedColumn } from '../../../src/results/packedColumn';

const anyWidth = fc.oneof(
  fc.nat(255),
  fc.nat(65_535),
  fc.nat(0x7fffffff),
  fc.integer({ min: 0x7fffffff, max: 0xffffffff }),
);

describe('PackedColumn', () => {
  it('holds what an array does, however it is filled and changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9000), anyWidth), { maxLength: 6 }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.maxSafeNat()), { maxLength: 5 }),
        (runs, changes) => {
          const column = new PackedColumn();
          const expected: number[] = [];
          for (const [length, last] of runs) {
            const values = Uint32Array.from({ length }, (_, row) => (row === length - 1 ? last : row % 200));
            column.append(values);
            column.push(last);
            expected.push(...values, last);
          }
          for (const [fraction, value] of changes) {
            const row = Math.floor(fraction * expected.length);
            if (expected.length === 0) continue;
            column.set(row, value);
            expected[row] = value;
          }
          assert.equal(column.length, expected.length);
          assert.deepEqual(
            expected.map((_, row) => column.get(row)),
            expected,
          );
          assert.equal(column.get(expected.length), 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes no memory for zeros until something else comes among them', () => {
    const before = process.memoryUsage().arrayBuffers;
    const zeros = new Uint32Array(1 << 16);
    const columns = Array.from({ length: 64 }, () => {
      const column = new PackedColumn();
      column.append(zeros);
      column.push(0);
      column.set(70, 0);
      return column;
    });
    const taken = process.memoryUsage().arrayBuffers - before;
    // As bytes they would be 4 MB.
    assert.ok(taken < 1 << 20, `${taken} bytes`);
    const [column] = columns;
    column?.set(40_000, 7);
    assert.deepEqual(
      [0, 39_999, 40_000, 40_001].map((row) => column?.get(row)),
      [0, 0, 7, 0],
    );
    assert.equal(column?.length, zeros.length + 1);
  });
});

describe('OffsetColumn', () => {
  it('knows where everything begins and what is at a place', () => {
    const lengths = fc.oneof(fc.nat(300), fc.constantFrom(0, 70_000, 5_000_000_000));
    fc.assert(
      fc.property(fc.nat(1000), fc.array(lengths, { minLength: 1, maxLength: 60 }), (first, list) => {
        const column = new OffsetColumn();
        assert.equal(column.rowAt(first), -1);
        let at = first;
        const starts = list.map((length) => {
          column.push(at, length);
          at += length;
          return at - length;
        });
        starts.forEach((start, row) => {
          assert.equal(column.startOf(row), start);
          assert.equal(column.lengthOf(row), list[row]);
          if (list[row] !== 0) assert.equal(column.rowAt(start), row);
        });
        assert.equal(column.rowAt(first - 1), -1);
        column.endLast(at + 7);
        assert.equal(column.lengthOf(list.length - 1), (list.at(-1) ?? 0) + 7);
        assert.equal(column.rowAt(at + 6), list.length - 1);
      }),
    );
  });
});
