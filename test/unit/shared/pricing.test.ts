import assert from 'node:assert/strict';
import { costOf, priceOf, priceOverrides } from '../../../src/shared/pricing';

const november = Date.UTC(2026, 10, 21);
const usage = { input: 2_000_000, output: 600_000, thinking: 400_000, cached: 1000 };

describe('priceOf', () => {
  const table: [string, number, number][] = [
    ['gemini-2.5-flash', 0.15, 1.25],
    ['models/gemini-2.5-flash', 0.15, 1.25],
    ['gemini-2.5-flash-001', 0.15, 1.25],
    ['gemini-2.5-flash-preview-09-2025', 0.15, 1.25],
    ['gemini-3.8-flash', 0.375, 1.875],
    ['gemini-embedding-001', 0.075, 0],
  ];
  for (const [model, input, output] of table) {
    it(`${model} costs ${input} and ${output}`, () => {
      const price = priceOf(model, { at: november });
      assert.equal(price?.input, input);
      assert.equal(price.output, output);
    });
  }

  it('changes on the day the rates change', () => {
    const at = Date.UTC(2027, 0, 1);
    assert.equal(priceOf('gemini-3.8-flash', { at: at - 1 })?.input, 0.375);
    assert.equal(priceOf('gemini-3.8-flash', { at })?.input, 0.75);
  });

  it('does not know every model, also not one that is named like a property', () => {
    for (const model of ['gemini-9-ultra', 'constructor', ''])
      assert.equal(priceOf(model, { at: november }), undefined);
  });

  it('lets a person say otherwise', () => {
    const overrides = priceOverrides.parse({ 'my-model': { batchInput: 1, batchOutput: 2 } });
    assert.deepEqual(priceOf('my-model', { at: november, overrides }), { input: 1, output: 2 });
    assert.throws(() => priceOverrides.parse({ m: { batchInput: -1, batchOutput: 0 } }));
  });
});

describe('costOf', () => {
  it('counts thinking as output', () => {
    assert.equal(costOf('gemini-2.5-flash', usage, { at: november }), 0.3 + 1.25);
  });

  it('takes the higher rate for long prompts where there is one', () => {
    assert.equal(costOf('gemini-2.5-pro', usage, { at: november, longPrompts: true }), 2.5 + 7.5);
    assert.equal(costOf('gemini-2.5-flash', usage, { at: november, longPrompts: true }), 0.3 + 1.25);
  });

  it('is unknown with the price', () => {
    assert.equal(costOf('gemini-9-ultra', usage, { at: november }), undefined);
  });
});
