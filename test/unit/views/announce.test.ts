import assert from 'node:assert/strict';
import type { Job } from '../../../src/jobs/api';
import { announce, announceStalled, type Announcement } from '../../../src/views/announce';
import { makeJob, makeRunningJob, without } from '../../support/jobs';

const words = (...jobs: Job[]): string => wordsOf(announce(jobs, jobs));

function wordsOf(announcement: Announcement | undefined): string {
  return announcement === undefined
    ? ''
    : [
        announcement.severity,
        announcement.message,
        ...announcement.actions.map(({ label }) => `[${label}]`),
      ].join(' ');
}

describe('announce', () => {
  const rows = (succeeded: number, failed: number) => ({
    total: succeeded + failed,
    succeeded,
    failed,
    pending: 0,
  });
  const cases: [string, Job, string][] = [
    [
      'a good end',
      makeJob({ counts: rows(9, 0) }),
      'information Batch “reviews” is done: 9 ok. [Open Results]',
    ],
    [
      'a success with failed rows',
      makeJob({ counts: rows(9, 1) }),
      'warning Batch “reviews” is done, but not every row is: 9 ok · 1 failed. [Open Results] [Retry Failed]',
    ],
    [
      'a success in which every row failed',
      makeJob({ counts: rows(0, 1000) }),
      'error Batch “reviews” ended, but every row failed (1,000). [Open Results] [Retry Failed]',
    ],
    [
      'a cancelled job',
      makeJob({ state: 'CANCELLED' }),
      'information Batch “reviews” was cancelled. [Open Results]',
    ],
    [
      'an expired job',
      without(makeJob({ state: 'EXPIRED' }), 'output'),
      'warning Batch “reviews” expired: the service did not finish it within 48 hours. [Submit Again]',
    ],
    [
      'a failed job',
      without(makeJob({ state: 'FAILED', error: { message: 'Quota.' } }), 'output'),
      'error Batch “reviews”: failed. Quota. [Show Batches]',
    ],
    [
      'a failed job without a reason',
      without(makeJob({ state: 'FAILED' }), 'output'),
      'error Batch “reviews”: failed. [Show Batches]',
    ],
  ];
  for (const [what, job, expected] of cases) it(`tells of ${what}`, () => assert.equal(words(job), expected));

  it('gathers several', () => {
    assert.equal(words(makeJob(), makeJob()), 'information 2 batches are done. [Show Batches]');
    assert.equal(
      words(makeJob(), makeJob({ state: 'FAILED' }), makeJob({ counts: rows(1, 1) })),
      'warning 3 batches ended: 1 without a failure, 2 to look at. [Show Batches]',
    );
  });

  describe('a split submission', () => {
    const part = (n: number, overrides: Partial<Job> = {}) =>
      makeJob({ id: `p${n}`, displayName: `big (${n}/2)`, group: { id: 'g', part: n, of: 2 }, ...overrides });

    it('is told of when its last part has ended', () => {
      assert.equal(
        announce([part(1)], [part(1), makeRunningJob({ ...part(2), state: 'RUNNING' })]),
        undefined,
      );
      const told = announce([part(2)], [part(2), part(1, { counts: rows(3, 1) })]);
      assert.equal(told?.message, 'Batch “big (2 parts)” is done, but not every row is: 4 ok · 1 failed.');
      assert.deepEqual(told.actions, [
        {
          label: 'Open Results',
          command: 'batchwright.openResults',
          target: { kind: 'group', jobIds: ['p1', 'p2'] },
        },
        {
          label: 'Retry Failed',
          command: 'batchwright.retryRows',
          target: { kind: 'group', jobIds: ['p1', 'p2'] },
        },
      ]);
    });

    it('counts as one among others', () => {
      assert.equal(words(part(1), part(2), makeJob()), 'information 2 batches are done. [Show Batches]');
    });
  });

  it('says nothing about nothing', () => assert.equal(words(), ''));
});

describe('announceStalled', () => {
  const stalled = (change: Partial<Job>): Job => ({ ...makeJob(), phase: 'interrupted', ...change });
  const words = (...jobs: Job[]): string => wordsOf(announceStalled(jobs));
  const part = (number: number): Partial<Job> => ({
    id: `p${number}`,
    group: { id: 'g', part: number, of: 2 },
  });

  it('says what stopped one, and offers to go on', () => {
    const job = stalled({ waiting: 'The key is not valid.' });
    const expected =
      'warning Batch “reviews” was not submitted to the end. The key is not valid. [Resume Submission] [Show Batches]';
    assert.equal(words(job), expected);
    assert.deepEqual(announceStalled([job])?.actions[0], {
      label: 'Resume Submission',
      command: 'batchwright.resumeSubmission',
      target: job.id,
    });
  });

  it('counts several, of which the parts of a split submission are one', () => {
    assert.match(words(stalled(part(1)), stalled(part(2))), /^warning Batch “reviews” was not/);
    const expected = 'warning 2 batches were not submitted to the end. [Show Batches]';
    assert.equal(words(stalled(part(1)), stalled(part(2)), stalled({ id: 'other' })), expected);
  });

  it('says nothing about nothing', () => assert.equal(words(), ''));
});
