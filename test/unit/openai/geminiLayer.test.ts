import assert from 'node:assert/strict';
import { createBatchService } from '../../../src/openai/createService';
import { silentLogger } from '../../../src/util/logger';
import {
  HurryingClock,
  ScriptedTransport,
  type ScriptedAnswer,
  type SentRequest,
} from '../../support/scriptedTransport';
import { TemporaryFolder } from '../../support/temporary';

const json = (value: unknown): ScriptedAnswer => ({ body: JSON.stringify(value) });

function essence({ method, url, body }: SentRequest): string {
  return `${method} ${url.replace('https://api.test', '')}${body === undefined ? '' : ` ${body}`}`;
}

describe('OpenAI layer of the Gemini service', () => {
  function scripted(...script: ConstructorParameters<typeof ScriptedTransport>[0]) {
    const transport = new ScriptedTransport(script);
    const clock = new HurryingClock();
    const service = createBatchService({
      connection: {
        id: 'g',
        label: 'G',
        family: 'gemini',
        baseUrl: 'https://api.test',
        apiVersion: 'v1beta',
      },
      transport,
      key: () => Promise.resolve('k1'),
      logger: silentLogger,
      clock,
      random: () => 0.5,
    });
    return { service, clock, sent: () => transport.sent.map(essence), transport };
  }
  const layered = {
    id: 'batches/abc',
    input_file_id: 'files/in',
    output_file_id: 'files/batch-abc',
    error_file_id: null,
    status: 'completed',
    created_at: 1_767_225_600,
    request_counts: { total: 3, completed: 3, failed: 0 },
  };
  const operation = {
    name: 'batches/abc',
    metadata: { state: 'BATCH_STATE_RUNNING', createTime: '2026-01-02T00:00:00Z' },
  };

  it('creates jobs of its dialect with a bearer token, the others as ever', async () => {
    const { service, transport, sent } = scripted(json(layered), json(operation));
    const request = {
      model: 'gemini-3.5-flash',
      displayName: 'd',
      input: { kind: 'file', file: 'files/in' },
    } as const;
    const created = await service.createJob({
      ...request,
      dialect: 'openai',
      endpoint: '/v1/chat/completions',
    });
    assert.equal(created.name, 'openai/batches/abc');
    assert.equal(created.dialect, 'openai');
    await service.createJob({ ...request, dialect: 'gemini' });
    assert.match(sent()[0] ?? '', /^POST \/v1beta\/openai\/batches \{"input_file_id":"files\/in"/);
    assert.equal(transport.sent[0]?.headers?.authorization, 'Bearer k1');
    assert.match(sent()[1] ?? '', /:batchGenerateContent/);
    assert.equal(transport.sent[1]?.headers?.authorization, undefined);
    assert.equal(transport.sent[1]?.headers?.['x-goog-api-key'], 'k1');
  });

  it('reads, cancels, deletes and downloads by name', async () => {
    const folder = new TemporaryFolder();
    const { service, sent } = scripted(
      json(layered),
      json({}),
      json({}),
      json({}),
      { body: '{"error":{}}\n' },
      json(operation),
      json({}),
      { body: '{"error":{}}\n' },
    );
    const read = await service.getJob('openai/batches/abc');
    await service.cancelJob(read.name);
    await service.deleteJob(read.name);
    await service.deleteJob('openai/xyz');
    await service.downloadResults(read, folder.at('a.jsonl'));
    const own = await service.getJob('batches/abc');
    await service.cancelJob(own.name);
    await service.downloadResults(
      { ...own, output: { kind: 'file', file: 'files/f' } },
      folder.at('b.jsonl'),
    );
    folder.remove();
    assert.deepEqual(sent(), [
      'GET /v1beta/openai/batches/batches%2Fabc',
      'POST /v1beta/openai/batches/batches%2Fabc/cancel',
      'DELETE /v1beta/batches/abc',
      'DELETE /v1beta/batches/xyz',
      'GET /download/v1beta/files/batch-abc:download?alt=media',
      'GET /v1beta/batches/abc',
      'POST /v1beta/batches/abc:cancel {}',
      'GET /download/v1beta/files/f:download?alt=media',
    ]);
    await assert.rejects(async () => service.updateJob?.(read.name, {}), { reason: 'NOT_OFFERED' });
  });

  it('lists jobs of both kinds once, and asks for its own only while they matter', async () => {
    const other = { name: 'batches/zzz', metadata: { createTime: '2025-01-01T00:00:00Z' } };
    const answer = (data: unknown[]) => (request: SentRequest) =>
      json(request.url.includes('/openai/') ? { data } : { operations: [operation, other] });
    const both = scripted(answer([layered]));
    assert.deepEqual(
      (await both.service.listJobs()).map(({ name }) => name),
      ['openai/batches/abc', 'batches/zzz'],
    );
    assert.equal((await both.service.listJobs({ limit: 1 })).length, 1);
    const none = scripted(answer([]));
    await none.service.listJobs();
    await none.service.listJobs();
    assert.equal(none.transport.sent.length, 3);
    await none.service.getJob('openai/batches/abc').catch(() => undefined);
    const before = none.transport.sent.length;
    await none.service.listJobs();
    assert.equal(none.transport.sent.length, before + 2);
  });

  it('does without the list where the service has none, and not where it merely fails', async () => {
    const refusing = (status: number) => (request: SentRequest) =>
      request.url.includes('/openai/') ? { status } : json({ operations: [operation] });
    assert.equal((await scripted(refusing(404)).service.listJobs()).length, 1);
    await assert.rejects(scripted(refusing(503)).service.listJobs(), { kind: 'unavailable' });
  });

  it('passes everything else on', async () => {
    const { service, sent } = scripted((request) =>
      json(
        request.url.includes('/models?')
          ? {
              models: [
                { name: 'models/m', supportedGenerationMethods: ['batchGenerateContent'] },
                { name: 'models/n' },
              ],
            }
          : request.url.includes(':countTokens')
            ? { totalTokens: 3 }
            : { name: 'files/a', files: [], cachedContents: [], candidates: [], choices: [] },
      ),
    );
    assert.deepEqual(
      (await service.listModels()).map(({ batchDialects }) => batchDialects),
      [['gemini', 'openai'], []],
    );
    assert.deepEqual(service.capabilities.dialects, ['gemini', 'gemini-embed', 'openai']);
    await service.getFile('files/a');
    await service.listFiles();
    await service.deleteFile('files/a');
    await service.storageUsed?.();
    await service.listCachedContents?.();
    assert.equal(await service.countTokens?.('m', 'gemini', '{}'), 3);
    await assert.rejects(async () => service.countTokens?.('m', 'openai', '{}'), { reason: 'NOT_OFFERED' });
    await service.tryRequest?.('m', 'gemini', '{}');
    await service.tryRequest?.('m', 'openai', '{"messages":[]}');
    assert.deepEqual(sent().slice(-2), [
      'POST /v1beta/models/m:generateContent {}',
      'POST /v1beta/openai/chat/completions {"messages":[]}',
    ]);
    assert.ok(service.webhooks !== undefined);
  });
});
