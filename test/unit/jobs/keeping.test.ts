import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../../../src/jobs/api';
import { planRemoval, type RemovalOptions } from '../../../src/jobs/removal';
import { TimeMemory } from '../../../src/jobs/timeMemory';
import { refused } from './support/fakeService';
import { Harness } from './support/harness';

const minute = 60_000;

describe('removal', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  const all: RemovalOptions = { cancelRunning: true, saveResults: true };

  it('says beforehand what would be stopped and lost', async () => {
    const engine = await harness.started();
    const running = await engine.submit(harness.request({ displayName: 'running' }));
    const done = await engine.submit(harness.request({ displayName: 'done' }));
    const saved = await engine.submit(harness.request({ displayName: 'saved' }));
    for (const { name } of [done, saved]) harness.service.finish(name!);
    await engine.refresh();
    await engine.downloadResults(saved.id);
    harness.service.fail('createJob', 'before', refused());
    await assert.rejects(engine.submit(harness.request({ displayName: 'interrupted' })));
    const plan = planRemoval(engine.jobs);
    const names = (jobs: readonly Job[]) => jobs.map((job) => job.displayName);
    assert.deepEqual(names(plan.running), ['running']);
    assert.deepEqual(names(plan.unsaved), ['done']);
    assert.deepEqual(names(plan.localOnly), ['interrupted']);
    assert.equal(plan.all.length, 4);
    assert.equal(running.phase, 'submitted');
  });

  it('cancels, saves and deletes what it was asked to, and says what it did', async () => {
    const engine = await harness.started();
    const running = await engine.submit(harness.request({ displayName: 'running' }));
    const done = await engine.submit(harness.request({ displayName: 'done' }));
    harness.service.finish(done.name!);
    harness.service.add({ name: 'batches/else', displayName: 'script' });
    harness.service.finish('batches/else');
    await engine.refresh();
    const report = await engine.deleteAll([running.id, done.id, 'gemini:batches/else'], {
      ...all,
      directory: harness.root,
    });
    assert.deepEqual(
      report.map(({ displayName, cancelled, saved, deleted, error }) => [
        displayName,
        cancelled,
        saved,
        deleted,
        error,
      ]),
      [
        ['running', true, undefined, true, undefined],
        ['done', false, join(harness.root, 'requests.results.jsonl'), true, undefined],
        ['script', false, join(harness.root, 'script.results.jsonl'), true, undefined],
      ],
    );
    assert.deepEqual(engine.jobs, []);
    assert.deepEqual(harness.service.jobs, []);
    assert.equal(existsSync(join(harness.root, 'script.results.jsonl')), true);
  });

  it('keeps a job whose results cannot be saved, and goes on with the others', async () => {
    const engine = await harness.started();
    const first = await engine.submit(harness.request({ displayName: 'first' }));
    const second = await engine.submit(harness.request({ displayName: 'second' }));
    for (const { name } of [first, second]) harness.service.finish(name!);
    await engine.refresh();
    harness.service.fail('downloadResults', 'before', refused());
    const report = await engine.deleteAll([first.id, second.id], all);
    assert.deepEqual(
      report.map(({ deleted }) => deleted),
      [false, true],
    );
    assert.match(report[0]?.error?.message ?? '', /refused/);
    assert.deepEqual(
      engine.jobs.map(({ id }) => id),
      [first.id],
    );
  });

  it('stops between two jobs when it is told to', async () => {
    const engine = await harness.started();
    const { id } = await engine.submit(harness.request());
    assert.deepEqual(await engine.deleteAll([id, 'gone'], { ...all, signal: AbortSignal.abort() }), []);
    assert.equal(engine.jobs.length, 1);
  });

  it('leaves the service alone where it cannot delete', async () => {
    const engine = await harness.started();
    harness.service.capabilities = { ...harness.service.capabilities, deleteJob: false };
    const { id } = await engine.submit(harness.request());
    await engine.delete(id);
    assert.equal(harness.service.count('deleteJob'), 0);
  });

  it('fails as the service fails', async () => {
    const engine = await harness.started();
    const { id } = await engine.submit(harness.request());
    harness.service.fail('deleteJob', 'before', refused());
    await assert.rejects(engine.delete(id), /refused/);
    assert.equal(engine.jobs.length, 1);
    await assert.rejects(engine.delete('nobody'), /no job nobody/);
  });
});

