import assert from 'node:assert/strict';
import { jsonLayout, unfenced } from '../../../src/shared/jsonText';
import { parseAnswer } from '../../../src/webview/jsonAnswer';

describe('unfenced', () => {
  const table: [string, string][] = [
    ['{"a":1}', '{"a":1}'],
    ['  {"a":1}\n', '{"a":1}'],
    ['```json\n{"a":1}\n```', '{"a":1}'],
    ['```JSON \r\n[1]\r\n```\n', '[1]'],
    ['```\n[1]```', '[1]'],
    ['```python\nx\n```', '```python\nx\n```'],
    ['```', '```'],
    ['``````', '``````'],
    ['```\n```', ''],
  ];
  for (const [text, inner] of table) it(JSON.stringify(text), () => assert.equal(unfenced(text), inner));

  it('takes no longer for what was written to be slow', () => {
    const start = performance.now();
    for (const text of [`\`\`\`${'\n'.repeat(200_000)}x`, '`'.repeat(200_000), ' '.repeat(200_000)])
      unfenced(text);
    assert.ok(performance.now() - start < 200);
  });
});

describe('jsonLayout', () => {
  const table: [string, unknown][] = [
    ['flat', { a: 1, b: 'x' }],
    ['nested', { a: [1, { b: [true, null] }], c: {} }],
    ['brackets in texts', { a: '[[[{{{"', b: '\\' }],
  ];
  for (const [name, value] of table) {
    it(`is near the real size: ${name}`, () => {
      const { size } = jsonLayout(JSON.stringify(value));
      const real = JSON.stringify(value, null, 2).length;
      assert.ok(size >= real * 0.7 && size <= real * 2, `${size} for ${real}`);
    });
  }

  it('counts levels, whatever stands in texts', () => {
    assert.equal(jsonLayout('{"a":[{"[[":"]"}]}').depth, 3);
    assert.equal(jsonLayout('['.repeat(100_000)).depth, 100_000);
    assert.equal(jsonLayout(']]]]').depth, 0);
  });
});

describe('parseAnswer', () => {
  const table: [string, string, unknown][] = [
    ['an object', '{"a":1}', { a: 1 }],
    ['a list in a fence', '```json\n[1]\n```', [1]],
    ['plain text', 'hello', undefined],
    ['a number', '7', undefined],
    ['broken JSON', '{"a":', undefined],
    ['lists inside one another without end', '['.repeat(50_000) + ']'.repeat(50_000), undefined],
    ['a list far inside', `${'['.repeat(50)}${'1,'.repeat(90_000)}1${']'.repeat(50)}`, undefined],
  ];
  for (const [name, text, expected] of table) it(name, () => assert.deepEqual(parseAnswer(text), expected));

  it('keeps numbers as they were written', () => {
    const text = '{"id":12345678901234567891,"price":0.10,"list":[1.0,1E400]}';
    assert.equal(JSON.stringify(parseAnswer(text)), text);
  });
});
