import assert from 'node:assert/strict';
import { contentOf } from '../../../src/results/contentDigests';
import { laidOutJson } from '../../../src/results/jsonOf';
import { maxShownText } from '../../../src/results/parts';
import { keyOf, readResultLine } from '../../../src/results/resultLine';
import { searchableText } from '../../../src/results/searchableText';
import { detailOf } from '../../../src/results/rowDetail';
import { readRequestLine } from '../../../src/results/requestLine';
import { longestAddress, rowDetail } from '../../../src/shared/resultsMessages';
import { makeRowSummary } from '../../support/rowSummary';
import { answer, request } from './support';

const summary = makeRowSummary({ key: 'k', reason: 'STOP', bytes: 1 });

/** The detail of a result, checked as the webview checks it. */
function detail(result: unknown, requestLine?: unknown) {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return rowDetail.parse(
    detailOf(summary, {
      ...(result === undefined ? {} : { result: text(result) }),
      ...(requestLine === undefined ? {} : { request: { line: 4, text: text(requestLine) } }),
    }),
  );
}

const parts = (list: unknown[], more: object = {}) => ({
  key: 'k',
  response: { candidates: [{ content: { parts: list }, finishReason: 'STOP', ...more }] },
});
const only = (part: unknown) => detail(parts([part])).candidates[0]?.parts;

describe('detailOf a row with numbers', () => {
  const numbers = '{"id":12345678901234567891,"price":0.10}';

  it('shows them as they were written', () => {
    const { candidates, request: asked } = detail(
      `{"response":{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${numbers}}}]}}]}}`,
      '{"request":{"contents":[],"generationConfig":{"temperature":1.0,"seed":12345678901234567891}}}',
    );
    assert.deepEqual(candidates[0]?.parts, [
      {
        kind: 'call',
        name: 'f',
        content: { text: '{\n  "id": 12345678901234567891,\n  "price": 0.10\n}' },
      },
    ]);
    assert.deepEqual(asked?.settings, [
      { name: 'generationConfig.temperature', value: '1.0' },
      { name: 'generationConfig.seed', value: '12345678901234567891' },
    ]);
  });

  it('shows those in arguments that are text, as the OpenAI layer has them', () => {
    const message = { tool_calls: [{ function: { name: 'f', arguments: '{"id":12345678901234567891}' } }] };
    const line = { custom_id: 'k', response: { body: { choices: [{ message }] } } };
    assert.deepEqual(detail(line).candidates[0]?.parts, [
      { kind: 'call', name: 'f', content: { text: '{\n  "id": 12345678901234567891\n}' } },
    ]);
  });

  it('compares calls by them', () => {
    const called = (id: string) =>
      `{"response":{"candidates":[{"content":{"parts":[{"functionCall":{"args":{"id":${id}}}}]}}]}}`;
    assert.notEqual(contentOf(called('12345678901234567891')), contentOf(called('12345678901234567892')));
  });

  it('counts them as numbers', () => {
    const { embedding, usage, error } = detail(
      '{"response":{"embedding":{"values":[3.0,4.00]},"usageMetadata":{"promptTokenCount":7.0}}}',
    );
    assert.deepEqual([embedding?.norm, embedding?.first, usage[0]?.value], [5, [3, 4], '7']);
    assert.equal(error, undefined);
    assert.equal(detail('{"error":{"code":3.0,"message":"no"}}').error?.code, 3);
  });
});

