import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import type { Answer, AnswerContext } from '../../../src/sandbox/answers/answer';
import { answerEmbed, embedding } from '../../../src/sandbox/answers/embed';
import { answerGenerate } from '../../../src/sandbox/answers/generate';
import { aspectRatio } from '../../../src/sandbox/answers/media';
import { fileGone } from '../../../src/sandbox/errors';
import { sandboxModels } from '../../../src/sandbox/models';
import type { Json } from './support';

function context(model = 'gemini-3.5-flash'): AnswerContext {
  const found = sandboxModels.find(({ id }) => id === model);
  assert.ok(found);
  return {
    model: found,
    cachedTokens: (name) => (name === 'cachedContents/known' ? 500 : undefined),
    fileFault: (uri) => (uri.endsWith('/gone') ? fileGone('gone') : undefined),
  };
}

const ask = (text: string, rest: Json = {}): Json => ({
  contents: [{ role: 'user', parts: [{ text }] }],
  ...rest,
});

interface Response {
  readonly candidates: {
    readonly content: { readonly parts: Json[] };
    readonly finishReason: string;
    readonly index: number;
  }[];
  readonly usageMetadata: Record<string, number>;
  readonly promptFeedback?: Json;
  readonly modelVersion: string;
  readonly responseId: string;
}

function respond(request: Json, model?: string): Response {
  const answer = answerGenerate(request, context(model));
  assert.ok('response' in answer, JSON.stringify(answer));
  return answer.response as unknown as Response;
}

const textOf = (response: Response, index = 0) =>
  (response.candidates[index]?.content.parts ?? [])
    .filter((part) => part.thought !== true)
    .map((part) => (part.text ?? '') as string)
    .join('');

const failure = (answer: Answer) => ('error' in answer ? answer.error : undefined);

