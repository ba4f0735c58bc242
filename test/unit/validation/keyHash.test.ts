import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keyHash, repeatedHashes } from '../../../src/server/validation/keyHash';

describe('keyHash', () => {
  it('is an exact number, and the same for the same key only', () => {
    const hashes = new Set<number>();
    for (let index = 0; index < 100_000; index += 1) {
      const hash = keyHash(`request-${index}`);
      assert.ok(Number.isSafeInteger(hash));
      hashes.add(hash);
    }
    assert.equal(hashes.size, 100_000);
    assert.equal(keyHash('käse'), keyHash('käse'));
  });
});

describe('repeatedHashes', () => {
  it('finds what a plain search finds', () => {
    const value = fc.oneof(fc.nat(20), fc.constant(NaN), fc.maxSafeInteger().map(Math.abs));
    fc.assert(
      fc.property(fc.array(value), fc.nat(10), (values, most) => {
        const first = new Map<number, number>();
        const expected: { line: number; earlier: number }[] = [];
        values.forEach((hash, line) => {
          if (Number.isNaN(hash)) return;
          const earlier = first.get(hash);
          if (earlier === undefined) first.set(hash, line);
          else expected.push({ line, earlier });
        });
        assert.deepEqual(repeatedHashes(Float64Array.from(values), most), {
          count: expected.length,
          first: expected.slice(0, most),
        });
      }),
    );
  });

  it('takes millions, in shares', () => {
    const hashes = new Float64Array(2_500_000);
    for (let line = 0; line < hashes.length; line += 1)
      hashes[line] = Math.imul(line, 0x9e3779b1) * 2 ** 20 + line;
    const absolute = hashes.map(Math.abs);
    absolute[2_400_000] = absolute[17] ?? 0;
    assert.deepEqual(repeatedHashes(absolute, 10), { count: 1, first: [{ line: 2_400_000, earlier: 17 }] });
  });
});
