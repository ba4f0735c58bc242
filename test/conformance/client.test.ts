import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as current from '@google/genai';
import * as previous from 'genai-v2';
import type { GeminiService } from '../../src/gemini/service';
import type { Transport } from '../../src/http/transport';
import type { RemoteJob } from '../../src/shared/job';
import { createTransport } from '../../src/http/undiciTransport';
import { geminiUnderTest } from '../support/geminiUnderTest';
import { Comparison, Recorder, type MeantDifference } from './recorder';
import { until, usePlace, type Place } from './support';

type Ai = current.GoogleGenAI;

/** Names that both sides are given. */
interface Given {
  readonly place: Place;
  /** An uploaded request file, on this machine and at the service. */
  readonly path: string;
  readonly file: string;
  /** A job that has not begun. */
  readonly job: string;
  readonly webhook: string;
}

const meant: readonly MeantDifference[] = [
  {
    what: /uploads|deletes a file|embeddings from a file/,
    at: /^[01]\.header\.x-goog-upload-file-name$/,
    why: 'The display name says what the file is; its name on this machine is nobody’s business.',
  },
  {
    what: /uploads|deletes a file|embeddings from a file/,
    at: /^1\.header\.content-type$/,
    why: 'The SDK says application/json of every body; a piece of a file is none.',
  },
  {
    what: /^deletes a (file|job)$/,
    at: /^[12]\.body$/,
    why: 'The SDK sends {} with DELETE; the reference asks for an empty body, and proxies dislike one there.',
  },
  {
    what: /^creates an inline job of embeddings$/,
    at: /\.metadata\.key$/,
    why: 'The SDK cannot send keys with embeddings; we can, so results are joined by key and not by position.',
  },
  {
    what: /^downloads results$/,
    at: /^1\.path$/,
    why: 'The guide’s path for media; the client goes on to the SDK’s where that is not served.',
  },
  {
    what: /^counts tokens$/,
    at: /^0\.body\./,
    why: 'The SDK counts the contents only; we count the whole request, system instruction and tools included.',
  },
  {
    what: /^tries an embedding$/,
    at: /^0\.(path$|body\.)/,
    why: 'The SDK asks for many embeddings at once even for one; we send the one request as it stands in the line.',
  },
];

interface Intent {
  readonly what: string;
  ours(service: GeminiService, given: Given): Promise<unknown>;
  theirs(ai: Ai, given: Given): Promise<unknown>;
}

const model = 'gemini-3.5-flash';
const embeddingModel = 'gemini-embedding-001';
const request = {
  contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
  systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
  generationConfig: { temperature: 0.5, maxOutputTokens: 100 },
};

/** Lets the given job finish; the requests for that are the same on both sides. */
async function finish(service: GeminiService, { place, job }: Given): Promise<RemoteJob> {
  place.sandbox.control.setSpeed(10_000);
  await until(
    () => fetch(`${place.sandbox.url}/v1beta/${job}?key=sandbox`).then((answer) => answer.json()),
    (operation) => (operation as { done?: boolean }).done === true,
  );
  return service.getJob(job);
}

async function finishWith(ai: Ai, given: Given): Promise<{ name: string }> {
  given.place.sandbox.control.setSpeed(10_000);
  await until(
    () => fetch(`${given.place.sandbox.url}/v1beta/${given.job}?key=sandbox`).then((answer) => answer.json()),
    (operation) => (operation as { done?: boolean }).done === true,
  );
  await ai.batches.get({ name: given.job });
  return { name: given.job };
}

async function drain(pager: AsyncIterable<unknown>): Promise<void> {
  const pages = pager[Symbol.asyncIterator]();
  while ((await pages.next()).done !== true);
}

