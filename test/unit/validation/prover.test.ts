import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { checkLine, type CheckContext } from '../../../src/dialects';
import { LineProver } from '../../../src/server/validation/prover/lineProver';
import { proverWasm } from '../../../src/server/validation/prover/proverWasm';
import { anyLine, mutatedLine, validEmbedLine, validLine } from '../dialects/arbitraries';
import { descriptorLine } from './descriptorLines';

type Kind = CheckContext['kind'];

function proverOf(
  kind: Kind,
  settings: Partial<ConstructorParameters<typeof LineProver>[0]> = {},
): LineProver {
  return new LineProver({ kind, rules: {}, files: undefined, ...settings }, 1 << 18);
}

const provers = {
  gemini: proverOf('gemini'),
  'gemini-embed': proverOf('gemini-embed'),
  openai: proverOf('openai'),
  'gemini-bare': proverOf('gemini-bare'),
} satisfies Record<Kind, LineProver>;

function load(line: string, prover: LineProver): number {
  const length = prover.window.write(`${line}\n`);
  // What a scan does when it has seen what a line names.
  prover.expect({});
  prover.expect({
    model: /"model" ?: ?"([^"]*)"/.exec(line)?.[1],
    endpoint: /"url" ?: ?"([^"]*)"/.exec(line)?.[1],
  });
  return length;
}

function proves(line: string, prover: LineProver = provers.gemini): boolean {
  const length = load(line, prover);
  return prover.prove(0, length, length).bytes === length;
}

const request = (members: string) => `{"key":"a","request":{${members}}}`;
const hi = '"contents":[{"role":"user","parts":[{"text":"Hi"}]}]';
const beside = (members: string) => request(`${hi},${members}`);
const config = (members: string) => beside(`"generationConfig":{${members}}`);
const answer = (schema: string) => config(`"responseMimeType":"application/json","responseSchema":${schema}`);
const parameters = (schema: string) =>
  beside(`"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":${schema}}]}]`);
const part = (members: string) => request(`"contents":[{"parts":[{${members}}]}]`);
const file = (uri: string) => part(`"fileData":{"mimeType":"video/mp4","fileUri":"${uri}"}`);
const chat = (members: string) =>
  `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m",${members}}}`;
const ask = '"messages":[{"role":"user","content":"Hi"}]';
const embeddings = (input: string) =>
  `{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"input":${input},"model":"m"}}`;

