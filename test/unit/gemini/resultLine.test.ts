import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resultLine } from '../../../src/gemini/resultLine';

describe('lines of inline results', () => {
  const long = 'A'.repeat(20_000);
  const table: readonly [what: string, item: string, line: string][] = [
    ['an empty one', '{}', '{}'],
    [
      'a key in the metadata',
      '{"response":{"n":1.50},"metadata":{"key":"a"}}',
      '{"key":"a","response":{"n":1.50}}',
    ],
    ['a key outside', '{"response":{},"key":"a"}', '{"key":"a","response":{}}'],
    [
      'more metadata',
      '{"metadata":{"key":"a","x":1},"error":{}}',
      '{"key":"a","metadata":{"key":"a","x":1},"error":{}}',
    ],
    ['metadata that is none', '{"metadata":null,"response":{}}', '{"metadata":null,"response":{}}'],
    [
      'line breaks',
      '{\n  "response": {\r\n    "t": "a\\n b",\n\n    "l": [ 1,\n 2 ]\n  }\n}',
      '{"response":{"t": "a\\n b","l": [ 1,2 ]}}',
    ],
    [
      'a picture',
      `{"metadata":{"key":"ä"},\n"response":{"image":"${long}",\n "b":"${long}"}}`,
      `{"key":"ä","response":{"image":"${long}","b":"${long}"}}`,
    ],
  ];
  for (const [what, item, line] of table)
    it(what, () => {
      const text = Buffer.concat(resultLine(Buffer.from(item))).toString();
      assert.equal(text.replace('\r', ''), `${line}\n`);
    });

  it('does not copy what is long', () => {
    const item = Buffer.from(`{"response":{"image":"${long}"},"metadata":{"key":"a"}}`);
    const own = resultLine(item).filter(({ buffer }) => buffer !== item.buffer);
    assert.ok(own.reduce((sum, { length }) => sum + length, 0) < 200);
  });

  it('keeps every value of any item, on one line', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.jsonValue(),
        ),
        fc.integer({ min: 0, max: 3 }),
        (item, indent) => {
          const text = Buffer.concat(resultLine(Buffer.from(JSON.stringify(item, null, indent)))).toString();
          assert.equal(text.indexOf('\n'), text.length - 1);
          const { metadata, ...rest } = JSON.parse(JSON.stringify(item)) as Record<string, unknown>;
          const line = JSON.parse(text) as Record<string, unknown>;
          for (const [name, value] of Object.entries(rest)) assert.deepEqual(line[name], value);
          if (!('key' in line)) assert.deepEqual(line.metadata, metadata);
        },
      ),
    );
  });
});
