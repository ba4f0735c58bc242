import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkLine, convertLine } from '../../../src/dialects';
import { mutatedLine, validLine } from './arbitraries';

const gemini = (request: object) => ({ key: 'a', request });
const chat = (body: object) => ({
  custom_id: 'a',
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'm', ...body },
});
const user = (text: string) => ({ role: 'user', parts: [{ text }] });

/** The converted line as a value, with what was said about it. */
function convert(
  line: object,
  to: 'gemini' | 'openai',
  model = 'm',
): { line: unknown; notes: readonly string[] } {
  const result = convertLine(JSON.stringify(line), to, { model });
  if ('error' in result) throw new Error(result.error);
  return { line: JSON.parse(result.line), notes: result.notes };
}

describe('convertLine', () => {
  /** Lines that mean the same in both dialects. */
  const pairs: Record<string, readonly [gemini: object, openAi: object]> = {
    'a text': [gemini({ contents: [user('Hi')] }), chat({ messages: [{ role: 'user', content: 'Hi' }] })],
    'a conversation': [
      gemini({ contents: [user('Hi'), { role: 'model', parts: [{ text: 'Hello' }] }, user('Bye')] }),
      chat({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello' },
          { role: 'user', content: 'Bye' },
        ],
      }),
    ],
    'a system instruction': [
      gemini({ contents: [user('Hi')], systemInstruction: { parts: [{ text: 'Be brief.' }] } }),
      chat({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
        ],
      }),
    ],
    'an image inside': [
      gemini({
        contents: [
          {
            role: 'user',
            parts: [{ text: 'What?' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
          },
        ],
      }),
      chat({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What?' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            ],
          },
        ],
      }),
    ],
    'an image by address': [
      gemini({
        contents: [
          {
            role: 'user',
            parts: [{ fileData: { fileUri: 'https://x.org/cat.png', mimeType: 'image/png' } }],
          },
        ],
      }),
      chat({
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.org/cat.png' } }] },
        ],
      }),
    ],
    'sound and a document': [
      gemini({
        contents: [
          {
            role: 'user',
            parts: [
              { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
              { inlineData: { mimeType: 'application/pdf', data: 'BBBB' } },
            ],
          },
        ],
      }),
      chat({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
              { type: 'file', file: { file_data: 'data:application/pdf;base64,BBBB' } },
            ],
          },
        ],
      }),
    ],
    sampling: [
      gemini({
        contents: [user('Hi')],
        generationConfig: {
          temperature: 0.5,
          topP: 0.9,
          candidateCount: 2,
          seed: 7,
          presencePenalty: 1,
          frequencyPenalty: -1,
          responseLogprobs: true,
          logprobs: 3,
          maxOutputTokens: 9000,
          stopSequences: ['END'],
          thinkingConfig: { thinkingLevel: 'LOW' },
        },
      }),
      chat({
        messages: [{ role: 'user', content: 'Hi' }],
        temperature: 0.5,
        top_p: 0.9,
        max_completion_tokens: 9000,
        n: 2,
        seed: 7,
        presence_penalty: 1,
        frequency_penalty: -1,
        stop: ['END'],
        logprobs: true,
        top_logprobs: 3,
        reasoning_effort: 'low',
      }),
    ],
    'no thinking': [
      gemini({ contents: [user('Hi')], generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }),
      chat({ messages: [{ role: 'user', content: 'Hi' }], reasoning_effort: 'none' }),
    ],
    'any JSON': [
      gemini({ contents: [user('Hi')], generationConfig: { responseMimeType: 'application/json' } }),
      chat({ messages: [{ role: 'user', content: 'Hi' }], response_format: { type: 'json_object' } }),
    ],
    'a schema': [
      gemini({
        contents: [user('Hi')],
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: {
            type: 'OBJECT',
            required: ['a'],
            properties: {
              a: { type: 'STRING', nullable: true, enum: ['x', 'y'] },
              b: { type: 'ARRAY', minItems: 1, items: { anyOf: [{ type: 'INTEGER' }, { type: 'NULL' }] } },
            },
          },
        },
      }),
      chat({
        messages: [{ role: 'user', content: 'Hi' }],
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'response',
            schema: {
              type: 'object',
              required: ['a'],
              properties: {
                a: { type: ['string', 'null'], enum: ['x', 'y'] },
                b: { type: 'array', minItems: 1, items: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
              },
            },
          },
        },
      }),
    ],
    'a schema that only JSON Schema can say': [
      gemini({
        contents: [user('Hi')],
        generationConfig: {
          responseMimeType: 'application/json',
          responseJsonSchema: { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: {} } },
        },
      }),
      chat({
        messages: [{ role: 'user', content: 'Hi' }],
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'response',
            schema: { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: {} } },
          },
        },
      }),
    ],
    'a schema that the service refuses as a Schema': [
      gemini({
        contents: [user('Hi')],
        generationConfig: {
          responseMimeType: 'application/json',
          responseJsonSchema: { type: 'object', properties: { a: { type: 'array' } } },
        },
      }),
      chat({
        messages: [{ role: 'user', content: 'Hi' }],
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'response',
            schema: { type: 'object', properties: { a: { type: 'array' } } },
          },
        },
      }),
    ],
    'functions, a call and its answer': [
      gemini({
        contents: [
          user('Weather?'),
          { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'weather', args: { city: 'Ulm' } } }] },
          {
            role: 'user',
            parts: [{ functionResponse: { id: 'c1', name: 'weather', response: { sunny: true } } }],
          },
        ],
        tools: [
          {
            functionDeclarations: [
              {
                name: 'weather',
                description: 'Tells the weather.',
                parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } },
              },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
        store: false,
      }),
      chat({
        messages: [
          { role: 'user', content: 'Weather?' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Ulm"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: '{"sunny":true}' },
        ],
        tools: [
          {
            type: 'function',
            function: {
              name: 'weather',
              description: 'Tells the weather.',
              parameters: { type: 'object', properties: { city: { type: 'string' } } },
            },
          },
        ],
        tool_choice: { type: 'function', function: { name: 'weather' } },
        store: false,
      }),
    ],
    'an embedding': [
      gemini({ content: { parts: [{ text: 'Hi' }] }, embedContentConfig: { outputDimensionality: 3 } }),
      {
        custom_id: 'a',
        method: 'POST',
        url: '/v1/embeddings',
        body: { model: 'm', input: 'Hi', dimensions: 3 },
      },
    ],
  };
  for (const [name, [ours, theirs]] of Object.entries(pairs)) {
    it(`carries over ${name}, both ways`, () => {
      assert.deepEqual(convert(ours, 'openai'), { line: theirs, notes: [] });
      assert.deepEqual(convert(theirs, 'gemini'), { line: ours, notes: [] });
    });
  }

  it('reads snake_case as well', () => {
    const snake = gemini({
      contents: [user('Hi')],
      system_instruction: { parts: [{ text: 'x' }] },
      generation_config: { max_output_tokens: 9000, top_p: null },
    });
    assert.deepEqual(
      convert(snake, 'openai').line,
      chat({
        messages: [
          { role: 'system', content: 'x' },
          { role: 'user', content: 'Hi' },
        ],
        max_completion_tokens: 9000,
      }),
    );
  });

  /** What is said about lines with things that the other dialect lacks. */
  const losses: Record<string, readonly [line: object, to: 'gemini' | 'openai', ...mentions: RegExp[]]> = {
    'search, safety and a cache': [
      gemini({
        contents: [user('Hi')],
        tools: [{ googleSearch: {} }],
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
        labels: { team: 'x' },
      }),
      'openai',
      /^safetySettings /,
      /^labels /,
      /^tools\.googleSearch /,
    ],
    'image output and budgets': [
      gemini({
        contents: [user('Hi')],
        generationConfig: {
          topK: 4,
          responseModalities: ['TEXT', 'IMAGE'],
          thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
        },
      }),
      'openai',
      /^generationConfig\.topK /,
      /^generationConfig\.responseModalities /,
      /^thinkingConfig\.includeThoughts /,
      /^thinkingConfig\.thinkingBudget /,
    ],
    'thoughts, code and files': [
      gemini({
        contents: [
          {
            role: 'user',
            parts: [{ text: 'Hi' }, { fileData: { fileUri: 'gs://b/x.mp4', mimeType: 'video/mp4' } }],
          },
          {
            role: 'model',
            parts: [{ text: 'hm', thought: true }, { executableCode: { code: '1', language: 'PYTHON' } }],
          },
        ],
      }),
      'openai',
      /^fileData of video\/mp4 /,
      /^A thought of the model /,
      /^part\.executableCode /,
      /^Media by the model /,
    ],
    'allowed functions': [
      gemini({
        contents: [user('Hi')],
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a', 'b'] } },
      }),
      'openai',
      /allowedFunctionNames /,
    ],
    'a task type': [
      gemini({ content: { parts: [{ text: 'a' }, { text: 'b' }] }, taskType: 'CLUSTERING' }),
      'openai',
      /^taskType /,
      /^Several text parts /,
    ],
    'names, bias and users': [
      chat({ messages: [{ role: 'user', content: 'Hi', name: 'Bo' }], logit_bias: { '1': 1 }, user: 'u' }),
      'gemini',
      /^message\.name /,
      /^logit_bias /,
      /^user /,
    ],
    'late instructions': [
      chat({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'system', content: 'x' },
        ],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'cat', strict: true, schema: { type: 'object' } },
        },
      }),
      'gemini',
      /^Instructions inside /,
      /^json_schema\.strict /,
      /^json_schema\.name /,
    ],
  };
  for (const [name, [line, to, ...mentions]] of Object.entries(losses)) {
    it(`lists what is lost of ${name}`, () => {
      const { notes } = convert(line, to);
      assert.equal(notes.length, mentions.length, notes.join('\n'));
      mentions.forEach((mention, index) => assert.match(notes[index] ?? '', mention));
    });
  }

  it('reads functions in the old form', () => {
    const { line, notes } = convert(
      chat({
        messages: [
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: 'not JSON' } },
          { role: 'function', name: 'f', content: 'done' },
        ],
        functions: [{ name: 'f', parameters: { type: 'object', additionalProperties: { type: 'string' } } }],
        function_call: { name: 'f' },
        max_tokens: 5000,
        stop: 'END',
      }),
      'gemini',
    );
    assert.deepEqual(
      line,
      gemini({
        contents: [
          { role: 'model', parts: [{ functionCall: { name: 'f', args: { text: 'not JSON' } } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'done' } } }] },
        ],
        generationConfig: { maxOutputTokens: 5000, stopSequences: ['END'] },
        tools: [
          {
            functionDeclarations: [
              {
                name: 'f',
                parametersJsonSchema: { type: 'object', additionalProperties: { type: 'string' } },
              },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      }),
    );
    assert.deepEqual(notes, ['Arguments of a call that are no JSON object are kept as text.']);
  });

  it('tells the model that a line named', () => {
    const result = convertLine(
      JSON.stringify(chat({ messages: [{ role: 'user', content: 'Hi' }] })),
      'gemini',
    );
    assert.equal('model' in result ? result.model : undefined, 'm');
  });

  it('leaves alone what has the dialect already', () => {
    const line = JSON.stringify(gemini({ contents: [user('Hi')] }));
    assert.deepEqual(convertLine(line, 'gemini'), { line, notes: [] });
  });

  it('says why a line cannot be converted', () => {
    const why = (line: unknown, to: 'gemini' | 'openai') => {
      const result = convertLine(typeof line === 'string' ? line : JSON.stringify(line), to);
      return 'error' in result ? result.error : '';
    };
    assert.match(why('{broken', 'openai'), /no request/);
    assert.match(why({ prompt: 'x' }, 'openai'), /no request/);
    assert.match(why(gemini({ contents: 'Hi' }), 'openai'), /has an error, mend it first: "contents"/);
    const embeddings = (input: unknown) => ({
      custom_id: 'a',
      method: 'POST',
      url: '/v1/embeddings',
      body: { model: 'm', input },
    });
    assert.match(why(embeddings(['a', 'b']), 'gemini'), /one text a line/);
    assert.match(why(embeddings([1, 2]), 'gemini'), /one text a line/);
    const picture = { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] };
    assert.match(why(gemini({ content: picture }), 'openai'), /no text to embed/);
    const film = { fileData: { fileUri: 'gs://b/x.mp4', mimeType: 'video/mp4' } };
    assert.match(why(gemini({ contents: [{ parts: [film] }] }), 'openai'), /Nothing of its contents/);
    assert.match(
      why(chat({ messages: [{ role: 'system', content: 'x' }] }), 'gemini'),
      /None of its messages/,
    );
  });

  it('makes good lines of good lines, and comes back to the same when nothing is lost', () => {
    fc.assert(
      fc.property(fc.oneof(validLine, mutatedLine), (line) => {
        const there = convertLine(line, 'openai', { model: 'm' });
        if ('error' in there) return;
        assert.deepEqual(
          checkLine(there.line, { kind: 'openai' }).problems.filter(({ severity }) => severity === 'error'),
          [],
        );
        const back = convertLine(there.line, 'gemini');
        if ('error' in back) return;
        assert.deepEqual(
          checkLine(back.line, { kind: 'gemini' }).problems.filter(({ severity }) => severity === 'error'),
          [],
        );
        // What came through once comes through again, unchanged and with nothing more to say.
        const again = convertLine(back.line, 'openai', { model: 'm' });
        assert.ok('line' in again);
        assert.deepEqual(JSON.parse(again.line), JSON.parse(there.line));
      }),
      { numRuns: 500 },
    );
  });
});
