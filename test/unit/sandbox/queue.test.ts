import assert from 'node:assert/strict';
import { isCancelled } from '../../../src/util/async';
import { RunQueue } from '../../../src/sandbox/runQueue';
import { errorOf, row, useSandbox, type Bench } from './support';

describe('sandbox queue of jobs', () => {
  const start = useSandbox();
  const running = async (bench: Bench, names: readonly string[]) => {
    const operations = await Promise.all(names.map((name) => bench.get(name)));
    return operations.flatMap(({ metadata }) =>
      metadata.state === 'BATCH_STATE_RUNNING' ? [metadata.displayName] : [],
    );
  };
  const submit = (bench: Bench, displayName: string, priority?: string) =>
    bench.submit([row('a')], { displayName, ...(priority === undefined ? {} : { priority }) });
  const untilRuns = (bench: Bench, name: string) =>
    bench.until(name, ({ metadata }) => metadata.state !== 'BATCH_STATE_PENDING');

  it('lets all run at once unless told otherwise', async () => {
    const bench = await start({ speed: 0 });
    const names = [await submit(bench, 'a'), await submit(bench, 'b', '-3')];
    bench.sandbox.control.advance(1600);
    for (const name of names) await untilRuns(bench, name);
    assert.deepEqual(await running(bench, names), ['a', 'b']);
  });

  it('goes by priority, then by age, and a changed priority counts', async () => {
    const bench = await start({ speed: 0, limits: { runningJobs: 1 } });
    const first = await submit(bench, 'first');
    bench.sandbox.control.advance(1600);
    await untilRuns(bench, first);
    const order = ['low', 'old', 'young', 'high', 'raised'] as const;
    const priorities = { low: '-1', old: undefined, young: '0', high: '7', raised: '1' };
    const names: string[] = [];
    for (const name of order) names.push(await submit(bench, name, priorities[name]));
    const raised = await bench.call(
      'PATCH',
      `/v1beta/${names[4] ?? ''}:updateGenerateContentBatch?updateMask=priority`,
      { priority: '9' },
    );
    assert.equal(raised.status, 200);
    // Slow enough for each to end in a millisecond of its own.
    bench.sandbox.control.setSpeed(100);
    const ended = await Promise.all(names.map((name) => bench.finished(name)));
    const seen = ended
      .map(({ metadata }) => ({ at: String(metadata.endTime), name: metadata.displayName }))
      .sort((a, b) => (a.at < b.at ? -1 : 1))
      .map(({ name }) => name);
    assert.deepEqual(seen, ['raised', 'high', 'old', 'young', 'low']);
  });

  it('lets go of who is cancelled or expires while waiting, and makes room when told to', async () => {
    const bench = await start({ speed: 0, limits: { runningJobs: 0 } });
    const [cancelled, waiting] = [await submit(bench, 'cancelled'), await submit(bench, 'waiting')];
    bench.sandbox.control.advance(5_000);
    await bench.call('POST', `/v1beta/${cancelled}:cancel`, {});
    bench.sandbox.control.advance(5_000);
    assert.equal((await bench.finished(cancelled)).metadata.state, 'BATCH_STATE_CANCELLED');
    assert.equal((await bench.get(waiting)).metadata.state, 'BATCH_STATE_PENDING');
    bench.sandbox.control.setLimits({ runningJobs: 1 });
    await untilRuns(bench, waiting);
    const late = await submit(bench, 'late');
    bench.sandbox.control.setLimits({ runningJobs: 0 });
    bench.sandbox.control.advance(49 * 3_600_000);
    assert.equal((await bench.finished(late)).metadata.state, 'BATCH_STATE_EXPIRED');
  });

  it('rejects who waits, and who comes, when it is given up', async () => {
    const queue = new RunQueue(() => 0);
    const rank = () => ({ priority: 0, sequence: 1 });
    const giveUp = new AbortController();
    const waiting = queue.enter(rank, giveUp.signal);
    giveUp.abort();
    await assert.rejects(waiting, isCancelled);
    await assert.rejects(queue.enter(rank, giveUp.signal), isCancelled);
  });
});

describe('sandbox quota of enqueued tokens', () => {
  const start = useSandbox();
  const creation = (model: string) => `/v1beta/models/${model}:batchGenerateContent`;
  const create = async (bench: Bench, model: string, words: number) => {
    const fileName = await bench.upload(JSON.stringify(row('a', 'word '.repeat(words))));
    return bench.call('POST', creation(model), { batch: { displayName: 'x', inputConfig: { fileName } } });
  };

  it('is what unfinished jobs of a model have together, and is refused as the service does', async () => {
    const bench = await start({ speed: 0, limits: { enqueuedTokens: 1_000 } });
    const flash = 'gemini-3.5-flash';
    const first = await create(bench, flash, 600);
    assert.equal(first.status, 200);
    const refused = await create(bench, flash, 600);
    assert.equal(refused.status, 429);
    const error = errorOf(refused.body);
    assert.equal(error.status, 'RESOURCE_EXHAUSTED');
    assert.match(
      error.message,
      /^You exceeded your current quota, please check your plan and billing details/,
    );
    assert.equal(refused.headers.get('retry-after'), '30');
    assert.equal((await create(bench, 'gemini-3.5-flash-lite', 600)).status, 200, 'each model has its own');
    assert.equal((await create(bench, flash, 100)).status, 200, 'what fits is taken');
    await bench.call('DELETE', `/v1beta/${String(first.body.name)}`);
    assert.equal((await create(bench, flash, 600)).status, 429, 'a deleted job that runs still counts');
    bench.sandbox.control.setSpeed(10_000);
    while ((await create(bench, flash, 600)).status !== 200);
  });

  it('counts inline requests, embeddings and OpenAI lines too', async () => {
    const bench = await start({ speed: 0, limits: { enqueuedTokens: 50 } });
    const text = 'word '.repeat(200);
    const inline = await bench.call('POST', creation('gemini-3.5-flash'), {
      batch: {
        inputConfig: { requests: { requests: [{ request: { contents: [{ parts: [{ text }] }] } }] } },
      },
    });
    assert.equal(inline.status, 429);
    const embedding = await bench.call('POST', '/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent', {
      batch: { inputConfig: { requests: { requests: [{ request: { content: { parts: [{ text }] } } }] } } },
    });
    assert.equal(embedding.status, 429);
    const messages = [{ role: 'user', content: text }];
    const file = await bench.upload(
      JSON.stringify({
        custom_id: 'a',
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: 'gemini-3.5-flash', messages },
      }),
    );
    const layer = await bench.call('POST', '/v1beta/openai/batches', {
      input_file_id: file,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    assert.equal(layer.status, 429);
    bench.sandbox.control.setLimits({ enqueuedTokens: Infinity });
    assert.equal((await create(bench, 'gemini-3.5-flash', 600)).status, 200);
  });
});