describe('export and import', () => {
  const harnesses: Harness[] = [];
  const make = () => {
    const harness = new Harness();
    harnesses.push(harness);
    return harness;
  };
  afterEach(() => harnesses.splice(0).forEach((harness) => harness.dispose()));

  it('bring the jobs of one machine to another, once, links included', async () => {
    const [here, there] = [make(), make()];
    const engine = await here.started();
    const parent = await engine.submit(here.request({ displayName: 'parent' }));
    const child = await engine.submit(here.request({ displayName: 'child', parentId: parent.id }));
    here.service.finish(parent.name!, 'FAILED');
    await engine.refresh();
    here.service.fail('createJob', 'before', refused());
    await assert.rejects(engine.submit(here.request({ displayName: 'unfinished' })));
    const file = join(here.root, 'ledger.jsonl');
    assert.equal(await engine.exportLedger(file), 3);
    await assert.rejects(engine.exportLedger(file), { code: 'EEXIST' });
    assert.doesNotMatch(readFileSync(file, 'utf8'), /secret/);

    there.service = here.service;
    const other = await there.started();
    const told = there.finishes(other);
    const report = await other.importLedger(file);
    assert.deepEqual(report, { added: 2, known: 0, unfinished: 1, broken: [] });
    assert.equal(other.get(child.id)?.parentId, parent.id);
    assert.deepEqual(await other.importLedger(file), { added: 0, known: 2, unfinished: 1, broken: [] });
    await there.until(() => other.get(parent.id)?.state === 'FAILED', 10);
    there.clock.advance(5_000);
    assert.deepEqual(told, [], 'what was told there is not told here');
  });

  it('link retries to a job that is known here under another id, wherever it stands in the file', async () => {
    const [here, there] = [make(), make()];
    const engine = await here.started();
    const parent = await engine.submit(here.request({ displayName: 'parent' }));
    const child = await engine.submit(here.request({ displayName: 'child', parentId: parent.id }));
    const file = join(here.root, 'ledger.jsonl');
    await engine.exportLedger(file);
    const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
    writeFileSync(file, [header, ...lines.toReversed()].join('\n'));

    there.service = here.service;
    const other = await there.started();
    const adopted = await other.adopt(`gemini:${parent.name}`);
    assert.deepEqual(await other.importLedger(file), { added: 1, known: 1, unfinished: 0, broken: [] });
    assert.equal(other.get(child.id)?.parentId, adopted);
    assert.equal(other.jobs.length, 2);
  });

  it('leave no half file behind where the target is taken', async () => {
    const harness = make();
    const engine = await harness.started();
    const file = join(harness.root, 'ledger.jsonl');
    writeFileSync(file, 'mine');
    await assert.rejects(engine.exportLedger(file), { code: 'EEXIST' });
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.equal(existsSync(`${file}.part`), false);
  });

  it('bring back what was deleted here', async () => {
    const harness = make();
    const engine = await harness.started();
    const { id } = await engine.submit(harness.request());
    const file = join(harness.root, 'ledger.jsonl');
    await engine.exportLedger(file);
    await engine.delete(id);
    assert.equal((await engine.importLedger(file)).added, 1);
    assert.equal(engine.get(id)?.displayName, 'My batch');
  });

  it('say which lines cannot be read, and refuse other files', async () => {
    const harness = make();
    const engine = await harness.started();
    const path = join(harness.root, 'import.jsonl');
    const header = '{"batchwright":"ledger","version":1}';
    const evil = JSON.stringify({ version: 2, id: '../../evil', revision: 1 });
    writeFileSync(
      path,
      `${header}\nnonsense\n{"version":99,"id":"a"}\n${evil}\n{"version":2,"id":"b","revision":2,"deleted":true}\n\n`,
    );
    const report = await engine.importLedger(path);
    assert.deepEqual(
      report.broken.map(({ line }) => line),
      [2, 3, 4],
    );
    assert.deepEqual([report.added, report.known], [0, 0]);
    for (const text of ['', 'x\n', '{"key":"a"}\n']) {
      writeFileSync(path, text);
      await assert.rejects(engine.importLedger(path), /is not an exported ledger/);
    }
  });
});