describe('detailOf a result', () => {
  const table: [string, unknown, unknown][] = [
    ['text', { text: 'a' }, { kind: 'text', thought: false, content: { text: 'a' } }],
    ['thought', { text: 'a', thought: true }, { kind: 'text', thought: true, content: { text: 'a' } }],
    [
      'code',
      { executableCode: { language: 'PYTHON', code: 'x' } },
      { kind: 'code', language: 'python', content: { text: 'x' } },
    ],
    [
      'output of code',
      { codeExecutionResult: { outcome: 'OUTCOME_FAILED', output: 'y' } },
      { kind: 'codeResult', outcome: 'FAILED', content: { text: 'y' } },
    ],
    [
      'function call',
      { functionCall: { name: 'f', args: { a: 1 } } },
      { kind: 'call', name: 'f', content: { text: '{\n  "a": 1\n}' } },
    ],
    [
      'function response',
      { functionResponse: { name: 'f', response: { b: 2 } } },
      { kind: 'callResponse', name: 'f', content: { text: '{\n  "b": 2\n}' } },
    ],
    [
      'image',
      { inlineData: { mimeType: 'image/png', data: 'QUJDRA==' } },
      { kind: 'media', mimeType: 'image/png', bytes: 4, media: 0 },
    ],
    [
      'file',
      { fileData: { fileUri: 'files/a', mimeType: 'text/plain' } },
      { kind: 'file', uri: 'files/a', mimeType: 'text/plain' },
    ],
    [
      'anything else',
      { novelty: { a: 1 }, thoughtSignature: 'x' },
      { kind: 'json', content: { text: '{\n  "novelty": {\n    "a": 1\n  }\n}' } },
    ],
  ];
  for (const [name, part, expected] of table) {
    it(`shows ${name}`, () => assert.deepEqual(only(part), [expected]));
  }

  it('leaves out what says nothing', () => {
    assert.deepEqual(only({ text: '' }), []);
    assert.deepEqual(only({ thoughtSignature: 'AAAA' }), []);
  });

  it('numbers media through all candidates', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: '' } };
    const candidate = { content: { parts: [picture] }, finishReason: 'STOP' };
    const found = detail({ key: 'k', response: { candidates: [candidate, candidate] } });
    const numbers = found.candidates.flatMap((each) =>
      each.parts.flatMap((part) => (part.kind === 'media' ? [part.media] : [])),
    );
    assert.deepEqual(numbers, [0, 1]);
  });

  it('cuts enormous texts and says how long they are, not through a character', () => {
    const text = `${'x'.repeat(maxShownText - 1)}😀${'y'.repeat(1000)}`;
    const [part] = only({ text }) ?? [];
    assert.ok(part?.kind === 'text');
    assert.equal(part.content.text.length, maxShownText - 1);
    assert.equal(part.content.total, text.length);
  });

  it('shows errors, refused prompts and lines that cannot be read', () => {
    assert.deepEqual(detail({ key: 'k', error: { code: 3, message: 'bad' } }).error, {
      code: 3,
      message: 'bad',
    });
    assert.deepEqual(detail({ key: 'k', error: {} }).error, { message: '' });
    assert.equal(
      detail({ key: 'k', response: { promptFeedback: { blockReason: 'OTHER' } } }).blockReason,
      'OTHER',
    );
    assert.deepEqual(detail('{"cut').brokenLine, { text: '{"cut' });
  });

  it('lists sources, citations, searches and safety ratings', () => {
    const [candidate] = detail(
      parts([{ text: 'a' }], {
        groundingMetadata: {
          webSearchQueries: ['q', 7],
          groundingChunks: [
            { web: { uri: 'https://a.example', title: 'A' } },
            { maps: { uri: 'https://b.example' } },
            {},
          ],
        },
        citationMetadata: { citationSources: [{ uri: 'https://c.example' }, {}] },
        safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'LOW', blocked: true }],
        finishMessage: 'because',
      }),
    ).candidates;
    assert.deepEqual(candidate?.sources, [
      { title: 'A', uri: 'https://a.example' },
      { title: 'https://b.example', uri: 'https://b.example' },
      { title: 'https://c.example', uri: 'https://c.example' },
    ]);
    assert.deepEqual(candidate.searches, ['q']);
    assert.deepEqual(candidate.safety, [{ category: 'HARASSMENT', probability: 'LOW', blocked: true }]);
    assert.equal(candidate.finishMessage, 'because');
  });

  it('describes embeddings', () => {
    const found = detail({ key: 'k', response: { embedding: { values: [3, 4] }, tokenCount: '2' } });
    assert.deepEqual(found.embedding, { dimension: 2, norm: 5, first: [3, 4] });
    assert.deepEqual(found.usage, [{ name: 'tokenCount', value: '2' }]);
  });

  it('lists usage with its modalities, model and response id', () => {
    const usageMetadata = {
      promptTokenCount: 5,
      promptTokensDetails: [{ modality: 'IMAGE', tokenCount: 3 }],
    };
    const found = detail({
      key: 'k',
      response: { candidates: [], usageMetadata, modelVersion: 'm', responseId: 'r' },
    });
    assert.deepEqual(found.usage, [
      { name: 'promptTokenCount', value: '5' },
      { name: 'promptTokensDetails IMAGE', value: '3' },
    ]);
    assert.equal(found.model, 'm');
    assert.equal(found.responseId, 'r');
  });
});

