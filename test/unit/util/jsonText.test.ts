import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isJson, minifyJson, prettyJson, stringEnd } from '../../../src/util/jsonText';

describe('jsonText', () => {
  const minified: [string, string, string][] = [
    ['white space', ' { "a" :\t[ 1 , 2 ]\r\n} ', '{"a":[1,2]}'],
    ['numbers', '[1.0, 1e2, 12345678901234567890, -0]', '[1.0,1e2,12345678901234567890,-0]'],
    ['escapes', '{"a b": "\\u0041 \\" \\\\", "c": "\\\\"}', '{"a b":"\\u0041 \\" \\\\","c":"\\\\"}'],
    ['key order and repeats', '{"b":1, "10":2, "9":3, "b":4}', '{"b":1,"10":2,"9":3,"b":4}'],
    ['empty containers', '{ "a" : { } , "b" : [ ] }', '{"a":{},"b":[]}'],
    ['scalars', ' true ', 'true'],
  ];
  for (const [name, from, to] of minified) {
    it(`minifies and keeps ${name}`, () => assert.equal(minifyJson(from), to));
  }

  it('prints prettily', () => {
    assert.equal(
      prettyJson('{"a":[1,{"b":{}}],"c":[]}'),
      JSON.stringify({ a: [1, { b: {} }], c: [] }, null, 2),
    );
  });

  it('never changes what JSON means, and pretty and minified undo each other', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const pretty = prettyJson(json);
        assert.deepEqual(JSON.parse(pretty), JSON.parse(json));
        assert.equal(minifyJson(pretty), minifyJson(json));
        assert.ok(!minifyJson(json).includes('\n'));
      }),
    );
  });

  it('stands 100,000 brackets', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    assert.equal(minifyJson(deep), deep);
    assert.ok(prettyJson(deep).length < 50_000_000);
  });

  it('finds where a string ends', () => {
    assert.equal(stringEnd('"a\\"b\\\\" x', 0), 8);
    assert.equal(stringEnd('"open', 0), 5);
  });

  it('tells JSON from what is none', () => {
    assert.equal(isJson('{"a":1}'), true);
    assert.equal(isJson('{a:1}'), false);
  });
});
