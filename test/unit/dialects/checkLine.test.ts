import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import { checkLine, type CheckContext, type RuleCode } from '../../../src/dialects';
import { marked } from './marked';

/** A line whose marked stretches are the problems with these codes, in order; no mark and no code: a good line. */
type Row = readonly [line: string, ...codes: RuleCode[]];

function check(rows: Record<string, Row>, kind: CheckContext['kind'] = 'gemini'): void {
  for (const [name, [source, ...codes]] of Object.entries(rows)) {
    it(name, () => {
      const { text, spans } = marked(source);
      const { problems } = checkLine(text, { kind });
      assert.deepEqual(
        problems.map(({ code, start, end }) => ({ code, text: text.slice(start, end), start })),
        codes.map((code, index) => {
          const span = spans[index] ?? { start: -1, end: -1 };
          return { code, text: text.slice(span.start, span.end), start: span.start };
        }),
      );
      for (const problem of problems) {
        assert.match(problem.message, /^["“A-Z].*[.?]$/, 'a message is a sentence');
        assert.ok(problem.message.length < 330, problem.message);
      }
    });
  }
}

/** A line whose request is the given members. */
const request = (members: string) => `{"key":"a","request":{${members}}}`;
/** A line with contents and these members of generationConfig. */
const config = (members: string) =>
  request(`"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{${members}}`);
/** A line with one turn. */
const turn = (members: string) => request(`"contents":[{${members}}]`);
const part = (members: string) => turn(`"parts":[{${members}}]`);
const beside = (members: string) => request(`"contents":[{"parts":[{"text":"Hi"}]}],${members}`);

describe('checkLine', () => {
  describe('good lines', () => {
    check({
      'a text': [part('"text":"Hi"')],
      snake_case: [config('"max_output_tokens":4096,"thinking_config":{"include_thoughts":true}')],
      'null for a field that is left out': [beside('"tools":null,"systemInstruction":null')],
      '64-bit integers as strings and numbers': [
        config(
          '"responseMimeType":"application/json","responseSchema":{"type":"ARRAY","items":{},"minItems":"1","maxItems":2}',
        ),
      ],
      'a whole number with a point': [config('"topK":40.0')],
      'URL-safe base64 without padding': [part('"inlineData":{"mimeType":"image/png","data":"-_8"}')],
      'an emoji as the pair of escapes that many writers make of it': [part('"text":"\\ud83d\\ude00"')],
      'a blank line': ['   '],
      'a byte order mark': [`\ufeff${part('"text":"Hi"')}`],
      'blanks and tabs between tokens': [
        '{ "key" : "a" ,\t"request" : { "contents" : [ { "parts" : [ { "text" : "x" } ] } ] } }',
      ],
      'free values': [part('"functionCall":{"name":"f","args":{"anything":[{"goes":null}]}}')],
      'a thought signature by itself': [turn('"role":"model","parts":[{"thoughtSignature":"AAAA"}]')],
      'an empty search tool': [beside('"tools":[{"googleSearch":{}}]')],
      'an empty role, which is none': [turn('"role":"","parts":[{"text":"x"}]')],
      'an emoji in two escapes': [part('"text":"\\ud83d\\ude00"')],
      'any role in a system instruction': [
        beside('"systemInstruction":{"role":"system","parts":[{"text":"x"}]}'),
      ],
    });
  });

  describe('the row', () => {
    check({
      'no key': [`«{»"request":{"contents":[{"parts":[{"text":"x"}]}]}}`, 'missing-key'],
      'an empty key': [`{"key":«""»,"request":{"contents":[{"parts":[{"text":"x"}]}]}}`, 'empty-key'],
      'a key of blanks': [`{"key":«"  "»,"request":{"contents":[{"parts":[{"text":"x"}]}]}}`, 'empty-key'],
      'a number for a key': [`{"key":«17»,"request":{"contents":[{"parts":[{"text":"x"}]}]}}`, 'key-type'],
      'null for a key': [`«{»"key":null,"request":{"contents":[{"parts":[{"text":"x"}]}]}}`, 'missing-key'],
      "another service's key": [
        `{«"custom_id"»:"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}`,
        'key-name',
      ],
      'two keys': [
        `{"key":"a",«"id"»:"b","request":{"contents":[{"parts":[{"text":"x"}]}]}}`,
        'ignored-field',
      ],
      'no request': ['«{»"key":"a"}', 'missing-request'],
      'a request without its wrapping': [
        '«{»"key":"a","contents":[{"parts":[{"text":"x"}]}]}',
        'missing-request',
      ],
      'a request called otherwise': [
        '{"key":"a",«"requests"»:{"contents":[{"parts":[{"text":"x"}]}]}}',
        'missing-request',
      ],
      'the key of an inline request': [
        '{«"metadata"»:{"key":"a"},"request":{"contents":[{"parts":[{"text":"x"}]}]}}',
        'key-name',
      ],
      'a key with a capital': ['{«"Key"»:"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}', 'key-name'],
      'a key inside of the request': [
        '{"request":{«"key"»:"a","contents":[{"parts":[{"text":"x"}]}]}}',
        'misplaced-field',
      ],
      'a line that was encoded twice': [
        `«${JSON.stringify('{"key":"a","request":{"contents":[]}}')}»`,
        'line-not-object',
      ],
      'a bare request': ['«{»"contents":[{"parts":[{"text":"x"}]}]}', 'bare-request'],
      'no contents': ['{"key":"a",«"request"»:{}}', 'missing-contents'],
      'a config beside the request': [
        '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}]},«"config"»:{"temperature":1}}',
        'ignored-field',
      ],
      'generationConfig beside the request': [
        '{"key":"a",«"generation_config"»:{},"request":{"contents":[{"parts":[{"text":"x"}]}]}}',
        'ignored-field',
      ],
      'metadata beside the request': [
        '{"key":"a",«"metadata"»:{},"request":{"contents":[{"parts":[{"text":"x"}]}]}}',
        'ignored-field',
      ],
      'a list': ['«[1]»', 'line-not-object'],
      'a number': ['«17»', 'line-not-object'],
      'an OpenAI line': [
        '{"custom_id":"a","method":"POST","url":"/v1/chat/completions",«"body"»:{"messages":[]}}',
        'line-dialect',
      ],
      'an embedding line': ['{"key":"a",«"request"»:{"content":{"parts":[{"text":"x"}]}}}', 'line-dialect'],
      'a result': ['{"key":"a",«"response"»:{"candidates":[]}}', 'line-dialect'],
      'a property given twice': [
        '{"key":"a",«"key"»:"b","request":{"contents":[{"parts":[{"text":"x"}]}]}}',
        'duplicate-property',
      ],
      'a property given twice deep inside': [
        part('"functionCall":{"name":"f","args":{"x":[{"y":1,«"y"»:2}]}}'),
        'duplicate-property',
      ],
    });
  });

  describe('fields', () => {
    check({
      'both spellings, the other way round': [config('"top_k":1,«"topK"»:2'), 'duplicate-property'],
      'a tool outside of the tools': [beside('«"google_search"»:{}'), 'misplaced-field'],
      'an object in itself': [
        '{"key":"a","request":{«"request"»:{"contents":[{"parts":[{"text":"x"}]}]}}}',
        'misplaced-field',
      ],
      "another service's picture": [
        part('"type":"image_url",«"image_url"»:{"url":"https://x/y.png"}'),
        'unknown-field',
      ],
      'a setting of the SDK': [config('«"http_options"»:{}'), 'unknown-field'],
      'a MIME type with a slip and the schema that needs it': [
        config('«"responseMimeTpye"»:"application/json","responseSchema":{"type":"STRING"}'),
        'unknown-field',
      ],
      'a MIME type elsewhere and the schema that needs it': [
        beside(
          '«"responseMimeType"»:"application/json","generationConfig":{"responseSchema":{"type":"STRING"}}',
        ),
        'misplaced-field',
      ],
      'logprobs of the wrong type': [config('"logprobs":«true»'), 'wrong-type'],
      'contents elsewhere': [
        '{"key":"a","request":{"generationConfig":{«"contents"»:[{"parts":[{"text":"x"}]}]}}}',
        'misplaced-field',
      ],
      'both spellings of one field': [config('"topK":1,«"top_k"»:2'), 'duplicate-property'],
      'a slip of the pen': [config('«"temperatur"»:1'), 'unknown-field'],
      'a blank in a name': [beside('"tools":[{«"google_search "»:{}}]'), 'unknown-field'],
      'a plural': [beside('«"system_instructions"»:{"parts":[{"text":"x"}]}'), 'unknown-field'],
      'a name nobody knows': [beside('«"frobnicate"»:true'), 'unknown-field'],
      'safety settings in the generation config': [config('«"safetySettings"»:[]'), 'misplaced-field'],
      'thinking on the request': [beside('«"thinkingConfig"»:{}'), 'misplaced-field'],
      'temperature on the request': [beside('«"temperature"»:1'), 'misplaced-field'],
      'a budget in the generation config': [config('«"thinkingBudget"»:1'), 'misplaced-field'],
      'cached content in the tools': [
        beside('"tools":[{«"cachedContent"»:"cachedContents/x"}]'),
        'misplaced-field',
      ],
      "another service's name": [config('«"max_tokens"»:1'), 'unknown-field'],
      "the SDK's config": [beside('«"config"»:{"temperature":1}'), 'sdk-config'],
      'a schema keyword': [
        config(
          '"responseMimeType":"application/json","responseSchema":{"type":"STRING",«"additionalProperties"»:false}',
        ),
        'schema-keyword',
      ],
      'a reference in a schema': [
        config(
          '"responseMimeType":"application/json","responseSchema":{"properties":{"a":{«"$ref"»:"#/x"}}}',
        ),
        'schema-keyword',
      ],
      'const in a schema': [
        beside(
          '"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"a":{«"const"»:1}}}}]}]',
        ),
        'schema-keyword',
      ],
    });
  });

  describe('types', () => {
    check({
      'a string for contents': [request('"contents":«"Hi"»'), 'wrong-type'],
      'a string for a system instruction': [beside('"systemInstruction":«"Be brief."»'), 'wrong-type'],
      'a list for a system instruction': [beside('"systemInstruction":«[{"text":"x"}]»'), 'wrong-type'],
      'a string for parts': [turn('"parts":«"x"»'), 'wrong-type'],
      'a string for a part': [turn('"parts":[«"x"»]'), 'wrong-type'],
      'an object for tools': [beside('"tools":«{"googleSearch":{}}»'), 'wrong-type'],
      'a number for a text': [part('"text":«1»'), 'wrong-type'],
      'null in a list': [turn('"parts":[«null»]'), 'wrong-type'],
      'a word for a number': [config('"temperature":«"hot"»'), 'wrong-type'],
      'a number in quotes': [config('"temperature":«"0.5"»'), 'number-string'],
      'half a token': [config('"topK":«1.5»'), 'wrong-type'],
      'more than 32 bits': [config('"seed":«3000000000»'), 'wrong-type'],
      'a float out of range': [config('"topP":«1e400»'), 'wrong-type'],
      'a string for a flag': [beside('"store":«"true"»'), 'wrong-type'],
      'an enum in the wrong case': [config('"mediaResolution":«"media_resolution_low"»'), 'enum-case'],
      'a schema type in lower case': [
        config('"responseMimeType":"application/json","responseSchema":{"type":«"string"»}'),
        'schema-type-case',
      ],
      'a level of thinking in lower case': [
        config('"thinkingConfig":{"thinkingLevel":«"low"»}'),
        'schema-type-case',
      ],
      'modalities with a capital': [
        config('"responseModalities":[«"Text"»,«"Image"»],"imageConfig":{"imageSize":"1K"}'),
        'schema-type-case',
        'schema-type-case',
      ],
      'an enum value nobody knows': [config('"mediaResolution":«"SHARP"»'), 'enum-value'],
      'the end of an enum value': [
        beside('"safetySettings":[{"category":«"HARASSMENT"»,"threshold":"OFF"}]'),
        'enum-value',
      ],
      'an enum value by number': [config('"mediaResolution":«2»'), 'enum-number'],
      'no base64': [part('"inlineData":{"mimeType":"image/png","data":«"not base64!"»}'), 'base64'],
      'a cut base64': [part('"inlineData":{"mimeType":"image/png","data":«"AAAAA"»}'), 'base64'],
      'no bytes at all': [part('"inlineData":{"mimeType":"image/png","data":«""»}'), 'base64'],
      'a data URI': [
        part('"inlineData":{"mimeType":"image/png","data":«"data:image/png;base64,AAAA"»}'),
        'data-uri',
      ],
      'bytes without a type': [part('«"inlineData"»:{"data":"AAAA"}'), 'missing-field'],
      'a duration without its unit': [
        part('"fileData":{"fileUri":"https://x/y"},"videoMetadata":{"startOffset":«"5"»}'),
        'format',
      ],
      'a time in the wrong form': [
        beside(
          '"tools":[{"googleSearch":{"timeRangeFilter":{"startTime":«"yesterday"»,"endTime":"2026-01-31T12:00:00Z"}}}]',
        ),
        'format',
      ],
    });
  });

  describe('meaning', () => {
    check({
      'too hot': [config('"temperature":«2.1»'), 'range'],
      'a probability over one': [config('"topP":«1.2»'), 'range'],
      'too many alternatives': [config('"responseLogprobs":true,"logprobs":«21»'), 'range'],
      'too many stops': [config('"stopSequences":«["a","b","c","d","e","f"]»'), 'too-many'],
      'empty contents': [request('"contents":«[]»'), 'empty-contents'],
      'empty parts': [turn('"parts":«[]»'), 'empty-parts'],
      'no parts': [request('"contents":[«{»"role":"user"}]'), 'empty-parts'],
      'an empty part': [turn('"parts":[«{}»]'), 'empty-part'],
      'an empty text': [part('"text":«""»'), 'empty-text'],
      'two kinds of data': [
        part('"text":"x",«"inlineData"»:{"mimeType":"image/png","data":"AAAA"}'),
        'part-data',
      ],
      'the assistant': [turn('"role":«"assistant"»,"parts":[{"text":"x"}]'), 'role'],
      'a system turn': [turn('"role":«"system"»,"parts":[{"text":"x"}]'), 'role'],
      'a schema without its type': [config('«"responseSchema"»:{"type":"STRING"}'), 'schema-mime-type'],
      'a schema with plain text': [
        config('"responseMimeType":«"text/plain"»,"responseSchema":{"type":"STRING"}'),
        'schema-mime-type',
      ],
      'two schemas': [
        config(
          '"responseMimeType":"application/json","responseSchema":{"type":"STRING"},«"responseJsonSchema"»:{}',
        ),
        'exclusive-fields',
      ],
      'a JSON schema': [
        config('"responseMimeType":"application/json",«"responseJsonSchema"»:{"type":"string"}'),
        'json-schema-in-batch',
      ],
      'a budget and a level': [
        config('"thinkingConfig":{"thinkingBudget":1,«"thinkingLevel"»:"LOW"}'),
        'thinking-twice',
      ],
      'a cache and an instruction': [
        beside('"cachedContent":"cachedContents/x",«"systemInstruction"»:{"parts":[{"text":"x"}]}'),
        'cached-content',
      ],
      'logprobs without their flag': [config('«"logprobs"»:3'), 'logprobs'],
      'little room for thought': [
        config('"maxOutputTokens":«1000»,"thinkingConfig":{"thinkingLevel":"HIGH"}'),
        'low-output-tokens',
      ],
      'a budget as large as the limit': [
        config('"maxOutputTokens":«8192»,"thinkingConfig":{"thinkingBudget":8192}'),
        'low-output-tokens',
      ],
      'room enough when thinking is off': [
        config('"maxOutputTokens":100,"thinkingConfig":{"thinkingBudget":0}'),
      ],
      'very little room and nothing said': [config('"maxOutputTokens":«20»'), 'thinking-default'],
      'images alone': [config('"responseModalities":«["IMAGE"]»'), 'image-modality'],
      'image settings without images': [config('«"imageConfig"»:{"aspectRatio":"1:1"}'), 'image-modality'],
      'the name of a file for its URI': [part('"fileData":{"fileUri":«"files/abc"»}'), 'file-uri'],
      'a path for a URI': [part('"fileData":{"fileUri":«"/home/me/cat.png"»}'), 'file-uri'],
      'a model in the row': [beside('«"model"»:"models/gemini-3.5-flash"'), 'row-model'],
      'two forms of parameters': [
        beside(
          '"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT"},«"parametersJsonSchema"»:{}}]}]',
        ),
        'exclusive-fields',
      ],
      'the id of a cache': [beside('"cachedContent":«"abc"»'), 'doubtful-value'],
      'a MIME type nobody makes': [config('"responseMimeType":«"text/html"»'), 'doubtful-value'],
      'a size in lower case': [
        config('"responseModalities":["TEXT","IMAGE"],"imageConfig":{"imageSize":«"1k"»}'),
        'doubtful-value',
      ],
      'half an interval': [
        beside('"tools":[{"googleSearch":{«"timeRangeFilter"»:{"startTime":"2026-01-31T12:00:00Z"}}}]'),
        'missing-field',
      ],
      'an address for bytes': [
        part('"inlineData":{"mimeType":"image/png","data":«"https://x/y.png"»}'),
        'base64',
      ],
      'a bad function name': [
        beside('"tools":[{"functionDeclarations":[{"name":«"no blanks"»,"description":"d"}]}]'),
        'format',
      ],
    });
  });

  describe('embedding lines', () => {
    check(
      {
        'a good one': [
          '{"key":"a","request":{"content":{"parts":[{"text":"x"}]},"output_dimensionality":3}}',
        ],
        'no content': ['{"key":"a",«"request"»:{"taskType":"CLUSTERING"}}', 'missing-contents'],
        'a task nobody knows': [
          '{"key":"a","request":{"content":{"parts":[{"text":"x"}]},"taskType":«"SORTING"»}}',
          'enum-value',
        ],
        'nothing to embed': ['{"key":"a",«"request"»:{}}', 'missing-contents'],
        'what SDKs call it': [
          '{"key":"a","request":{«"contents"»:[{"parts":[{"text":"x"}]}],"taskType":"CLUSTERING"}}',
          'unknown-field',
        ],
        'a generating request': [
          '{"key":"a",«"request"»:{"contents":[{"parts":[{"text":"x"}]}]}}',
          'line-dialect',
        ],
      },
      'gemini-embed',
    );
  });

  describe('OpenAI lines', () => {
    const chat = (members: string) =>
      `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m",${members}}}`;
    check(
      {
        'a good one': [chat('"messages":[{"role":"user","content":"Hi"}]')],
        parts: [
          chat(
            '"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]',
          ),
        ],
        'a tool call': [
          chat(
            '"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]',
          ),
        ],
        'an embedding': [
          '{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"m","input":["x"]}}',
        ],
        'no custom_id': [
          '«{»"method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"Hi"}]}}',
          'missing-key',
        ],
        'a wrong method': [
          '{"custom_id":"a","method":«"GET"»,"url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"Hi"}]}}',
          'enum-value',
        ],
        'an empty model': [
          chat('"messages":[{"role":"user","content":"Hi"}]').replace('"m"', '«""»'),
          'missing-model',
        ],
        'no method and a wrong URL': [
          '«{»"custom_id":"a","url":«"/v1/foo"»,"body":{"model":"m","messages":[{"role":"user","content":"Hi"}]}}',
          'openai-url',
          'enum-value',
        ],
        'an endpoint nobody knows, and so a body nobody knows': [
          '{"custom_id":"a","method":"POST","url":«"/v1/responses"»,"body":{"model":"m","input":"Hi"}}',
          'enum-value',
        ],
        'the whole address of an endpoint': [
          '{"custom_id":"a","method":"POST","url":«"https://x/v1/chat/completions"»,"body":{"model":"m","messages":[{"role":"user","content":"Hi"}]}}',
          'enum-value',
        ],
        'no messages': [
          '{"custom_id":"a","method":"POST","url":"/v1/chat/completions",«"body"»:{"model":"m"}}',
          'missing-contents',
        ],
        'no model': [
          '{"custom_id":"a","method":"POST","url":"/v1/chat/completions",«"body"»:{"messages":[{"role":"user","content":"Hi"}]}}',
          'missing-model',
        ],
        'top_logprobs without logprobs': [
          chat('"messages":[{"role":"user","content":"Hi"}],«"top_logprobs"»:2'),
          'logprobs',
        ],
        'a Gemini line': ['{"key":"a",«"request"»:{"contents":[]}}', 'line-dialect'],
      },
      'openai',
    );
  });

  it('lets abbreviations keep their capitals', () => {
    const messages = (line: string) =>
      checkLine(line, { kind: 'gemini' }).problems.map(({ message }) => message);
    const [missing = ''] = messages(config('"translationConfig":{}'));
    assert.match(missing, /Add it: BCP 47/);
    assert.match(messages(beside('"safetySettings":[{"threshold":"OFF"}]'))[0] ?? '', /Add it: what kind/);
  });

  it('tells key, model, kind and tokens of a good line', () => {
    const line =
      '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"one two three four"}]}}';
    assert.deepEqual(checkLine(line, { kind: 'openai' }), {
      problems: [],
      key: 'a',
      model: 'm',
      endpoint: '/v1/chat/completions',
      lineKind: 'openai',
      tokens: 4,
    });
  });

  it('takes severities from the settings', () => {
    const line = config('"seed":"1","temperature":3');
    const codes = (rules: CheckContext['rules']) =>
      checkLine(line, { kind: 'gemini', ...(rules && { rules }) }).problems.map(
        ({ code, severity }) => `${code} ${severity}`,
      );
    assert.deepEqual(codes(undefined), ['number-string warning', 'range error']);
    assert.deepEqual(codes({ range: 'hint', 'number-string': 'off' }), ['range hint']);
    assert.deepEqual(codes({ range: 'off', 'number-string': 'off' }), []);
  });

  it('marks deprecated fields when asked to', () => {
    const { text, spans } = marked(
      config('"responseMimeType":"application/json",«"responseSchema"»:{"type":"STRING"}'),
    );
    const { problems } = checkLine(text, { kind: 'gemini', rules: { 'deprecated-field': 'hint' } });
    assert.deepEqual(
      problems.map(({ code, deprecated, start }) => ({ code, deprecated, start })),
      [{ code: 'deprecated-field', deprecated: true, start: spans[0]?.start }],
    );
  });

  it('speaks the language that it was given', () => {
    const german = '"{0}" muss {1} sein; {2} liegt außerhalb.';
    l10n.config({ contents: { '"{0}" must be {1}; {2} is outside.': german } });
    try {
      const [problem] = checkLine(config('"topP":7'), { kind: 'gemini' }).problems;
      assert.equal(problem?.message, '"topP" muss between 0 and 1 sein; 7 liegt außerhalb.');
    } finally {
      l10n.config({ contents: {} });
    }
  });

  it('says what is known of referenced files', () => {
    const { text, spans } = marked(
      part('"fileData":{"fileUri":«"https://generativelanguage.googleapis.com/v1beta/files/abc"»}'),
    );
    for (const state of ['expired', 'expiring', 'missing'] as const) {
      const [problem, ...more] = checkLine(text, { kind: 'gemini', fileState: () => state }).problems;
      assert.equal(problem?.code, state === 'expiring' ? 'file-expiring' : 'file-expired');
      assert.equal(problem.start, spans[0]?.start);
      assert.deepEqual(more, []);
    }
    assert.deepEqual(checkLine(text, { kind: 'gemini', fileState: () => 'ok' }).problems, []);
  });

  it('relates problems between two places to the other one', () => {
    const line = config('"topK":1,"top_k":2');
    const [problem] = checkLine(line, { kind: 'gemini' }).problems;
    const [related] = problem?.related ?? [];
    assert.ok(related);
    assert.equal(line.slice(related.start, related.end), '"topK"');
  });
});
