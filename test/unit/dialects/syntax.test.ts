import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkLine, type RuleCode } from '../../../src/dialects';
import { syntaxFaults } from '../../../src/dialects/syntax';
import { marked } from './marked';

describe('JSON syntax', () => {
  const cases: Record<string, readonly [string, ...RuleCode[]]> = {
    'a trailing comma in an object': ['{"a":1«,»}', 'json-trailing-comma'],
    'a trailing comma in a list': ['{"a":[1«,» ]}', 'json-trailing-comma'],
    'two commas': ['{"a":1,«,»"b":2}', 'json-trailing-comma'],
    'a comma after the line': ['{"a":1}«,»', 'json-trailing-comma'],
    'a line comment': ['{"a":1} «// why»', 'json-comment'],
    'a block comment': ['{«/* why */»"a":1}', 'json-comment'],
    'an open comment': ['{«/* why»', 'json-comment', 'json-incomplete'],
    'single quotes': ["{«'a'»:«'it\\'s'»}", 'json-quotes', 'json-quotes'],
    'typographic quotes': ['{«“a”»:1}', 'json-quotes'],
    'a quote inside a text': ['{"a":"say «"»hi" now"}', 'json-quotes'],
    'a name without quotes': ['{«a»:1}', 'json-quotes'],
    'a text without quotes': ['{"a":«yes»}', 'json-quotes'],
    NaN: ['{"a":«NaN»}', 'json-literal'],
    Infinity: ['{"a":«-Infinity»}', 'json-literal'],
    'words of Python': ['{"a":«True»,"b":«None»}', 'json-literal', 'json-literal'],
    'a number with a plus': ['{"a":«+1»}', 'json-syntax'],
    'a number without its zero': ['{"a":«.5»}', 'json-syntax'],
    'a number with too many': ['{"a":«01»}', 'json-syntax'],
    'a hexadecimal number': ['{"a":«0x1F»}', 'json-syntax'],
    'a forgotten comma': ['{"a":1 «"»b":2}', 'json-syntax'],
    'a forgotten colon': ['{"a" «1»}', 'json-syntax'],
    'a forgotten value': ['{"a":«}»', 'json-syntax'],
    'a forgotten first value': ['{«,»"a":1}', 'json-syntax'],
    'a colon too many': ['{"a":«:»1}', 'json-syntax'],
    'a name that is none': ['{«{»"a":1}}', 'json-syntax'],
    'the wrong bracket': ['{"a":[1«}»]', 'json-syntax'],
    'a bracket too many': ['{"a":1}«}»', 'json-two-values'],
    'a stray slash': ['{"a":«/»1}', 'json-syntax'],
    'two objects': ['{"a":1}«{»"b":2}', 'json-two-values'],
    'two objects with a comma': ['{"a":1}, «{»"b":2}', 'json-two-values'],
    'something after the object': ['{"a":1} «"b"»', 'json-two-values'],
    'a cut line': ['{"a":[1,«2»', 'json-incomplete'],
    'a cut string': ['{"a":«"x»', 'json-incomplete'],
    'a raw tab': ['{"a":"x«\t»y"}', 'json-control-character'],
    'an unknown escape': ['{"a":"«\\x»41"}', 'json-escape'],
    'half an escape': ['{"a":"«\\u12»"}', 'json-escape'],
    'half a pair': ['{"a":"«\\ud83d»!"}', 'json-surrogate'],
    'the other half': ['{"a":"«\\ude00»!"}', 'json-surrogate'],
    'a whole pair': ['{"a":"\\ud83d\\ude00"}'],
    'a raw half': ['{"a":"«\ud83d»!"}', 'json-surrogate'],
    'a raw whole pair': ['{"a":"😀"}'],
    'a NUL in a string': ['{"a":"«\u0000»"}', 'nul-character'],
    'a NUL outside': ['«\u0000»', 'nul-character'],
    'a NUL behind each character': ['{«\u0000»"\u0000a\u0000', 'nul-character'],
    'a line of nothing but a comment': ['«// why»', 'json-comment'],
    'a comment of another language': ['{"a":1} «# why»', 'json-comment'],
    'a decimal comma': ['{"a":0«,»7}', 'json-syntax'],
    'a no-break space': ['{«\u00a0»"a":1}', 'json-syntax'],
    'a good line': ['{"a":[1,-2.5e3,true,false,null,"x\\n\\u00e9"],"b":{}}'],
  };
  for (const [name, [source, ...codes]] of Object.entries(cases)) {
    it(name, () => {
      const { text, spans } = marked(source);
      const faults = syntaxFaults(text);
      assert.deepEqual(
        faults.map(({ code }) => code),
        codes,
      );
      spans.forEach((span, index) => {
        const fault = faults[index];
        assert.deepEqual({ start: fault?.start, end: fault?.end }, span);
      });
      for (const { message } of faults) assert.match(message, /^["“A-Z].*[.?…]$/);
    });
  }

  it('stops counting where more says nothing', () => {
    assert.equal(syntaxFaults(`[${'True,'.repeat(100)}1]`).length, 20);
  });

  it('finds fault exactly with what JSON.parse refuses, half characters aside', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"a"',
        '"',
        "'",
        '1',
        '-',
        '0',
        '.5',
        'e3',
        'true',
        'nul',
        ' ',
        '\\',
        '\t',
      ],
      ...['//', '/*', '*/', '\u00a0', '\\u0041', '{"a":1}', '[1,2]', 'NaN', '\u0000', '\ufeff'],
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
          let valid = true;
          try {
            JSON.parse(body);
          } catch {
            valid = false;
          }
          assert.equal(syntaxFaults(text).length === 0, valid);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('keeps within the line and never throws, whatever the line', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.json(),
      fc.json().map((json) => json.slice(0, json.length / 2)),
      fc.string({ maxLength: 20 }).map((text) => `{"key":"a","request":{"contents":${text}}}`),
      fc.json().map((json) => `{"key":"a","request":${json}}`),
    );
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom('gemini', 'gemini-embed', 'gemini-bare', 'openai'),
        (text, kind) => {
          const { problems } = checkLine(text, { kind });
          for (const { start, end, related = [] } of problems) {
            for (const span of [{ start, end }, ...related]) {
              assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length);
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('answers for 10,000 brackets', () => {
    for (const text of [
      '['.repeat(10_000),
      '{"a":'.repeat(10_000),
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    ]) {
      const [problem, ...more] = checkLine(text, { kind: 'gemini' }).problems;
      assert.equal(problem?.code, 'json-nesting');
      assert.deepEqual(more, []);
    }
  });

  it('answers for a line of nothing but mistakes with the first hundred', () => {
    const members = Array.from({ length: 20_000 }, (_, index) => `"f${index}":1`).join();
    const line = `{"key":"a","request":{"contents":[{"parts":[{"text":"Hi"}]}],${members}}}`;
    assert.equal(checkLine(line, { kind: 'gemini' }).problems.length, 100);
  });

  it('answers for a line of 10 MB', () => {
    const line = `{"key":"a","request":{"contents":[{"parts":[{"text":"${'x'.repeat(1e7)}"}]}],"tols":[]}}`;
    const [problem] = checkLine(line, { kind: 'gemini' }).problems;
    assert.equal(problem?.code, 'unknown-field');
    assert.equal(line.slice(problem.start, problem.end), '"tols"');
  });
});
