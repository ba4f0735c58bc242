import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { toRemoteJob } from '../../../src/gemini/jobs';
import { allPages } from '../../../src/gemini/paging';
import type { GeminiService } from '../../../src/gemini/service';
import { operationSchema } from '../../../src/gemini/wire';
import { TransportError } from '../../../src/http/transport';
import { geminiUnderTest } from '../../support/geminiUnderTest';
import { ScriptedTransport, type ScriptedAnswer } from '../../support/scriptedTransport';
import { TemporaryFolder } from '../../support/temporary';

const size = 100_000;

/** What services that follow the same description do in other ways. */
describe('a Gemini service with other habits', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    folder = new TemporaryFolder();
    path = folder.at('requests.jsonl');
    writeFileSync(path, 'x'.repeat(size));
  });
  afterEach(() => folder.remove());

  const session = (url: string): ScriptedAnswer => ({ headers: { 'x-goog-upload-url': url } });
  const uploaded = { body: JSON.stringify({ file: { name: 'files/a', sizeBytes: String(size) } }) };
  const upload = (transport: ScriptedTransport, baseUrl?: string) =>
    geminiUnderTest(transport, baseUrl).uploadFile(path, { displayName: 'd' });

  describe('gives the address of an upload', () => {
    it('relative to its own', async () => {
      const transport = new ScriptedTransport([session('/up?upload_id=1'), uploaded]);
      await upload(transport);
      assert.equal(transport.sent[1]?.url, 'https://api.test/up?upload_id=1');
    });

    it('of another server, which does not get the key', async () => {
      const transport = new ScriptedTransport([session('https://upload.test/up'), uploaded]);
      await upload(transport);
      assert.equal(transport.sent[1]?.url, 'https://upload.test/up');
      assert.equal(transport.sent[1].headers?.['x-goog-api-key'], undefined);
    });

    for (const url of ['http://upload.test/up', 'https://127.0.0.1:1/up', 'http://['])
      it(`as ${url}, which is not used`, async () => {
        const transport = new ScriptedTransport([session(url)]);
        await assert.rejects(upload(transport), { kind: 'protocol' });
        assert.ok(transport.sent.every((sent) => sent.url.startsWith('https://api.test/')));
      });
  });

  describe('says how much of an upload it has', () => {
    const broken = { failure: new TransportError('x', 'exchange', 'SOCKET') };
    const answers: readonly [what: string, answer: ScriptedAnswer, offset: number][] = [
      ['in its own header', { headers: { 'x-goog-upload-size-received': '4242' } }, 4242],
      ['as a range with status 308', { status: 308, headers: { range: 'bytes=0-4241' } }, 4242],
      ['as nothing with status 308', { status: 308 }, 0],
      ['as nothing but "active"', { headers: { 'x-goog-upload-status': 'active' } }, 0],
    ];
    for (const [what, answer, offset] of answers)
      it(what, async () => {
        const transport = new ScriptedTransport([session('https://api.test/up'), broken, answer, uploaded]);
        await upload(transport);
        const last = transport.sent.at(-1);
        assert.equal(last?.headers?.['x-goog-upload-offset'], String(offset));
        assert.equal(last.body?.length, size - offset);
      });
  });

  it('takes a part of an upload, and says so with status 308', async () => {
    const transport = new ScriptedTransport([
      session('https://api.test/up'),
      { status: 308, headers: { range: 'bytes=0-41' } },
      { status: 308, headers: { range: 'bytes=0-41' } },
      uploaded,
    ]);
    await upload(transport);
    assert.equal(transport.sent.at(-1)?.headers?.['x-goog-upload-offset'], '42');
  });

  describe('hangs up on uploads that it does not want', () => {
    const whole = 600_000;
    const small = 262_144;
    /** What it has, and what it answers to a small piece. The whole rest at once breaks off until it has something. */
    function hangingUp(toSmall: () => ScriptedAnswer, received: () => number) {
      writeFileSync(path, 'x'.repeat(whole));
      return new ScriptedTransport([
        ({ headers }) => {
          switch (headers?.['x-goog-upload-command']) {
            case 'start':
              return session('https://api.test/up');
            case 'query':
              return { headers: { 'x-goog-upload-size-received': String(received()) } };
            case 'upload':
              return toSmall();
            default:
              return received() === 0
                ? { failure: new TransportError('x', 'exchange', 'EPIPE') }
                : { body: JSON.stringify({ file: { name: 'files/a', sizeBytes: String(whole) } }) };
          }
        },
      ]);
    }

    it('and says why when little is sent', async () => {
      const refusal = { status: 403, body: '{"error":{"message":"The project is suspended."}}' };
      const transport = hangingUp(
        () => refusal,
        () => 0,
      );
      await assert.rejects(upload(transport), {
        kind: 'auth',
        message: 'Could not upload the request file: The project is suspended.',
      });
      assert.equal(transport.sent.at(-1)?.body?.length, small);
    });

    it('and takes the rest after a small piece', async () => {
      let received = 0;
      const transport = hangingUp(
        () => {
          received = small;
          return {};
        },
        () => received,
      );
      assert.equal((await upload(transport)).name, 'files/a');
      assert.equal(transport.sent.at(-1)?.headers?.['x-goog-upload-offset'], String(small));
      assert.equal(transport.sent.at(-1)?.body?.length, whole - small);
    });
  });

  it('says no more of an uploaded file than its name', async () => {
    const transport = new ScriptedTransport([
      session('https://api.test/up'),
      { body: '{"file":{"name":"files/a"}}' },
    ]);
    assert.deepEqual(await upload(transport), { name: 'files/a', sizeBytes: size, state: 'ACTIVE' });
  });

  it('may check a whole request file before it answers to a creation', async () => {
    const transport = new ScriptedTransport([{ body: '{"name":"batches/a"}' }]);
    const input = { kind: 'file', file: 'files/a' } as const;
    await geminiUnderTest(transport).createJob({ model: 'm', dialect: 'gemini', displayName: 'd', input });
    assert.deepEqual(transport.sent[0]?.timeouts, { headersMs: 600_000 });
  });

  describe('describes a job', () => {
    const read = (value: unknown) => toRemoteJob(operationSchema.parse(value), false);

    it('as an operation with a name of its own', () => {
      assert.equal(read({ name: 'operations/7', metadata: { name: 'batches/a' } }).name, 'batches/a');
      assert.equal(read({ name: 'operations/7', metadata: {} }).name, 'operations/7');
    });

    for (const file of [
      'files/batch-a',
      'batch-a',
      'https://api.test/v1beta/files/batch-a',
      'https://api.test/v1beta/files/batch-a:download?alt=media',
    ])
      it(`with its results at ${file}`, () => {
        const job = read({ name: 'batches/a', response: { responsesFile: file } });
        assert.deepEqual(job.output, { kind: 'file', file: 'files/batch-a' });
      });

    it('with inline embeddings under a name of their own', async () => {
      const rows = '[{"response":{"embedding":{"values":[1]}},"metadata":{"key":"a"}}]';
      const transport = new ScriptedTransport([
        {
          body: `{"name":"batches/a","metadata":{"state":"JOB_STATE_SUCCEEDED"},"dest":{"inlinedEmbedContentResponses":${rows}}}`,
        },
      ]);
      const service = geminiUnderTest(transport);
      const job = await service.getJob('batches/a');
      assert.deepEqual(job.output, { kind: 'inline' });
      assert.equal((await service.downloadResults(job, folder.at('out.jsonl'))).rows, 1);
    });
  });

  describe('hides behind something that answers everything with 200 and JSON of its own', () => {
    const portal = { body: '{"status":"login required","url":"https://portal.test/"}' };
    const input = { kind: 'file', file: 'files/a' } as const;
    const calls: Readonly<Record<string, (service: GeminiService) => Promise<unknown>>> = {
      'listing jobs': (service) => service.listJobs(),
      'listing models': (service) => service.listModels(),
      'listing files': (service) => service.listFiles(),
      'listing cached contents': (service) => service.listCachedContents(),
      'listing webhooks': (service) => service.webhooks.list(),
      'reading a job': (service) => service.getJob('batches/a'),
      'reading a file': (service) => service.getFile('files/a'),
      'creating a job': (service) =>
        service.createJob({ model: 'm', dialect: 'gemini', displayName: 'd', input }),
      cancelling: (service) => service.cancelJob('batches/a'),
      'deleting a job': (service) => service.deleteJob('batches/a'),
      'deleting a file': (service) => service.deleteFile('files/a'),
      'counting tokens': (service) => service.countTokens('m', 'gemini', '{"contents":[]}'),
      'trying a request': (service) => service.tryRequest('m', 'gemini', '{"contents":[]}'),
      uploading: (service) => service.uploadFile(path, { displayName: 'd' }),
    };
    for (const [what, call] of Object.entries(calls))
      it(`and is not believed when ${what}`, async () => {
        await assert.rejects(call(geminiUnderTest(new ScriptedTransport([portal]))), {
          name: 'ServiceError',
          kind: 'protocol',
          advice: /login page or a proxy/,
        });
      });

    it('and leaves it open whether a job was created', async () => {
      const transport = new ScriptedTransport([portal]);
      await assert.rejects(
        geminiUnderTest(transport).createJob({ model: 'm', dialect: 'gemini', displayName: 'd', input }),
        { ambiguous: true, message: 'Could not create the job: the answer is none that this service gives.' },
      );
      assert.equal(transport.sent.length, 1);
    });
  });

  describe('lists jobs', () => {
    const list = (body: unknown) =>
      geminiUnderTest(new ScriptedTransport([{ body: JSON.stringify(body) }])).listJobs();

    for (const empty of [
      {},
      { operations: null },
      { operations: [], unreachable: [] },
      { nextPageToken: '' },
    ])
      it(`as ${JSON.stringify(empty)}, which is empty`, async () => {
        assert.deepEqual(await list(empty), []);
      });

    for (const odd of [
      [],
      null,
      'ok',
      { operations: 'none' },
      { operations: [{ title: 'x' }] },
      { operations: [{ name: 'John' }] },
      { operations: [{ name: 'batches/a' }], unreachable: ['europe'] },
    ])
      it(`as ${JSON.stringify(odd)}, which is not believed`, async () => {
        await assert.rejects(list(odd), { kind: 'protocol' });
      });

    it('with one among them that nobody can read', async () => {
      const jobs = await list({ operations: [{ title: 'x' }, { name: 'batches/a' }] });
      assert.deepEqual(
        jobs.map(({ name }) => name),
        ['batches/a'],
      );
    });
  });

  for (const body of ['', 'null', '{}', '{"name":"batches/a","done":true}', '{"deleted":true}'])
    it(`may say that it did something with: ${body}`, async () => {
      const service = geminiUnderTest(new ScriptedTransport([{ body }]));
      await service.deleteJob('batches/a');
      await service.cancelJob('batches/a');
    });

  it('may send an entry again where pages move on, and the same page under ever new tokens', async () => {
    const moving = [
      { name: 'batches/b' },
      { name: 'batches/a' },
      { name: 'batches/a', done: true },
      { name: 'batches/0' },
    ];
    const jobs = await geminiUnderTest(
      new ScriptedTransport(
        [0, 2].map((at) => ({
          body: JSON.stringify({
            operations: moving.slice(at, at + 2),
            ...(at === 0 && { nextPageToken: 'T' }),
          }),
        })),
      ),
    ).listJobs();
    assert.deepEqual(
      jobs.map(({ name, state }) => `${name} ${state}`),
      ['batches/b PENDING', 'batches/a SUCCEEDED', 'batches/0 PENDING'],
    );
    let token = 0;
    const same = new ScriptedTransport([
      () => ({
        body: JSON.stringify({ operations: [{ name: 'batches/a' }], nextPageToken: String((token += 1)) }),
      }),
    ]);
    assert.equal((await geminiUnderTest(same).listJobs()).length, 1);
    assert.equal(same.sent.length, 2);
  });

  it('may find pages too large', async () => {
    const transport = new ScriptedTransport([
      { status: 400, body: '{"error":{"code":400,"message":"page_size must be at most 50."}}' },
      { body: '{"operations":[{"name":"batches/a"}]}' },
    ]);
    assert.equal((await geminiUnderTest(transport).listJobs()).length, 1);
    assert.equal(transport.sent[1]?.url, 'https://api.test/v1beta/batches');
    const refusing = new ScriptedTransport([{ status: 400, body: '{"error":{"code":400,"message":"No."}}' }]);
    await assert.rejects(geminiUnderTest(refusing).listJobs(), { kind: 'invalid' });
    assert.equal(refusing.sent.length, 1);
  });

  it('may gather results for minutes before it sends the first of them', async () => {
    for (const output of [{ kind: 'file', file: 'files/f' }, { kind: 'inline' }] as const) {
      const inlined = { output: { inlinedResponses: { inlinedResponses: [{ key: 'a', response: {} }] } } };
      const body =
        output.kind === 'file' ? '{"key":"a"}\n' : JSON.stringify({ name: 'batches/a', metadata: inlined });
      const transport = new ScriptedTransport([{ body }]);
      const job = toRemoteJob(operationSchema.parse({ name: 'batches/a' }), false);
      await geminiUnderTest(transport).downloadResults({ ...job, output }, folder.at(`${output.kind}.jsonl`));
      assert.equal(transport.sent[0]?.timeouts?.headersMs, 300_000);
    }
  });

  it('may send empty pages, but not for ever', async () => {
    const pages = [[], ['a'], [], [], ['b']];
    const list = await allPages((token) => {
      const page = Number(token ?? 0);
      return Promise.resolve({
        entries: pages[page] ?? [],
        next: page + 1 < pages.length ? String(page + 1) : undefined,
      });
    }, String);
    assert.deepEqual(list, ['a', 'b']);
    let asked = 0;
    const endless = allPages(() => Promise.resolve({ entries: [], next: String((asked += 1)) }), String);
    await assert.rejects(endless, { kind: 'protocol', reason: 'ENDLESS_LIST' });
  });
});
