import assert from 'node:assert/strict';
import fc from 'fast-check';
import { repeatedHashes } from '../../../src/server/validation/repeatedKeys';

describe('repeatedHashes', () => {
  /** Cut into parts of uneven size. */
  const parts = (values: Float64Array) => {
    const cut = Math.floor(values.length / 3);
    return [values.subarray(0, cut), new Float64Array(0), values.subarray(cut)];
  };

  it('finds what a plain search finds', async () => {
    const value = fc.oneof(fc.nat(20), fc.constant(NaN), fc.maxSafeInteger().map(Math.abs));
    await fc.assert(
      fc.asyncProperty(fc.array(value), fc.nat(10), async (values, most) => {
        const first = new Map<number, number>();
        const expected: { line: number; earlier: number }[] = [];
        values.forEach((hash, line) => {
          if (Number.isNaN(hash)) return;
          const earlier = first.get(hash);
          if (earlier === undefined) first.set(hash, line);
          else expected.push({ line, earlier });
        });
        assert.deepEqual(await repeatedHashes(parts(Float64Array.from(values)), most), {
          count: expected.length,
          first: expected.slice(0, most),
        });
      }),
    );
  });

  it('takes millions, of which many share bits', async () => {
    const hashes = new Float64Array(600_000);
    for (let line = 0; line < hashes.length; line += 1) hashes[line] = line * 2 ** 20 + (line % 1000);
    hashes[590_000] = hashes[17] ?? 0;
    assert.deepEqual(await repeatedHashes(parts(hashes), 10), {
      count: 1,
      first: [{ line: 590_000, earlier: 17 }],
    });
  });

  it('counts every repetition of one key', async () => {
    const hashes = new Float64Array(1_000_000).fill(12345);
    assert.equal((await repeatedHashes(parts(hashes), 1)).count, 999_999);
  });
});
