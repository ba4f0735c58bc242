import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinLines, opensObject, spreadObject, type SpreadLines } from '../../../src/dialects';

function found(lines: readonly string[]): SpreadLines | undefined {
  const object = spreadObject(lines);
  return object && { lines: object.lines, breaksText: object.breaksText };
}
const spreadOf = (...lines: string[]) => found(lines)?.lines;

describe('objects over several lines', () => {
  it('end where their bracket closes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.constantFrom(1, 2, '\t'),
        fc.constantFrom('', ',', ' , '),
        (value, indent, behind) => {
          const lines = JSON.stringify(value, null, indent).split('\n');
          fc.pre(lines.length > 1);
          const text = [...lines.slice(0, -1), `}${behind}`];
          assert.deepEqual(found([...text, '{"key":"next"}']), {
            lines: lines.length,
            breaksText: false,
          });
          assert.equal(joinLines(text), JSON.stringify(value));
        },
      ),
    );
  });

  const whole: readonly (readonly [name: string, lines: readonly string[], joined: string])[] = [
    ['a comma before a bracket', ['{"a":[', '1,', '],', '}'], '{"a":[ 1, ], }'],
    ['single quotes', ["{'a':", "'it',}"], "{'a': 'it',}"],
    ['words that are no JSON', ['{"a":', 'True}'], '{"a": True}'],
    ['a text with line breaks', ['{"a":"one', '', '  two"}'], '{"a":"one\\n\\n  two"}'],
    ['brackets in a text with line breaks', ['{"a":"{', '}}"}'], '{"a":"{\\n}}"}'],
    ['quotes in a text with line breaks', ['{"a":"\\"', '\\""}'], '{"a":"\\"\\n\\""}'],
    ['blank lines', ['{', '', '"a":1', '\t', '}'], '{"a":1}'],
  ];
  for (const [name, lines, joined] of whole) {
    it(`may have ${name}`, () => {
      assert.equal(spreadOf(...lines, '{"b":1}'), lines.length);
      assert.equal(joinLines(lines), joined);
    });
  }

  const others: readonly (readonly [name: string, ...lines: string[]])[] = [
    ['an object on one line and another', '{"a":[1}', '{"b":1}'],
    ['a value that follows no comma', '{"a":{"b":1}', '{"c":1}}'],
    ['a word behind a text', '{"a":"cut', '{"b":1}"}'],
    ['a name without a value', '{"a"', '}'],
    ['the wrong bracket', '{"a":[', '}'],
    ['something behind it', '{"a":', '1} {"b":2}'],
    ['two commas', '{"a":1,', ',"b":2}'],
    ['a list', '[', '{"a":1}', ']'],
    ['an escape that is cut', '{"a":"\\', 'n"}'],
    ['a name over two lines', '{"a', 'b":1}'],
    ['one that never ends', '{"a":[', '1,'],
    ['nothing', ''],
    ['one of too many lines', '{"a":[', ...Array.from({ length: 3000 }, () => '1,'), '1]}'],
    ['one nested too deeply', ...Array.from({ length: 120 }, () => '{"a":'), `1${'}'.repeat(120)}`],
  ];
  for (const [name, ...lines] of others) {
    it(`are not ${name}`, () => assert.equal(spreadOf(...lines), undefined));
  }

  it('begin on a line that leaves a bracket open', () => {
    for (const line of ['{', '{"a":1,', ' {"a":[', '\ufeff{"a"', '{"a":"b'])
      assert.ok(opensObject(line), line);
    for (const line of ['', '}', '"a":{', '[', '{}', '{"a":1}', '{]', '{"a":1}}']) {
      assert.ok(!opensObject(line), line);
    }
  });
});
