import assert from 'node:assert/strict';
import { pricesOf } from '../../../../src/commands/submission/prices';
import { silentLogger } from '../../../../src/util/logger';

describe('pricesOf', () => {
  it('takes prices that make sense and says which do not', () => {
    const warnings: string[] = [];
    const settings = {
      get: () => ({ good: { batchInput: 1, batchOutput: 2 }, bad: { batchInput: 'x' } }) as never,
    };
    const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    assert.deepEqual(pricesOf(settings, log), { good: { batchInput: 1, batchOutput: 2 } });
    assert.deepEqual(warnings, ['The setting batchwright.prices has no usable price for bad.']);
  });
});
