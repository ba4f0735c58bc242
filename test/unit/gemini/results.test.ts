import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { TransportError } from '../../../src/http/transport';
import type { RemoteJob } from '../../../src/shared/job';
import { geminiUnderTest } from '../../support/geminiUnderTest';
import { HurryingClock, ScriptedTransport, type ScriptedAnswer } from '../../support/scriptedTransport';
import { TemporaryFolder } from '../../support/temporary';
import { wireFixture } from '../../support/wireFixture';

const rows = '{"response":{"n":1},"key":"a"}\n{"key":"b","error":{"code":4}}\n';
const cut = new TransportError('The connection broke off.', 'exchange', 'SOCKET');

describe('results', () => {
  let folder: TemporaryFolder;
  let target: string;
  beforeEach(() => {
    folder = new TemporaryFolder();
    target = folder.at('out.jsonl');
  });
  afterEach(() => folder.remove());

  const job: RemoteJob = {
    name: 'batches/x',
    displayName: 'd',
    model: 'm',
    dialect: 'gemini',
    state: 'SUCCEEDED',
    counts: { total: 2, succeeded: 1, failed: 1, pending: 0 },
    inputFile: 'files/in',
    output: { kind: 'file', file: `files/batch-${'a'.repeat(36)}` },
  };
  const inlineJob: RemoteJob = { ...job, output: { kind: 'inline' } };
  const fetched = (transport: ScriptedTransport, of: RemoteJob = job, clock = new HurryingClock()) =>
    geminiUnderTest(transport, 'https://api.test', { clock }).downloadResults(of, target);
  const content = () => readFileSync(target, 'utf8');
  const urls = (transport: ScriptedTransport) => transport.sent.map(({ url }) => url);

  it('of a file come from the download address, with an id of 42 characters', async () => {
    const transport = new ScriptedTransport([{ body: rows }]);
    assert.deepEqual(await fetched(transport), { path: target, sizeBytes: rows.length, rows: 2 });
    assert.equal(content(), rows);
    assert.deepEqual(urls(transport), [
      `https://api.test/download/v1beta/files/batch-${'a'.repeat(36)}:download?alt=media`,
    ]);
    assert.deepEqual(readdirSync(folder.path), ['out.jsonl']);
  });

  it('of a file come from the other address where the first is unknown', async () => {
    const transport = new ScriptedTransport([{ status: 404 }, { body: rows }]);
    await fetched(transport);
    assert.equal(
      urls(transport)[1],
      `https://api.test/v1beta/files/batch-${'a'.repeat(36)}:download?alt=media`,
    );
  });

  it('that are named but not there yet are waited for when the job ended just now', async () => {
    const clock = new HurryingClock();
    const endedAt = new Date(clock.now() - 1_000).toISOString();
    const missing = { status: 404 };
    const transport = new ScriptedTransport([missing, missing, missing, missing, { body: rows }]);
    await fetched(transport, { ...job, endedAt }, clock);
    assert.equal(content(), rows);
    assert.deepEqual(clock.waits, [3_000, 3_000]);
  });

  it('that are not there long after the end are gone', async () => {
    const clock = new HurryingClock();
    const endedAt = new Date(clock.now() - 3_600_000).toISOString();
    const transport = new ScriptedTransport([{ status: 404 }]);
    await assert.rejects(fetched(transport, { ...job, endedAt }, clock), { kind: 'notFound', status: 404 });
    assert.equal(transport.sent.length, 2);
  });

  it('that are fewer or more than announced are told of', async () => {
    const counts = { total: 5, succeeded: 5, failed: 0, pending: 0 };
    const result = await fetched(new ScriptedTransport([{ body: rows }]), { ...job, counts });
    assert.equal(result.announcedRows, 5);
    assert.equal(result.rows, 2);
  });

  it('given inline are written as lines, values as received', async () => {
    const text = wireFixture('inline-succeeded').replace('"two"', '"two \\u00e4 \\/ ä"').replace('8', '8.00');
    const result = await fetched(new ScriptedTransport([{ body: text }]), inlineJob);
    assert.equal(result.rows, 3);
    const lines = content().trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[1] ?? '', /^\{"key":"req_2","response":\{"candidates":.*two \\u00e4 \\\/ ä/);
    assert.deepEqual(JSON.parse(lines[2] ?? ''), {
      key: 'req_3',
      error: { code: 4, message: 'Deadline expired before operation could complete.' },
    });
    assert.equal((JSON.parse(lines[0] ?? '') as { key: string }).key, 'req_1');
  });

  const item = '{"response":{"n":1},"metadata":{"key":"a"}}';
  for (const [what, body, expected] of [
    ['nested once', `{"response":{"inlinedResponses":[${item}]}}`, '{"key":"a","response":{"n":1}}'],
    [
      'in metadata only',
      `{"metadata":{"output":{"inlinedResponses":{"inlinedResponses":[${item}]}}}}`,
      '{"key":"a","response":{"n":1}}',
    ],
    [
      'in the second place only',
      `{"metadata":{"output":{"inlinedResponses":[]}},"response":{"inlinedResponses":[${item}]}}`,
      '{"key":"a","response":{"n":1}}',
    ],
    ['without keys', '{"response":{"inlinedResponses":[{"response":{"n":1}}]}}', '{"response":{"n":1}}'],
    [
      'with the key outside',
      '{"response":{"inlinedResponses":[{"key":"a","response":{"n":1}}]}}',
      '{"key":"a","response":{"n":1}}',
    ],
    [
      'with more metadata than a key',
      '{"response":{"inlinedResponses":[{"metadata":{"key":"a","x":1},"response":{}}]}}',
      '{"key":"a","metadata":{"key":"a","x":1},"response":{}}',
    ],
  ] as const)
    it(`given inline, ${what}`, async () => {
      const named = body.replace('{', '{"name":"batches/x","done":true,');
      await fetched(new ScriptedTransport([{ body: named }]), inlineJob);
      assert.equal(content(), `${expected}\n`);
    });

  it('given inline twice are read once', async () => {
    const list = '{"inlinedResponses":{"inlinedResponses":[{"response":{"n":1}},{"response":{"n":2}}';
    const body = `{"name":"batches/x","done":true,"metadata":{"output":${list}]}}},"response":${list}`;
    // It breaks off in the second list, which nobody waits for.
    const transport = new ScriptedTransport([{ body: [Buffer.from(body)], failure: cut }]);
    assert.deepEqual(await fetched(transport, inlineJob), { path: target, sizeBytes: 42, rows: 2 });
    assert.equal(transport.sent.length, 1);
  });

  it('given inline begin anew after a break', async () => {
    const text = wireFixture('inline-succeeded');
    const half: ScriptedAnswer = { body: text.slice(0, text.length / 2), failure: cut };
    const broken: ScriptedAnswer = { body: text.slice(0, text.length / 2) };
    const result = await fetched(new ScriptedTransport([half, broken, { body: text }]), inlineJob);
    assert.equal(result.rows, 3);
  });

  it('that are late are waited for', async () => {
    const late = (output: object) =>
      JSON.stringify({
        name: 'batches/x',
        done: true,
        metadata: { state: 'BATCH_STATE_SUCCEEDED', ...output },
      });
    const clock = new HurryingClock();
    const transport = new ScriptedTransport([
      { body: late({}) },
      { body: late({}) },
      { body: late({ output: { responsesFile: 'files/batch-late' } }) },
      { body: rows },
    ]);
    const result = await fetched(transport, inlineJob, clock);
    assert.equal(result.rows, 2);
    assert.deepEqual(clock.waits, [3_000, 3_000]);
  });

  it('that never come are reported, and nothing is left behind', async () => {
    const body = JSON.stringify({
      name: 'batches/x',
      done: true,
      metadata: { state: 'BATCH_STATE_SUCCEEDED' },
    });
    await assert.rejects(fetched(new ScriptedTransport([{ body }]), inlineJob), {
      kind: 'notFound',
      reason: 'NO_RESULTS',
      advice: /late/,
    });
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('of a job that failed are not waited for', async () => {
    const transport = new ScriptedTransport([{ body: wireFixture('failed') }]);
    await assert.rejects(fetched(transport, inlineJob), {
      reason: 'NO_RESULTS',
      advice: 'A job that is failed has no results to fetch.',
    });
    assert.equal(transport.sent.length, 1);
  });

  it('never overwrite', async () => {
    writeFileSync(target, 'mine');
    const transport = new ScriptedTransport([{ body: rows }]);
    await assert.rejects(fetched(transport), { kind: 'local', reason: 'EEXIST' });
    assert.equal(content(), 'mine');
    assert.equal(transport.sent.length, 0);
  });
});