/** Name -> line, by the kind of its file. */
const good: Record<'gemini' | 'gemini-embed' | 'openai', Record<string, string>> = {
  gemini: {
    'a text': request(hi),
    blanks: ' { "key" : "a" ,\t"request" : { "contents" : [ { "parts" : [ { "text" : "x" } ] } ] } } \r',
    'escapes and characters beyond ASCII': part('"text":"\\"\\\\\\n\\u00e9 é 漢 😀"'),
    'a pair of escapes': part('"text":"\\ud83d\\ude00"'),
    'a long text': part(`"text":"${'long text, 16 at a time. '.repeat(100)}"`),
    snake_case: config('"top_k":4,"max_output_tokens":600'),
    'an image': part('"inlineData":{"mimeType":"image/png","data":"QUJDRA=="}'),
    'a large image': part(`"inlineData":{"mimeType":"image/png","data":"${'aZ09+/-_'.repeat(50)}"}`),
    'a schema': config(
      '"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","required":["a"],"properties":{"a":{"type":"STRING","enum":["x"],"nullable":true,"maxItems":"7"}}}',
    ),
    'schemas in schemas': answer(
      '{"required":["b","a"],"properties":{"a":{"type":"OBJECT","properties":{"c":{"type":"STRING"}},"required":["c"]},"b":{"type":"ARRAY","items":{"type":"OBJECT","properties":{"d":{}},"property_ordering":["d"]}}},"propertyOrdering":[ "a" , "b" ],"type":"OBJECT","default":{"e":{"f":1}}}',
    ),
    'a schema of alternatives': answer(
      '{"anyOf":[{"type":"STRING"},{"type":"OBJECT","properties":{"a":{}},"required":[]}],"required":["x"]}',
    ),
    'parameters that are nothing': parameters('{"type":"OBJECT","properties":{}}'),
    'tools and safety': beside(
      '"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT"}}]},{"googleSearch":{}}],"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]',
    ),
    'a call with free arguments': part(
      '"functionCall":{"name":"f","args":{"a":[1,-2.5,null,true,{"b":"c"}],"d":{}}}',
    ),
    'numbers in their ranges': config('"temperature":2.0,"topP":0.95,"seed":-7'),
    'numbers with exponents': config('"temperature":1e-1,"topP":9.5E-1,"topK":4e1'),
    'null for a field that is left out': beside('"tools":null,"systemInstruction":null'),
    'any role in a system instruction': beside(
      '"systemInstruction":{"role":"system","parts":[{"text":"x"}]}',
    ),
    'a file of the service': file('https://generativelanguage.googleapis.com/v1beta/files/abc-123'),
    'a file in a bucket': file('gs://bucket/film.mp4'),
    'a file on the web': file('https://example.com/Film.mp4?x=1'),
    'a stretch of a film': part(
      '"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/f"},"videoMetadata":{"startOffset":"1.5s","endOffset":"90s","fps":0.5}',
    ),
    'text and images': config('"responseModalities":["TEXT","IMAGE"],"imageConfig":{"aspectRatio":"1:1"}'),
    sound: config('"responseModalities":["AUDIO"]'),
    'a cache': beside('"cachedContent":"cachedContents/x"'),
    logprobs: config('"responseLogprobs":true,"logprobs":5'),
    'room for thought': config('"maxOutputTokens":4096,"thinkingConfig":{"includeThoughts":true}'),
    'a limit above the budget': config('"maxOutputTokens":600,"thinkingConfig":{"thinkingBudget":512}'),
    'no thought': config('"maxOutputTokens":10,"thinkingConfig":{"thinkingBudget":0}'),
    'hardly a thought': config('"maxOutputTokens":10,"thinkingConfig":{"thinkingLevel":"MINIMAL"}'),
    'a blank line': '  ',
  },
  'gemini-embed': {
    'a text': '{"key":"a","request":{"content":{"parts":[{"text":"Hi"}]},"outputDimensionality":768}}',
    settings:
      '{"key":"a","request":{"content":{"role":"x","parts":[{"text":"Hi"}]},"embedContentConfig":{"taskType":"CLUSTERING","autoTruncate":true}}}',
  },
  openai: {
    'a text': chat(ask),
    'parts with a picture': chat(
      '"messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]',
    ),
    'a call and its result': chat(
      '"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]',
    ),
    settings: chat(
      `${ask},"temperature":0.2,"max_tokens":100,"stop":"END","tool_choice":"auto","logprobs":true,"top_logprobs":3,"seed":"7"`,
    ),
    tools: chat(
      `${ask},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}]`,
    ),
    'a schema': chat(
      `${ask},"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}}`,
    ),
    'an embedding': embeddings('"Hi"'),
    'embeddings of several texts': embeddings('["a","b"]'),
    'an embedding of tokens': embeddings('[1,2,3]'),
    'embeddings of tokens': embeddings('[[1],[2,3]]'),
  },
};

