import assert from 'node:assert/strict';
import type { JobsChange } from '../../../src/jobs/api';
import { hasNetwork } from '../../../src/jobs/network';
import { ServiceError } from '../../../src/shared/serviceError';
import { FakeService, lostAnswer, quota, refused } from './support/fakeService';
import { Harness, turns } from './support/harness';

const hour = 3_600_000;

describe('tracking', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  /** Lets `seconds` of the clock pass with the disk keeping up. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      harness.clock.advance(1_000);
      await turns(1);
    }
  }

  it('lists once per tick, and no more of it than is needed', async () => {
    for (let n = 0; n < 300; n += 1) {
      harness.service.add({ name: `batches/old-${n}` });
      harness.service.finish(`batches/old-${n}`);
    }
    const engine = await harness.started();
    assert.equal(engine.jobs.length, 300);
    assert.equal(harness.service.limits.at(-1), undefined);
    await engine.submit(harness.request());
    const before = harness.service.count('listJobs');
    await harness.until(() => harness.service.count('listJobs') === before + 2, 60);
    assert.ok((harness.service.limits.at(-1) ?? Infinity) < 100, String(harness.service.limits.at(-1)));
    assert.equal(harness.service.count('getJob'), 0);
    assert.equal(engine.jobs.length, 301, 'a short list forgets nothing');
  });

  it('two windows share one poller, and the second takes over when the first closes', async () => {
    const first = await harness.started();
    const { id, name } = await first.submit(harness.request());
    const second = harness.engine({ connectionIds: () => [] });
    await second.start();
    await turns(10);
    const before = harness.service.count('listJobs');
    harness.service.set(name!, { state: 'RUNNING' });
    await harness.until(() => first.get(id)?.state === 'RUNNING' && second.get(id)?.state === 'RUNNING', 60);
    await pass(20);
    const both = harness.service.count('listJobs') - before;
    assert.ok(both <= 12, `${both} lists in twenty seconds for two windows`);
    first.dispose();
    harness.service.finish(name!);
    await harness.until(() => second.get(id)?.state === 'SUCCEEDED', 120);
  });

  it('a window that has listed everything does not take what another one passes on for everything', async () => {
    const first = await harness.started();
    const done = await first.submit(harness.request({ displayName: 'done' }));
    harness.service.finish(done.name!);
    await harness.until(() => first.get(done.id)?.output !== undefined, 60);
    const second = await harness.started();
    assert.equal(second.get(done.id)?.gone, false);
    const gone: boolean[] = [];
    second.onDidChange(() => gone.push(second.get(done.id)?.gone ?? true));
    const quick = await first.submit(harness.request({ displayName: 'quick' }));
    await harness.until(() => second.get(quick.id) !== undefined, 60);
    harness.service.finish(quick.name!);
    await harness.until(() => second.get(quick.id)?.state === 'SUCCEEDED', 120);
    await pass(20);
    assert.deepEqual([...new Set(gone)], [false]);
    assert.equal(second.get(quick.id)?.gone, false);
    harness.service.jobs = harness.service.jobs.filter(({ name }) => name !== done.name);
    await second.refresh();
    assert.deepEqual([second.get(done.id)?.gone, second.get(quick.id)?.gone], [true, false]);
  });

  it('the window that submitted tells of the end, even when another one polls', async () => {
    const poller = await harness.started();
    poller.setFocused(true);
    await poller.submit(harness.request({ displayName: 'first' }));
    await pass(5);
    const submitter = harness.engine();
    await submitter.start();
    await turns(10);
    const told = { poller: harness.finishes(poller), submitter: harness.finishes(submitter) };
    const { id, name } = await submitter.submit(harness.request({ displayName: 'second' }));
    harness.service.finish(name!);
    await harness.until(() => told.submitter.length > 0, 120);
    await pass(5);
    assert.deepEqual(told.submitter, [[id]]);
    assert.deepEqual(told.poller, []);
  });

  it('the window that is looked at polls, and as fast as that', async () => {
    const first = await harness.started();
    const { id, name } = await first.submit(harness.request());
    const second = harness.engine();
    await second.start();
    await pass(120);
    first.setFocused(false);
    second.setFocused(false);
    await pass(1);
    second.setFocused(true);
    await turns(4);
    harness.service.set(name!, { state: 'RUNNING' });
    await harness.until(() => first.get(id)?.state === 'RUNNING' && second.get(id)?.state === 'RUNNING', 45);
  });

  it('tells jobs that end together together', async () => {
    const engine = await harness.started();
    const jobs = [
      await engine.submit(harness.request({ displayName: '1' })),
      await engine.submit(harness.request({ displayName: '2' })),
    ];
    const told = harness.finishes(engine);
    for (const { name } of jobs) harness.service.finish(name!);
    await harness.until(() => told.length > 0);
    assert.deepEqual(
      told.map((group) => group.length),
      [2],
    );
  });

  it('polls on after SUCCEEDED until there are results', async () => {
    const engine = await harness.started();
    const told = harness.finishes(engine);
    const { id, name } = await engine.submit(harness.request());
    harness.service.finish(name!);
    const finished = harness.service.jobs[0]!;
    const { output, ...without } = finished;
    harness.service.jobs[0] = without;
    await harness.until(() => engine.get(id)?.state === 'SUCCEEDED', 60);
    await pass(10);
    assert.deepEqual(told, []);
    harness.service.jobs[0] = { ...without, output: output! };
    await harness.until(() => told.length > 0, 120);
    assert.deepEqual(engine.get(id)?.output, output);
  });

  it('stops to wait for results that never come', async () => {
    const engine = await harness.started();
    const told = harness.finishes(engine);
    const { name } = await engine.submit(harness.request());
    harness.service.finish(name!);
    const { output, ...without } = harness.service.jobs[0]!;
    assert.ok(output);
    harness.service.jobs[0] = without;
    await pass(5);
    for (let quarter = 0; quarter < 8 && told.length === 0; quarter += 1) {
      harness.clock.advance(hour / 4);
      await turns(8);
    }
    await harness.until(() => told.length > 0);
    const lists = harness.service.count('listJobs');
    harness.clock.advance(hour);
    await turns();
    assert.ok(harness.service.count('listJobs') <= lists + 1);
  });

  it('an unknown state is shown, and goes on being polled', async () => {
    const engine = await harness.started();
    const { id, name } = await engine.submit(harness.request());
    harness.service.set(name!, { state: 'PONDERING' });
    await harness.until(() => engine.get(id)?.state === 'PONDERING', 60);
    harness.service.finish(name!);
    await harness.until(() => engine.get(id)?.state === 'SUCCEEDED', 60);
  });

  it('a running job that the service does not know any more is gone; one that comes back is there again', async () => {
    const engine = await harness.started();
    const { id } = await engine.submit(harness.request());
    const { jobs } = harness.service;
    harness.service.jobs = [];
    await engine.refresh();
    assert.equal(engine.get(id)?.gone, true);
    harness.service.jobs = jobs;
    await engine.refresh();
    assert.equal(engine.get(id)?.gone, false);
  });

  it('a finished job of another key’s project is marked, and not written to disk for it', async () => {
    const engine = await harness.started();
    const { id, name } = await engine.submit(harness.request());
    harness.service.finish(name!);
    await engine.refresh();
    const { jobs } = harness.service;
    harness.service.jobs = [];
    await engine.refresh();
    assert.equal(engine.get(id)?.gone, true);
    harness.service.jobs = jobs;
    const next = await harness.started();
    assert.equal(next.get(id)?.gone, false);
  });

  it('waits longer when nobody looks, and looks soon when somebody does', async () => {
    const engine = await harness.started();
    await engine.submit(harness.request());
    await pass(120);
    engine.setFocused(false);
    const before = harness.service.count('listJobs');
    await pass(40);
    const unseen = harness.service.count('listJobs') - before;
    engine.setFocused(true);
    await pass(40);
    const seen = harness.service.count('listJobs') - before - unseen;
    assert.ok(seen > unseen, `${seen} looks with focus, ${unseen} without`);
  });

  it('asks nothing without a network, and goes on when there is one', async () => {
    let online = true;
    const engine = await harness.started({ isOnline: () => online });
    const { id, name } = await engine.submit(harness.request());
    online = false;
    await pass(10);
    const before = harness.service.calls.length;
    harness.service.finish(name!);
    await pass(30);
    assert.equal(harness.service.calls.length, before);
    assert.match(engine.trouble.get('gemini')?.message ?? '', /no network/);
    online = true;
    await harness.until(() => engine.get(id)?.state === 'SUCCEEDED' && engine.trouble.size === 0, 30);
  });

  it('leaves a failing service alone for longer and longer, and as long as it asks', async () => {
    const engine = await harness.started();
    await engine.submit(harness.request());
    harness.service.fail(
      'listJobs',
      'before',
      new ServiceError('Busy.', { kind: 'unavailable', ambiguous: false }),
      50,
    );
    const before = harness.service.count('listJobs');
    await pass(240);
    const made = harness.service.count('listJobs') - before;
    assert.ok(made >= 2 && made <= 6, `${made} calls in four minutes`);
    harness.service.faults.length = 0;
    harness.service.fail('listJobs', 'before', quota(500_000));
    await assert.rejects(engine.refresh());
    const asked = harness.service.count('listJobs');
    await pass(300);
    assert.equal(harness.service.count('listJobs'), asked);
  });

  it('polls by itself only when it is told to', async () => {
    const engine = await harness.started({ pollSeconds: () => 0 });
    const { id, name } = await engine.submit(harness.request());
    harness.service.finish(name!);
    const before = harness.service.count('listJobs');
    await pass(60);
    assert.equal(harness.service.count('listJobs'), before);
    engine.nudge({ connectionId: 'gemini', jobName: name! });
    await harness.until(() => engine.get(id)?.state === 'SUCCEEDED', 10);
    assert.equal(harness.service.count('listJobs'), before);
  });

  describe('hints', () => {
    it('a thousand of them cost a few calls', async () => {
      const engine = await harness.started({ pollSeconds: () => 0 });
      const { id, name } = await engine.submit(harness.request());
      harness.service.finish(name!);
      const before = harness.service.calls.length;
      for (let n = 0; n < 1_000; n += 1) engine.nudge({ jobName: name! });
      await harness.until(() => engine.get(id)?.state === 'SUCCEEDED', 10);
      assert.ok(harness.service.calls.length - before <= 2);
    });

    it('may name the submission by its token, or nothing at all', async () => {
      const engine = await harness.started({ pollSeconds: () => 0 });
      const created: unknown[] = [];
      const create = harness.service.createJob.bind(harness.service);
      harness.service.createJob = (request) => {
        created.push(request.webhook?.userMetadata);
        return create(request);
      };
      const { id, name } = await engine.submit(
        harness.request({ webhook: { uris: ['https://example.com/'], userMetadata: { team: 'a' } } }),
      );
      const [metadata] = created as [Record<string, string>];
      assert.equal(metadata.team, 'a');
      harness.service.set(name!, { state: 'RUNNING' });
      engine.nudge({ token: metadata.batchwright! });
      await harness.until(() => engine.get(id)?.state === 'RUNNING', 10);
      harness.service.finish(name!);
      engine.nudge({});
      await harness.until(() => engine.get(id)?.state === 'SUCCEEDED', 10);
    });

    it('that cannot be followed break nothing', async () => {
      const engine = await harness.started({ pollSeconds: () => 0 });
      harness.service.fail('listJobs', 'before', refused());
      engine.nudge({ jobName: 'batches/unknown' });
      await harness.until(() => engine.trouble.size === 1, 10);
      engine.nudge({ connectionId: 'gemini' });
      await harness.until(() => engine.trouble.size === 0, 10);
    });
  });

  describe('clocks', () => {
    const offsets: readonly [string, number][] = [
      ['a service that is three days ahead', 72 * hour],
      ['a service that is three days behind', -72 * hour],
    ];
    for (const [what, offset] of offsets) {
      it(`${what}: times are shown by our clock`, async () => {
        harness.service = new FakeService(harness.clock, offset);
        const engine = await harness.started();
        const { id } = await engine.submit(harness.request());
        const job = engine.get(id)!;
        assert.ok(
          Math.abs(job.createdAt - harness.clock.now()) < 10_000,
          String(job.createdAt - harness.clock.now()),
        );
        assert.ok(Math.abs(job.expiresAt - harness.clock.now() - 48 * hour) < 10_000);
        assert.equal(harness.service.count('uploadFile'), 1);
        harness.service.finish(job.name!);
        await harness.until(() => engine.get(id)?.state === 'SUCCEEDED', 60);
        assert.ok(engine.get(id)!.endedAt! - job.createdAt < 60_000);
      });
    }

    it('a file that only seems to have expired is not uploaded again', async () => {
      const engine = await harness.started();
      harness.service.fail('createJob', 'before', refused());
      await assert.rejects(engine.submit(harness.request()));
      harness.service.files = harness.service.files.map((file) => ({
        ...file,
        expiresAt: '2020-01-01T00:00:00Z',
      }));
      await engine.resume(engine.jobs[0]!.id);
      assert.equal(
        harness.service.count('uploadFile'),
        1,
        'our clock is not known to agree with the service’s',
      );
    });
  });

  it('tells views which jobs changed and no others', async () => {
    const engine = await harness.started();
    const kept = await engine.submit(harness.request({ displayName: 'kept' }));
    const other = await engine.submit(harness.request({ displayName: 'other' }));
    await engine.refresh();
    await turns();
    const changes: JobsChange[] = [];
    engine.onDidChange((change) => changes.push(change));
    harness.service.set(other.name!, { counts: { total: 4, succeeded: 2, failed: 1, pending: 1 } });
    await engine.refresh();
    await turns();
    assert.deepEqual(changes, [{ added: [], changed: [other.id], removed: [] }]);
    assert.ok(engine.get(kept.id));
  });

  it('finds a job whose service keeps no names by the file it was made from', async () => {
    const engine = await harness.started();
    harness.service.fail('createJob', 'after', lostAnswer());
    const list = harness.service.listJobs.bind(harness.service);
    harness.service.listJobs = async (options) =>
      (await list(options)).map((job) => ({ ...job, displayName: job.name }));
    const job = await engine.submit(harness.request());
    assert.equal(job.phase, 'submitted');
    assert.equal(harness.service.count('createJob'), 1);
  });

  it('deletes the uploaded file after success when the settings ask for it', async () => {
    const engine = await harness.started({ deleteInputFiles: () => true });
    const { id, name } = await engine.submit(harness.request());
    assert.equal(harness.service.files.length, 1);
    harness.service.fail('deleteFile', 'before', refused());
    harness.service.finish(name!);
    await engine.refresh();
    assert.equal(engine.get(id)?.state, 'SUCCEEDED');
    const second = await engine.submit(harness.request());
    harness.service.finish(second.name!);
    await engine.refresh();
    assert.equal(harness.service.count('deleteFile'), 2);
    assert.equal(harness.service.files.length, 1, 'the one that could not be deleted expires');
  });

  it('a network is one that leads out of the machine', () => {
    const address = { address: 'a', netmask: '', family: 'IPv4' as const, mac: '', cidr: null };
    assert.equal(hasNetwork({ lo: [{ ...address, internal: true }] }), false);
    assert.equal(
      hasNetwork({ lo: [{ ...address, internal: true }], eth0: [{ ...address, internal: false }] }),
      true,
    );
    assert.equal(hasNetwork({}), false);
  });
});
