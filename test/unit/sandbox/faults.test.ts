import assert from 'node:assert/strict';
import { errorOf, row, useSandbox, type Json } from './support';

const models = '/v1beta/models';

describe('sandbox faults', () => {
  const start = useSandbox();

  it('answers 429 with both ways of saying when to come back', async () => {
    const bench = await start({ faults: [{ kind: 'status', status: 429, retryAfter: 2, path: '/models' }] });
    const refused = await bench.call('GET', models);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '2');
    const error = errorOf(refused.body);
    assert.equal(error.status, 'RESOURCE_EXHAUSTED');
    assert.deepEqual(
      error.details?.find((detail) => String(detail['@type']).endsWith('RetryInfo'))?.retryDelay,
      '2s',
    );
    assert.equal((await bench.call('GET', '/v1beta/files')).status, 200, 'only where it matches');
  });

  it('counts how often it strikes and how many it lets pass', async () => {
    const bench = await start();
    bench.sandbox.control.addFault({ kind: 'status', status: 503, method: 'get', after: 1, times: 2 });
    const seen: number[] = [];
    for (let n = 0; n < 5; n++) seen.push((await bench.call('GET', models)).status);
    assert.deepEqual(seen, [200, 503, 503, 200, 200]);
  });

  for (const [status, word] of [
    [400, 'INVALID_ARGUMENT'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [418, 'UNKNOWN'],
    [500, 'INTERNAL'],
    [504, 'DEADLINE_EXCEEDED'],
  ] as const)
    it(`answers ${status} with the service's word`, async () => {
      const bench = await start({ faults: [{ kind: 'status', status }] });
      assert.equal(errorOf((await bench.call('GET', models)).body).status, word);
    });

  it('answers with a page', async () => {
    const bench = await start({ faults: [{ kind: 'html', status: 502 }] });
    const page = await bench.call('GET', models);
    assert.equal(page.status, 502);
    assert.match(page.text, /^<!DOCTYPE html>/);
  });

  it('waits', async () => {
    const bench = await start({ faults: [{ kind: 'latency', ms: 60 }] });
    const began = performance.now();
    await bench.call('GET', models);
    assert.ok(performance.now() - began >= 55);
  });

  it('ends an answer early, properly closed', async () => {
    const bench = await start({
      faults: [
        { kind: 'truncate', times: 1 },
        { kind: 'truncate', bytes: 5 },
      ],
    });
    const get = () => fetch(`${bench.sandbox.url}${models}?key=sandbox`).then((response) => response.text());
    assert.equal(await get(), '{\n  "', 'both struck; the shorter one wins');
    assert.equal((await get()).length, 5);
  });

  it('breaks the connection while it answers', async () => {
    const bench = await start();
    const name = await bench.submit([row('a')]);
    await bench.finished(name);
    const path = `${bench.sandbox.url}/v1beta/${name.replace('batches/', 'files/batch-')}:download?alt=media&key=sandbox`;
    for (const url of [path, `${bench.sandbox.url}${models}?key=sandbox`]) {
      bench.sandbox.control.addFault({ kind: 'cut-down', bytes: 100, times: 1 });
      const response = await fetch(url);
      assert.ok(Number(response.headers.get('content-length')) > 100);
      let received = 0;
      await assert.rejects(async () => {
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
          received += chunk.length;
      });
      assert.ok(received <= 100, String(received));
    }
  });

  it('breaks the connection while it receives; what came before stays', async () => {
    const bench = await start();
    const url = await bench.startUpload(10);
    bench.sandbox.control.addFault({ kind: 'cut-up', bytes: 4, path: '/upload/', times: 1 });
    const headers = { 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' };
    await assert.rejects(bench.call('POST', url, '0123456789', headers));
    const asked = await bench.call('POST', url, undefined, { 'x-goog-upload-command': 'query' });
    assert.equal(asked.headers.get('x-goog-upload-size-received'), '4');
  });

  it('breaks the connection in the middle of a form, and keeps none of it', async () => {
    const bench = await start();
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob(['x'.repeat(300_000)]), 'big.jsonl');
    bench.sandbox.control.addFault({ kind: 'cut-up', bytes: 100_000, times: 1 });
    const url = `${bench.sandbox.url}/openai/v1/files`;
    const headers = { authorization: 'Bearer sandbox' };
    await assert.rejects(fetch(url, { method: 'POST', headers, body: form }));
    const listed = await bench.call('GET', '/openai/v1/files');
    assert.deepEqual(listed.body.data, []);
    assert.equal((await fetch(url, { method: 'POST', headers, body: form })).status, 200);
  });

  it('does what was asked and loses the answer', async () => {
    const bench = await start();
    const file = await bench.upload(JSON.stringify(row('a')));
    bench.sandbox.control.addFault({ kind: 'lose-answer', path: ':batchGenerateContent', times: 1 });
    const batch = { displayName: 'lost', inputConfig: { fileName: file } };
    await assert.rejects(
      bench.call('POST', '/v1beta/models/gemini-3.5-flash:batchGenerateContent', { batch }),
    );
    const listed = await bench.call('GET', '/v1beta/batches');
    const [operation] = listed.body.operations as { metadata: { displayName: string } }[];
    assert.equal(operation?.metadata.displayName, 'lost');
  });

  describe('takes effect late', () => {
    const creation = '/v1beta/models/gemini-3.5-flash:batchGenerateContent';
    const late = { kind: 'late-effect', ms: 60_000, path: ':batchGenerateContent', times: 1 } as const;
    const names = async (bench: Awaited<ReturnType<typeof start>>) =>
      ((await bench.call('GET', '/v1beta/batches')).body.operations ?? []) as Json[];

    for (const status of [undefined, 503])
      it(`after ${status ?? 'a break'}`, async () => {
        const bench = await start({ speed: 0 });
        const file = await bench.upload(JSON.stringify(row('a')));
        bench.sandbox.control.addFault({ ...late, ...(status === undefined ? {} : { status }) });
        const batch = { displayName: 'late', inputConfig: { fileName: file } };
        const answer = bench.call('POST', creation, { batch });
        if (status === undefined) await assert.rejects(answer);
        else assert.equal((await answer).status, status);
        assert.deepEqual(await names(bench), []);
        bench.sandbox.control.advance(59_000);
        assert.deepEqual(await names(bench), []);
        bench.sandbox.control.advance(1_000);
        while ((await names(bench)).length === 0);
        assert.equal((await names(bench)).length, 1);
      });

    it('or never, when its file is gone by then', async () => {
      const bench = await start({ speed: 0 });
      const file = await bench.upload(JSON.stringify(row('a')));
      bench.sandbox.control.addFault({ ...late, status: 500 });
      await bench.call('POST', creation, { batch: { inputConfig: { fileName: file } } });
      await bench.call('DELETE', `/v1beta/${file}`);
      bench.sandbox.control.advance(60_000);
      // Another creation, asked for later, is done by the time it is answered.
      await bench.submit([row('b')]);
      assert.equal((await names(bench)).length, 1);
    });
  });

  it('slows both ways down', async () => {
    const bench = await start();
    const url = await bench.startUpload(1000);
    bench.sandbox.control.addFault({ kind: 'throttle', bytesPerSecond: 10_000, times: 1 });
    const headers = { 'x-goog-upload-command': 'upload', 'x-goog-upload-offset': '0' };
    const began = performance.now();
    await bench.call('POST', url, 'x'.repeat(1000), headers);
    assert.ok(performance.now() - began >= 80);
  });

  const jobFaults = {
    'all-rows-failed': ['e', 'e', 'e', 'e'],
    missing: ['b', 'c'],
    duplicate: ['a', 'a', 'b', 'c', 'd', 'd'],
    unexpected: ['a', 'sandbox-unexpected-1', 'b', 'c', 'd', 'sandbox-unexpected-4'],
    shuffle: ['d', 'c', 'b', 'a'],
  } as const;
  for (const [fault, expected] of Object.entries(jobFaults))
    it(`gives results that are ${fault}`, async () => {
      const bench = await start();
      bench.sandbox.control.addFault({ kind: 'job', fault: fault as keyof typeof jobFaults, times: 1 });
      const name = await bench.submit(['a', 'b', 'c', 'd'].map((key) => row(key)));
      const lines = await bench.results(name);
      const done = await bench.get(name);
      assert.equal(done.metadata.state, 'BATCH_STATE_SUCCEEDED');
      if (fault === 'all-rows-failed') {
        assert.equal(done.metadata.batchStats.failedRequestCount, '4');
        assert.ok(lines.every((line) => (line.error as Json).code === 13));
      } else
        assert.deepEqual(
          lines.map(({ key }) => key),
          expected,
        );
      assert.equal((await bench.results(await bench.submit([row('next')]))).length, 1, 'once only');
    });

  for (const [fault, state, code] of [
    ['fail', 'FAILED', 8],
    ['expire', 'EXPIRED', 4],
  ] as const)
    it(`lets a job ${fault}`, async () => {
      const bench = await start({ faults: [{ kind: 'job', fault }] });
      const done = await bench.finished(await bench.submit([row('a')]));
      assert.equal(done.metadata.state, `BATCH_STATE_${state}`);
      assert.equal(done.error?.code, code);
      assert.equal('response' in done, false);
    });

  it('says SUCCEEDED before there are results', async () => {
    const bench = await start({ speed: 0 });
    const name = await bench.submit([row('a')], { displayName: 'night [[sandbox:late-output]]' });
    bench.sandbox.control.advance(1600);
    await bench.until(name, ({ metadata }) => metadata.batchStats.successfulRequestCount === '1');
    bench.sandbox.control.advance(4000);
    const early = await bench.finished(name);
    assert.equal(early.metadata.state, 'BATCH_STATE_SUCCEEDED');
    assert.equal('response' in early, false);
    // At speed 0 the few seconds last until time is moved on.
    bench.sandbox.control.advance(2 * 3_600_000);
    assert.ok((await bench.get(name)).response);
  });

  it('places single rows as their words say', async () => {
    const bench = await start();
    const words = ['missing', 'duplicate', 'unexpected'];
    const name = await bench.submit([...words.map((word) => row(word, `[[sandbox:${word}]]`)), row('plain')]);
    assert.deepEqual(
      (await bench.results(name)).map(({ key }) => key),
      ['duplicate', 'duplicate', 'unexpected', 'sandbox-unexpected-3', 'plain'],
    );
  });

  it('echoes what else stood in a row, lists emptied', async () => {
    const bench = await start();
    const name = await bench.submit([{ ...row('a'), product_id: 7, images: ['x'] }]);
    const [line] = await bench.results(name);
    assert.deepEqual([line?.key, line?.product_id, line?.images], ['a', 7, []]);
  });
});

