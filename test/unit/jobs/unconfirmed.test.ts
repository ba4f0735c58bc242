import assert from 'node:assert/strict';
import type { Job, JobEngine } from '../../../src/jobs/api';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import { decodeDisplayName } from '../../../src/jobs/displayName';
import { CancelledError } from '../../../src/util/async';
import { invalid, lostAnswer, quota, refused } from './support/fakeService';
import { Harness, turns } from './support/harness';

const minute = 60_000;

/** Creations without an answer that the service does not list. */
describe('unconfirmed submissions', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  /** An engine with one submission whose creation takes effect `lateMs` after it was sent; never when absent. */
  async function unconfirmed(
    change: { readonly lateMs?: number; readonly input?: 'inline' } = {},
  ): Promise<{ readonly engine: JobEngine; readonly job: Job }> {
    const engine = await harness.started();
    if (change.lateMs === undefined) harness.service.fail('createJob', 'before', lostAnswer());
    else harness.service.lateMs = change.lateMs;
    await assert.rejects(
      engine.submit(harness.request(change.input && { input: change.input })),
      UnconfirmedError,
    );
    harness.service.lateMs = undefined;
    const [job] = engine.jobs;
    assert.ok(job);
    return { engine, job };
  }

  const afterwards = () => [
    harness.service.jobs.length,
    harness.service.count('createJob'),
    harness.service.count('uploadFile'),
  ];

  it('say so, and are created again neither by polls nor by restarts nor on being resumed', async () => {
    const { engine, job } = await unconfirmed();
    assert.equal(job.phase, 'interrupted');
    assert.deepEqual(job.unconfirmed, { since: harness.clock.now(), givenUp: false });
    assert.match(job.waiting ?? '', /no clear answer .* not submitted again by itself/s);
    assert.match(job.waiting ?? '', /“Resume Submission” .* “Discard Submission”/);
    const looks = harness.service.count('listJobs');
    await harness.until(() => harness.service.count('listJobs') > looks + 3);
    const steps: string[] = [];
    await assert.rejects(
      engine.resume(job.id, { onProgress: ({ step }) => steps.push(step) }),
      UnconfirmedError,
    );
    assert.deepEqual(steps, ['confirming']);
    engine.dispose();
    harness.clock.advance(48 * 60 * minute);
    const second = await harness.started();
    await turns();
    assert.ok(second.get(job.id)?.unconfirmed);
    assert.deepEqual(afterwards(), [0, 1, 1]);
  });

  for (const minutes of [2, 45, 600]) {
    it(`become the job that turns up ${minutes} minutes late, by themselves`, async () => {
      const { engine, job } = await unconfirmed({ lateMs: minutes * minute });
      await turns();
      harness.clock.advance(minutes * minute);
      await harness.until(() => engine.get(job.id)?.phase === 'submitted', 3_600);
      assert.equal(engine.get(job.id)?.unconfirmed, undefined);
      assert.equal(engine.get(job.id)?.waiting, undefined);
      assert.equal(engine.jobs.length, 1);
      assert.deepEqual(afterwards(), [1, 1, 1]);
    });
  }

  it('become the job that turns up while everything is closed', async () => {
    const { engine, job } = await unconfirmed({ lateMs: 10 * minute });
    engine.dispose();
    harness.clock.advance(20 * minute);
    const second = await harness.started();
    assert.equal(second.get(job.id)?.phase, 'submitted');
    assert.deepEqual(afterwards(), [1, 1, 1]);
  });

  it('are found in another window, and by a clock that was set to yesterday', async () => {
    const { engine, job } = await unconfirmed({ lateMs: 1 });
    harness.clock.advance(-24 * 60 * minute);
    const other = await harness.started();
    harness.clock.advance(24 * 60 * minute + 1);
    await other.refresh();
    assert.equal(other.get(job.id)?.phase, 'submitted');
    await engine.refresh();
    assert.equal(engine.get(job.id)?.phase, 'submitted');
    assert.deepEqual(afterwards(), [1, 1, 1]);
  });

  it('are created again when a person says so, and the earlier creation comes to nothing', async () => {
    const { engine, job } = await unconfirmed({ lateMs: 5 * minute });
    const after = await engine.resume(job.id, { createAgain: true });
    assert.equal(after.phase, 'submitted');
    harness.clock.advance(10 * minute);
    await engine.refresh();
    assert.equal(engine.jobs.length, 1);
    assert.deepEqual(afterwards(), [1, 2, 2]);
  });

  it('are told from what came of the earlier creation, should the service have kept its requests', async () => {
    const { engine, job } = await unconfirmed({ lateMs: 5 * minute });
    const first = harness.service.files[0]!;
    harness.service.fail('createJob', 'before', lostAnswer());
    await assert.rejects(engine.resume(job.id, { createAgain: true }), UnconfirmedError);
    harness.service.files.push(first);
    harness.clock.advance(10 * minute);
    await engine.refresh();
    assert.ok(
      engine.get(job.id)?.unconfirmed,
      'the job of the earlier creation is not that of the later one',
    );
    assert.deepEqual(engine.jobs.map(({ origin }) => origin).sort(), ['elsewhere', 'here']);
  });

  it('carry the token of their last creation to the webhook', async () => {
    const engine = await harness.started();
    const tokens: unknown[] = [];
    const create = harness.service.createJob.bind(harness.service);
    harness.service.createJob = (request) => {
      tokens.push([request.webhook?.userMetadata?.batchwright, request.webhook?.userMetadata?.mine]);
      return create(request);
    };
    harness.service.fail('createJob', 'before', lostAnswer());
    const webhook = { uris: ['https://example.com/hook'], userMetadata: { mine: 'x' } };
    await assert.rejects(engine.submit(harness.request({ webhook })), UnconfirmedError);
    await engine.resume(engine.jobs[0]!.id, { createAgain: true });
    const [job] = harness.service.jobs;
    assert.deepEqual(tokens[1], [decodeDisplayName(job!.displayName).token, 'x']);
    assert.notDeepEqual(tokens[0], tokens[1]);
  });

  it('are not created again, whatever a person says, once the service lists the job', async () => {
    const { engine, job } = await unconfirmed({ lateMs: 5 * minute });
    harness.clock.advance(5 * minute);
    const after = await engine.resume(job.id, { createAgain: true });
    assert.equal(after.phase, 'submitted');
    assert.deepEqual(afterwards(), [1, 1, 1]);
  });

  it('are not created again while the earlier creation cannot be kept from taking effect', async () => {
    const { engine, job } = await unconfirmed();
    harness.service.fail('deleteFile', 'before', refused());
    await assert.rejects(engine.resume(job.id, { createAgain: true }), /refused/);
    assert.ok(engine.get(job.id)?.unconfirmed);
    assert.deepEqual(afterwards(), [0, 1, 1]);
    harness.service.files = [];
    await engine.resume(job.id, { createAgain: true });
    assert.deepEqual(afterwards(), [1, 2, 2]);
  });

  it('may have been sent without an upload', async () => {
    const { engine, job } = await unconfirmed({ input: 'inline' });
    await engine.resume(job.id, { createAgain: true });
    assert.deepEqual(afterwards(), [1, 2, 0]);
  });

  describe('that are given up', () => {
    it('are cancelled when they turn up, and without their file they do not', async () => {
      const { engine, job } = await unconfirmed({ lateMs: 5 * minute, input: 'inline' });
      await engine.discard(job.id);
      assert.deepEqual(engine.get(job.id)?.unconfirmed?.givenUp, true);
      assert.match(engine.get(job.id)?.waiting ?? '', /Given up/);
      await harness.until(() => harness.service.count('cancelJob') === 1);
      await harness.until(() => engine.get(job.id)?.phase === 'submitted');
      assert.deepEqual(afterwards(), [1, 1, 0]);
    });

    for (const [what, error, calls] of [
      ['could not be asked to cancel them is asked again', refused(), 2],
      ['has nothing to cancel any more is not', invalid(), 1],
    ] as const) {
      it(`a service that ${what}`, async () => {
        const { engine, job } = await unconfirmed({ lateMs: 5 * minute, input: 'inline' });
        await engine.discard(job.id);
        harness.service.fail('cancelJob', 'before', error);
        harness.clock.advance(5 * minute);
        await engine.refresh().catch(() => undefined);
        await engine.refresh();
        await engine.refresh();
        assert.equal(engine.get(job.id)?.phase, 'submitted');
        assert.equal(harness.service.count('cancelJob'), calls);
      });
    }

    it('leave no file at the service, and are forgotten after an hour', async () => {
      const { engine, job } = await unconfirmed({ lateMs: 5 * minute });
      await engine.discard(job.id);
      assert.deepEqual(harness.service.files, []);
      await turns();
      harness.clock.advance(59 * minute);
      await engine.refresh();
      assert.ok(engine.get(job.id));
      harness.clock.advance(2 * minute);
      await harness.until(() => engine.get(job.id) === undefined, 3_600);
      assert.deepEqual(afterwards(), [0, 1, 1]);
    });

    it('are forgotten at once when they are given up again, after one more look', async () => {
      const { engine, job } = await unconfirmed();
      await engine.discard(job.id);
      harness.service.fail('listJobs', 'before', refused());
      await assert.rejects(engine.discard(job.id), /refused/);
      assert.ok(engine.get(job.id));
      await engine.discard(job.id);
      assert.equal(engine.get(job.id), undefined);
    });

    it('stay given up through a restart', async () => {
      const { engine, job } = await unconfirmed();
      await engine.discard(job.id);
      engine.dispose();
      const second = await harness.started();
      await assert.rejects(second.resume(job.id), CancelledError);
      assert.equal(second.get(job.id)?.unconfirmed?.givenUp, true);
    });
  });

  describe('that come from the queue', () => {
    async function queued(): Promise<{ readonly engine: JobEngine; readonly ids: readonly string[] }> {
      const engine = await harness.started();
      harness.service.fail('createJob', 'before', quota(), 2);
      const ids: string[] = [];
      for (const displayName of ['first', 'second']) {
        const job = await engine.submit(
          harness.request({ displayName }, `{"key":"${displayName}","request":{}}\n`),
        );
        assert.equal(job.phase, 'queued');
        ids.push(job.id);
        harness.clock.advance(1_000);
      }
      return { engine, ids };
    }

    it('leave the queue and do not hold up those behind them', async () => {
      const { engine, ids } = await queued();
      harness.service.fail('createJob', 'before', lostAnswer());
      await harness.until(() => engine.get(ids[1]!)?.phase === 'submitted');
      assert.equal(engine.get(ids[0]!)?.phase, 'interrupted');
      assert.ok(engine.get(ids[0]!)?.unconfirmed);
    });

    it('a refusal for good is kept with its reason, because nobody was there to hear it', async () => {
      const { engine, ids } = await queued();
      harness.service.fail('createJob', 'before', invalid());
      await harness.until(() => engine.get(ids[1]!)?.phase === 'submitted');
      assert.equal(engine.get(ids[0]!)?.phase, 'interrupted');
      assert.match(engine.get(ids[0]!)?.waiting ?? '', /line 1/);
      assert.equal(engine.get(ids[0]!)?.unconfirmed, undefined);
    });
  });
});
