import assert from 'node:assert/strict';
import { rangeOfLineError } from '../../../../src/commands/host/lineErrorRange';

describe('rangeOfLineError', () => {
  const text = '  {"a": "config", "config": {"x": 1}}  ';
  for (const [field, marked] of [
    ['config', '"config"'],
    ['x', '"x"'],
    [undefined, text.trim()],
    ['nowhere', text.trim()],
  ] as const) {
    it(`finds ${field ?? 'the line'}`, () => {
      const { start, end } = rangeOfLineError(text, field === undefined ? {} : { field });
      assert.equal(text.slice(start, end), marked);
    });
  }

  it('prefers the property to a text that reads the same, and marks something on an empty line', () => {
    assert.equal(rangeOfLineError(text, { field: 'config' }).start, text.lastIndexOf('"config"'));
    assert.equal(rangeOfLineError('["config"]', { field: 'config' }).start, 1);
    assert.deepEqual(rangeOfLineError('', {}), { start: 0, end: 1 });
  });
});