const doubtful: Record<string, string> = {
  'an empty line of JSON': '{}',
  'something behind the object': `${request(hi)} x`,
  'two objects': `${request(hi)}${request(hi)}`,
  'a trailing comma': `{"key":"a","request":{${hi}},}`,
  'a field twice': config('"topK":1,"topK":1'),
  'a field twice, once as null': config('"topK":null,"topK":1'),
  'a field in both spellings': config('"topK":1,"top_k":1'),
  'a free name twice': part('"functionCall":{"name":"f","args":{"a":1,"a":1}}'),
  'an unknown field': config('"topQ":1'),
  'a known name with a NUL behind it': config('"topK\0":1'),
  'a number out of range': config('"temperature":2.5'),
  'a number out of range by its last digit': config('"temperature":2.0000000000000004'),
  'a number out of range by its exponent': config('"temperature":2e1'),
  'half a token': config('"topK":1.5'),
  'a number with a zero before it': config('"topK":01'),
  'an exponent without digits': config('"topK":1e'),
  'more than 32 bits': config('"seed":2147483648'),
  'a raw control character': part('"text":"a\tb"'),
  'half a pair': part('"text":"\\ud83d"'),
  'half a pair before another escape': part('"text":"\\ud83d\\u0041"'),
  'the second half of a pair alone': part('"text":"\\ude00"'),
  'an unknown escape': part('"text":"\\x"'),
  'no base64': part('"inlineData":{"mimeType":"image/png","data":"AAAAA"}'),
  'one wrong character in much base64': part(
    `"inlineData":{"mimeType":"image/png","data":"${'A'.repeat(90)}*${'A'.repeat(101)}"}`,
  ),
  'an empty key': `{"key":"","request":{${hi}}}`,
  'an escaped key': `{"key":"\\u0061","request":{${hi}}}`,
  'no key': `{"request":{${hi}}}`,
  'no contents': '{"key":"a","request":{}}',
  'empty contents': request('"contents":[]'),
  'null for contents': request('"contents":null'),
  'two kinds of data': part('"text":"x","functionCall":{"name":"f"}'),
  'another role': request('"contents":[{"role":"assistant","parts":[{"text":"x"}]}]'),
  'a schema without its type': config('"responseSchema":{"type":"STRING"}'),
  'a required name that there is not': answer('{"type":"OBJECT","properties":{"a":{}},"required":["a","b"]}'),
  'a required name of another schema': answer(
    '{"type":"OBJECT","properties":{"a":{"type":"OBJECT","properties":{"b":{}}}},"required":["b"]}',
  ),
  'a required name before the others': parameters('{"required":["b"],"type":"OBJECT","properties":{"a":{}}}'),
  'a required name without properties': parameters('{"type":"OBJECT","required":["a"]}'),
  'an order of what there is not': parameters(
    '{"type":"OBJECT","properties":{"a":{}},"property_ordering":["b"]}',
  ),
  'a list of nobody knows what': parameters('{"type":"ARRAY"}'),
  'a list of nobody knows what behind another': parameters(
    '{"type":"OBJECT","properties":{"a":{"type":"ARRAY"},"b":{"type":"ARRAY","items":{}}}}',
  ),
  'an answer without properties': answer('{"type":"OBJECT"}'),
  'an answer with an object without properties': answer(
    '{"type":"ARRAY","items":{"anyOf":[{"type":"OBJECT","properties":{}}]}}',
  ),
  'an answer with an object without properties in another': answer(
    '{"type":"OBJECT","properties":{"a":{"type":"OBJECT"}}}',
  ),
  'an enum of numbers': parameters('{"type":"INTEGER","enum":["1"]}'),
  'an enum without a type': parameters('{"enum":["1"]}'),
  'an empty value of an enum': parameters('{"type":"STRING","enum":[""]}'),
  'alternatives that are none': parameters('{"type":"ARRAY","anyOf":[]}'),
  'a schema for plain text': config('"responseMimeType":"text/plain","responseSchema":{"type":"STRING"}'),
  'little room for thought': config('"maxOutputTokens":100'),
  'less room than the budget': config('"maxOutputTokens":5000,"thinkingConfig":{"thinkingBudget":5000}'),
  'room that thought may use up': config('"maxOutputTokens":4095,"thinkingConfig":{}'),
  'a budget and a level': config('"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"LOW"}'),
  'images alone': config('"responseModalities":["IMAGE"]'),
  'image settings without images': config('"imageConfig":{}'),
  'JSON Schema': config('"responseMimeType":"application/json","responseJsonSchema":{}'),
  'logprobs without their flag': config('"logprobs":5'),
  'a cache beside tools': beside('"cachedContent":"cachedContents/x","tools":[]'),
  'what is no name of a cache': beside('"cachedContent":"x"'),
  'a model in the row': beside('"model":"m"'),
  'a file name for its URI': file('files/abc'),
  'an id that no file has': file('https://generativelanguage.googleapis.com/v1beta/files/Abc'),
  'a blank in a URI': file('https://example.com/a b'),
  'a time that is none': part(
    '"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/f"},"videoMetadata":{"startOffset":"90"}',
  ),
  'deep nesting': part(`"functionCall":{"name":"f","args":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`),
  'an open string': '{"key":"a',
  'an open object': request(hi).slice(0, -1),
};

