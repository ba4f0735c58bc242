import assert from 'node:assert/strict';
import { formatUsd } from '../../../src/shared/usd';

describe('formatUsd', () => {
  for (const [usd, text] of [
    [0, '$0'],
    [0.000_000_102, '$0.0000001'],
    [0.000_423, '$0.00042'],
    [0.0012, '$0.0012'],
    [0.01, '$0.01'],
    [0.13, '$0.13'],
    [12.345, '$12.35'],
    [1_234.5, '$1,234.50'],
  ] as const) {
    it(`writes ${usd} as ${text}`, () => assert.equal(formatUsd(usd), text));
  }
});
