import assert from 'node:assert/strict';
import type { JobEngine } from '../../../src/jobs/api';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import { decodeDisplayName } from '../../../src/jobs/displayName';
import { ServiceError } from '../../../src/shared/serviceError';
import { isCancelled } from '../../../src/util/async';
import { systemClock } from '../../../src/util/clock';
import { FakeService, lostAnswer, quota, refused, wrongKey } from './support/fakeService';
import { Harness } from './support/harness';

/** More for a long run: BATCHWRIGHT_STORM=1000 npx mocha test/unit/jobs/storm.test.ts */
const submissions = Number(process.env.BATCHWRIGHT_STORM ?? 200);
const atOnce = 10;
const windows = 2;

describe('submissions in a storm', function () {
  this.timeout(240_000 + submissions * 200);
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  it(`${submissions} of them under faults of every kind, with restarts, make as many jobs, each from one upload`, async () => {
    const service = new FakeService(systemClock);
    service.capabilities = { ...service.capabilities, maxConcurrentJobs: Infinity };
    harness.service = service;
    // What may happen to a call: nothing was done, it was done and nobody heard, or it was refused.
    const before = [
      refused,
      lostAnswer,
      quota,
      wrongKey,
      () => new ServiceError('Down.', { kind: 'unavailable', ambiguous: true, status: 503 }),
      () => new ServiceError('<html>', { kind: 'protocol', ambiguous: true, status: 200 }),
    ];
    service.chaos = (_call, when) => {
      const dice = harness.random();
      if (when === 'after') return dice < 0.15 ? lostAnswer() : undefined;
      return dice < 0.15 ? before[Math.floor(harness.random() * before.length)]?.() : undefined;
    };
    const open = async (count = windows) => {
      const options = { clock: systemClock, pollSeconds: () => 3_600, reconcileLooksMs: [0, 2, 4] };
      const engines: JobEngine[] = [];
      for (let n = 0; n < count; n += 1) {
        const engine = harness.engine(options);
        await engine.start();
        engines.push(engine);
      }
      return engines;
    };

    const { path } = harness.request();
    let done = 0;
    while (done < submissions) {
      const engines = await open();
      const batch = Array.from({ length: Math.min(atOnce * 2, submissions - done) }, (_, n) => {
        const request = harness.request({ path, displayName: `Number ${done + n}` });
        return engines[n % engines.length]!.submit(request).catch((error: unknown) => {
          const isExpected = error instanceof ServiceError || error instanceof UnconfirmedError;
          assert.ok(isExpected || isCancelled(error), String(error));
        });
      });
      // Half of a batch is not waited for: its windows close in the middle.
      await Promise.all(batch.slice(0, atOnce));
      for (const engine of engines) engine.dispose();
      await Promise.all(batch.map((each) => each.catch(() => undefined)));
      done += batch.length;
    }

    service.chaos = () => undefined;
    const [calm] = await open(1);
    await calm!.refresh();
    const unsubmitted = () => calm!.jobs.filter((job) => job.origin === 'here' && job.phase !== 'submitted');
    // The person at the last window decides what nobody knows.
    for (const { id } of unsubmitted()) await calm!.resume(id, { createAgain: true });
    assert.deepEqual(unsubmitted(), []);

    const tokens = service.jobs.map((job) => decodeDisplayName(job.displayName).token);
    assert.equal(new Set(tokens).size, tokens.length, 'no submission was paid for twice');
    const ours = calm!.jobs.filter((job) => job.origin === 'here');
    assert.equal(
      tokens.length,
      ours.length,
      'every submission of the ledger is a job, and every job is in the ledger',
    );
    // A submission whose window closed before its intent was written never was one.
    assert.ok(ours.length >= submissions / 2 && ours.length <= submissions, `${ours.length} submissions`);
    const uploads = service.files.map((file) => decodeDisplayName(file.displayName ?? '').token);
    assert.equal(new Set(uploads).size, uploads.length, 'no complete upload was repeated');
  });
});