describe('sandbox answers', () => {
  it('answers with text that names the question and says that it is simulated', () => {
    const response = respond(ask('Why is the sky blue?'));
    assert.match(textOf(response), /^\[Simulated\] .*“Why is the sky blue\?”/);
    assert.equal(response.candidates[0]?.finishReason, 'STOP');
    assert.match(response.modelVersion, /simulated/);
    assert.match(response.responseId, /^simulated-/);
  });

  it('answers the same request in the same way, another one in another', () => {
    assert.deepEqual(respond(ask('a')), respond(ask('a')));
    assert.notDeepEqual(respond(ask('a')), respond(ask('b')));
    assert.notDeepEqual(respond(ask('a')), respond(ask('a', { generationConfig: { seed: 2 } })));
  });

  it('adds up the tokens', () => {
    const { usageMetadata: usage } = respond(ask('count me', { generationConfig: { candidateCount: 2 } }));
    assert.equal(
      usage.totalTokenCount,
      (usage.promptTokenCount ?? 0) + (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    );
    assert.deepEqual(usage.promptTokensDetails, [{ modality: 'TEXT', tokenCount: 2 }]);
  });

  it('gives as many candidates as asked for, numbered and different', () => {
    const response = respond(ask('x', { generation_config: { candidate_count: 3 } }));
    assert.deepEqual(
      response.candidates.map(({ index }) => index),
      [0, 1, 2],
    );
  });

  it('shows thoughts only where asked, and thinks only where it can', () => {
    const shown = respond(ask('x', { generationConfig: { thinkingConfig: { includeThoughts: true } } }));
    assert.equal(shown.candidates[0]?.content.parts[0]?.thought, true);
    assert.ok((shown.usageMetadata.thoughtsTokenCount ?? 0) > 0);
    const off = respond(
      ask('x', { generationConfig: { thinkingConfig: { thinkingBudget: 0, includeThoughts: true } } }),
    );
    assert.equal('thoughtsTokenCount' in off.usageMetadata, false);
    assert.equal(off.candidates[0]?.content.parts.length, 1);
    assert.equal('thoughtsTokenCount' in respond(ask('x'), 'gemini-2.5-flash-lite').usageMetadata, false);
  });

  it('stays within maxOutputTokens, thinking included', () => {
    for (const maxOutputTokens of [1, 5, 20, 100, 1000]) {
      const { usageMetadata: usage } = respond(ask('tell me', { generationConfig: { maxOutputTokens } }));
      const spent = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0);
      assert.ok(spent <= maxOutputTokens, `${spent} of ${maxOutputTokens}`);
    }
  });

  it('says MAX_TOKENS when data does not fit', () => {
    const schema = { type: 'OBJECT', properties: { text: { type: 'STRING', minLength: 200 } } };
    const response = respond(ask('x', { generationConfig: { maxOutputTokens: 10, responseSchema: schema } }));
    assert.equal(response.candidates[0]?.finishReason, 'MAX_TOKENS');
    assert.throws(() => JSON.parse(textOf(response)) as unknown);
  });

  it('ends at a stop sequence', () => {
    const response = respond(ask('x', { generationConfig: { stopSequences: ['answer'] } }));
    assert.equal(textOf(response).includes('answer'), false);
  });

  it('answers with JSON, or one value of an enum, when asked', () => {
    const json = respond(ask('x', { generationConfig: { responseMimeType: 'application/json' } }));
    assert.equal((JSON.parse(textOf(json)) as Json).simulated, true);
    const schema = { type: 'STRING', enum: ['good', 'bad'] };
    const config = { responseMimeType: 'text/x.enum', responseSchema: schema };
    assert.equal(textOf(respond(ask('This is bad.', { generationConfig: config }))), 'bad');
  });

  it('calls a function that is allowed, with arguments that fit', () => {
    const declaration = (name: string) => ({
      name,
      parametersJsonSchema: { type: 'object', properties: { city: { enum: ['Rome'] } }, required: ['city'] },
    });
    const tools = [{ functionDeclarations: [declaration('first'), declaration('second')] }];
    const config = { mode: 'ANY', allowedFunctionNames: ['second'] };
    const response = respond(ask('x', { tools, toolConfig: { functionCallingConfig: config } }));
    assert.deepEqual(response.candidates[0]?.content.parts, [
      { functionCall: { name: 'second', args: { city: 'Rome' } } },
    ]);
    assert.match(textOf(respond(ask('x', { tools }))), /Simulated/, 'not unless it must');
  });

  it('draws a PNG of the asked shape', () => {
    const config = { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '16:9' } };
    const response = respond(ask('a cat', { generationConfig: config }));
    const [words, picture] = response.candidates[0]?.content.parts ?? [];
    assert.match(String(words?.text), /picture/);
    const { mimeType, data } = picture?.inlineData as { mimeType: string; data: string };
    assert.equal(mimeType, 'image/png');
    const png = Buffer.from(data, 'base64');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.equal(Math.round((width / height) * 100), 178);
    assert.ok(png.includes('Simulated'));
    const data_ = png.subarray(png.indexOf('IDAT') + 4, png.indexOf('IEND') - 8);
    assert.equal(inflateSync(data_).length, height * (1 + width * 3));
    assert.ok(response.usageMetadata.candidatesTokensDetails);
  });

  it('draws by itself with an image model, and speaks with a speech model', () => {
    const drawn = respond(ask('x'), 'gemini-2.5-flash-image').candidates[0]?.content.parts.at(-1);
    assert.equal((drawn?.inlineData as Json).mimeType, 'image/png');
    const spoken = respond(ask('x'), 'gemini-2.5-flash-preview-tts').candidates[0]?.content.parts[0]
      ?.inlineData as Json;
    assert.match(String(spoken.mimeType), /^audio\/L16/);
    assert.ok(Buffer.from(String(spoken.data), 'base64').some((byte) => byte !== 0));
  });

  const ratios: readonly [text: string | undefined, ratio: number][] = [
    ['1:1', 1],
    ['4:2', 2],
    ['ASPECT_RATIO_TWO_BY_THREE', 2 / 3],
    ['ASPECT_RATIO_TWENTY_ONE_BY_NINE', 21 / 9],
    ['wide', 1],
    ['0:1', 1],
    [undefined, 1],
  ];
  for (const [text, ratio] of ratios)
    it(`reads the aspect ratio ${String(text)}`, () => assert.equal(aspectRatio(text), ratio));

  it('reckons attachments by kind', () => {
    const parts = [
      { text: 'look' },
      { inline_data: { mime_type: 'image/png', data: 'AAAA' } },
      { fileData: { mimeType: 'application/pdf', fileUri: 'gs://bucket/x.pdf' } },
      { fileData: { mimeType: 'video/mp4', fileUri: 'https://example.com/x.mp4' } },
      { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
      { functionResponse: { name: 'f', response: { ok: true } } },
    ];
    const response = respond({ contents: [{ parts }] });
    const modalities = (response.usageMetadata.promptTokensDetails as unknown as Json[]).map(
      ({ modality }) => modality,
    );
    assert.deepEqual(modalities, ['TEXT', 'IMAGE', 'DOCUMENT', 'VIDEO', 'AUDIO']);
    assert.match(textOf(response), /4 attachments/);
  });

  it('counts cached tokens', () => {
    const { usageMetadata } = respond(ask('x', { cachedContent: 'cachedContents/known' }));
    assert.equal(usageMetadata.cachedContentTokenCount, 500);
    assert.equal(usageMetadata.promptTokenCount, 501);
  });

  const faults: readonly [what: string, request: Json, code: number, message: RegExp][] = [
    ['no contents', { contents: [] }, 3, /contents is not specified/],
    ['no parts', { contents: [{ parts: [] }] }, 3, /parts must not be empty/],
    [
      'a wrong role',
      { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] },
      3,
      /valid role: user, model/,
    ],
    [
      'a temperature out of range',
      ask('x', { generationConfig: { temperature: 3 } }),
      3,
      /temperature must be in the range/,
    ],
    ['no room for output', ask('x', { generationConfig: { maxOutputTokens: 0 } }), 3, /must be positive/],
    [
      'too many stop sequences',
      ask('x', { generationConfig: { stopSequences: ['1', '2', '3', '4', '5', '6'] } }),
      3,
      /at most 5/,
    ],
    [
      'an unknown MIME type',
      ask('x', { generationConfig: { responseMimeType: 'text/csv' } }),
      3,
      /allowed mimetypes/,
    ],
    [
      'two ways of thinking',
      ask('x', { generationConfig: { thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } } }),
      3,
      /only one of/,
    ],
    ['an unknown cache', ask('x', { cachedContent: 'cachedContents/none' }), 7, /CachedContent not found/],
    [
      'a file that is gone',
      { contents: [{ parts: [{ fileData: { fileUri: 'x/gone' } }] }] },
      7,
      /File gone or it may not exist/,
    ],
    [
      'a cache beside tools',
      ask('x', { cachedContent: 'cachedContents/known', tools: [] }),
      3,
      /CachedContent can not be used/,
    ],
  ];
  for (const [what, request, code, message] of faults)
    it(`fails a row with ${what}`, () => {
      const error = failure(answerGenerate(request, context()));
      assert.equal(error?.code, code);
      assert.match(error.message ?? '', message);
    });

  it('fails a row with schemas that do not go together, in the words of the service', () => {
    const request = ask('x', {
      generation_config: {
        response_schema: {
          type: 'OBJECT',
          properties: { a: { type: 'ARRAY' }, b: { anyOf: [{ type: 'OBJECT' }] } },
          required: ['a', 'c'],
          propertyOrdering: ['d'],
        },
      },
      tools: [
        {
          functionDeclarations: [
            { name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: {} } },
            { name: 'g', description: 'd', parameters: { type: 'INTEGER', enum: ['1', ''] } },
          ],
        },
      ],
    });
    assert.deepEqual(failure(answerGenerate(request, context()))?.message?.split('\n'), [
      '* GenerateContentRequest.generation_config.response_schema.properties[a].items: missing field.',
      '* GenerateContentRequest.generation_config.response_schema.properties[b].any_of[0].properties: should be non-empty for OBJECT type',
      '* GenerateContentRequest.generation_config.response_schema.required[1]: property is not defined',
      '* GenerateContentRequest.tools[0].function_declarations[1].parameters.enum: only allowed for STRING type',
      '* GenerateContentRequest.tools[0].function_declarations[1].parameters.enum[1]: cannot be empty',
      '',
    ]);
  });

  const magic: readonly [word: string, check: (response: Response) => void][] = [
    [
      'blocked',
      (r) =>
        assert.deepEqual(
          [r.promptFeedback, 'candidates' in r],
          [{ blockReason: 'PROHIBITED_CONTENT' }, false],
        ),
    ],
    [
      'safety',
      (r) =>
        assert.deepEqual(
          [r.candidates[0]?.finishReason, 'content' in (r.candidates[0] ?? {})],
          ['SAFETY', false],
        ),
    ],
    ['recitation', (r) => assert.equal(r.candidates[0]?.finishReason, 'RECITATION')],
    ['malformed-call', (r) => assert.equal(r.candidates[0]?.finishReason, 'MALFORMED_FUNCTION_CALL')],
    ['truncated', (r) => assert.equal(r.candidates[0]?.finishReason, 'MAX_TOKENS')],
    ['empty', (r) => assert.deepEqual(r.candidates[0]?.content.parts, [])],
    ['broken-json', (r) => assert.throws(() => JSON.parse(textOf(r)) as unknown)],
    ['long', (r) => assert.ok(textOf(r).length > 10_000)],
    ['nonsense', (r) => assert.match(textOf(r), /^\[Simulated\]/)],
  ];
  for (const [word, check] of magic)
    it(`heeds [[sandbox:${word}]]`, () => check(respond(ask(`please [[sandbox:${word}]]`))));

  for (const [word, code] of [
    ['failed', 13],
    ['invalid', 3],
    ['deadline', 4],
    ['unavailable', 14],
  ] as const)
    it(`fails a row for [[sandbox:${word}]]`, () => {
      assert.equal(failure(answerGenerate(ask(`[[sandbox:${word}]]`), context()))?.code, code);
    });
});

