import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { checkLine } from '../../../src/dialects';
import { keyHash } from '../../../src/server/validation/keyHash';
import { LineProver } from '../../../src/server/validation/prover/lineProver';
import { proverWasm } from '../../../src/server/validation/prover/proverWasm';
import { anyLine, mutatedLine, validEmbedLine, validLine } from '../dialects/arbitraries';

const prover = new LineProver('gemini', 1 << 20);
const embedProver = new LineProver('gemini-embed', 1 << 20);

function proves(line: string, by = prover): boolean {
  const bytes = Buffer.from(`${line}\n`);
  by.load(bytes);
  return by.prove(0, bytes.length, bytes.length).bytes === bytes.length;
}

const request = (members: string) => `{"key":"a","request":{${members}}}`;
const hi = '"contents":[{"role":"user","parts":[{"text":"Hi"}]}]';
const config = (members: string) => request(`${hi},"generationConfig":{${members}}`);

describe('LineProver', () => {
  it('is compiled from its source', async () => {
    // In a process of its own: the compiler is large, and no other test needs it.
    const script = join(import.meta.dirname, '../../../src/server/validation/prover/compile.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--print']);
    assert.equal(stdout.trim(), proverWasm, 'run: npm run prover');
  }).timeout(120_000);

  const good: Record<string, string> = {
    'a text': request(hi),
    blanks: ' { "key" : "a" ,\t"request" : { "contents" : [ { "parts" : [ { "text" : "x" } ] } ] } } \r',
    'escapes and characters beyond ASCII': request(
      '"contents":[{"parts":[{"text":"\\"\\\\\\n\\u00e9 é 漢 😀"}]}]',
    ),
    'a long text': request(`"contents":[{"parts":[{"text":"${'long text, 16 at a time. '.repeat(100)}"}]}]`),
    snake_case: request(
      '"contents":[{"parts":[{"text":"x"}]}],"generation_config":{"top_k":4,"max_output_tokens":600}',
    ),
    'an image': request('"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"QUJDRA=="}}]}]'),
    'a schema': config(
      '"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","required":["a"],"properties":{"a":{"type":"STRING","enum":["x"],"nullable":true}}}',
    ),
    'tools and safety': request(
      `${hi},"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT"}}]},{"googleSearch":{}}],"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]`,
    ),
    'a call with free arguments': request(
      '"contents":[{"parts":[{"functionCall":{"name":"f","args":{"a":[1,-2.5,null,true,{"b":"c"}],"d":{}}}}]}]',
    ),
    'numbers in their ranges': config('"temperature":2.0,"topP":0.95,"seed":-7'),
    'a blank line': '  ',
  };
  for (const [name, line] of Object.entries(good)) {
    it(`proves ${name}`, () => assert.ok(proves(line)));
  }

  const doubtful: Record<string, string> = {
    'an empty line of JSON': '{}',
    'something behind the object': `${request(hi)} x`,
    'two objects': `${request(hi)}${request(hi)}`,
    'a trailing comma': `{"key":"a","request":{${hi}},}`,
    'a field twice': config('"topK":1,"topK":1'),
    'a field in both spellings': config('"topK":1,"top_k":1'),
    'a free name twice': request(
      '"contents":[{"parts":[{"functionCall":{"name":"f","args":{"a":1,"a":1}}}]}]',
    ),
    'an unknown field': config('"topQ":1'),
    'a number out of range': config('"temperature":2.5'),
    'half a token': config('"topK":1.5'),
    'a number with a zero before it': config('"topK":01'),
    'more than 32 bits': config('"seed":2147483648'),
    'a raw control character': request('"contents":[{"parts":[{"text":"a\tb"}]}]'),
    'half a pair': request('"contents":[{"parts":[{"text":"\\ud83d"}]}]'),
    'an unknown escape': request('"contents":[{"parts":[{"text":"\\x"}]}]'),
    'no base64': request('"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAAA"}}]}]'),
    'an empty key': `{"key":"","request":{${hi}}}`,
    'an escaped key': `{"key":"\\u0061","request":{${hi}}}`,
    'no key': `{"request":{${hi}}}`,
    'no contents': '{"key":"a","request":{}}',
    'empty contents': request('"contents":[]'),
    'two kinds of data': request('"contents":[{"parts":[{"text":"x","functionCall":{"name":"f"}}]}]'),
    'another role': request('"contents":[{"role":"assistant","parts":[{"text":"x"}]}]'),
    'a schema without its type': config('"responseSchema":{"type":"STRING"}'),
    'little room for thought': config('"maxOutputTokens":100'),
    'deep nesting': request(`${hi},"labels":${'{"a":'.repeat(200)}1${'}'.repeat(200)}`),
    'an open string': '{"key":"a',
    'an open object': request(hi).slice(0, -1),
  };
  for (const [name, line] of Object.entries(doubtful)) {
    it(`leaves ${name} to the checker`, () => assert.ok(!proves(line)));
  }

  it('never proves what the checker finds fault with', () => {
    fc.assert(
      fc.property(fc.oneof(validLine, mutatedLine, anyLine), (line) => {
        if (line.includes('\n') || !proves(line)) return;
        assert.deepEqual(checkLine(line, { kind: 'gemini' }).problems, [], line);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(validEmbedLine, (line) => {
        if (proves(line, embedProver))
          assert.deepEqual(checkLine(line, { kind: 'gemini-embed' }).problems, []);
      }),
    );
  });

  it('never proves a good line with one character changed, unless the checker still likes it', () => {
    const characters = fc.constantFrom(
      ...[
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '0',
        '1',
        '2',
        '9',
        'e',
        'E',
        '+',
        '-',
        '.',
        't',
        'f',
        'n',
        'u',
        ' ',
        'a',
        'A',
        'z',
        'Z',
        '_',
        '=',
        '/',
        'é',
        '漢',
      ],
    );
    const changed = fc
      .tuple(fc.constantFrom(...Object.values(good)), fc.nat(), fc.constantFrom(0, 1, 2), characters)
      .map(([line, seed, removed, inserted]) => {
        const at = seed % line.length;
        return `${line.slice(0, at)}${removed === 2 ? '' : inserted}${line.slice(at + (removed === 0 ? 0 : 1))}`;
      });
    let proved = 0;
    fc.assert(
      fc.property(changed, (line) => {
        // Half a pair cannot be written in UTF-8.
        if (!line.isWellFormed() || !proves(line)) return;
        proved += 1;
        assert.deepEqual(checkLine(line, { kind: 'gemini' }).problems, [], line);
      }),
      { numRuns: 2000 },
    );
    assert.ok(proved > 200);
  });

  it('goes through many lines up to the first that it cannot prove', () => {
    const lines = [request(hi), '', request(hi).replace('"a"', '"käse"'), '{"key":', request(hi)];
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    prover.load(bytes);
    const proved = prover.prove(0, bytes.length, bytes.length);
    assert.equal(proved.lines, 3);
    assert.equal(proved.rows, 2);
    assert.deepEqual([...proved.hashes], [keyHash('a'), NaN, keyHash('käse')]);
    const [first = '', , third = ''] = lines;
    assert.deepEqual([...proved.starts], [0, first.length + 1, first.length + 2]);
    assert.equal(proved.bytes, Buffer.byteLength(first) + 2 + Buffer.byteLength(third) + 1);
    assert.equal(prover.prove(0, bytes.length, 0).lines, 1);
  });

  it('estimates as many tokens as the checker, but for a few', () => {
    for (const line of [...Object.values(good), ...fc.sample(validLine, { numRuns: 100, seed: 2 })]) {
      const bytes = Buffer.from(`${line}\n`);
      prover.load(bytes);
      const { tokens, lines } = prover.prove(0, bytes.length, bytes.length);
      if (lines === 0) continue;
      const expected = checkLine(line, { kind: 'gemini' }).tokens;
      assert.ok(Math.abs(tokens - expected) <= 3 + expected * 0.25, `${tokens} for ${expected}: ${line}`);
    }
  });
});