const intents: readonly Intent[] = [
  {
    what: 'uploads a file',
    ours: (service, { path }) => service.uploadFile(path, { displayName: 'n' }),
    theirs: (ai, { path }) =>
      ai.files.upload({ file: path, config: { mimeType: 'application/jsonl', displayName: 'n' } }),
  },
  {
    what: 'reads a file',
    ours: (service, { file }) => service.getFile(file),
    theirs: (ai, { file }) => ai.files.get({ name: file }),
  },
  {
    what: 'lists files',
    ours: (service) => service.listFiles(),
    theirs: async (ai) => drain(await ai.files.list({ config: { pageSize: 100 } })),
  },
  {
    what: 'deletes a file',
    ours: async (service, { path }) =>
      service.deleteFile((await service.uploadFile(path, { displayName: 'x' })).name),
    theirs: async (ai, { path }) =>
      ai.files.delete({
        name:
          (await ai.files.upload({ file: path, config: { mimeType: 'application/jsonl', displayName: 'x' } }))
            .name ?? '',
      }),
  },
  {
    what: 'creates a job from a file',
    ours: (service, { file }) =>
      service.createJob({ model, dialect: 'gemini', displayName: 'd', input: { kind: 'file', file } }),
    theirs: (ai, { file }) => ai.batches.create({ model, src: file, config: { displayName: 'd' } }),
  },
  {
    what: 'creates a job with a webhook',
    ours: (service, { file }) =>
      service.createJob({
        model,
        dialect: 'gemini',
        displayName: 'd',
        input: { kind: 'file', file },
        webhook: { uris: ['http://127.0.0.1:9/'], userMetadata: { token: 't' } },
      }),
    theirs: (ai, { file }) =>
      ai.batches.create({
        model,
        src: file,
        config: {
          displayName: 'd',
          webhookConfig: { uris: ['http://127.0.0.1:9/'], userMetadata: { token: 't' } },
        },
      }),
  },
  {
    what: 'creates an inline job',
    ours: (service, { path }) =>
      service.createJob({ model, dialect: 'gemini', displayName: 'd', input: { kind: 'inline', path } }),
    theirs: (ai) =>
      ai.batches.create({
        model,
        src: ['a', 'b'].map((key) => ({
          contents: request.contents,
          metadata: { key },
          config: { systemInstruction: request.systemInstruction, ...request.generationConfig },
        })),
        config: { displayName: 'd' },
      }),
  },
  {
    what: 'creates a job of embeddings from a file',
    ours: async (service, { place }) => {
      const path = place.file('embed.jsonl');
      await writeFile(path, '{"key":"e","request":{"content":{"parts":[{"text":"x"}]}}}');
      const { name } = await service.uploadFile(path, { displayName: 'e' });
      return service.createJob({
        model: embeddingModel,
        dialect: 'gemini-embed',
        displayName: 'd',
        input: { kind: 'file', file: name },
      });
    },
    theirs: async (ai, { place }) => {
      const path = place.file('embed.jsonl');
      await writeFile(path, '{"key":"e","request":{"content":{"parts":[{"text":"x"}]}}}');
      const { name } = await ai.files.upload({
        file: path,
        config: { mimeType: 'application/jsonl', displayName: 'e' },
      });
      return ai.batches.createEmbeddings({
        model: embeddingModel,
        src: { fileName: name ?? '' },
        config: { displayName: 'd' },
      });
    },
  },
  {
    what: 'creates an inline job of embeddings',
    ours: async (service, { place }) => {
      const path = place.file('embed.jsonl');
      await writeFile(
        path,
        '{"key":"e","request":{"content":{"role":"user","parts":[{"text":"x"}]},"outputDimensionality":8}}',
      );
      return service.createJob({
        model: embeddingModel,
        dialect: 'gemini-embed',
        displayName: 'd',
        input: { kind: 'inline', path },
      });
    },
    theirs: (ai) =>
      ai.batches.createEmbeddings({
        model: embeddingModel,
        src: { inlinedRequests: { contents: ['x'], config: { outputDimensionality: 8 } } },
        config: { displayName: 'd' },
      }),
  },
  {
    what: 'reads a job',
    ours: (service, { job }) => service.getJob(job),
    theirs: (ai, { job }) => ai.batches.get({ name: job }),
  },
  {
    what: 'lists jobs',
    ours: (service) => service.listJobs(),
    theirs: async (ai) => drain(await ai.batches.list({ config: { pageSize: 100 } })),
  },
  {
    what: 'cancels a job',
    ours: (service, { job }) => service.cancelJob(job),
    theirs: (ai, { job }) => ai.batches.cancel({ name: job }),
  },
  {
    what: 'deletes a job',
    ours: async (service, { file }) => {
      const { name } = await service.createJob({
        model,
        dialect: 'gemini',
        displayName: 'd',
        input: { kind: 'file', file },
      });
      await service.deleteJob(name);
    },
    theirs: async (ai, { file }) => {
      const { name } = await ai.batches.create({ model, src: file, config: { displayName: 'd' } });
      await ai.batches.delete({ name: name ?? '' });
    },
  },
  {
    what: 'downloads results',
    ours: async (service, given) =>
      service.downloadResults(await finish(service, given), given.place.file('ours.jsonl')),
    theirs: async (ai, given) => {
      const { name } = await finishWith(ai, given);
      await ai.files.download({
        file: name.replace('batches/', 'files/batch-'),
        downloadPath: given.place.file('theirs.jsonl'),
      });
    },
  },
  {
    what: 'lists models',
    ours: (service) => service.listModels(),
    theirs: async (ai) => drain(await ai.models.list({ config: { pageSize: 1000 } })),
  },
  {
    what: 'counts tokens',
    ours: (service) => service.countTokens(model, 'gemini', JSON.stringify({ contents: request.contents })),
    theirs: (ai) => ai.models.countTokens({ model, contents: request.contents }),
  },
  {
    what: 'tries a request',
    ours: (service) => service.tryRequest(model, 'gemini', JSON.stringify(request)),
    theirs: (ai) =>
      ai.models.generateContent({
        model,
        contents: request.contents,
        config: { systemInstruction: request.systemInstruction, ...request.generationConfig },
      }),
  },
  {
    what: 'tries an embedding',
    ours: (service) =>
      service.tryRequest(
        embeddingModel,
        'gemini-embed',
        '{"content":{"role":"user","parts":[{"text":"x"}]}}',
      ),
    theirs: (ai) => ai.models.embedContent({ model: embeddingModel, contents: 'x' }),
  },
  {
    what: 'lists cached contents',
    ours: (service) => service.listCachedContents(),
    theirs: async (ai) => drain(await ai.caches.list({ config: { pageSize: 1000 } })),
  },
  {
    what: 'creates a webhook',
    ours: (service) =>
      service.webhooks.create({ label: 'n', uri: 'http://127.0.0.1:9/', events: ['batch.failed'] }),
    theirs: (ai) =>
      ai.webhooks.create({ name: 'n', uri: 'http://127.0.0.1:9/', subscribed_events: ['batch.failed'] }),
  },
  {
    what: 'lists webhooks',
    ours: (service) => service.webhooks.list(),
    theirs: (ai) => ai.webhooks.list({ page_size: 1000 }),
  },
  {
    what: 'reads a webhook',
    ours: (service, { webhook }) => service.webhooks.get(webhook),
    theirs: (ai, { webhook }) => ai.webhooks.get(webhook),
  },
  {
    what: 'disables a webhook',
    ours: (service, { webhook }) => service.webhooks.update(webhook, { state: 'disabled' }),
    theirs: (ai, { webhook }) => ai.webhooks.update(webhook, { state: 'disabled', update_mask: 'state' }),
  },
  {
    what: 'pings a webhook',
    ours: (service, { webhook }) => service.webhooks.ping(webhook),
    theirs: (ai, { webhook }) => ai.webhooks.ping(webhook),
  },
  {
    what: 'rotates a secret',
    ours: (service, { webhook }) => service.webhooks.rotateSecret(webhook, 'after24h'),
    theirs: (ai, { webhook }) =>
      ai.webhooks.rotateSigningSecret(webhook, { revocation_behavior: 'revoke_previous_secrets_after_h24' }),
  },
  {
    what: 'deletes a webhook',
    ours: async (service) => {
      const { webhook } = await service.webhooks.create({
        label: 'n',
        uri: 'http://127.0.0.1:9/',
        events: ['batch.failed'],
      });
      await service.webhooks.delete(webhook.id);
    },
    theirs: async (ai) => {
      const { id } = await ai.webhooks.create({
        name: 'n',
        uri: 'http://127.0.0.1:9/',
        subscribed_events: ['batch.failed'],
      });
      await ai.webhooks.delete(id ?? '');
    },
  },
];

