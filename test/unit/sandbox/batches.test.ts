import assert from 'node:assert/strict';
import { errorOf, row, useSandbox, type Json } from './support';

const generate = '/v1beta/models/gemini-3.5-flash:batchGenerateContent';
const hour = 3_600_000;

describe('sandbox batches', () => {
  const start = useSandbox();

  it('runs a file from PENDING over RUNNING with moving counts to SUCCEEDED', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a'), row('b'), row('c')]);
    const pending = await bench.get(name);
    assert.equal(pending.metadata.state, 'BATCH_STATE_PENDING');
    assert.deepEqual(pending.metadata.batchStats, { requestCount: '3', pendingRequestCount: '3' });
    assert.equal('done' in pending, false);
    bench.sandbox.control.advance(1600);
    const running = await bench.until(
      name,
      ({ metadata }) => metadata.batchStats.successfulRequestCount === '1',
    );
    assert.equal(running.metadata.state, 'BATCH_STATE_RUNNING');
    assert.equal('done' in running, false);
    bench.sandbox.control.advance(1200);
    const moving = await bench.until(
      name,
      ({ metadata }) => metadata.batchStats.successfulRequestCount === '2',
    );
    assert.equal(moving.metadata.batchStats.pendingRequestCount, '1');
    bench.sandbox.control.advance(5000);
    const done = await bench.finished(name);
    const id = name.replace('batches/', '');
    assert.match(id, /^[a-z0-9]{36}$/);
    assert.equal(done.metadata.state, 'BATCH_STATE_SUCCEEDED');
    assert.deepEqual(done.metadata.batchStats, { requestCount: '3', successfulRequestCount: '3' });
    assert.deepEqual(done.metadata.output, { responsesFile: `files/batch-${id}` });
    assert.deepEqual(done.response, {
      '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatchOutput',
      responsesFile: `files/batch-${id}`,
    });
    assert.match(String(done.metadata.endTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    assert.deepEqual(
      (await bench.results(name)).map((line) => line.key),
      ['a', 'b', 'c'],
    );
  });

  it('answers inline requests in place, nested twice, in both places, with their metadata', async () => {
    const bench = await start();
    const requests = ['one', 'two'].map((text, index) => ({
      request: { contents: [{ parts: [{ text }] }] },
      ...(index === 0 ? { metadata: { key: 'first' } } : {}),
    }));
    const created = await bench.call('POST', generate, {
      batch: { display_name: 'inline', input_config: { requests: { requests } } },
    });
    const done = await bench.finished(created.body.name as string);
    assert.equal('inputConfig' in done.metadata, false);
    const nested = done.response?.inlinedResponses as { inlinedResponses: Json[] };
    assert.equal(nested.inlinedResponses.length, 2);
    assert.deepEqual(nested.inlinedResponses[0]?.metadata, { key: 'first' });
    assert.equal('metadata' in (nested.inlinedResponses[1] ?? {}), false);
    assert.deepEqual((done.metadata.output as Json).inlinedResponses, nested);
    const listed = await bench.call('GET', '/v1beta/batches');
    assert.equal(JSON.stringify(listed.body).includes('inlinedResponses'), false);
  });

  it('embeds, from a file and inline', async () => {
    const bench = await start();
    const call = 'gemini-embedding-001:asyncBatchEmbedContent';
    const rows = [
      { key: 'e', request: { output_dimensionality: 3, content: { parts: [{ text: 'hello' }] } } },
    ];
    const name = await bench.submit(rows, {}, call);
    const [line] = await bench.results(name);
    const response = line?.response as { embedding: { values: number[] }; tokenCount: string };
    assert.equal(response.embedding.values.length, 3);
    assert.equal(response.tokenCount, '1');
    const inline = await bench.call('POST', `/v1/models/${call}`, {
      batch: {
        inputConfig: { requests: { requests: [{ request: { content: { parts: [{ text: 'x' }] } } }] } },
      },
    });
    const done = await bench.finished(inline.body.name as string);
    assert.match(String(done.metadata['@type']), /EmbedContentBatch$/);
  });

  const broken: readonly [what: string, line: string, message: RegExp][] = [
    [
      'a field at the wrong level',
      '{"key":"1","request":{"contents":[],"thinking_config":{}}}',
      /^Error on line 2: invalid JSON, near column 15: no such field: 'thinking_config'$/,
    ],
    [
      'a list where an object belongs',
      '{"key":"1","request":{"system_instruction": [{"text":"x"}]}}',
      /^Error on line 2: invalid JSON, near column 23: unexpected character: '\['; expected '\{'$/,
    ],
    [
      'broken JSON',
      '{"key":"1","request":{"contents":[}}',
      /^Error on line 2: invalid JSON, near column 34: unexpected character: '}'; expected a value$/,
    ],
    [
      'a line that is no object',
      '[]',
      /^Error on line 2: invalid JSON, near column 0: unexpected character: '\['; expected '\{'$/,
    ],
    [
      'a request that is no object',
      '{"key":"1","request":"hi"}',
      /near column 21: unexpected character: '"'; expected '\{'$/,
    ],
    ['no request', '{"key":"1"}', /no such field: 'key'$/],
    [
      'the same field in both casings',
      '{"request":{"generationConfig":{},"generation_config":{}}}',
      /field 'generation_config' is set twice$/,
    ],
    [
      'an enum value that is none',
      '{"request":{"safetySettings":[{"category":"BAD"}]}}',
      /invalid value for field 'category'/,
    ],
  ];
  for (const [what, line, message] of broken)
    it(`refuses a file with ${what}, naming the line`, async () => {
      const bench = await start();
      const file = await bench.upload(`${JSON.stringify(row('ok'))}\n${line}\n`);
      const refused = await bench.call('POST', generate, { batch: { inputConfig: { fileName: file } } });
      assert.equal(refused.status, 400);
      assert.equal(errorOf(refused.body).status, 'INVALID_ARGUMENT');
      assert.match(errorOf(refused.body).message, message);
      assert.deepEqual((await bench.call('GET', '/v1beta/batches')).body, {});
    });

  it('tells of every broken line, counting blank ones', async () => {
    const bench = await start();
    const file = await bench.upload('\n{"request":{"a":1}}\n\n{"request":{"b":1}}\n');
    const refused = await bench.call('POST', generate, { batch: { inputConfig: { fileName: file } } });
    assert.deepEqual(
      errorOf(refused.body)
        .message.split('\n')
        .map((line) => line.slice(0, 16)),
      ['Error on line 2:', 'Error on line 4:'],
    );
  });

  const encodings: readonly [what: string, content: Buffer, message: RegExp][] = [
    [
      'a byte order mark',
      Buffer.from('\uFEFF{"key":"a","request":{"contents":[]}}'),
      /near column 0: unexpected character: '\\xef\\xbb\\xbf'; expected '\{'/,
    ],
    [
      'UTF-16',
      Buffer.from('{"key":"a"}', 'utf16le').swap16(),
      /unexpected character: '\\x00'; expected '\{'/,
    ],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d]), /invalid UTF-8/],
  ];
  for (const [what, content, message] of encodings)
    it(`refuses a file with ${what}`, async () => {
      const bench = await start();
      const url = await bench.startUpload(content.length);
      const done = await fetch(`${bench.sandbox.url}${url}`, {
        method: 'POST',
        headers: { 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' },
        body: new Uint8Array(content),
      });
      const { file } = (await done.json()) as { file: { name: string } };
      const refused = await bench.call('POST', generate, { batch: { inputConfig: { fileName: file.name } } });
      assert.match(errorOf(refused.body).message, message);
    });

  it('refuses inline requests with the path of the field', async () => {
    const bench = await start();
    const refused = await bench.call('POST', generate, {
      batch: {
        inputConfig: {
          requests: { requests: [{ request: { contents: [] }, safetySettings: [], key: 'k' }] },
        },
      },
    });
    const error = errorOf(refused.body);
    const place = 'batch.input_config.requests.requests[0]';
    assert.equal(
      error.message,
      ['safetySettings', 'key']
        .map(
          (name) => `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`,
        )
        .join('\n'),
    );
    assert.equal((error.details?.[0]?.fieldViolations as Json[])[0]?.field, place);
  });

  const refusedCreations: readonly [
    what: string,
    path: string,
    batch: unknown,
    status: number,
    message: RegExp,
  ][] = [
    [
      'a file that is not there',
      generate,
      { inputConfig: { fileName: 'files/none' } },
      403,
      /File none or it may not exist/,
    ],
    ['no input', generate, { inputConfig: {} }, 400, /exactly one of file_name and requests/],
    ['no requests', generate, { inputConfig: { requests: { requests: [] } } }, 400, /no requests/],
    ['an unknown field', generate, { src: 'files/x' }, 400, /Unknown name "src" at 'batch'/],
    [
      'a priority that is no number',
      generate,
      { priority: 'high', inputConfig: { fileName: 'files/none' } },
      400,
      /batch\.priority/,
    ],
    [
      'an unknown model',
      '/v1beta/models/nope:batchGenerateContent',
      {},
      404,
      /models\/nope is not found for API version v1beta/,
    ],
    [
      'a model that cannot',
      '/v1/models/gemini-embedding-001:batchGenerateContent',
      {},
      404,
      /not supported for batchGenerateContent/,
    ],
    [
      'a retired model',
      '/v1beta/models/gemini-2.0-flash:batchGenerateContent',
      {},
      404,
      /no longer available to new users.*models\/gemini-3\.5-flash$/,
    ],
  ];
  for (const [what, path, batch, status, message] of refusedCreations)
    it(`refuses ${what}`, async () => {
      const bench = await start();
      const refused = await bench.call('POST', path, { batch });
      assert.equal(refused.status, status, refused.text);
      assert.match(errorOf(refused.body).message, message);
    });

  it('refuses a body over 20 MB', async () => {
    const bench = await start();
    const text = 'x'.repeat(20_971_520);
    const refused = await bench.call('POST', generate, { batch: { displayName: text } });
    assert.equal(errorOf(refused.body).message, 'Request payload size exceeds the limit: 20971520 bytes.');
  });

  it('refuses cached content beside a system instruction', async () => {
    const bench = await start();
    const request = {
      contents: [],
      cachedContent: 'cachedContents/x',
      systemInstruction: { parts: [{ text: 'y' }] },
    };
    const file = await bench.upload(JSON.stringify({ key: 'a', request }));
    const refused = await bench.call('POST', generate, { batch: { inputConfig: { fileName: file } } });
    assert.match(errorOf(refused.body).message, /^CachedContent can not be used with/);
  });

  it('lists newest first, page by page, and the token holds when jobs go', async () => {
    const bench = await start({ speed: 0 });
    const names: string[] = [];
    for (const key of ['1', '2', '3', '4', '5']) names.unshift(await bench.submit([row(key)]));
    const first = await bench.call('GET', '/v1beta/batches?pageSize=2');
    const seen = (body: Json) => (body.operations as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(seen(first.body), names.slice(0, 2));
    await bench.call('DELETE', `/v1beta/${names[1] ?? ''}`);
    const second = await bench.call(
      'GET',
      `/v1/batches?pageSize=3&pageToken=${String(first.body.nextPageToken)}`,
    );
    assert.deepEqual(seen(second.body), names.slice(2));
    assert.equal('nextPageToken' in second.body, false);
    assert.equal((await bench.call('GET', '/v1beta/batches?pageToken=%21')).status, 400);
    assert.equal((await bench.call('GET', '/v1beta/batches?pageSize=-1')).status, 400);
  });

  it('cancels before the start: CANCELLED, code 13', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a')]);
    const cancelled = await bench.call('POST', `/v1beta/${name}:cancel`, {});
    assert.deepEqual([cancelled.status, cancelled.body], [200, {}]);
    assert.equal((await bench.get(name)).done, undefined, 'cancelling takes a moment');
    bench.sandbox.control.advance(500);
    const done = await bench.finished(name);
    assert.equal(done.metadata.state, 'BATCH_STATE_CANCELLED');
    assert.deepEqual(done.error, { code: 13, message: 'Batch was cancelled.' });
    assert.equal('response' in done, false);
    assert.deepEqual(done.metadata.batchStats, { requestCount: '1', pendingRequestCount: '1' });
  });

  it('cancels after the start: SUCCEEDED, the rest with code 1', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a'), row('b'), row('c')]);
    bench.sandbox.control.advance(1600);
    await bench.until(name, ({ metadata }) => metadata.batchStats.successfulRequestCount === '1');
    await bench.call('POST', `/v1beta/${name}:cancel`, {});
    const done = await bench.finished(name);
    assert.equal(done.metadata.state, 'BATCH_STATE_SUCCEEDED');
    assert.deepEqual(done.metadata.batchStats, {
      requestCount: '3',
      successfulRequestCount: '1',
      failedRequestCount: '2',
    });
    const lines = await bench.results(name);
    assert.deepEqual(lines.slice(1), [
      { key: 'b', error: { code: 1 } },
      { key: 'c', error: { code: 1 } },
    ]);
  });

  it('deletes job and results; a second time there is nothing', async () => {
    const bench = await start();
    const name = await bench.submit([row('a')]);
    await bench.finished(name);
    const file = name.replace('batches/', 'files/batch-');
    assert.equal((await bench.call('GET', `/v1beta/${file}`)).status, 200);
    assert.deepEqual((await bench.call('DELETE', `/v1beta/${name}`, {})).body, {});
    for (const path of [name, file, `${file}:download?alt=media`])
      assert.equal((await bench.call('GET', `/v1beta/${path}`)).status, 404, path);
    assert.equal((await bench.call('DELETE', `/v1beta/${name}`)).status, 404);
    assert.equal((await bench.call('POST', `/v1beta/${name}:cancel`, {})).status, 404);
  });

  it('a job deleted while it runs keeps its place until it ends', async () => {
    const bench = await start({ speed: 0, limits: { concurrentJobs: 1 } });
    const name = await bench.submit([row('a')]);
    await bench.call('DELETE', `/v1beta/${name}`);
    const file = await bench.upload(JSON.stringify(row('b')));
    const create = () => bench.call('POST', generate, { batch: { inputConfig: { fileName: file } } });
    const refused = await create();
    assert.equal(refused.status, 429);
    assert.equal(errorOf(refused.body).status, 'RESOURCE_EXHAUSTED');
    bench.sandbox.control.setSpeed(1_000_000);
    let again = refused;
    while (again.status === 429) again = await create();
    assert.equal(again.status, 200);
  });

  it('expires after 48 hours without results', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a')], { displayName: 'x [[sandbox:stuck]]' });
    bench.sandbox.control.advance(47 * hour);
    assert.equal((await bench.get(name)).metadata.state, 'BATCH_STATE_PENDING');
    bench.sandbox.control.advance(2 * hour);
    const done = await bench.finished(name);
    assert.equal(done.metadata.state, 'BATCH_STATE_EXPIRED');
    assert.equal(done.error?.code, 4);
    assert.equal('response' in done, false);
  });

  it('keeps results for six weeks', async () => {
    const bench = await start();
    const name = await bench.submit([row('a')]);
    await bench.results(name);
    bench.sandbox.control.advance(6 * 7 * 24 * hour + 1);
    const path = `/v1beta/${name.replace('batches/', 'files/batch-')}`;
    assert.equal((await bench.call('GET', path)).status, 404);
    assert.equal('response' in (await bench.get(name)), false);
  });

  it('outlives the upload it was made from', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a')]);
    const file = ((await bench.get(name)).metadata.inputConfig as { fileName: string }).fileName;
    await bench.call('DELETE', `/v1beta/${file}`);
    bench.sandbox.control.setSpeed(10_000);
    assert.equal((await bench.results(name)).length, 1);
  });

  it('updates name and priority, nothing else', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a')], { priority: '-3', webhookConfig: { uris: [] } });
    assert.equal((await bench.get(name)).metadata.priority, '-3');
    const path = `/v1beta/${name}:updateGenerateContentBatch`;
    const changed = await bench.call('PATCH', `${path}?updateMask=displayName,priority`, {
      displayName: 'new',
      priority: '7',
    });
    assert.deepEqual([changed.body.displayName, changed.body.priority], ['new', '7']);
    await bench.call('PATCH', `${path}?update_mask=priority`, { display_name: 'ignored', priority: '8' });
    const { metadata } = await bench.get(name);
    assert.deepEqual([metadata.displayName, metadata.priority], ['new', '8']);
    assert.equal((await bench.call('PATCH', `${path}?updateMask=state`, {})).status, 400);
    const other = await bench.call('PATCH', `/v1beta/${name}:updateEmbedContentBatch`, {});
    assert.equal(other.status, 400);
  });

  it('refuses a filter, which the service does not document', async () => {
    const bench = await start();
    assert.equal((await bench.call('GET', '/v1beta/batches?filter=x')).status, 400);
  });
});
