import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import { TransportError } from '../../../src/http/transport';
import { createBatchService } from '../../../src/openai/createService';
import type { BatchService } from '../../../src/shared/batchService';
import type { RemoteJob } from '../../../src/shared/job';
import { silentLogger } from '../../../src/util/logger';
import {
  HurryingClock,
  ScriptedTransport,
  type ScriptedAnswer,
  type SentRequest,
} from '../../support/scriptedTransport';
import { TemporaryFolder } from '../../support/temporary';

const cut = new TransportError('The connection broke off.', 'exchange', 'SOCKET');
const json = (value: unknown): ScriptedAnswer => ({ body: JSON.stringify(value) });

function essence({ method, url, body }: SentRequest): string {
  return `${method} ${url.replace('https://api.test', '')}${body === undefined ? '' : ` ${body}`}`;
}

const batch = {
  id: 'batch_1',
  object: 'batch',
  endpoint: '/v1/chat/completions',
  input_file_id: 'file-in',
  completion_window: '24h',
  status: 'completed',
  output_file_id: 'file-out',
  error_file_id: 'file-err',
  created_at: 1_767_225_600,
  in_progress_at: 1_767_225_610,
  completed_at: 1_767_225_700,
  request_counts: { total: 3, completed: 2, failed: 1 },
  metadata: { display_name: 'nightly', model: 'gpt-5-mini' },
};
const job: RemoteJob = {
  name: 'batch_1',
  displayName: 'nightly',
  model: 'gpt-5-mini',
  dialect: 'openai',
  state: 'SUCCEEDED',
  counts: { total: 3, succeeded: 2, failed: 1, pending: 0 },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:01:40.000Z',
  endedAt: '2026-01-01T00:01:40.000Z',
  inputFile: 'file-in',
  output: { kind: 'file', file: 'file-out', errorFile: 'file-err' },
};

