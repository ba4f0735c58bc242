import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import OpenAI from 'openai';
import type { Transport } from '../../src/http/transport';
import { createTransport } from '../../src/http/undiciTransport';
import { createBatchService } from '../../src/openai/createService';
import type { BatchService } from '../../src/shared/batchService';
import type { Connection } from '../../src/shared/connection';
import { silentLogger } from '../../src/util/logger';
import { HurryingClock } from '../support/scriptedTransport';
import { Comparison, Recorder, type MeantDifference } from './recorder';
import { until, usePlace, type Place } from './support';

/** What both sides are given. */
interface Given {
  readonly place: Place;
  /** A request file on this machine, and as it was uploaded. */
  readonly path: string;
  readonly file: string;
  /** A job that has not begun, by our name and by the service's id. */
  readonly job: string;
  readonly id: string;
}

interface Intent {
  readonly what: string;
  ours(service: BatchService, given: Given): Promise<unknown>;
  theirs(ai: OpenAI, given: Given): Promise<unknown>;
}

const model = 'gemini-3.5-flash';
const body = { model, messages: [{ role: 'user' as const, content: 'Hello' }] };
const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body });
const metadata = { display_name: 'd', model };

const jobs: readonly Intent[] = [
  {
    what: 'creates a job',
    ours: (service, { file }) =>
      service.createJob({ model, dialect: 'openai', displayName: 'd', input: { kind: 'file', file } }),
    theirs: (ai, { file }) =>
      ai.batches.create({
        input_file_id: file,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        metadata,
      }),
  },
  {
    what: 'reads a job',
    ours: (service, { job }) => service.getJob(job),
    theirs: (ai, { id }) => ai.batches.retrieve(id),
  },
  {
    what: 'cancels a job',
    ours: (service, { job }) => service.cancelJob(job),
    theirs: (ai, { id }) => ai.batches.cancel(id),
  },
  {
    what: 'tries a request',
    ours: async (service) => service.tryRequest?.(model, 'openai', JSON.stringify(body)),
    theirs: (ai) => ai.chat.completions.create(body),
  },
  {
    what: 'tries an embedding',
    ours: async (service) =>
      service.tryRequest?.(
        'gemini-embedding-001',
        'openai',
        '{"model":"gemini-embedding-001","input":"x","encoding_format":"float"}',
      ),
    theirs: (ai) =>
      ai.embeddings.create({ model: 'gemini-embedding-001', input: 'x', encoding_format: 'float' }),
  },
];

const everything: readonly Intent[] = [
  ...jobs,
  {
    what: 'lists jobs',
    ours: (service) => service.listJobs(),
    theirs: (ai) => ai.batches.list({ limit: 100 }),
  },
  {
    what: 'uploads a file',
    ours: (service, { path }) => service.uploadFile(path, { displayName: 'requests' }),
    theirs: (ai, { path }) => ai.files.create({ file: createReadStream(path), purpose: 'batch' }),
  },
  {
    what: 'reads a file',
    ours: (service, { file }) => service.getFile(file),
    theirs: (ai, { file }) => ai.files.retrieve(file),
  },
  {
    what: 'lists files',
    ours: (service) => service.listFiles(),
    theirs: (ai) => ai.files.list({ purpose: 'batch', limit: 1_000 }),
  },
  {
    what: 'deletes a file',
    ours: (service, { file }) => service.deleteFile(file),
    theirs: async (ai, { place }) => ai.files.delete(await uploadAnother(place)),
  },
  {
    what: 'lists models',
    ours: (service) => service.listModels(),
    theirs: (ai) => ai.models.list(),
  },
  {
    what: 'downloads results',
    ours: async (service, given) => {
      await finish(given);
      return service.downloadResults(await service.getJob(given.job), given.place.file('ours.jsonl'));
    },
    theirs: async (ai, given) => {
      await finish(given);
      const { output_file_id: output } = await ai.batches.retrieve(given.id);
      return (await ai.files.content(output ?? '')).text();
    },
  },
];

const withoutBody: MeantDifference = {
  what: /^(?:reads|lists|cancels|deletes|downloads) /,
  at: /\.header\.content-type$/,
  why: 'The openai client names no content type where there is no body; ours names it always, as the official Gemini client does.',
};
const jsonLines: MeantDifference = {
  what: /^uploads a file$/,
  at: /\.form\.file\.content-type$/,
  why: 'The openai client calls any file a stream of bytes; ours says what it is.',
};

/** Past the recorder. */
async function uploadAnother(place: Place): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([line]), 'another.jsonl');
  const answer = await fetch(`${place.sandbox.url}/openai/v1/files`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox' },
    body: form,
  });
  return ((await answer.json()) as { id: string }).id;
}

async function finish({ place, id }: Given): Promise<void> {
  place.sandbox.control.setSpeed(10_000);
  const headers = { authorization: 'Bearer sandbox' };
  await until(
    () =>
      fetch(`${place.sandbox.url}/openai/v1/batches/${id}`, { headers }).then(
        (answer) => answer.json() as Promise<{ status: string }>,
      ),
    ({ status }) => status === 'completed',
  );
}

for (const { what, connection, base, intents, rules } of [
  {
    what: 'to a service of its kind',
    connection: { family: 'openai', path: '/openai', apiVersion: 'v1' },
    base: '/openai/v1',
    intents: everything,
    rules: [withoutBody, jsonLines],
  },
  {
    what: "to Gemini's compatible layer",
    connection: { family: 'gemini', path: '', apiVersion: 'v1beta' },
    base: '/v1beta/openai',
    intents: jobs,
    rules: [withoutBody],
  },
] as const)
  describe(`our client sends what openai sends, ${what}`, () => {
    const place = usePlace({ speed: 0 });
    const comparison = new Comparison(rules);
    let recorder: Recorder;
    let transport: Transport;
    let service: BatchService;
    let ai: OpenAI;
    let given: Given;
    beforeEach(async () => {
      recorder = await Recorder.open(place().sandbox.url);
      transport = createTransport();
      const { family, path: prefix, apiVersion } = connection;
      const to: Connection = { id: 'c', label: 'C', family, baseUrl: recorder.url + prefix, apiVersion };
      service = createBatchService({
        connection: to,
        transport,
        key: () => Promise.resolve('sandbox'),
        logger: silentLogger,
        clock: new HurryingClock(),
      });
      ai = new OpenAI({ apiKey: 'sandbox', baseURL: recorder.url + base, maxRetries: 0 });
      const path = place().file('requests.jsonl');
      await writeFile(path, `${line}\n`);
      const { name: file } = await service.uploadFile(path, { displayName: 'given' });
      const input = { kind: 'file', file } as const;
      const { name: job } = await service.createJob({ model, dialect: 'openai', displayName: 'g', input });
      given = { place: place(), path, file, job, id: job.replace(/^openai\//, '') };
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
