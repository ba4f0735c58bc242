import assert from 'node:assert/strict';
import { giveBack } from '../../../src/util/giveBack';

describe('giving back memory', () => {
  it('frees a chunk at once', () => {
    const chunk = Buffer.allocUnsafeSlow(100);
    giveBack(chunk);
    assert.equal(chunk.length, 0);
    giveBack(chunk);
  });

  it('leaves a chunk alone where the memory cannot be given back, as on Node 20', () => {
    const chunk = Buffer.allocUnsafeSlow(100);
    Object.assign(chunk.buffer, { transfer: undefined });
    giveBack(chunk);
    assert.equal(chunk.length, 100);
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