describe('OpenAI-compatible service', () => {
  let folder: TemporaryFolder;
  beforeEach(() => (folder = new TemporaryFolder()));
  afterEach(() => folder.remove());

  function scripted(...script: ConstructorParameters<typeof ScriptedTransport>[0]): {
    service: BatchService;
    sent: () => string[];
    transport: ScriptedTransport;
  } {
    const transport = new ScriptedTransport(script);
    const service = createBatchService({
      connection: { id: 'o', label: 'O', family: 'openai', baseUrl: 'https://api.test', apiVersion: 'v1' },
      transport,
      key: () => Promise.resolve('sk-test'),
      logger: silentLogger,
      clock: new HurryingClock(),
      random: () => 0.5,
    });
    return { service, sent: () => transport.sent.map(essence), transport };
  }

  it('sends its key as a bearer token only', async () => {
    const { service, transport } = scripted(json({ data: [{ id: 'gpt-5-mini' }, {}] }));
    assert.deepEqual(await service.listModels(), [
      { id: 'gpt-5-mini', label: 'gpt-5-mini', batchDialects: ['openai'] },
    ]);
    assert.equal(transport.sent[0]?.url, 'https://api.test/v1/models');
    assert.equal(transport.sent[0].headers?.authorization, 'Bearer sk-test');
    assert.equal(transport.sent[0].headers['x-goog-api-key'], undefined);
  });

  it('names the models of the connection without asking', async () => {
    const transport = new ScriptedTransport([{ status: 404 }]);
    const connection = {
      id: 'o',
      label: 'O',
      family: 'openai',
      baseUrl: 'https://api.test',
      apiVersion: 'v1',
    } as const;
    const service = createBatchService({
      connection: { ...connection, models: ['llama-4'] },
      transport,
      key: () => Promise.resolve('sk-test'),
      logger: silentLogger,
    });
    assert.deepEqual(await service.listModels(), [
      { id: 'llama-4', label: 'llama-4', batchDialects: ['openai'] },
    ]);
    assert.equal(transport.sent.length, 0);
  });

  it('does not double a version that the address ends with', async () => {
    const transport = new ScriptedTransport([json({ data: [] })]);
    const service = createBatchService({
      connection: { id: 'o', label: 'O', family: 'openai', baseUrl: 'https://api.test/v1', apiVersion: 'v1' },
      transport,
      key: () => Promise.resolve('sk-test'),
      logger: silentLogger,
    });
    await service.listModels();
    assert.equal(transport.sent[0]?.url, 'https://api.test/v1/models');
  });

  it('says what it cannot do', async () => {
    const { service } = scripted();
    assert.equal(service.family, 'openai');
    assert.equal(service.capabilities.deleteJob, false);
    assert.equal(service.capabilities.maxRows, 50_000);
    assert.equal(service.capabilities.maxFileBytes, 209_715_200);
    assert.equal(service.webhooks, undefined);
    assert.ok(!('countTokens' in service));
    await assert.rejects(service.deleteJob('batch_1'), { kind: 'invalid', reason: 'NOT_OFFERED' });
  });

  describe('jobs', () => {
    it('are read', async () => {
      const { service, sent } = scripted(json(batch));
      assert.deepEqual(await service.getJob('batch_1'), job);
      assert.deepEqual(sent(), ['GET /v1/batches/batch_1']);
    });

    const states: readonly [status: string, state: string][] = [
      ['validating', 'PENDING'],
      ['in_progress', 'RUNNING'],
      ['finalizing', 'RUNNING'],
      ['completed', 'SUCCEEDED'],
      ['COMPLETED', 'SUCCEEDED'],
      ['success', 'SUCCEEDED'],
      ['RUNNING', 'RUNNING'],
      ['failed', 'FAILED'],
      ['expired', 'EXPIRED'],
      ['cancelling', 'CANCELLING'],
      ['cancelled', 'CANCELLED'],
      ['on_hold', 'ON_HOLD'],
    ];
    for (const [status, state] of states)
      it(`are ${state} when ${status}`, async () => {
        assert.equal((await scripted(json({ ...batch, status })).service.getJob('x')).state, state);
      });

    for (const createdAt of ['1767225600', '2026-01-01T00:00:00Z', 1_767_225_600.0])
      it(`are as old as ${JSON.stringify(createdAt)} says`, async () => {
        const job = await scripted(json({ ...batch, created_at: createdAt })).service.getJob('x');
        assert.equal(job.createdAt, '2026-01-01T00:00:00.000Z');
      });

    it('are listed where a service gives the bare list, too', async () => {
      const { service, transport } = scripted(json([batch, { ...batch, id: 'batch_2' }, 'odd']));
      assert.equal((await service.listJobs()).length, 2);
      assert.equal(transport.sent.length, 1);
    });

    for (const odd of [{ status: 'login required' }, { object: 'error', message: 'x' }, { data: 'x' }, 'ok'])
      it(`are not taken from ${JSON.stringify(odd)}`, async () => {
        const { service } = scripted(json(odd));
        await assert.rejects(service.listJobs(), { kind: 'protocol' });
        await assert.rejects(service.cancelJob('batch_1'), { kind: 'protocol' });
      });

    it('are read from sparse answers', async () => {
      const { service } = scripted(
        json({ id: 'b', errors: null, output_file_id: null, request_counts: null }),
      );
      assert.deepEqual(await service.getJob('b'), {
        name: 'b',
        displayName: '',
        model: '',
        dialect: 'openai',
        state: 'PENDING',
        counts: { total: 0, succeeded: 0, failed: 0, pending: 0 },
      });
    });

    it('tell which lines were refused', async () => {
      const errors = {
        object: 'list',
        data: [
          { code: 'invalid_json_line', message: 'This line is not parseable as valid JSON.', line: 2 },
          { code: 'empty_file', message: null, line: null },
        ],
      };
      const failed = await scripted(json({ ...batch, status: 'failed', errors })).service.getJob('x');
      assert.equal(
        failed.error?.message,
        'Error on line 2: This line is not parseable as valid JSON.\nempty_file',
      );
    });

    it('of which every row failed have only an error file', async () => {
      const failed = await scripted(json({ ...batch, output_file_id: null })).service.getJob('x');
      assert.deepEqual(failed.output, { kind: 'file', file: 'file-err' });
    });

    it('are listed from all pages, newest first, also where a service ignores the cursor', async () => {
      const page = (id: string, created_at: number, has_more: boolean) =>
        json({ data: [{ ...batch, id, created_at }], has_more, last_id: id });
      const { service, sent } = scripted(page('a', 1, true), page('b', 2, false));
      assert.deepEqual(
        (await service.listJobs()).map(({ name }) => name),
        ['b', 'a'],
      );
      assert.deepEqual(sent(), ['GET /v1/batches?limit=100', 'GET /v1/batches?limit=100&after=a']);
      const stubborn = scripted(page('a', 1, true));
      assert.equal((await stubborn.service.listJobs()).length, 1);
      assert.equal(stubborn.transport.sent.length, 2);
      assert.equal((await scripted(page('a', 1, true)).service.listJobs({ limit: 1 })).length, 1);
    });

    it('are created once, with the endpoint of their lines', async () => {
      const request = {
        model: 'gpt-5-mini',
        dialect: 'openai',
        displayName: 'nightly',
        input: { kind: 'file', file: 'file-in' },
      } as const;
      const { service, sent, transport } = scripted(json(batch), json(batch), { status: 503 });
      await service.createJob(request);
      await service.createJob({ ...request, endpoint: '/v1/embeddings' });
      await assert.rejects(service.createJob(request), { kind: 'unavailable', ambiguous: true });
      assert.equal(transport.sent.length, 3);
      assert.equal(
        sent()[0],
        'POST /v1/batches {"input_file_id":"file-in","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"display_name":"nightly","model":"gpt-5-mini"}}',
      );
      assert.match(sent()[1] ?? '', /"endpoint":"\/v1\/embeddings"/);
      await assert.rejects(service.createJob({ ...request, input: { kind: 'inline', path: 'x' } }), {
        reason: 'NOT_OFFERED',
      });
    });

    it('are cancelled', async () => {
      const { service, sent } = scripted(json(batch));
      await service.cancelJob('batch_1');
      assert.deepEqual(sent(), ['POST /v1/batches/batch_1/cancel']);
    });
  });

  describe('uploads', () => {
    const content = '{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"input":"x"}}\n';
    const uploaded = json({
      id: 'file-in',
      bytes: content.length,
      filename: 'n "1".jsonl',
      status: 'processed',
    });
    const upload = (service: BatchService) =>
      service.uploadFile(folder.write('in.jsonl', content), { displayName: 'n "1"' });

    it('go as one form, with progress', async () => {
      const { service, transport } = scripted(uploaded);
      const seen: number[] = [];
      const file = await service.uploadFile(folder.write('in.jsonl', content), {
        displayName: 'n "1"',
        onProgress: ({ bytes }) => seen.push(bytes),
      });
      assert.deepEqual(file, {
        name: 'file-in',
        sizeBytes: content.length,
        state: 'ACTIVE',
        displayName: 'n "1"',
      });
      const sent = transport.sent[0]!;
      const boundary = /boundary=(.+)$/.exec(sent.headers?.['content-type'] ?? '')?.[1] ?? '';
      assert.equal(
        sent.body,
        `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n` +
          `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="n %221%22.jsonl"\r\n` +
          `content-type: application/jsonl\r\n\r\n${content}\r\n--${boundary}--\r\n`,
      );
      assert.deepEqual(seen, [content.length]);
    });

    it('go again after a break, unless they arrived', async () => {
      const again = scripted({ failure: cut }, json({ data: [] }), uploaded);
      assert.equal((await upload(again.service)).name, 'file-in');
      const listed = { id: 'file-in', bytes: content.length, filename: 'n "1".jsonl' };
      const arrived = scripted({ status: 503 }, json({ data: [{ ...listed, bytes: 1 }, listed] }));
      assert.equal((await upload(arrived.service)).name, 'file-in');
      assert.equal(arrived.transport.sent.length, 2);
    });

    it('do not go for ever, nor after a refusal', async () => {
      const { service, transport } = scripted((request) =>
        request.method === 'GET' ? json({ data: [] }) : { status: 503 },
      );
      await assert.rejects(upload(service), { kind: 'unavailable' });
      assert.equal(transport.sent.filter(({ method }) => method === 'POST').length, 5);
      await assert.rejects(upload(scripted({ status: 400 }).service), { kind: 'invalid' });
    });

    it('stop when the file changes or arrives with another size', async () => {
      const path = folder.write('in.jsonl', content);
      const { service } = scripted(() => {
        utimesSync(path, 1, 1);
        return uploaded;
      });
      await assert.rejects(service.uploadFile(path, { displayName: 'n' }), { reason: 'FILE_CHANGED' });
      const other = scripted(json({ id: 'f', bytes: 3 }));
      await assert.rejects(upload(other.service), { reason: 'UPLOAD_DIFFERS' });
      assert.equal(other.transport.sent.length, 1);
    });
  });

  it('reads, lists and deletes files', async () => {
    const file = {
      id: 'file-1',
      bytes: 5,
      created_at: 1_767_225_600,
      expires_at: 1_767_225_700,
      filename: 'a.jsonl',
      status: 'error',
    };
    const { service, sent } = scripted(
      json(file),
      json({ data: [file], has_more: true }),
      json({ data: [] }),
      json({}),
    );
    assert.deepEqual(await service.getFile('file-1'), {
      name: 'file-1',
      sizeBytes: 5,
      state: 'FAILED',
      displayName: 'a',
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:01:40.000Z',
    });
    assert.equal((await service.listFiles()).length, 1);
    await service.deleteFile('file-1');
    assert.deepEqual(sent(), [
      'GET /v1/files/file-1',
      'GET /v1/files?purpose=batch&limit=1000',
      'GET /v1/files?purpose=batch&limit=1000&after=file-1',
      'DELETE /v1/files/file-1',
    ]);
  });

  describe('results', () => {
    const output = '{"custom_id":"a"}\n{"custom_id":"b"}';
    const errors = '{"custom_id":"c","error":{}}\n';

    it('of output and error file become one', async () => {
      const { service, sent } = scripted({ body: output }, { body: errors, failure: cut }, { body: errors });
      const target = folder.at('out.jsonl');
      const result = await service.downloadResults(job, target);
      assert.equal(readFileSync(target, 'utf8'), `${output}\n${errors}`);
      assert.deepEqual(result, { path: target, sizeBytes: output.length + errors.length + 1, rows: 3 });
      assert.deepEqual(sent(), [
        'GET /v1/files/file-out/content',
        'GET /v1/files/file-err/content',
        'GET /v1/files/file-err/content',
      ]);
    });

    it('that are late are waited for, those of a failed job are not', async () => {
      const late = json({ ...batch, output_file_id: null, error_file_id: null });
      const early = Object.fromEntries(
        Object.entries(job).filter(([name]) => name !== 'output'),
      ) as unknown as RemoteJob;
      const done = json({ ...batch, error_file_id: '' });
      const target = folder.at('out.jsonl');
      const result = await scripted(late, late, done, { body: output }).service.downloadResults(
        early,
        target,
      );
      assert.deepEqual([result.rows, result.announcedRows], [2, 3]);
      const failed = scripted(
        json({ ...batch, status: 'failed', output_file_id: null, error_file_id: null }),
      );
      await assert.rejects(failed.service.downloadResults(early, folder.at('none.jsonl')), {
        reason: 'NO_RESULTS',
      });
      assert.equal(failed.transport.sent.length, 1);
      await assert.rejects(scripted(late).service.downloadResults(early, folder.at('never.jsonl')), {
        advice: /late/,
      });
    });
  });

  it('tries one request at the address that its body asks for', async () => {
    const { service, sent } = scripted({ body: '{}' });
    for (const body of [
      '{"messages":[]}',
      '{"model":"text-embedding-3","input":"x"}',
      '{"model":"m","input":"x"}',
    ])
      assert.equal(await service.tryRequest?.('m', 'openai', body), '{}');
    assert.deepEqual(
      sent().map((line) => line.split(' ')[1]),
      ['/v1/chat/completions', '/v1/embeddings', '/v1/responses'],
    );
    for (const body of ['[]', '{'])
      await assert.rejects(async () => service.tryRequest?.('m', 'openai', body), { kind: 'invalid' });
  });
});
