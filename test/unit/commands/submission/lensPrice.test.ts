import assert from 'node:assert/strict';
import { lensPrice } from '../../../../src/commands/submission/lensPrice';
import { at } from '../../../support/jobs';

describe('lensPrice', () => {
  const memory = new Map<string, unknown>([['lastModel.gemini.gemini', 'mine']]);
  const price = (
    kind: 'gemini' | 'gemini-bare' | 'gemini-embed' | 'none' | 'results',
    connection = 'gemini',
    prices = {},
  ) =>
    lensPrice(
      { kind, tokens: 2_000_000 },
      { connections: { current: connection }, memory, prices, now: at('2026-11-21T10:00:00') },
    );
  const own = { mine: { batchInput: 0.5, batchOutput: 9 } };

  it('is the input at the batch rate of the model used last', () => {
    assert.equal(price('gemini', 'gemini', own), 'input ≈ $1.00');
    assert.equal(price('gemini-bare', 'gemini', own), 'input ≈ $1.00');
  });

  it('is nothing where nothing is paid or known', () => {
    assert.equal(price('gemini', 'sandbox', own), undefined);
    assert.equal(price('none', 'gemini', own), undefined);
    assert.equal(price('results', 'gemini', own), undefined);
    assert.equal(price('gemini-embed', 'gemini', own), undefined);
    assert.equal(price('gemini', 'gemini', {}), undefined);
  });
});
