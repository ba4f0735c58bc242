import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineMaker } from '../../../src/gemini/lineMaker';

const cut = (text: string, size: number): Buffer[] => {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(bytes.subarray(at, at + size)));
  return pieces;
};

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
    for (const size of [1, 7, 1000, 100_000])
      it(`${what}, ${size} bytes a piece`, () => {
        assert.equal(
          Buffer.concat(new LineMaker().line(cut(item, size)))
            .toString()
            .replace('\r', ''),
          `${line}\n`,
        );
      });

  it('does not copy what is long', () => {
    const pieces = cut(`{"response":{"image":"${long}"},"metadata":{"key":"a"}}`, 6_000);
    const line = new LineMaker().line(pieces);
    const own = line.filter(({ buffer }) => !pieces.some((piece) => piece.buffer === buffer));
    assert.ok(own.reduce((sum, { length }) => sum + length, 0) < 200);
  });

  it('leaves lines alone while it makes the next', () => {
    const maker = new LineMaker();
    const lines = ['a', 'b'].map((key) =>
      maker.line(cut(`{"response":"${key.repeat(9_000)}","key":"${key}"}`, 2_000)),
    );
    assert.deepEqual(
      lines.map((line) => Buffer.concat(line).toString()),
      ['a', 'b'].map((key) => `{"key":"${key}","response":"${key.repeat(9_000)}"}\n`),
    );
  });

  it('keeps every value of any item, on one line', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.jsonValue(),
        ),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 40 }),
        (item, indent, size) => {
          const text = Buffer.concat(
            new LineMaker().line(cut(JSON.stringify(item, null, indent), size)),
          ).toString();
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
