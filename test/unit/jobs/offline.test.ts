import assert from 'node:assert/strict';
import type { Job } from '../../../src/jobs/api';
import { ServiceError } from '../../../src/shared/serviceError';
import { invalid } from './support/fakeService';
import { Harness } from './support/harness';

const offline = () =>
  new ServiceError('Could not reach the service: the name was not found.', {
    kind: 'network',
    ambiguous: false,
    offline: true,
  });
const line = (key: string) => `{"key":"${key}","request":{}}\n`;

describe('a submission without a network', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  for (const call of ['uploadFile', 'createJob'] as const)
    it(`waits where ${call} finds none, and goes on by itself, once`, async () => {
      const engine = await harness.started();
      const stalls: (readonly Job[])[] = [];
      engine.onDidStall((jobs) => stalls.push(jobs));
      harness.service.fail(call, 'before', offline(), 3);
      const steps: string[] = [];
      const job = await engine.submit(harness.request(), { onProgress: ({ step }) => steps.push(step) });
      // Before there is a single byte to tell of.
      assert.ok(steps.includes('uploading'));
      assert.equal(job.phase, 'queued');
      assert.equal(job.offline, true);
      assert.match(
        job.waiting ?? '',
        /^It is submitted by itself as soon as there is a network\. Could not reach/,
      );
      await harness.until(() => engine.get(job.id)?.phase === 'submitted', 3_600);
      assert.equal(engine.get(job.id)?.offline, undefined);
      assert.equal(harness.service.jobs.length, 1);
      assert.equal(harness.service.files.length, 1);
      assert.deepEqual(stalls, []);
    });

  it('is tried at the next start, and waits again where there is still none', async () => {
    const engine = await harness.started();
    harness.service.fail('uploadFile', 'before', offline(), 2);
    const { id } = await engine.submit(harness.request());
    engine.dispose();
    const next = await harness.started();
    const stalls: (readonly Job[])[] = [];
    next.onDidStall((jobs) => stalls.push(jobs));
    await harness.until(() => harness.service.count('uploadFile') === 2, 3_600);
    await harness.until(() => next.get(id)?.phase === 'submitted', 3_600);
    assert.deepEqual(stalls, []);
    assert.equal(harness.service.jobs.length, 1);
  });

  it('waits in all its parts, of which only the first is tried', async () => {
    const engine = await harness.started();
    harness.service.fail('uploadFile', 'before', offline());
    const request = harness.request({ rows: 3 }, ['a', 'b', 'c'].map(line).join(''));
    const jobs = await engine.submitInParts(request, { maxRows: 1 });
    assert.deepEqual(
      jobs.map(({ phase, offline: waits }) => [phase, waits]),
      Array.from({ length: 3 }, () => ['queued', true]),
    );
    assert.equal(harness.service.count('uploadFile'), 1);
    await harness.until(() => engine.jobs.every(({ phase }) => phase === 'submitted'), 3_600);
    assert.equal(harness.service.jobs.length, 3);
  });

  it('can be resumed by hand, and given up', async () => {
    const engine = await harness.started();
    harness.service.fail('uploadFile', 'before', offline(), 2);
    const resumed = await engine.submit(harness.request());
    const givenUp = await engine.submit(harness.request({ displayName: 'other' }));
    assert.equal((await engine.resume(resumed.id)).phase, 'submitted');
    await engine.discard(givenUp.id);
    assert.equal(engine.get(givenUp.id), undefined);
    assert.equal(harness.service.jobs.length, 1);
  });

  it('waits on, less and less often, where the service is reached and cannot', async () => {
    const engine = await harness.started();
    harness.service.fail('uploadFile', 'before', offline());
    const { id } = await engine.submit(harness.request());
    const tries = 4;
    const down = new ServiceError('Down.', { kind: 'unavailable', ambiguous: false, status: 503 });
    harness.service.fail('uploadFile', 'before', down, tries);
    await harness.until(() => harness.service.count('uploadFile') === 2, 3_600);
    await harness.until(() => engine.get(id)?.waiting === 'It is tried again by itself. Down.', 60);
    assert.equal(engine.get(id)?.phase, 'queued');
    assert.equal(engine.get(id)?.offline, undefined);
    const looks = harness.service.count('listJobs');
    await harness.until(() => engine.get(id)?.phase === 'submitted', 36_000);
    assert.equal(harness.service.count('uploadFile'), 1 + tries + 1);
    // A look at the service is no reason to try at once.
    assert.ok(harness.service.count('listJobs') - looks > 2 * tries);
    assert.equal(harness.service.jobs.length, 1);
  });

  it('waits for a person where the service says no as soon as it is reached', async () => {
    const engine = await harness.started();
    const stalls: (readonly Job[])[] = [];
    engine.onDidStall((jobs) => stalls.push(jobs));
    harness.service.fail('uploadFile', 'before', offline());
    const { id } = await engine.submit(harness.request());
    harness.service.fail('createJob', 'before', invalid());
    await harness.until(() => stalls.length === 1, 3_600);
    assert.equal(engine.get(id)?.phase, 'interrupted');
    assert.equal(engine.get(id)?.waiting, 'Error on line 1: no.');
  });
});
