import assert from 'node:assert/strict';
import { parseLeniently } from '../../../src/sandbox/jsonSyntax';
import { errorOf, useSandbox, type Json } from './support';

const model = '/v1beta/models/gemini-3.5-flash';
const embedder = '/v1beta/models/gemini-embedding-001';
const content = (text: string): Json => ({ parts: [{ text }] });

describe('sandbox synchronous calls', () => {
  const start = useSandbox();

  it('generates what a batch would', async () => {
    const bench = await start();
    const body = { contents: [content('Hello')] };
    const alone = await bench.call('POST', `${model}:generateContent`, body);
    const name = await bench.submit([{ key: 'a', request: body }]);
    assert.deepEqual((await bench.results(name))[0]?.response, alone.body);
  });

  const lenient: readonly [text: string, value: unknown][] = [
    ["{'a': {'b': 'it\\'s \"so\"'}}", { a: { b: 'it\'s "so"' } }],
    ['{"a": "it\'s, [1,]", "b": [1, 2, ], }', { a: "it's, [1,]", b: [1, 2] }],
  ];
  for (const [text, value] of lenient)
    it(`reads ${text} as the service does`, () => assert.deepEqual(parseLeniently(text), value));

  it('streams one event that holds all, or a list', async () => {
    const bench = await start();
    const body = { contents: [content('Hello')] };
    const events = await bench.call('POST', `${model}:streamGenerateContent?alt=sse`, body);
    assert.match(events.text, /^data: \{.*\}\r\n\r\n$/);
    const list = await bench.call('POST', `${model}:streamGenerateContent`, body);
    assert.ok(Array.isArray(list.body));
  });

  it('embeds one and many', async () => {
    const bench = await start();
    const request = { content: content('x'), outputDimensionality: 3 };
    const one = await bench.call('POST', `${embedder}:embedContent`, request);
    const many = await bench.call('POST', `${embedder}:batchEmbedContents`, { requests: [request, request] });
    const { values } = one.body.embedding as { values: number[] };
    assert.deepEqual(many.body.embeddings, [{ values }, { values }]);
  });

  it('counts the tokens of contents, and of a whole request', async () => {
    const bench = await start();
    const count = async (body: Json) =>
      (await bench.call('POST', `${model}:countTokens`, body)).body.totalTokens as number;
    const bare = await count({ contents: [content('Hello there')] });
    const generateContentRequest = {
      contents: [content('Hello there')],
      systemInstruction: content('Be brief.'),
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
    };
    assert.ok((await count({ generateContentRequest })) > bare);
    const unknown = await bench.call('POST', `${model}:countTokens`, { text: 'x' });
    assert.match(errorOf(unknown.body).message, /Unknown name "text": Cannot find field/);
  });

  const refused: readonly [what: string, path: string, body: unknown, status: number, message: RegExp][] = [
    [
      'broken JSON',
      `${model}:generateContent`,
      '{"contents": [}',
      400,
      /^Invalid JSON payload received\. Unexpected token\.\n\{"contents": \[\}\n {14}\^$/,
    ],
    ['JSON cut off', `${model}:generateContent`, '{"contents": [', 400, /Unexpected end of string/],
    ['a list', `${model}:generateContent`, '[]', 400, /Root element must be a message/],
    [
      'an unknown name',
      `${model}:generateContent`,
      { content: [] },
      400,
      /^Invalid JSON payload received\. Unknown name "content": Cannot find field\.$/,
    ],
    [
      'an unknown name deep down',
      `${model}:generateContent`,
      { contents: [{ parts: [{ txt: 'x' }] }] },
      400,
      /Unknown name "txt" at 'contents\[0\]\.parts\[0\]': Cannot find field\.$/,
    ],
    [
      'an object for a text',
      `${model}:generateContent`,
      { contents: [{ parts: [{ text: {} }] }] },
      400,
      /^Invalid value at 'contents\[0\]\.parts\[0\]' \(text\), Starting an object on a scalar field$/,
    ],
    [
      'a list for one',
      `${model}:generateContent`,
      { systemInstruction: [] },
      400,
      /Unknown name "systemInstruction": Proto field is not repeating, cannot start list\.$/,
    ],
    [
      'a text for a number',
      `${model}:generateContent`,
      { generationConfig: { temperature: 'hot' } },
      400,
      /^Invalid value at 'generation_config\.temperature' \(TYPE_DOUBLE\), "hot"$/,
    ],
    [
      'an enum value that is none',
      `${model}:generateContent`,
      { safetySettings: [{ category: 'BAD' }] },
      400,
      /^Invalid value at 'safety_settings\[0\]\.category' \(TYPE_ENUM\), "BAD"$/,
    ],
    [
      'a field in both casings',
      `${model}:generateContent`,
      { toolConfig: {}, tool_config: {} },
      400,
      /already set/,
    ],
    ['no contents', `${model}:generateContent`, {}, 400, /contents is not specified/],
    ['no content to embed', `${embedder}:embedContent`, {}, 400, /content is not specified/],
    ['a model that cannot', `${embedder}:generateContent`, {}, 404, /not supported for generateContent/],
    [
      'an overloaded model',
      `${model}:generateContent`,
      { contents: [content('[[sandbox:unavailable]]')] },
      503,
      /overloaded/,
    ],
  ];
  for (const [what, path, body, status, message] of refused)
    it(`refuses ${what}`, async () => {
      const bench = await start();
      const answer = await bench.call('POST', path, body);
      assert.equal(answer.status, status, answer.text);
      assert.match(errorOf(answer.body).message, message);
    });
});

describe('sandbox cached contents', () => {
  const start = useSandbox();
  const create = {
    model: 'models/gemini-3.5-flash',
    contents: [content('long '.repeat(100))],
    displayName: 'c',
  };

  it('creates, uses, lists, extends and deletes', async () => {
    const bench = await start();
    const created = await bench.call('POST', '/v1beta/cachedContents', { ...create, ttl: '60s' });
    const name = created.body.name as string;
    assert.match(name, /^cachedContents\//);
    const { totalTokenCount } = created.body.usageMetadata as { totalTokenCount: number };
    const used = await bench.call('POST', `${model}:generateContent`, {
      contents: [content('x')],
      cachedContent: name,
    });
    assert.equal((used.body.usageMetadata as Json).cachedContentTokenCount, totalTokenCount);
    assert.deepEqual((await bench.call('GET', '/v1beta/cachedContents')).body, {
      cachedContents: [created.body],
    });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const longer = await bench.call('PATCH', `/v1beta/${name}?updateMask=expireTime`, { expireTime: until });
    assert.equal(Date.parse(String(longer.body.expireTime)), Date.parse(until));
    bench.sandbox.control.advance(120_000);
    assert.equal((await bench.call('GET', `/v1beta/${name}`)).status, 200);
    await bench.call('DELETE', `/v1beta/${name}`);
    const gone = await bench.call('GET', `/v1beta/${name}`);
    assert.deepEqual(
      [gone.status, errorOf(gone.body).message],
      [403, 'CachedContent not found (or permission denied)'],
    );
  });

  it('lets them expire, by default after an hour', async () => {
    const bench = await start();
    const { body } = await bench.call('POST', '/v1beta/cachedContents', create);
    bench.sandbox.control.advance(3_600_001);
    assert.equal((await bench.call('GET', `/v1beta/${String(body.name)}`)).status, 403);
    assert.deepEqual((await bench.call('GET', '/v1beta/cachedContents')).body, {});
  });

  for (const [what, body] of [
    ['an unknown field', { ...create, config: {} }],
    ['a broken tool', { ...create, tools: {} }],
    ['a time that is none', { ...create, expireTime: 'tomorrow' }],
    ['a duration that is none', { ...create, ttl: '5 minutes' }],
  ] as const)
    it(`refuses ${what}`, async () => {
      const bench = await start();
      assert.equal((await bench.call('POST', '/v1beta/cachedContents', body)).status, 400);
    });
});
