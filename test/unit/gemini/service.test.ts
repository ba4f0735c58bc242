import assert from 'node:assert/strict';
import type { SentRequest } from '../../support/scriptedTransport';
import { ScriptedTransport } from '../../support/scriptedTransport';
import { geminiUnderTest } from '../../support/geminiUnderTest';
import { TransportError } from '../../../src/http/transport';
import { wireFixture } from '../../support/wireFixture';

/** What matters of a request: method, path with query, body. */
function essence({ method, url, body }: SentRequest): string {
  return `${method} ${url.replace('https://api.test', '')}${body === undefined ? '' : ` ${body}`}`;
}

describe('Gemini service', () => {
  function scripted(...script: ConstructorParameters<typeof ScriptedTransport>[0]) {
    const transport = new ScriptedTransport(script);
    return { service: geminiUnderTest(transport), sent: () => transport.sent.map(essence), transport };
  }
  const json = (value: unknown) => ({ body: JSON.stringify(value) });

  it('lists models with what they can batch', async () => {
    const { service, sent } = scripted(
      json({
        models: [
          {
            name: 'models/gemini-3.5-flash',
            displayName: 'Gemini 3.5 Flash',
            description: 'Fast',
            inputTokenLimit: 1_048_576,
            outputTokenLimit: '65536',
            supportedGenerationMethods: ['generateContent', 'batchGenerateContent'],
          },
        ],
        nextPageToken: 'T2',
      }),
      json({
        models: [
          { name: 'models/gemini-embedding-001', supportedGenerationMethods: ['asyncBatchEmbedContent'] },
          { name: 'models/imagen-4' },
        ],
      }),
    );
    assert.deepEqual(await service.listModels(), [
      {
        id: 'gemini-3.5-flash',
        label: 'Gemini 3.5 Flash',
        description: 'Fast',
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        batchDialects: ['gemini'],
      },
      { id: 'gemini-embedding-001', label: 'gemini-embedding-001', batchDialects: ['gemini-embed'] },
      { id: 'imagen-4', label: 'imagen-4', batchDialects: [] },
    ]);
    assert.deepEqual(sent(), [
      'GET /v1beta/models?pageSize=1000',
      'GET /v1beta/models?pageSize=1000&pageToken=T2',
    ]);
  });

  describe('lists jobs', () => {
    const page = (name: string, second: number, nextPageToken?: string) =>
      json({
        operations: [
          { name, metadata: { createTime: `2026-01-01T00:00:0${second}.5Z`, state: 'BATCH_STATE_RUNNING' } },
        ],
        nextPageToken,
      });

    it('of all pages, newest first', async () => {
      const { service, sent } = scripted(page('batches/a', 1, 'T'), page('batches/b', 2, ''));
      assert.deepEqual(
        (await service.listJobs()).map(({ name }) => name),
        ['batches/b', 'batches/a'],
      );
      assert.deepEqual(sent(), [
        'GET /v1beta/batches?pageSize=100',
        'GET /v1beta/batches?pageSize=100&pageToken=T',
      ]);
    });

    it('up to a limit', async () => {
      const { service, sent } = scripted(page('batches/a', 1, 'T'));
      assert.equal((await service.listJobs({ limit: 1 })).length, 1);
      assert.deepEqual(sent(), ['GET /v1beta/batches?pageSize=1']);
    });

    it('of a service that repeats its page token, not for ever', async () => {
      const { service, transport } = scripted(page('batches/a', 1, 'T'));
      assert.equal((await service.listJobs()).length, 1);
      assert.equal(transport.sent.length, 2);
    });

    it('of an empty project', async () => {
      assert.deepEqual(await scripted(json({})).service.listJobs(), []);
    });
  });

  it('reads a job without holding its inline results', async () => {
    const { service, sent } = scripted({ body: wireFixture('inline-succeeded') });
    const job = await service.getJob('batches/4m855v7q30kc7gtzcigdg9m72o87s08w33vp');
    assert.deepEqual(job.output, { kind: 'inline' });
    assert.deepEqual(sent(), ['GET /v1beta/batches/4m855v7q30kc7gtzcigdg9m72o87s08w33vp']);
  });

  it('tries again when a job cannot be read', async () => {
    const { service, transport } = scripted(
      { body: '<html>' },
      { body: '{}' },
      { body: wireFixture('file-pending') },
    );
    assert.equal((await service.getJob('batches/x')).state, 'PENDING');
    assert.equal(transport.sent.length, 3);
  });

  describe('creates', () => {
    const request = {
      model: 'gemini-3.5-flash',
      dialect: 'gemini',
      displayName: 'n',
      input: { kind: 'file', file: 'files/a' },
    } as const;
    const created = { body: wireFixture('file-pending') };

    for (const [model, dialect, path] of [
      ['gemini-3.5-flash', 'gemini', 'models/gemini-3.5-flash:batchGenerateContent'],
      ['models/gemini-3.5-flash', 'gemini', 'models/gemini-3.5-flash:batchGenerateContent'],
      ['tunedModels/mine-1', 'gemini', 'tunedModels/mine-1:batchGenerateContent'],
      ['gemini-embedding-001', 'gemini-embed', 'models/gemini-embedding-001:asyncBatchEmbedContent'],
    ] as const)
      it(`${dialect} jobs of ${model}`, async () => {
        const { service, transport } = scripted(created);
        const job = await service.createJob({ ...request, model, dialect });
        assert.equal(job.name, 'batches/3a96ht58d9rd3fci7tg3qlrhlfawe5ykp6ge');
        assert.equal(transport.sent[0]?.url, `https://api.test/v1beta/${path}`);
      });

    it('once, unless the service cannot have seen it', async () => {
      const refused = new TransportError('x', 'connect', 'ECONNREFUSED');
      const { service, transport } = scripted({ status: 429 }, { failure: refused }, created);
      await service.createJob(request);
      assert.equal(transport.sent.length, 3);
    });

    for (const [what, answer] of [
      ['a 503', { status: 503 }],
      ['a lost answer', { failure: new TransportError('x', 'exchange', 'SOCKET') }],
      ['an answer that breaks off', { body: '{"name":"batches/a"' }],
      ['an answer without a name', { body: '{}' }],
    ] as const)
      it(`once, and leaves it open what happened, after ${what}`, async () => {
        const { service, transport } = scripted(answer, created);
        await assert.rejects(service.createJob(request), { ambiguous: true });
        assert.equal(transport.sent.length, 1);
      });

    it('with the lines that the service refused', async () => {
      const message = "Error on line 2: invalid JSON, near column 9: no such field: 'config'";
      const { service } = scripted({ status: 400, ...json({ error: { code: 400, message } }) });
      await assert.rejects(service.createJob(request), {
        kind: 'invalid',
        ambiguous: false,
        lineErrors: [{ line: 2, column: 9, reason: "no such field: 'config'", field: 'config' }],
      });
    });
  });

  it('cancels, deletes and changes jobs', async () => {
    const { service, sent } = scripted(json({}), json({}), { body: wireFixture('file-pending') });
    await service.cancelJob('batches/a');
    await service.deleteJob('batches/a');
    const changed = await service.updateJob('batches/a', { priority: 3, displayName: 'x' });
    assert.equal(changed.state, 'PENDING');
    assert.deepEqual(sent(), [
      'POST /v1beta/batches/a:cancel {}',
      'DELETE /v1beta/batches/a',
      'GET /v1beta/batches/a',
      'PATCH /v1beta/batches/a:updateGenerateContentBatch?updateMask=displayName%2Cpriority {"name":"batches/a","displayName":"x","priority":"3"}',
      'GET /v1beta/batches/a',
    ]);
  });

  it('changes embedding jobs at their own address', async () => {
    const { service, sent } = scripted({ body: wireFixture('embed-inline-succeeded') });
    await service.updateJob('batches/emb', { displayName: 'x' });
    assert.match(
      sent()[1] ?? '',
      /^PATCH \/v1beta\/batches\/emb:updateEmbedContentBatch\?updateMask=displayName /,
    );
  });

  it('reads, lists, counts and deletes files', async () => {
    const { file } = JSON.parse(wireFixture('uploaded-file')) as { file: object };
    const { service, sent } = scripted(
      json(file),
      json({ files: [file, { name: 'files/b', sizeBytes: 98 }], nextPageToken: 'T' }),
      json({ files: [] }),
      json({}),
    );
    assert.deepEqual(await service.getFile('files/t5snrshrqff1'), {
      name: 'files/t5snrshrqff1',
      mimeType: 'jsonl',
      sizeBytes: 202,
      createdAt: '2026-09-10T13:37:39.328452Z',
      expiresAt: '2026-09-12T13:37:39.053649Z',
      sha256: '597b96e5c7d2b0d01acdc80dd0bcd653da099bb26d8106b12d870edadf2837fc',
      uri: 'https://generativelanguage.googleapis.com/v1beta/files/t5snrshrqff1',
      state: 'ACTIVE',
    });
    assert.deepEqual(await service.storageUsed(), { files: 2, bytes: 300, limitBytes: 21_474_836_480 });
    await service.deleteFile('files/b');
    assert.deepEqual(sent(), [
      'GET /v1beta/files/t5snrshrqff1',
      'GET /v1beta/files?pageSize=100',
      'GET /v1beta/files?pageSize=100&pageToken=T',
      'DELETE /v1beta/files/b',
    ]);
  });

  it('ignores a hash it cannot read', async () => {
    const { service } = scripted(json({ name: 'files/a', sha256Hash: 'zzz' }));
    assert.equal((await service.getFile('files/a')).sha256, undefined);
  });

  it('counts the tokens of one request, whose text stays as it is', async () => {
    const { service, sent } = scripted(json({ totalTokens: 7 }));
    const request = '{"contents":[{"parts":[{"text":"\\u00e4"}]}],"model":"models/other","temperature":1.0}';
    assert.equal(await service.countTokens('gemini-3.5-flash', 'gemini', request), 7);
    await service.countTokens('tunedModels/t', 'gemini', '{}');
    await service.countTokens('gemini-embedding-001', 'gemini-embed', '{"content":{"parts":[]}}');
    assert.deepEqual(sent(), [
      'POST /v1beta/models/gemini-3.5-flash:countTokens {"generateContentRequest":{"model":"models/gemini-3.5-flash","contents":[{"parts":[{"text":"\\u00e4"}]}],"temperature":1.0}}',
      'POST /v1beta/tunedModels/t:countTokens {"generateContentRequest":{"model":"tunedModels/t"}}',
      'POST /v1beta/models/gemini-embedding-001:countTokens {"contents":[{"parts":[]}]}',
    ]);
    await assert.rejects(service.countTokens('m', 'gemini', '{'), { kind: 'invalid' });
  });

  it('tries one request, once', async () => {
    const { service, sent } = scripted({ body: '{"candidates":[]}' }, { body: '{}' }, { status: 503 });
    assert.equal(await service.tryRequest('m', 'gemini', '{"contents":[]}'), '{"candidates":[]}');
    await service.tryRequest('m', 'gemini-embed', '{"content":{}}');
    await assert.rejects(service.tryRequest('m', 'gemini', '{}'), { kind: 'unavailable' });
    assert.deepEqual(sent(), [
      'POST /v1beta/models/m:generateContent {"contents":[]}',
      'POST /v1beta/models/m:embedContent {"content":{}}',
      'POST /v1beta/models/m:generateContent {}',
    ]);
    await assert.rejects(service.tryRequest('m', 'gemini', '[]'), { kind: 'invalid' });
  });

  it('lists cached contents', async () => {
    const { service } = scripted(
      json({
        cachedContents: [
          {
            name: 'cachedContents/c1',
            displayName: 'book',
            model: 'models/m',
            expireTime: '2026-01-01T00:00:00Z',
            usageMetadata: { totalTokenCount: 4080 },
          },
          { name: 'cachedContents/c2', model: 'm' },
        ],
      }),
    );
    assert.deepEqual(await service.listCachedContents(), [
      {
        name: 'cachedContents/c1',
        model: 'm',
        displayName: 'book',
        tokens: 4080,
        expiresAt: '2026-01-01T00:00:00Z',
      },
      { name: 'cachedContents/c2', model: 'm' },
    ]);
  });

  it('uses the API version of the connection', async () => {
    const transport = new ScriptedTransport([json({})]);
    await geminiUnderTest(transport, 'https://api.test', { apiVersion: 'v1' }).listFiles();
    assert.equal(transport.sent[0]?.url, 'https://api.test/v1/files?pageSize=100');
  });

  it('says what it can do', () => {
    const { capabilities, family } = scripted().service;
    assert.equal(family, 'gemini');
    assert.equal(capabilities.maxInlineBytes, 20_971_520);
    assert.equal(capabilities.maxFileBytes, 2_147_483_648);
    assert.equal(capabilities.maxConcurrentJobs, 100);
  });
});

