import assert from 'node:assert/strict';
import { pricesOf } from '../../../../src/commands/submission/prices';

describe('pricesOf', () => {
  it('takes prices that make sense, and nothing else', () => {
    const settings = {
      get: () => ({ good: { batchInput: 1, batchOutput: 2 }, bad: { batchInput: 'x' } }) as never,
    };
    assert.deepEqual(pricesOf(settings), { good: { batchInput: 1, batchOutput: 2 } });
  });
});