describe('sandbox embeddings', () => {
  const content = (text: string) => ({ parts: [{ text }] });
  const model = 'gemini-embedding-001';

  function values(request: Json): number[] {
    const answer = answerEmbed(request, context(model));
    assert.ok('response' in answer, JSON.stringify(answer));
    return (answer.response.embedding as { values: number[] }).values;
  }

  for (const [what, request, dimension] of [
    ['by default', { content: content('x') }, 3072],
    ['as asked', { content: content('x'), outputDimensionality: 5 }, 5],
    [
      'as asked in the newer place',
      { content: content('x'), embed_content_config: { output_dimensionality: 7 } },
      7,
    ],
  ] as const)
    it(`has the dimension ${what} and length one`, () => {
      const vector = values(request);
      assert.equal(vector.length, dimension);
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    });

  it('puts texts that share words near each other', () => {
    const dot = (a: string, b: string) => {
      const [x, y] = [embedding(a, 's', 256), embedding(b, 's', 256)];
      return x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
    };
    assert.ok(dot('red apple pie', 'green apple pie') > 0.4);
    assert.ok(Math.abs(dot('red apple pie', 'blue car')) < 0.3);
  });

  it('depends on the task', () => {
    const one = values({ content: content('x'), taskType: 'CLUSTERING', outputDimensionality: 4 });
    assert.notDeepEqual(one, values({ content: content('x'), outputDimensionality: 4 }));
  });

  for (const [what, request, code] of [
    ['no content', {} as Json, 3],
    ['too many dimensions', { content: content('x'), outputDimensionality: 5000 }, 3],
    ['[[sandbox:failed]]', { content: content('[[sandbox:failed]]') }, 13],
  ] as const)
    it(`fails a row with ${what}`, () =>
      assert.equal(failure(answerEmbed(request, context(model)))?.code, code));
});

describe('sandbox built-in tools', () => {
  it('leaves the traces of those that are offered', () => {
    const tools = [{ googleSearch: {} }, { code_execution: {} }, { urlContext: {} }];
    const [candidate] = respond(ask('Who won? See https://example.org/a.', { tools }))
      .candidates as unknown as Json[];
    const { parts } = candidate?.content as { parts: Json[] };
    assert.deepEqual(
      parts.map((part) => Object.keys(part)[0]),
      ['executableCode', 'codeExecutionResult', 'text'],
    );
    assert.deepEqual((candidate?.groundingMetadata as Json).webSearchQueries, ['Who won']);
    const [page] = (candidate?.urlContextMetadata as { urlMetadata: Json[] }).urlMetadata;
    assert.equal(page?.retrievedUrl, 'https://example.org/a.');
  });
});