describe('webhooks', () => {
  const hook = JSON.parse(wireFixture('webhook-created')) as object;
  const expected = {
    id: '95fy7kv40bvx7t0rm7p12jdciinp7f4bfhzz',
    label: 'Nightly',
    uri: 'https://hooks.example.test/gemini',
    events: ['batch.succeeded', 'batch.failed'],
    state: 'enabled',
    createdAt: '2026-09-01T00:00:00Z',
    updatedAt: '2026-09-02T00:00:00Z',
    secrets: [{ truncated: 'whsec_...dA==', expiresAt: '2026-12-01T00:00:00Z' }],
  };
  const id = expected.id;

  it('are created, listed, read, changed, pinged, given a new secret and deleted', async () => {
    const transport = new ScriptedTransport([
      { body: JSON.stringify(hook) },
      { body: JSON.stringify({ webhooks: [hook], next_page_token: 'T' }) },
      { body: JSON.stringify({ webhooks: [] }) },
      { body: JSON.stringify(hook) },
      { body: JSON.stringify(hook) },
      { body: '' },
      { body: '{"secret":"whsec_bmV3"}' },
      { body: '' },
    ]);
    const { webhooks } = geminiUnderTest(transport);
    const request = { label: 'Nightly', uri: expected.uri, events: expected.events };
    assert.deepEqual(await webhooks.create(request), { webhook: expected, secret: 'whsec_dGVzdA==' });
    assert.deepEqual(await webhooks.list(), [expected]);
    assert.deepEqual(await webhooks.get(id), expected);
    assert.deepEqual(await webhooks.update(id, { state: 'disabled', label: 'x' }), expected);
    await webhooks.ping(id);
    assert.equal(await webhooks.rotateSecret(id, 'after24h'), 'whsec_bmV3');
    await webhooks.delete(id);
    assert.deepEqual(transport.sent.map(essence), [
      'POST /v1beta/webhooks {"name":"Nightly","uri":"https://hooks.example.test/gemini","subscribed_events":["batch.succeeded","batch.failed"]}',
      'GET /v1beta/webhooks?page_size=1000',
      'GET /v1beta/webhooks?page_size=1000&page_token=T',
      `GET /v1beta/webhooks/${id}`,
      `PATCH /v1beta/webhooks/${id}?update_mask=name%2Cstate {"name":"x","state":"disabled"}`,
      `POST /v1beta/webhooks/${id}:ping`,
      `POST /v1beta/webhooks/${id}:rotateSigningSecret {"revocation_behavior":"revoke_previous_secrets_after_h24"}`,
      `DELETE /v1beta/webhooks/${id}`,
    ]);
  });

  it('are read from sparse answers', async () => {
    const body = JSON.stringify({
      name: 'webhooks/abc',
      uri: 'https://a.test',
      new_signing_secret: 'whsec_eA==',
    });
    const { webhooks } = geminiUnderTest(new ScriptedTransport([{ body }]));
    const expectedHook = {
      id: 'abc',
      label: 'webhooks/abc',
      uri: 'https://a.test',
      events: [],
      state: 'enabled',
      secrets: [],
    };
    assert.deepEqual(await webhooks.get('abc'), expectedHook);
    assert.equal(await webhooks.rotateSecret('abc', 'immediately'), 'whsec_eA==');
  });

  it('are not created twice after a lost answer', async () => {
    const transport = new ScriptedTransport([{ status: 503 }]);
    const { webhooks } = geminiUnderTest(transport);
    await assert.rejects(webhooks.create({ label: 'x', uri: 'https://a.test', events: [] }), {
      ambiguous: true,
    });
    assert.equal(transport.sent.length, 1);
  });
});
