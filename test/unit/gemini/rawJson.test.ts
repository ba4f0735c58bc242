import assert from 'node:assert/strict';
import fc from 'fast-check';
import { byteMembers, rawMembers } from '../../../src/gemini/rawJson';

describe('raw members of an object', () => {
  const table: readonly [text: string, members: Record<string, string>][] = [
    ['{}', {}],
    [' { } ', {}],
    ['{"a":1.50,"b":1e400}', { a: '1.50', b: '1e400' }],
    ['{"a" : { "x" : [1 , 2] } , "b":"}]\\"{" }', { a: '{ "x" : [1 , 2] }', b: '"}]\\"{"' }],
    ['{"key":"\\u0061\\\\","k\\u0065y2":null}', { key: '"\\u0061\\\\"', key2: 'null' }],
    ['{"a":1,"a":2}', { a: '2' }],
    ['{"a":true}', { a: 'true' }],
    ['{"a":[{"b":"]"}],\n"c":-1}', { a: '[{"b":"]"}]', c: '-1' }],
  ];
  for (const [text, members] of table)
    it(text, () => assert.deepEqual(Object.fromEntries(rawMembers(text)), members));

  for (const text of ['', '[]', '"x"', 'null', '{"a":1', '{"a":1} x', '{a:1}'])
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => rawMembers(text), SyntaxError));

  for (const text of [
    '',
    ' ',
    '[]',
    '{',
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{"a":1}}',
    '{"a',
    '{"a":"',
    '{"a":[1',
    '{"a" 1}',
    '{,}',
  ])
    it(`refuses the bytes of ${JSON.stringify(text)}`, () =>
      assert.throws(() => byteMembers(Buffer.from(text)), SyntaxError));

  it('gives views, not copies', () => {
    const json = Buffer.from('{"image":"AAAA"}');
    assert.equal(byteMembers(json).get('image')?.buffer, json.buffer);
  });

  it('gives, for any object, pieces that read as its members', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 0, max: 3 }),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent);
          const expected = JSON.parse(text) as Record<string, unknown>;
          const members = rawMembers(text);
          assert.equal(members.size, Object.keys(expected).length);
          for (const [name, raw] of members) assert.deepEqual(JSON.parse(raw), expected[name]);
        },
      ),
    );
  });
});