const kindsByRoot = {
  GeminiLine: 'gemini',
  GeminiEmbedLine: 'gemini-embed',
  OpenAiChatLine: 'openai',
  OpenAiEmbeddingsLine: 'openai',
} as const;
const roots = Object.keys(kindsByRoot) as (keyof typeof kindsByRoot)[];

/** Severities of a line's problems, counted. */
function faults(line: string, kind: Kind): Record<string, number> {
  const counts: Record<string, number> = { error: 0, warning: 0 };
  for (const { severity } of checkLine(line, { kind }).problems)
    counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}

describe('LineProver', () => {
  it('is compiled from its source', async () => {
    // In a process of its own: the compiler is large, and no other test needs it.
    const script = join(import.meta.dirname, '../../../src/server/validation/prover/compile.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--print']);
    assert.equal(stdout.trim(), proverWasm, 'run: npm run prover');
  }).timeout(120_000);

  for (const [kind, lines] of Object.entries(good) as [keyof typeof good, Record<string, string>][]) {
    for (const [name, line] of Object.entries(lines)) {
      it(`proves ${name} (${kind})`, () => {
        assert.deepEqual(checkLine(line, { kind }).problems, []);
        assert.ok(proves(line, provers[kind]));
      });
    }
  }

  for (const [name, line] of Object.entries(doubtful)) {
    it(`leaves ${name} to the checker`, () => assert.ok(!proves(line)));
  }

  it('leaves lines with another model or endpoint than those expected', () => {
    const prover = provers.openai;
    const length = load(chat(ask), prover);
    prover.expect({ model: 'm2' });
    assert.equal(prover.prove(0, length, length).lines, 0);
    prover.expect({});
    assert.equal(prover.prove(0, length, length).lines, 0);
    prover.expect({ model: 'm', endpoint: '/v1/embeddings' });
    assert.equal(prover.prove(0, length, length).lines, 0);
    prover.expect({ endpoint: '/v1/chat/completions' });
    assert.equal(prover.prove(0, length, length).lines, 1);
  });

  it('leaves references to files of which something is known', () => {
    const known = proverOf('gemini', { files: { origin: 'https://x', files: [] } });
    assert.ok(!proves(file('https://generativelanguage.googleapis.com/v1beta/files/abc-123'), known));
    assert.ok(proves(file('gs://bucket/film.mp4'), known));
  });

  it('leaves deprecated fields where they are worth a word', () => {
    const strict = proverOf('gemini-embed', { rules: { 'deprecated-field': 'hint' } });
    assert.ok(!proves(good['gemini-embed']['a text'] ?? '', strict));
    assert.ok(proves(good['gemini-embed'].settings ?? '', strict));
  });

  it('proves nothing of bare requests', () => {
    assert.ok(!proves(`{${hi}}`, provers['gemini-bare']));
    assert.ok(proves('  ', provers['gemini-bare']));
  });

  it('passes over hints where they are only counted, unless they are set to be more', () => {
    const hints = {
      'thinking-default': config('"maxOutputTokens":100'),
      'json-schema-in-batch': config('"responseMimeType":"application/json","responseJsonSchema":{"a":1}'),
      'image-modality': config('"responseModalities":["IMAGE"]'),
      'row-model': beside('"model":"models/m"'),
    };
    for (const [code, line] of Object.entries(hints)) {
      const prover = proverOf('gemini');
      assert.ok(!proves(line, prover), code);
      prover.countOnly(true);
      assert.ok(proves(line, prover), code);
      prover.countOnly(false);
      assert.ok(!proves(line, prover), code);
      const serious = proverOf('gemini', { rules: { [code]: 'warning' } });
      serious.countOnly(true);
      assert.ok(!proves(line, serious), code);
      assert.ok(proves(line, proverOf('gemini', { rules: { [code]: 'off' } })), code);
    }
  });

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
        if (proves(line, provers['gemini-embed']))
          assert.deepEqual(checkLine(line, { kind: 'gemini-embed' }).problems, []);
      }),
    );
  });

  for (const root of roots) {
    const kind = kindsByRoot[root];

    it(`never proves a ${root} made from its descriptor that the checker finds fault with`, () => {
      const counting = proverOf(kind);
      counting.countOnly(true);
      let proved = 0;
      for (let seed = 0; seed < 2500; seed += 1) {
        const line = descriptorLine(root, seed, 8 + (seed % 5) * 40);
        if (proves(line, provers[kind])) {
          proved += 1;
          assert.deepEqual(checkLine(line, { kind }).problems, [], line);
        }
        if (proves(line, counting)) {
          const { error, warning } = faults(line, kind);
          assert.deepEqual({ error, warning }, { error: 0, warning: 0 }, line);
        }
      }
      assert.ok(proved > 50, `only ${proved} were proved`);
    });

    it(`makes one sketch of a ${root} and one with other texts only if the faults are the same`, () => {
      let same = 0;
      for (let seed = 0; seed < 1000; seed += 1) {
        const whole = descriptorLine(root, seed, 10);
        // Every third one is broken; every second one is compared with the same in other words.
        const line = seed % 3 === 0 ? withAnotherCharacter(whole, seed * 31) : whole;
        const other = seed % 2 === 0 ? withOtherTexts(line) : withAnotherCharacter(line, seed);
        if (line.includes('\n') || !line.isWellFormed() || !other.isWellFormed() || other.includes('\n'))
          continue;
        const [one, two] = [line, other].map((text) => {
          const length = load(text, provers[kind]);
          return provers[kind].sketch(0, length - 1).number;
        });
        if (one !== two) continue;
        same += 1;
        const [{ error, warning }, expected] = [faults(other, kind), faults(line, kind)];
        const { error: errors, warning: warnings } = expected;
        assert.deepEqual({ error, warning }, { error: errors, warning: warnings }, `${line}\n${other}`);
      }
      assert.ok(same > 50, `only ${same} had the same sketch`);
    });
  }

  it('never proves a good line with one character changed, unless the checker still likes it', () => {
    const lines = Object.entries(good).flatMap(([kind, lines]) =>
      Object.values(lines).map((line) => ({ line, kind: kind as keyof typeof good })),
    );
    const changed = fc
      .tuple(fc.constantFrom(...lines), fc.nat())
      .map(([{ line, kind }, seed]) => ({ kind, line: withAnotherCharacter(line, seed) }));
    let proved = 0;
    fc.assert(
      fc.property(changed, ({ line, kind }) => {
        // Half a pair cannot be written in UTF-8.
        if (!line.isWellFormed() || !proves(line, provers[kind])) return;
        proved += 1;
        assert.deepEqual(checkLine(line, { kind }).problems, [], line);
      }),
      { numRuns: 4000 },
    );
    assert.ok(proved > 200);
  });

  it('goes through many lines up to the first that it cannot prove', () => {
    const prover = provers.gemini;
    const lines = [request(hi), '', request(hi).replace('"a"', '"käse"'), '{"key":', request(hi)];
    const length = prover.window.write(`${lines.join('\n')}\n`);
    const proved = prover.prove(0, length, length);
    assert.equal(proved.lines, 3);
    assert.equal(proved.rows, 2);
    assert.deepEqual([...proved.hashes], [prover.hashKey('a'), NaN, prover.hashKey('käse')]);
    const [first = '', , third = ''] = lines;
    assert.deepEqual(
      [0, 1, 2].map((line) => proved.start(line)),
      [0, first.length + 1, first.length + 2],
    );
    assert.equal(proved.bytes, Buffer.byteLength(first) + 2 + Buffer.byteLength(third) + 1);
    assert.equal(prover.prove(0, length, 0).lines, 1);
  });

  it('estimates as many tokens as the checker, but for a few', () => {
    const lines: { line: string; kind: Kind }[] = fc
      .sample(validLine, { numRuns: 100, seed: 2 })
      .map((line) => ({ line, kind: 'gemini' }));
    for (const kind of ['gemini', 'gemini-embed', 'openai'] as const) {
      for (const line of Object.values(good[kind])) lines.push({ line, kind });
    }
    for (const { line, kind } of lines) {
      const prover = provers[kind];
      const length = load(line, prover);
      const { tokens, bytes } = prover.prove(0, length, length);
      if (bytes === 0) continue;
      const expected = checkLine(line, { kind }).tokens;
      assert.ok(Math.abs(tokens - expected) <= 3 + expected * 0.25, `${tokens} for ${expected}: ${line}`);
    }
  });

  describe('hashKey', () => {
    it('is an exact number, and the same for the same key only', () => {
      const hashes = new Set<number>();
      for (let index = 0; index < 100_000; index += 1) {
        const hash = provers.gemini.hashKey(`request-${index}`);
        assert.ok(Number.isSafeInteger(hash) && hash >= 0);
        hashes.add(hash);
      }
      assert.equal(hashes.size, 100_000);
    });

    it('takes all of a long key in', () => {
      const long = 'k'.repeat(10_000);
      const { gemini } = provers;
      assert.equal(gemini.hashKey(long), gemini.hashKey(long));
      const others = [`${long}x`, `x${long.slice(1)}`, `${long.slice(1)}x`];
      for (const other of others) assert.notEqual(gemini.hashKey(other), gemini.hashKey(long));
      assert.ok(Number.isNaN(gemini.hashKey('')));
    });
  });

  describe('sketch', () => {
    const sketched = (line: string) => {
      const length = load(line, provers.gemini);
      return provers.gemini.sketch(0, length - 1);
    };
    const bad = (key: string, text: string) =>
      `{"key":"${key}","request":{"contents":[{"parts":[{"text":"${text}"}]}],"max_token":5}}`;

    it('leaves out the key and the texts, and nothing else', () => {
      const { number, isSound } = sketched(bad('a', 'Hi'));
      assert.ok(isSound);
      assert.equal(sketched(bad('b', 'Good morning')).number, number);
      assert.notEqual(sketched(bad('b', 'Hi').replace('5', '6')).number, number);
      assert.notEqual(sketched(bad('b', 'Hi').replace('max', 'min')).number, number);
      assert.notEqual(sketched(bad('b', '')).number, number);
    });

    it("has the key's hash and the tokens of the texts", () => {
      assert.equal(sketched(bad('käse', 'Hi')).keyHash, provers.gemini.hashKey('käse'));
      assert.equal(sketched(bad('a', 'x'.repeat(1000))).tokens, 240);
      assert.ok(Number.isNaN(sketched('{"request":{"contents":[]}}').keyHash));
    });

    it('leaves out what stands before the place where a line is broken', () => {
      const broken = (key: string, text: string) => bad(key, text).replace(':5', ':5,');
      const { number, isSound, keyHash } = sketched(broken('a', 'Hi'));
      assert.ok(!isSound);
      assert.ok(Number.isNaN(keyHash));
      assert.equal(sketched(broken('b', 'Good morning')).number, number);
      assert.notEqual(sketched(broken('a', 'Hi').replace(',}', ',,}')).number, number);
      assert.notEqual(sketched(broken('a', 'Hi" x "')).number, number);
    });

    it('is not sound for what is no JSON, or has a key that is not plain', () => {
      const lines = [
        bad('a', 'Hi').slice(0, -1),
        bad('a', '\\ud83d'),
        bad('\\u0061', 'Hi'),
        '{"key":"a","custom_id":"b"}',
        '{"key":7}',
        '{"a":1,"a":1}',
        '[1]',
      ];
      for (const line of lines) assert.ok(!sketched(line).isSound, line);
    });
  });
});

/** The line with another key and other texts of the kind that a sketch leaves out. */
function withOtherTexts(line: string): string {
  return line
    .replace(/^( ?\{ ?"(?:key|custom_id)" ?: ?")[^"\\]+"/, '$1another"')
    .replace(/("(?:text|content)" ?: ?")(?:[^"\\]|\\.)+"/g, '$1Other words"');
}

const characters = Array.from('"\\{}[],:0129eE+-.tfnu aAzZ_=/é漢');

/** The line with a character put in, taken out or replaced. */
function withAnotherCharacter(line: string, seed: number): string {
  const at = seed % line.length;
  const change = Math.floor(seed / line.length) % 3;
  const inserted = characters[Math.floor(seed / 7) % characters.length] ?? '';
  return `${line.slice(0, at)}${change === 2 ? '' : inserted}${line.slice(at + (change === 0 ? 0 : 1))}`;
}