describe('time memory', () => {
  const job = (change: Partial<Job> = {}): Job => ({
    id: 'x',
    connectionId: 'gemini',
    displayName: 'x',
    model: 'm',
    dialect: 'gemini',
    phase: 'submitted',
    state: 'SUCCEEDED',
    counts: { total: 100, succeeded: 100, failed: 0, pending: 0 },
    createdAt: 0,
    endedAt: 10 * minute,
    expiresAt: 1,
    origin: 'here',
    gone: false,
    ...change,
  });
  const running = job({ state: 'RUNNING', createdAt: 1_000 * minute });
  const history = (...minutes: number[]) => minutes.map((each) => job({ endedAt: each * minute }));
  const after = (minutes: number) => running.createdAt + minutes * minute;

  it('expects the middle of what jobs like it took, and says when nine of ten were done', () => {
    const memory = new TimeMemory(history(10, 20, 30, 40, 50));
    assert.deepEqual(memory.forecast(running, after(5)), {
      expectedAt: after(30),
      longerThanUsual: false,
      samples: 5,
    });
    assert.equal(memory.forecast(running, after(45))?.longerThanUsual, false);
    assert.equal(memory.forecast(running, after(47))?.longerThanUsual, true);
  });

  it('makes no fuss about a few minutes', () => {
    const memory = new TimeMemory(history(0.1, 0.2, 0.3));
    assert.equal(memory.forecast(running, after(10))?.longerThanUsual, false);
    assert.equal(memory.forecast(running, after(11))?.longerThanUsual, true);
  });

  const silent: readonly [string, readonly Job[], Partial<Job>][] = [
    ['too few jobs', history(10, 20), {}],
    ['other models', history(10, 20, 30).map((each) => ({ ...each, model: 'other' })), {}],
    ['other connections', history(10, 20, 30).map((each) => ({ ...each, connectionId: 'sandbox' })), {}],
    ['jobs that failed', history(10, 20, 30).map((each) => ({ ...each, state: 'FAILED' })), {}],
    ['ends before beginnings', history(-1, -2, -3), {}],
    ['a job that has ended', history(10, 20, 30), { state: 'SUCCEEDED' }],
    ['a job that is not at the service', history(10, 20, 30), { phase: 'queued' }],
    ['a state that nobody knows', history(10, 20, 30), { state: 'PONDERING' }],
  ];
  for (const [what, jobs, change] of silent) {
    it(`says nothing about ${what}`, () => {
      assert.equal(new TimeMemory(jobs).forecast({ ...running, ...change }, after(1)), undefined);
    });
  }

  it('judges by jobs of about the same size where there are enough', () => {
    const large = history(600, 700, 800).map((each) => ({
      ...each,
      counts: { ...each.counts, total: 90_000 },
    }));
    const memory = new TimeMemory([...history(10, 20, 30), ...large]);
    assert.equal(memory.forecast(running, after(1))?.expectedAt, after(20));
    const huge = { ...running, counts: { ...running.counts, total: 100_000 } };
    assert.equal(memory.forecast(huge, after(1))?.expectedAt, after(700));
    const middle = { ...running, counts: { ...running.counts, total: 3_000 } };
    assert.equal(memory.forecast(middle, after(1))?.samples, 6);
  });

  it('is asked through the engine, and learns', async () => {
    const harness = new Harness();
    try {
      const engine = await harness.started();
      const { id } = await engine.submit(harness.request());
      assert.equal(engine.forecast(id), undefined);
      for (let n = 0; n < 3; n += 1) {
        const { name } = await engine.submit(harness.request());
        harness.service.finish(name!);
      }
      await engine.refresh();
      assert.equal(engine.forecast(id)?.samples, 3);
      assert.equal(engine.forecast('nobody'), undefined);
    } finally {
      harness.dispose();
    }
  });
});