describe('detailOf a request', () => {
  it('shows turns in order, the system instruction first, and settings one by one', () => {
    const line = {
      key: 'k',
      request: {
        contents: [
          { role: 'user', parts: [{ text: 'q' }, { inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
          { role: 'model', parts: [{ text: 'a' }] },
        ],
        system_instruction: { parts: [{ text: 'be kind' }] },
        generation_config: { temperature: 0, response_schema: { type: 'STRING' } },
      },
    };
    const found = detail(undefined, line).request;
    assert.deepEqual(
      found?.turns.map((turn) => [turn.role, turn.parts.map((part) => part.kind)]),
      [
        ['system', ['text']],
        ['user', ['text', 'media']],
        ['model', ['text']],
      ],
    );
    assert.deepEqual(found.settings, [
      { name: 'generation_config.temperature', value: '0' },
      { name: 'generation_config.response_schema', value: '{"type":"STRING"}' },
    ]);
    assert.equal(found.line, 4);
  });

  it('reads bare requests, embeddings and OpenAI bodies', () => {
    const roles = (line: unknown) => readRequestLine(JSON.stringify(line))?.turns.map((turn) => turn.role);
    assert.deepEqual(roles({ contents: [{ parts: [{ text: 'a' }] }] }), ['user']);
    assert.deepEqual(roles({ key: 'k', request: { content: { parts: [{ text: 'a' }] } } }), ['user']);
    assert.deepEqual(roles({ key: 'k', request: { contents: 'hello' } }), ['user']);
    assert.deepEqual(
      roles({ custom_id: 'c', body: { messages: [{ role: 'system', content: 's' }, { content: 'u' }] } }),
      ['system', 'user'],
    );
    assert.deepEqual(roles({ custom_id: 'c', body: { input: ['a', 'b'] } }), ['input', 'input']);
  });

  it('says when the line cannot be read', () => {
    assert.equal(detail(undefined, '{"key"').request?.broken, true);
  });
});

describe('detailOf both', () => {
  const schema = { type: 'OBJECT', properties: { n: { type: 'INTEGER' } }, required: ['n'] };
  const asking = (generationConfig: object) => ({ key: 'k', request: { contents: [], generationConfig } });
  const verdict = (text: string, line: unknown) => detail(answer('k', text), line).candidates[0]?.schema;

  it('checks the answer against the schema of its own request, wherever that stands', () => {
    const broken = { violations: [{ path: 'n', message: 'is string, not integer' }], unreadable: false };
    assert.deepEqual(verdict('{"n":"1"}', asking({ responseSchema: schema })), broken);
    assert.deepEqual(verdict('{"n":"1"}', asking({ response_json_schema: schema })), broken);
    assert.deepEqual(verdict('{"n":"1"}', asking({ responseFormat: { text: { schema } } })), broken);
    const openai = { custom_id: 'k', body: { messages: [], response_format: { json_schema: { schema } } } };
    assert.deepEqual(verdict('{"n":"1"}', openai), broken);
  });

  it('accepts JSON in a fence, and says when there is no JSON', () => {
    assert.deepEqual(verdict('```json\n{"n":1}\n```', asking({ responseSchema: schema })), {
      violations: [],
      unreadable: false,
    });
    assert.deepEqual(verdict('{"n":', asking({ responseSchema: schema })), {
      violations: [],
      unreadable: true,
    });
  });

  it('reads what was made to exhaust it', () => {
    const fences = `\`\`\`${'\n'.repeat(100_000)}x`;
    assert.equal(verdict(fences, asking({ responseSchema: schema }))?.unreadable, true);
    const deep = '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000);
    assert.equal(verdict(deep, asking({ responseSchema: schema }))?.unreadable, true);
    const call = `{"key":"k","response":{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${deep}}}]}}]}}`;
    assert.equal(detail(call).candidates[0]?.parts[0]?.kind, 'call');
    const line = readResultLine(call);
    assert.ok(line !== undefined && searchableText(line).startsWith('f '));
    assert.equal(contentOf(call), contentOf(call));
    assert.equal(keyOf({ key: JSON.parse(deep) as unknown }), '{…}');
    assert.equal(laidOutJson(JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)).length, 1000);
  });

  it('sends no more of a row than anybody reads', () => {
    const long = 'x'.repeat(30_000);
    const many = <T>(value: T) => Array.from({ length: 2000 }, () => value);
    const row = detail(
      answer('k', 'x', {
        modelVersion: long,
        responseId: long,
        candidates: many(0)
          .slice(0, 60)
          .map(() => ({
            content: { parts: many({ functionCall: { name: long, args: {} } }).slice(0, 3) },
            finishReason: long,
            finishMessage: long,
            safetyRatings: [{ category: long, probability: long }],
            groundingMetadata: {
              webSearchQueries: [long],
              groundingChunks: [{ web: { uri: long, title: long } }],
            },
          })),
        usageMetadata: Object.fromEntries(
          many(1)
            .slice(0, 400)
            .map((value, at) => [`${long}${at}`, value]),
        ),
      }),
      { key: 'k', request: { contents: many({ role: long, parts: [] }) } },
    );
    assert.ok(JSON.stringify(row).length < 4_000_000, String(JSON.stringify(row).length));
    assert.equal(row.candidates.length, 50);
    assert.ok((row.candidates[0]?.sources[0]?.uri.length ?? 0) > longestAddress);
    const failed = detail({ key: 'k', error: { code: 3, message: long } });
    assert.equal(failed.error?.message.length, 20_001);
  });

  it('checks nothing where nothing was asked for', () => {
    assert.equal(verdict('{"n":1}', request('k')), undefined);
  });
});
