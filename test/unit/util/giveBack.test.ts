import assert from 'node:assert/strict';
import { giveBack } from '../../../src/util/giveBack';

describe('giving back memory', () => {
  it('frees a chunk at once', () => {
    const chunk = Buffer.allocUnsafeSlow(100);
    giveBack(chunk);
    assert.equal(chunk.length, 0);
    giveBack(chunk);
  });

  const shared: Readonly<Record<string, Buffer>> = {
    'a piece': Buffer.allocUnsafeSlow(100).subarray(1),
    'one of the pool': Buffer.from('abc'),
    'one of several threads': Buffer.from(new SharedArrayBuffer(100)),
  };
  for (const [what, chunk] of Object.entries(shared))
    it(`leaves ${what} alone`, () => {
      const { length } = chunk;
      giveBack(chunk);
      assert.equal(chunk.length, length);
    });
});
