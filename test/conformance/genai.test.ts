import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as current from '@google/genai';
import * as previous from 'genai-v2';
import { until, usePlace } from './support';

type Sdk = typeof current;
type Client = current.GoogleGenAI;

const sdks: readonly [name: string, sdk: Sdk][] = [
  ['@google/genai 3 (/v1)', current],
  ['@google/genai 2 (/v1beta)', previous as unknown as Sdk],
];

const model = 'gemini-3.5-flash';
const jsonl = (rows: readonly unknown[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
const line = (key: string) => ({ key, request: { contents: [{ parts: [{ text: `Question ${key}` }] }] } });

/** What an iterator of the SDK's pager gives, all pages. */
async function all<T>(pager: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pager) items.push(item);
  return items;
}

for (const [name, sdk] of sdks)
  describe(`the sandbox under the unmodified ${name}`, () => {
    const place = usePlace();
    let ai: Client;
    beforeEach(() => {
      const { url, key } = place().sandbox;
      ai = new sdk.GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
    });

    async function upload(content: string, displayName = 'requests'): Promise<current.File> {
      const path = place().file('requests.jsonl');
      await writeFile(path, content);
      return ai.files.upload({ file: path, config: { mimeType: 'application/jsonl', displayName } });
    }

    const finished = (job: current.BatchJob) =>
      until(
        () => ai.batches.get({ name: job.name ?? '' }),
        ({ state }) => !['JOB_STATE_PENDING', 'JOB_STATE_RUNNING'].includes(state ?? ''),
      );

    it('uploads, gets, lists and deletes files', async () => {
      const file = await upload('{"a":1}\n', 'first');
      assert.equal(file.displayName, 'first');
      assert.equal(file.sizeBytes, '8');
      assert.equal(file.state, 'ACTIVE');
      assert.deepEqual(await ai.files.get({ name: file.name ?? '' }), file);
      for (const content of ['b', 'c']) await upload(content, content);
      const listed = await all(await ai.files.list({ config: { pageSize: 2 } }));
      assert.deepEqual(
        listed.map(({ displayName }) => displayName),
        ['c', 'b', 'first'],
      );
      await ai.files.delete({ name: file.name ?? '' });
      await assert.rejects(ai.files.get({ name: file.name ?? '' }), { name: 'ApiError', status: 403 });
    });

    it('uploads a Blob, and more than one chunk', async () => {
      const bytes = Buffer.alloc(9 * 1024 * 1024, 'x');
      const file = await ai.files.upload({ file: new Blob([bytes]), config: { mimeType: 'text/plain' } });
      assert.equal(file.sizeBytes, String(bytes.length));
    });

    it('runs a batch from a file and downloads its results', async () => {
      const file = await upload(jsonl([line('a'), line('b')]));
      const job = await ai.batches.create({
        model,
        src: file.name ?? '',
        config: { displayName: 'from a file' },
      });
      assert.equal(job.state, 'JOB_STATE_PENDING');
      assert.equal(job.displayName, 'from a file');
      assert.equal(job.model, `models/${model}`);
      const done = await finished(job);
      assert.equal(done.state, 'JOB_STATE_SUCCEEDED');
      const results = done.dest?.fileName ?? '';
      assert.match(results, /^files\/batch-[a-z0-9]{36}$/);
      const target = place().file('results.jsonl');
      await ai.files.download({ file: results, downloadPath: target });
      const keys = await until(
        async () => (await readFile(target, 'utf8').catch(() => '')).split('\n').filter(Boolean),
        (lines) => lines.length === 2,
      );
      assert.deepEqual(
        keys.map((text) => (JSON.parse(text) as { key: string }).key),
        ['a', 'b'],
      );
      await assert.rejects(ai.files.delete({ name: results }), /cannot be more than 40 characters/);
    });

    it('runs a batch from a file given as an object', async () => {
      const file = await upload(jsonl([line('a')]));
      const job = await ai.batches.create({ model, src: { fileName: file.name ?? '' } });
      assert.equal((await finished(job)).state, 'JOB_STATE_SUCCEEDED');
    });

    it('runs an inline batch with everything that a request may say', async () => {
      const job = await ai.batches.create({
        model,
        src: [
          {
            contents: 'plain text',
            metadata: { key: 'first' },
            config: {
              systemInstruction: 'Be brief.',
              temperature: 0.1,
              topP: 0.9,
              topK: 40,
              maxOutputTokens: 500,
              stopSequences: ['never'],
              seed: 1,
              responseMimeType: 'application/json',
              responseJsonSchema: {
                type: 'object',
                properties: { answer: { type: 'string' } },
                required: ['answer'],
              },
              safetySettings: [
                {
                  category: sdk.HarmCategory.HARM_CATEGORY_HARASSMENT,
                  threshold: sdk.HarmBlockThreshold.BLOCK_NONE,
                },
              ],
              thinkingConfig: { thinkingLevel: sdk.ThinkingLevel.LOW, includeThoughts: true },
            },
          },
          { contents: [{ role: 'user', parts: [{ text: 'and another' }] }] },
        ],
        config: { displayName: 'inline' },
      });
      const done = await finished(job);
      const responses = done.dest?.inlinedResponses ?? [];
      assert.equal(responses.length, 2);
      assert.deepEqual(responses[0]?.metadata, { key: 'first' });
      const parts = responses[0].response?.candidates?.[0]?.content?.parts ?? [];
      assert.equal(parts[0]?.thought, true);
      assert.equal(typeof (JSON.parse(parts[1]?.text ?? '') as { answer: unknown }).answer, 'string');
      assert.match(JSON.stringify(responses[1]?.response), /Simulated/);
    });

    it('runs batches of embeddings, inline and from a file', async () => {
      const embedding = 'gemini-embedding-001';
      const inline = await ai.batches.createEmbeddings({
        model: embedding,
        src: {
          inlinedRequests: {
            contents: ['a', 'b'],
            config: { outputDimensionality: 8, taskType: 'RETRIEVAL_DOCUMENT', title: 't' },
          },
        },
        config: { displayName: 'embeddings' },
      });
      const done = await finished(inline);
      assert.equal(done.dest?.inlinedEmbedContentResponses?.[0]?.response?.embedding?.values?.length, 8);
      const file = await upload(
        jsonl([{ key: 'k', request: { content: { parts: [{ text: 'x' }] }, output_dimensionality: 3 } }]),
      );
      const job = await ai.batches.createEmbeddings({ model: embedding, src: { fileName: file.name ?? '' } });
      assert.match((await finished(job)).dest?.fileName ?? '', /^files\/batch-/);
    });

    it('lists over pages, cancels and deletes', async () => {
      place().sandbox.control.setSpeed(0);
      const file = await upload(jsonl([line('a')]));
      const names: (string | undefined)[] = [];
      for (let n = 0; n < 3; n++) {
        const job = await ai.batches.create({
          model,
          src: file.name ?? '',
          config: { displayName: `job ${n}` },
        });
        names.unshift(job.name);
      }
      const listed = await all(await ai.batches.list({ config: { pageSize: 2 } }));
      assert.deepEqual(
        listed.map((job) => job.name),
        names,
      );
      await ai.batches.cancel({ name: names[0] ?? '' });
      place().sandbox.control.setSpeed(10_000);
      const cancelled = await finished({ name: names[0] ?? '' });
      assert.equal(cancelled.state, 'JOB_STATE_CANCELLED');
      await ai.batches.delete({ name: names[0] ?? '' });
      await assert.rejects(ai.batches.get({ name: names[0] ?? '' }), { name: 'ApiError', status: 404 });
    });

    it('tells of a broken row as the service does', async () => {
      const file = await upload(
        jsonl([line('a'), { key: 'b', request: { contents: [], thinking_config: {} } }]),
      );
      await assert.rejects(ai.batches.create({ model, src: file.name ?? '' }), (error: Error) => {
        assert.ok(error instanceof sdk.ApiError);
        assert.equal(error.status, 400);
        assert.match(
          error.message,
          /Error on line 2: invalid JSON, near column \d+: no such field: 'thinking_config'/,
        );
        return true;
      });
    });

    it('refuses a wrong key', async () => {
      const stranger = new sdk.GoogleGenAI({
        apiKey: 'wrong',
        httpOptions: { baseUrl: place().sandbox.url },
      });
      await assert.rejects(stranger.batches.list(), /API_KEY_INVALID/);
    });

    it('lists models and tells of one', async () => {
      const models = await all(await ai.models.list({ config: { pageSize: 5 } }));
      const found = models.find((candidate) => candidate.name === `models/${model}`);
      assert.ok(found?.supportedActions?.includes('batchGenerateContent'));
      assert.equal((await ai.models.get({ model })).inputTokenLimit, 1_048_576);
      await assert.rejects(ai.models.get({ model: 'nope' }), { status: 404 });
    });

    it('counts tokens, generates, streams and embeds at once', async () => {
      const counted = await ai.models.countTokens({ model, contents: 'How many tokens are these?' });
      assert.ok((counted.totalTokens ?? 0) > 3);
      const generated = await ai.models.generateContent({ model, contents: 'Hello' });
      assert.match(generated.text ?? '', /Simulated/);
      assert.equal(generated.candidates?.[0]?.finishReason, 'STOP');
      let streamed = '';
      for await (const chunk of await ai.models.generateContentStream({ model, contents: 'Hello' }))
        streamed += chunk.text ?? '';
      assert.equal(streamed, generated.text);
      const embedded = await ai.models.embedContent({
        model: 'gemini-embedding-001',
        contents: ['a', 'b'],
        config: { outputDimensionality: 4 },
      });
      assert.deepEqual(
        embedded.embeddings?.map(({ values }) => values?.length),
        [4, 4],
      );
    });

    it('calls functions and draws', async () => {
      const called = await ai.models.generateContent({
        model,
        contents: 'x',
        config: {
          tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
          toolConfig: { functionCallingConfig: { mode: sdk.FunctionCallingConfigMode.ANY } },
        },
      });
      assert.equal(called.functionCalls?.[0]?.name, 'f');
      const drawn = await ai.models.generateContent({
        model: 'gemini-2.5-flash-image',
        contents: 'a cat',
        config: { responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '1:1' } },
      });
      assert.ok(drawn.data?.startsWith('iVBORw0KGgo'));
    });

    it('creates, lists, extends and deletes cached contents', async () => {
      const cache = await ai.caches.create({
        model,
        config: { contents: 'long text '.repeat(100), displayName: 'c', ttl: '300s' },
      });
      assert.equal(cache.displayName, 'c');
      assert.equal((await ai.caches.get({ name: cache.name ?? '' })).name, cache.name);
      assert.equal((await all(await ai.caches.list())).length, 1);
      const longer = await ai.caches.update({ name: cache.name ?? '', config: { ttl: '7200s' } });
      assert.ok(Date.parse(longer.expireTime ?? '') > Date.parse(cache.expireTime ?? ''));
      const used = await ai.models.generateContent({
        model,
        contents: 'x',
        config: { cachedContent: cache.name ?? '' },
      });
      assert.ok((used.usageMetadata?.cachedContentTokenCount ?? 0) > 100);
      await ai.caches.delete({ name: cache.name ?? '' });
      await assert.rejects(ai.caches.get({ name: cache.name ?? '' }), { status: 403 });
    });

    it('manages webhooks', async () => {
      const created = await ai.webhooks.create({
        name: 'n',
        uri: 'https://example.com/h',
        subscribed_events: ['batch.succeeded', 'batch.failed', 'batch.expired'],
      });
      assert.match(created.new_signing_secret ?? '', /^whsec_/);
      const id = created.id ?? '';
      assert.equal((await ai.webhooks.get(id)).uri, 'https://example.com/h');
      assert.equal((await ai.webhooks.list({ page_size: 10 })).webhooks?.length, 1);
      assert.equal(
        (await ai.webhooks.update(id, { state: 'disabled', update_mask: 'state' })).state,
        'disabled',
      );
      await ai.webhooks.ping(id);
      const rotated = await ai.webhooks.rotateSigningSecret(id, {
        revocation_behavior: 'revoke_previous_secrets_after_h24',
      });
      assert.match(rotated.secret ?? '', /^whsec_/);
      await ai.webhooks.delete(id);
      await assert.rejects(ai.webhooks.get(id), { status: 404 });
    });

    it('takes a webhook along with a batch', async () => {
      place().sandbox.control.setSpeed(0);
      const file = await upload(jsonl([line('a')]));
      const job = await ai.batches.create({
        model,
        src: file.name ?? '',
        config: { webhookConfig: { uris: ['http://127.0.0.1:9/h'], userMetadata: { job: '1' } } },
      });
      assert.equal(job.state, 'JOB_STATE_PENDING');
    });
  });
