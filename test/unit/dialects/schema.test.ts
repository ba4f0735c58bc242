import assert from 'node:assert/strict';
import { applyEdits, checkLine, fixesFor, fixLine, type FixContext } from '../../../src/dialects';
import { marked } from './marked';

const request = (members: string) =>
  `{"key":"a","request":{"contents":[{"parts":[{"text":"Hi"}]}],${members}}}`;
const config = (members: string) =>
  request(`"generationConfig":{"responseMimeType":"application/json",${members}}`);
/** A line that asks for answers of this form. */
const answer = (schema: string) => config(`"responseSchema":${schema}`);
/** A line with a function of these parameters. */
const parameters = (schema: string) =>
  request(`"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":${schema}}]}]`);

const context: FixContext = { kind: 'gemini' };

describe('schemas', () => {
  /** Name -> a line with what is wrong marked, and the rule. */
  const wrong: Record<string, readonly [line: string, code: string]> = {
    'a required name that there is not': [
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}},"required":["mood",«"modo"»]}'),
      'schema-required',
    ],
    'a required name where there are none': [
      parameters('{"type":"OBJECT","properties":{},"required":[«"a"»]}'),
      'schema-required',
    ],
    'an order of what there is not': [
      parameters('{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"property_ordering":["a",«"b"»]}'),
      'schema-ordering',
    ],
    'a list of nobody knows what': [
      parameters('{"type":"OBJECT","properties":{«"a"»:{"type":"ARRAY"}}}'),
      'schema-items',
    ],
    'a list of nobody knows what among others': [
      parameters('{"anyOf":[{"type":"STRING"},«{»"type":"ARRAY"}]}'),
      'schema-items',
    ],
    'an object without properties in an answer': [
      config('«"responseSchema"»:{"type":"OBJECT"}'),
      'schema-properties',
    ],
    'an object with empty properties in an answer': [
      answer('{"type":"ARRAY","items":{"type":"OBJECT","properties":«{}»,"required":["a"]}}'),
      'schema-properties',
    ],
    'an enum of numbers': [
      parameters('{"type":"OBJECT","properties":{"a":{"type":"INTEGER",«"enum"»:["1","2"]}}}'),
      'schema-enum',
    ],
    'an enum without a type': [parameters('{«"enum"»:["x"]}'), 'schema-enum'],
    'an empty value of an enum': [parameters('{"type":"STRING","enum":["x",«""»]}'), 'schema-enum'],
  };
  for (const [name, [source, code]] of Object.entries(wrong)) {
    it(`tell of ${name}`, () => {
      const { text, spans } = marked(source);
      const { problems } = checkLine(text, context);
      assert.deepEqual(
        problems.map((problem) => ({ code: problem.code, start: problem.start, end: problem.end })),
        spans.map((span) => ({ code, ...span })),
      );
      assert.equal(problems[0]?.severity, code === 'schema-ordering' ? 'warning' : 'error');
    });
  }

  const good: Record<string, string> = {
    'parameters that are nothing': parameters('{"type":"OBJECT","properties":{}}'),
    'names that objects have by themselves': parameters(
      '{"type":"OBJECT","properties":{"toString":{"type":"STRING","enum":["x"]}},"required":["toString"]}',
    ),
    alternatives: answer(
      '{"anyOf":[{"type":"ARRAY","items":{"type":"STRING"}},{"type":"NULL"}],"enum":["x"]}',
    ),
    'an enum without values': answer('{"type":"INTEGER","enum":[]}'),
  };
  for (const [name, line] of Object.entries(good)) {
    it(`take ${name}`, () => assert.deepEqual(checkLine(line, context).problems, []));
  }

  it('tell of the cause only', () => {
    const codes = (line: string) => checkLine(line, context).problems.map(({ code }) => code);
    assert.deepEqual(codes(answer('{"type":"OBJECT","propertys":{"a":{}},"required":["a"]}')), [
      'unknown-field',
    ]);
    assert.deepEqual(codes(answer('{"type":"ARRAY","item":{"type":"STRING"}}')), ['unknown-field']);
    assert.deepEqual(codes(answer('{"type":7.5,"enum":["x"]}')), ['wrong-type']);
    assert.deepEqual(codes(parameters('{"type":"toString","enum":["x"]}')), ['enum-value']);
  });

  it('say nothing of a rule that is off', () => {
    const line = answer('{"type":"ARRAY"}');
    assert.deepEqual(checkLine(line, { kind: 'gemini', rules: { 'schema-items': 'off' } }).problems, []);
  });

  const mended: Record<string, readonly [before: string, after: string]> = {
    'require a property by its name': [
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}},"required":["modo"]}'),
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}},"required":["mood"]}'),
    ],
    'say that an enum is of texts': [answer('{"enum":["x"]}'), answer('{"enum":["x"],"type":"STRING"}')],
  };
  for (const [name, [before, after]] of Object.entries(mended)) {
    it(name, () => assert.equal(fixLine(before, context), after));
  }

  /** Name -> a line, what the one fix makes of it that a person has to ask for, and what it is called. */
  const careful: Record<string, readonly [before: string, after: string, title: string]> = {
    'a required name like no other': [
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}},"required":["mood","frobnicate"]}'),
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}},"required":["mood"]}'),
      'Remove the element',
    ],
    'the only required name': [
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}},"required":["frobnicate"]}'),
      answer('{"type":"OBJECT","properties":{"mood":{"type":"STRING"}}}'),
      'Remove "required"',
    ],
    'a list of nobody knows what': [
      answer('{"type":"ARRAY"}'),
      answer('{"type":"ARRAY","items":{"type":"STRING"}}'),
      'Add "items": {"type":"STRING"}',
    ],
    'an enum of numbers': [
      answer('{"type":"INTEGER","enum":["1"]}'),
      answer('{"type":"STRING","enum":["1"]}'),
      'Change the type to STRING',
    ],
    'an empty value of an enum': [
      answer('{"type":"STRING","enum":["","x"]}'),
      answer('{"type":"STRING","enum":["x"]}'),
      'Remove the element',
    ],
  };
  for (const [name, [before, after, title]] of Object.entries(careful)) {
    it(`offer, but do not choose: ${name}`, () => {
      const [problem] = checkLine(before, context).problems;
      assert.ok(problem);
      const [fix] = fixesFor(before, problem, context);
      assert.equal(fix?.title, title);
      assert.equal(fix.preferred, false);
      assert.equal(applyEdits(before, fix.edits), after);
      assert.equal(fixLine(before, context), before);
    });
  }
});