for (const [name, sdk, apiVersion] of [
  ['@google/genai 3', current, 'v1'],
  ['@google/genai 2', previous as unknown as typeof current, 'v1beta'],
] as const)
  describe(`our client sends what ${name} sends`, () => {
    const place = usePlace({ speed: 0 });
    let recorder: Recorder;
    let transport: Transport;
    let service: GeminiService;
    let ai: Ai;
    let given: Given;
    const comparison = new Comparison(meant);
    beforeEach(async () => {
      recorder = await Recorder.open(place().sandbox.url);
      transport = createTransport();
      service = geminiUnderTest(transport, recorder.url, { apiVersion });
      ai = new sdk.GoogleGenAI({ apiKey: 'sandbox', httpOptions: { baseUrl: recorder.url } });
      const path = place().file('requests.jsonl');
      await writeFile(
        path,
        `${JSON.stringify({ key: 'a', request })}\n${JSON.stringify({ key: 'b', request })}\n`,
      );
      const file = await service.uploadFile(path, { displayName: 'given' });
      const input = { kind: 'file', file: file.name } as const;
      const job = await service.createJob({ model, dialect: 'gemini', displayName: 'given', input });
      const { webhook } = await service.webhooks.create({
        label: 'w',
        uri: 'http://127.0.0.1:9/',
        events: ['batch.failed'],
      });
      given = { place: place(), path, file: file.name, job: job.name, webhook: webhook.id };
      recorder.take();
    });
    afterEach(() => {
      transport.dispose();
      recorder.close();
    });

    for (const intent of intents)
      it(intent.what, async () => {
        await intent.theirs(ai, given);
        const theirs = recorder.take();
        await intent.ours(service, given);
        const ours = recorder.take();
        assert.ok(ours.length > 0);
        assert.deepEqual(comparison.unmeant(intent.what, ours, theirs), []);
      });

    it('differs nowhere else, and everywhere it says it does', () => {
      assert.deepEqual(comparison.unused(), []);
    });
  });