describe('sandbox control endpoint', () => {
  const start = useSandbox();

  it('adds, lists and clears faults', async () => {
    const bench = await start({ control: true });
    const fault = { kind: 'status', status: 500, times: 3 };
    assert.equal((await bench.call('POST', '/control/faults', fault)).status, 200);
    assert.equal((await bench.call('GET', models)).status, 500);
    const listed = await bench.call('GET', '/control/faults');
    assert.deepEqual(listed.body, { faults: [{ fault, timesLeft: 2 }] });
    await bench.call('DELETE', '/control/faults');
    assert.equal((await bench.call('GET', models)).status, 200);
    const wrong = await bench.call('POST', '/control/faults', { kind: 'status', status: 200 });
    assert.equal(wrong.status, 400);
  });

  it('moves the clock', async () => {
    const bench = await start({ control: true, speed: 0 });
    const before = Date.parse(String((await bench.call('GET', '/control/clock')).body.now));
    const moved = await bench.call('POST', '/control/clock', { speed: 3, advanceSeconds: 7200 });
    assert.equal(moved.body.speed, 3);
    assert.ok(Date.parse(String(moved.body.now)) - before >= 7_200_000);
    assert.equal((await bench.call('POST', '/control/clock', { speed: -1 })).status, 400);
  });

  it('changes limits, of which null is none', async () => {
    const bench = await start({ control: true, limits: { storageBytes: 5 } });
    const upload = () =>
      bench.call('POST', '/upload/v1beta/files', '0123456789', { 'x-goog-upload-protocol': 'raw' });
    assert.equal((await upload()).status, 429);
    const changed = await bench.call('POST', '/control/limits', { storageBytes: null, runningJobs: 3 });
    const limits = changed.body.limits as Json;
    assert.deepEqual([limits.storageBytes, limits.runningJobs, limits.concurrentJobs], [null, 3, 100]);
    assert.equal((await upload()).status, 200);
    assert.deepEqual((await bench.call('GET', '/control/limits')).body, changed.body);
    for (const wrong of [{ patience: 1 }, { storageBytes: -1 }, { storageBytes: '5' }])
      assert.equal((await bench.call('POST', '/control/limits', wrong)).status, 400);
  });

  it('needs the key', async () => {
    const bench = await start({ control: true });
    assert.equal((await fetch(`${bench.sandbox.url}/control/faults`)).status, 403);
  });
});
