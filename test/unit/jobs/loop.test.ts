import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import type { RetryableOutcome } from '../../../src/jobs/rows/retryFile';
import { until } from '../../host/until';
import { filesOf, jobsOf } from './kill/sandboxLists';
import { keysOf, looksUntil, nextFinish, SandboxWorld } from './support/sandboxWorld';

const minute = 60_000;
const hour = 60 * minute;

/** What people do with jobs over days, against the sandbox with its faults. */
describe('the life of jobs, in the sandbox', function () {
  this.timeout(180_000);
  let world: SandboxWorld;
  afterEach(() => world.dispose());

  const createJob = async (displayName: string) => {
    const { url, key } = world.sandbox;
    const answer = await fetch(`${url}/v1beta/models/gemini-3.8-flash:batchGenerateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({
        batch: {
          displayName,
          inputConfig: {
            requests: {
              requests: [{ request: { contents: [{ parts: [{ text: 'Hi' }] }] }, metadata: { key: 'a' } }],
            },
          },
        },
      }),
    });
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { name: string }).name;
  };

  it('three generations of retries make one file, each request answered by its last success', async () => {
    world = await SandboxWorld.create();
    const engine = await world.start();
    const texts = [
      'fine',
      '[[sandbox:failed]]',
      '[[sandbox:truncated]]',
      '[[sandbox:missing]]',
      '[[sandbox:blocked]]',
    ];
    const first = await engine.submit(world.request(texts));
    await world.ended(engine, first.id);
    const all = new Set<RetryableOutcome>(['failed', 'missing', 'truncated', 'blocked']);
    const retry = await engine.createRetryFile(first.id, all);
    assert.deepEqual([keysOf(retry.path), retry.rows], [['k1', 'k2', 'k3', 'k4'], 4]);
    const second = await engine.submit({ ...world.request(texts), ...retry, displayName: 'again' });
    await world.ended(engine, second.id);
    const again = await engine.createRetryFile(second.id, new Set(['failed', 'truncated']));
    assert.match(again.path, /requests\.retry-2\.jsonl$/);
    assert.deepEqual(keysOf(again.path), ['k1', 'k2']);
    const third = await engine.submit({ ...world.request(texts), ...again, displayName: 'once more' });
    await world.ended(engine, third.id);
    const merged = await engine.mergeResults(third.id);
    assert.deepEqual([merged.runs, merged.unfinished], [3, 0]);
    assert.deepEqual(
      keysOf(merged.file.path).filter((key) => key !== 'k3'),
      ['k0', 'k1', 'k2', 'k4'],
    );
    assert.equal(merged.counts.ok, 1);
    assert.equal(merged.usage.input > 0, true);
  });

  for (const status of [undefined, 503]) {
    const answer = status === undefined ? 'no answer' : `a ${status}`;
    const late = { kind: 'late-effect', ms: 25 * minute, path: ':batchGenerateContent', times: 1 } as const;

    it(`a creation with ${answer} that takes effect 25 minutes late is one job, without anybody doing anything`, async () => {
      world = await SandboxWorld.create();
      const engine = await world.start();
      world.sandbox.control.addFault({ ...late, ...(status !== undefined && { status }) });
      await assert.rejects(engine.submit(world.request(['x'])), UnconfirmedError);
      await engine.refresh();
      assert.ok(engine.jobs[0]?.unconfirmed);
      world.sandbox.control.advance(25 * minute);
      await looksUntil(engine, () => engine.jobs[0]?.phase === 'submitted');
      assert.equal((await jobsOf(world.sandbox)).length, 1);
      assert.equal(engine.jobs.length, 1);
    });

    it(`a creation with ${answer} that a person repeats leaves one job, although it takes effect late`, async () => {
      world = await SandboxWorld.create();
      const engine = await world.start();
      world.sandbox.control.addFault({ ...late, ...(status !== undefined && { status }) });
      await assert.rejects(engine.submit(world.request(['x'])), UnconfirmedError);
      const { id } = await engine.resume(engine.jobs[0]!.id, { createAgain: true });
      world.sandbox.control.advance(26 * minute);
      await world.ended(engine, id);
      assert.equal((await jobsOf(world.sandbox)).length, 1);
    });
  }

  it('a job that expired is submitted again as a whole, linked to it', async () => {
    world = await SandboxWorld.create({ speed: 0 });
    const engine = await world.start();
    const { id } = await engine.submit(world.request(['a', 'b']));
    world.sandbox.control.advance(49 * hour);
    assert.equal((await world.ended(engine, id)).state, 'EXPIRED');
    await assert.rejects(engine.downloadResults(id), /expired and has no results/);
    world.sandbox.control.setSpeed(1_000);
    const next = await engine.submit(engine.resubmission(id));
    assert.equal(next.parentId, id);
    assert.equal((await world.ended(engine, next.id)).state, 'SUCCEEDED');
  });

  it('what has no room waits through a restart, is submitted in order, and can be given up', async () => {
    world = await SandboxWorld.create({ speed: 0, limits: { concurrentJobs: 2 } });
    // What the service refused is tried again at every look, and looks are asked for.
    const pace = { pollSeconds: () => 0 };
    const first = await world.start(pace);
    const ids: string[] = [];
    for (const displayName of ['one', 'two', 'three', 'four', 'five']) {
      ids.push((await first.submit(world.request(['x'], { displayName }, `${displayName}.jsonl`))).id);
    }
    const phases = (engine: typeof first) => ids.map((id) => engine.get(id)?.phase);
    assert.deepEqual(phases(first), ['submitted', 'submitted', 'queued', 'queued', 'queued']);
    first.dispose();
    const second = await world.start(pace);
    assert.deepEqual(phases(second), ['submitted', 'submitted', 'queued', 'queued', 'queued']);
    await second.cancel(ids[3]!);
    world.sandbox.control.setSpeed(1_000);
    await looksUntil(second, () =>
      ids.every((id) => second.get(id) === undefined || second.get(id)?.state === 'SUCCEEDED'),
    );
    const created = (await jobsOf(world.sandbox)).map(({ metadata }) => metadata.displayName.split(' ')[0]);
    assert.deepEqual(created.toReversed(), ['one', 'two', 'three', 'five']);
    assert.equal((await filesOf(world.sandbox)).length, 4, 'what was given up left no file');
  });

  it('a job from elsewhere is adopted, survives the service’s list and a restart, and is marked when it is gone', async () => {
    world = await SandboxWorld.create();
    const engine = await world.start();
    const name = await createJob('From a script');
    await engine.refresh();
    const elsewhere = engine.jobs.find((job) => job.name === name);
    assert.equal(elsewhere?.origin, 'elsewhere');
    const id = await engine.adopt(elsewhere.id);
    await world.ended(engine, id);
    const results = await engine.downloadResults(id, { directory: world.root });
    assert.equal(results.rows, 1);
    await fetch(`${world.sandbox.url}/v1beta/${name}`, {
      method: 'DELETE',
      headers: { 'x-goog-api-key': world.sandbox.key },
    });
    engine.dispose();
    const second = await world.start();
    await second.refresh();
    assert.deepEqual([second.jobs.length, second.get(id)?.gone], [1, true]);
    assert.equal((await second.downloadResults(id)).path, results.path, 'what is here needs no service');
  });

  it('the ledger goes to another machine and back, jobs that both know stay one', async () => {
    world = await SandboxWorld.create({ speed: 1_000, key: 'nobody-may-see-this' });
    const [here, there] = [await world.start(), await world.start({}, 'elsewhere')];
    const parent = await here.submit(world.request(['a', '[[sandbox:failed]]']));
    await world.ended(here, parent.id);
    const retry = await here.createRetryFile(parent.id, new Set(['failed']));
    const child = await here.submit({ ...world.request(['a', '[[sandbox:failed]]']), ...retry });
    await there.refresh();
    const adopted = await there.adopt(`sandbox:${parent.name}`);
    const file = join(world.root, 'ledger.jsonl');
    assert.equal(await here.exportLedger(file), 2);
    assert.deepEqual(await there.importLedger(file), { added: 1, known: 1, unfinished: 0, broken: [] });
    assert.equal(there.get(child.id)?.parentId, adopted);
    const back = join(world.root, 'back.jsonl');
    await there.exportLedger(back);
    assert.deepEqual(await here.importLedger(back), { added: 0, known: 2, unfinished: 0, broken: [] });
    assert.equal(here.jobs.length, 2);
    assert.doesNotMatch(readFileSync(file, 'utf8'), /nobody-may-see-this|upload_id/);
  });

  it('several are deleted at once: stopped, saved, one refused; the account says which', async () => {
    world = await SandboxWorld.create({ speed: 0 });
    const engine = await world.start();
    const running = await engine.submit(world.request(['x'], { displayName: 'running' }, 'running.jsonl'));
    world.sandbox.control.setSpeed(1_000);
    const done = await engine.submit(world.request(['x'], { displayName: 'done' }, 'done.jsonl'));
    const stubborn = await engine.submit(world.request(['x'], { displayName: 'stubborn' }, 'stubborn.jsonl'));
    for (const { id } of [running, done, stubborn]) await world.ended(engine, id);
    world.sandbox.control.addFault({
      kind: 'status',
      status: 403,
      method: 'DELETE',
      path: stubborn.name!,
      times: 1,
    });
    const account = await engine.deleteAll([running.id, done.id, stubborn.id], {
      cancelRunning: true,
      saveResults: true,
    });
    assert.deepEqual(
      account.map(({ displayName, deleted, saved }) => [
        displayName,
        deleted,
        saved !== undefined && existsSync(saved),
      ]),
      [
        ['running', true, true],
        ['done', true, true],
        ['stubborn', false, true],
      ],
    );
    assert.ok(account[2]?.error);
    await engine.refresh();
    assert.deepEqual(
      engine.jobs.map(({ id }) => id),
      [stubborn.id],
    );
    assert.equal((await jobsOf(world.sandbox)).length, 1);
  });

  it('uploaded request files go after success where the settings say so, and stay after a failure', async () => {
    world = await SandboxWorld.create();
    const engine = await world.start({ deleteInputFiles: () => true });
    const good = await engine.submit(world.request(['x'], { displayName: 'good' }, 'good.jsonl'));
    const bad = await engine.submit(
      world.request(['x'], { displayName: 'bad [[sandbox:fail]]' }, 'bad.jsonl'),
    );
    for (const { id } of [good, bad]) await world.ended(engine, id);
    await looksUntil(engine, () => engine.get(bad.id)?.state === 'FAILED');
    const left = (await filesOf(world.sandbox)).map(({ displayName }) => displayName.split(' ')[0]);
    assert.deepEqual(left, ['bad']);
  });

  it('a window that was closed for days tells once, of all together, how jobs ended', async () => {
    world = await SandboxWorld.create({ speed: 0 });
    const first = await world.start();
    const jobs = [];
    for (const name of ['a', 'b', 'c'])
      jobs.push(await first.submit(world.request(['x'], {}, `${name}.jsonl`)));
    first.dispose();
    world.sandbox.control.setSpeed(1_000);
    world.sandbox.control.advance(20 * hour);
    await until('their end', async () => (await jobsOf(world.sandbox)).every(({ done }) => done === true));
    const second = await world.start();
    const told: string[][] = [];
    second.onDidFinish((ended) => told.push(ended.map(({ id }) => id).sort()));
    await nextFinish(second);
    assert.deepEqual(told, [jobs.map(({ id }) => id).sort()]);
    second.dispose();
    const third = await world.start();
    const toldAgain: string[] = [];
    third.onDidFinish((ended) => toldAgain.push(...ended.map(({ id }) => id)));
    await third.refresh();
    assert.deepEqual(toldAgain, []);
  });
});
