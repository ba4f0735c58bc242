import assert from 'node:assert/strict';
import type { Job, JobEngine } from '../../../src/jobs/api';
import { ManualClock } from '../../support/manualClock';
import { invalid, lostAnswer, quota, wrongKey } from './support/fakeService';
import { Harness, turns } from './support/harness';

/** A window that dies while another one lives: that one finds out late, because the dead process' id may still be taken. */
describe('takeover from a window that died', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  /** Gives no more signs of life as soon as it is started. */
  const hung = () => harness.started({ clock: new ManualClock() });

  it('tells of what ended when the dead window still seemed to live', async () => {
    const dead = await hung();
    const { id, name } = await dead.submit(harness.request());
    const told = { dead: harness.finishes(dead), heir: [] as string[][] };
    const heir = harness.engine();
    told.heir = harness.finishes(heir);
    harness.service.finish(name!);
    await heir.start();
    await heir.refresh();
    await turns();
    assert.equal(heir.get(id)?.state, 'SUCCEEDED');
    assert.deepEqual(told, { dead: [], heir: [] }, 'it is for the window that submitted');
    await harness.until(() => told.heir.length > 0, 60);
    harness.clock.advance(60_000);
    await turns();
    assert.deepEqual(told, { dead: [], heir: [[id]] });
  });

  it('goes on with its submission, and uploads again what was not complete', async () => {
    const dead = await hung();
    const uploading = new Promise<void>((resolve) => {
      harness.service.onUpload = () => {
        resolve();
        harness.service.onUpload = () => undefined;
        return new Promise(() => undefined);
      };
    });
    void dead.submit(harness.request());
    await uploading;
    const heir = await harness.started();
    const [before] = heir.jobs;
    assert.equal(before?.phase, 'preparing', 'the other window seems to be at it');
    await harness.until(() => heir.get(before.id)?.phase === 'submitted', 60);
    assert.equal(harness.service.jobs.length, 1);
    assert.equal(heir.jobs.length, 1);
  });

  it('leaves alone what had failed and was told when it did', async () => {
    const dead = await hung();
    harness.service.fail('uploadFile', 'before', wrongKey(), 2);
    await assert.rejects(dead.submit(harness.request()));
    const heir = await harness.started();
    await turns();
    const uploads = harness.service.count('uploadFile');
    for (let beat = 0; beat < 10; beat += 1) {
      harness.clock.advance(5_000);
      await turns();
    }
    assert.equal(harness.service.count('uploadFile'), uploads);
    assert.equal(heir.jobs[0]?.phase, 'interrupted');
  });
});

describe('submissions that only a person can go on with', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  /** Starts an engine anew and lets it try. @returns what it says to have stalled */
  async function restart(engine: JobEngine): Promise<readonly (readonly Job[])[]> {
    engine.dispose();
    const next = harness.engine();
    const stalls: (readonly Job[])[] = [];
    next.onDidStall((jobs) => stalls.push(jobs));
    await next.start();
    await turns(20);
    return stalls;
  }

  it('are told of together at a start, with what stopped them', async () => {
    const engine = await harness.started();
    harness.service.fail('uploadFile', 'before', wrongKey(), 4);
    for (const displayName of ['one', 'two'])
      await assert.rejects(engine.submit(harness.request({ displayName })));
    const [stall = [], ...more] = await restart(engine);
    assert.deepEqual(stall.map(({ displayName, waiting }) => `${displayName}: ${String(waiting)}`).sort(), [
      'one: The key is not valid.',
      'two: The key is not valid.',
    ]);
    assert.deepEqual(more, []);
  });

  it('are told of when their window died in the middle of the creation and the service lists no job', async () => {
    const engine = await harness.started({ reconcileLooksMs: [0, 1_000_000] });
    harness.service.fail('createJob', 'before', lostAnswer());
    void engine.submit(harness.request()).catch(() => undefined);
    await harness.until(() => harness.service.count('createJob') === 1);
    await turns();
    const [[job] = []] = await restart(engine);
    assert.match(job?.waiting ?? '', /no clear answer/);
    assert.equal(harness.service.count('createJob'), 1);
  });

  for (const [what, error, message] of [
    ['a line that the service refuses', invalid, 'Error on line 1: no.'],
    ['a key that is not valid any more', wrongKey, 'The key is not valid.'],
  ] as const)
    it(`are told of when they leave the queue for ${what}`, async () => {
      const engine = await harness.started();
      harness.service.fail('createJob', 'before', quota());
      const { id } = await engine.submit(harness.request());
      const stalls: (readonly Job[])[] = [];
      engine.onDidStall((jobs) => stalls.push(jobs));
      harness.service.fail('createJob', 'before', error());
      await harness.until(() => stalls.length > 0, 3_600);
      assert.deepEqual(
        stalls.flat().map((job) => [job.id, job.phase, job.waiting]),
        [[id, 'interrupted', message]],
      );
    });

  it('are not those that wait in the queue, nor those that go on', async () => {
    const engine = await harness.started();
    harness.service.fail('createJob', 'before', quota());
    await engine.submit(harness.request({ displayName: 'queued' }));
    harness.service.fail('uploadFile', 'before', wrongKey());
    await assert.rejects(engine.submit(harness.request({ displayName: 'goes on' })));
    assert.deepEqual(await restart(engine), []);
  });
});
