import assert from 'node:assert/strict';
import { runCommand } from '../../../../src/commands/boundary';
import { cancelJob } from '../../../../src/commands/jobs/cancelJob';
import type { CommandHandler } from '../../../../src/commands/context';
import { copyAsCurl, copyJobName } from '../../../../src/commands/jobs/copyJob';
import { deleteJob, deletionPlan } from '../../../../src/commands/jobs/deleteJob';
import { clearJobsFilter, filterJobs, loadMoreJobs, sortJobs } from '../../../../src/commands/jobs/jobsView';
import { openRequestFile } from '../../../../src/commands/files/openRequestFile';
import { openResults } from '../../../../src/commands/results/openResults';
import { discardSubmission, resumeSubmission } from '../../../../src/commands/submission/stoppedSubmissions';
import { UnconfirmedError } from '../../../../src/jobs/confirmation';
import { ServiceError } from '../../../../src/shared/serviceError';
import { CommandWorld } from '../../../support/commandWorld';
import { at, makeJob, makeRunningJob, without } from '../../../support/jobs';

describe('commands that act on jobs', () => {
  let world: CommandWorld;
  const run = async (handler: CommandHandler, ...args: unknown[]) => {
    await runCommand(world.context, 'batchwright.refreshJobs', handler, args);
    return world.said;
  };
  const node = (id: string) => ({ kind: 'job', id: `job/${id}`, jobId: id });
  const saved = { results: { path: '/home/me/r.results.jsonl', sizeBytes: 1, rows: 1 } };

  beforeEach(() => {
    world = new CommandWorld();
  });

  describe('find their jobs', () => {
    beforeEach(() => {
      world.jobs = ['a', 'b', 'c'].map((id) => makeRunningJob({ id, displayName: id }));
      world.answers.push('Cancel Job');
    });

    it('in the node they were called on', async () => {
      assert.ok((await run(cancelJob, node('b'))).includes('cancel b'));
    });

    it('in the whole selection', async () => {
      world.answers.splice(0, 1, 'Cancel Jobs');
      const said = await run(cancelJob, node('b'), [node('a'), node('b'), { kind: 'section', id: 's' }]);
      assert.deepEqual(
        said.filter((line) => line.startsWith('cancel')),
        ['cancel a', 'cancel b'],
      );
      assert.equal(said[0], 'confirm Cancel 2 jobs? (Cancel Jobs)');
    });

    it('in what is selected in the view, for a key binding', async () => {
      world.pressedJobIds = ['c'];
      assert.ok((await run(cancelJob, { selection: true })).includes('cancel c'));
    });

    it('nowhere, when the key was pressed with nothing selected', async () => {
      assert.deepEqual(await run(cancelJob, { selection: true }), ['information No job is running.']);
    });

    it('in a group', async () => {
      world.answers.splice(0, 1, 'Cancel Jobs');
      const said = await run(cancelJob, { kind: 'group', jobIds: ['a', 'c'] });
      assert.deepEqual(
        said.filter((line) => line.startsWith('cancel ')),
        ['cancel a', 'cancel c'],
      );
    });

    it('by asking, from the palette', async () => {
      world.answers.unshift(['a']);
      const said = await run(cancelJob);
      assert.equal(said[0], 'pick Cancel Which Jobs?: a, b, c');
      assert.ok(said.includes('cancel a'));
    });

    it('without asking when only one fits', async () => {
      world.jobs = [makeJob(), makeRunningJob({ id: 'only' })];
      assert.ok((await run(cancelJob)).includes('cancel only'));
    });
  });

  describe('Cancel Job', () => {
    it('says what cancelling means, and does nothing without a yes', async () => {
      world.jobs = [makeRunningJob()];
      const said = await run(cancelJob, 'job-1');
      assert.deepEqual(said, ['confirm Cancel “reviews”? (Cancel Job)']);
      assert.match(world.lastQuestion?.detail ?? '', /may still succeed.*paid for/);
      assert.equal(world.lastQuestion?.dismiss, 'Keep Running');
      world.jobs = [makeRunningJob({ phase: 'queued' })];
      await run(cancelJob);
      assert.equal(world.lastQuestion.dismiss, 'Keep Waiting');
    });

    it('says that nothing was paid for what was never submitted', async () => {
      world.jobs = [makeRunningJob({ phase: 'queued' })];
      await run(cancelJob, 'job-1');
      assert.match(world.lastQuestion?.detail ?? '', /nothing has been paid/);
    });

    it('passes on why it failed', async () => {
      world.jobs = [makeRunningJob()];
      world.answers.push('Cancel Job');
      world.engine.failures.set('cancel', new ServiceError('Gone', { kind: 'notFound', ambiguous: false }));
      assert.equal((await run(cancelJob, 'job-1')).at(-1), 'error Gone. [Refresh Jobs]');
    });
  });

  describe('Delete Job', () => {
    for (const [what, jobs, answers, detail] of [
      ['a job whose results are here', [makeJob(saved)], ['Delete'], /Files on this machine stay/],
      [
        'a job without results',
        [without(makeJob({ state: 'FAILED' }), 'output')],
        ['Delete'],
        /removed at the service/,
      ],
      [
        'a job whose results are only there',
        [makeJob()],
        ['Download, Then Delete', 'Delete Only'],
        /not downloaded yet: 1/,
      ],
      [
        'a running job',
        [makeRunningJob()],
        ['Cancel, Then Delete', 'Delete Only'],
        /Running: 1\. Deleting does not stop/,
      ],
      [
        'both',
        [makeJob(), makeRunningJob()],
        ['Cancel and Download First', 'Delete Only'],
        /Running: 1[\s\S]*downloaded yet: 1/,
      ],
      ['what the service forgot', [makeJob({ gone: true })], ['Delete'], /removed/],
    ] as const) {
      it(`asks the right thing before ${what} goes`, () => {
        const { question } = deletionPlan(jobs);
        assert.deepEqual(question.answers, answers);
        assert.match(question.detail ?? '', detail);
      });
    }

    it('is not offered where the service keeps its jobs', async () => {
      world.jobs = [makeJob({ dialect: 'openai', name: 'batch_abc' })];
      assert.deepEqual(await run(deleteJob), ['information There is no job that can be deleted.']);
    });

    it('cancels and downloads first when told to', async () => {
      world.answers.push('Download, Then Delete');
      assert.deepEqual((await run(deleteJob, 'job-1')).slice(1), [
        'progress Deleting',
        'delete job-1 cancelling saving',
        'flash Deleted 1 job. Cancelled first: 1. Results downloaded: 1.',
      ]);
    });

    it('names several before, and accounts for all that was done after', async () => {
      world.jobs = Array.from({ length: 8 }, (_, index) =>
        makeJob({ id: `j${index}`, displayName: `n${index}` }),
      );
      world.answers.push('Download, Then Delete');
      const said = await run(deleteJob, { kind: 'group', jobIds: world.jobs.map(({ id }) => id) });
      assert.match(world.lastQuestion?.detail ?? '', /^• n0\n• n1\n.*• n5\n… and 2 more\n\nResults/s);
      assert.equal(said.at(-1), 'information Deleted 8 jobs. Cancelled first: 8. Results downloaded: 8.');
    });

    it('gives up what has not reached the service', async () => {
      world.jobs = [
        makeRunningJob({ phase: 'queued' }),
        makeRunningJob({ id: 'other', phase: 'interrupted' }),
      ];
      world.pressedJobIds = ['job-1', 'other'];
      world.answers.push('Discard');
      const said = await run(deleteJob, { selection: true });
      assert.deepEqual(
        said.filter((line) => /^(confirm|discard|delete)/.test(line)),
        ['confirm Discard 2 jobs? (Discard)', 'discard job-1', 'discard other'],
      );
    });

    it('deletes only when told so', async () => {
      world.answers.push('Delete Only');
      assert.ok((await run(deleteJob, 'job-1')).includes('delete job-1'));
    });

    it('asks where results go that have no request file', async () => {
      world.jobs = [without(makeJob({ origin: 'elsewhere' }), 'requestFile')];
      world.answers.push('Download, Then Delete', '/chosen');
      assert.ok((await run(deleteJob, 'job-1')).includes('delete job-1 cancelling saving /chosen'));
    });

    it('passes on why a job was kept', async () => {
      world.answers.push('Download, Then Delete');
      world.engine.failures.set('job-1', Object.assign(new Error('x'), { code: 'ENOSPC' }));
      assert.match((await run(deleteJob, 'job-1')).at(-1) ?? '', /^error The disk is full/);
    });

    it('accounts for several, one of which fails', async () => {
      world.jobs = ['a', 'b', 'c'].map((id) => makeJob({ id, displayName: id, ...saved }));
      world.answers.push('Delete');
      world.engine.failures.set('b', new ServiceError('No right', { kind: 'auth', ambiguous: false }));
      const said = await run(deleteJob, node('a'), ['a', 'b', 'c'].map(node));
      assert.ok(said.includes('delete a+b+c'));
      assert.equal(said.at(-1), 'error Deleted 2 of 3 jobs. “b”: No right. [Show Log]');
    });
  });

  describe('Open Results', () => {
    it('downloads and opens beside the requests', async () => {
      assert.deepEqual(await run(openResults, 'job-1'), [
        'progress Downloading the results of “reviews”',
        'download job-1',
        'results /home/me/reviews.results.jsonl beside /home/me/reviews.jsonl',
      ]);
    });

    for (const [folder, expected] of [
      ['/results', 'download job-1 to /results'],
      ['out', 'download job-1 to /home/me/out'],
      ['', 'download job-1'],
    ] as const) {
      it(`uses the folder “${folder}” of the settings`, async () => {
        world.settings['results.folder'] = folder;
        assert.ok((await run(openResults, 'job-1')).includes(expected));
      });
    }

    it('asks where to put the results of a job from elsewhere', async () => {
      world.jobs = [without(makeJob({ origin: 'elsewhere' }), 'requestFile')];
      world.answers.push('/chosen');
      const said = await run(openResults, 'job-1');
      assert.ok(said.includes('download job-1 to /chosen'));
      assert.equal(said.at(-1), 'results /chosen/reviews.results.jsonl beside nothing');
    });

    it('says when there is nothing to open', async () => {
      world.jobs = [makeRunningJob()];
      assert.deepEqual(await run(openResults), ['information There are no results to open yet.']);
    });
  });

  it('Open Request File says where a file was that is gone', async () => {
    assert.deepEqual(await run(openRequestFile, 'job-1'), [
      'warning “reviews.jsonl” is not at /home/me any more.',
    ]);
    const { requestFile } = makeJob();
    world.jobs = [makeJob({ requestFile: { ...requestFile!, path: __filename } })];
    assert.equal((await run(openRequestFile, 'job-1')).at(-1), `open ${__filename}`);
  });

  it('Copy Job Name copies one a line', async () => {
    world.jobs = [makeJob({ id: 'a', name: 'batches/a' }), makeJob({ id: 'b', name: 'batches/b' })];
    await run(copyJobName, node('a'), [node('a'), node('b')]);
    assert.equal(world.clipboard, 'batches/a\nbatches/b');
  });

  it('Copy as curl copies code for the connection of the job', async () => {
    await run(copyAsCurl, 'job-1');
    assert.match(world.clipboard, /http:\/\/127\.0\.0\.1:1234\/v1beta\/batches\/abc/);
    assert.match(world.said.at(-1) ?? '', /from the environment/);
  });

  describe('submissions that stopped half way', () => {
    beforeEach(() => {
      world.jobs = [makeRunningJob({ phase: 'interrupted' })];
    });

    it('are resumed', async () => {
      assert.ok((await run(resumeSubmission, 'job-1')).includes('resume job-1'));
    });

    it('are created a second time only by a person who knows what that means', async () => {
      const lost = makeRunningJob({
        phase: 'interrupted',
        unconfirmed: { since: at('2026-11-21T09:55:00'), givenUp: false },
      });
      world.jobs = [lost];
      world.engine.failures.set('resume job-1', new UnconfirmedError('reviews'));
      assert.equal(
        (await run(resumeSubmission, 'job-1')).at(-1),
        'confirm “reviews” may exist already. Submit it a second time? (Submit Again)',
      );
      assert.match(world.lastQuestion?.detail ?? '', /Sent 5 min ago\.$/);
      world.answers.push('Submit Again');
      assert.equal((await run(resumeSubmission, 'job-1')).at(-1), 'resume job-1 again');
    });

    it('show what the service refused when they are resumed', async () => {
      const lineErrors = [{ line: 2, reason: 'bad' }];
      world.engine.failures.set(
        'resume',
        new ServiceError('Bad', { kind: 'invalid', ambiguous: false, lineErrors }),
      );
      assert.match((await run(resumeSubmission, 'job-1')).at(-1) ?? '', /Line 2: bad \[Go to Line 2\]$/);
      world.engine.failures.set('resume', new ServiceError('Full', { kind: 'quota', ambiguous: false }));
      assert.equal((await run(resumeSubmission, 'job-1')).at(-1), 'error Full. [Try Again]');
    });

    it('are discarded after a yes', async () => {
      world.answers.push('Discard');
      assert.ok((await run(discardSubmission, 'job-1')).includes('discard job-1'));
    });
  });

  it('filter, sort and show more of the list', async () => {
    world.answers.push('red');
    await run(filterJobs);
    assert.equal(world.filter, 'red');
    await run(clearJobsFilter);
    assert.equal(world.filter, '');
    world.answers.push('By name');
    await run(sortJobs);
    assert.equal(world.sort, 'name');
    assert.equal((await run(loadMoreJobs)).at(-1), 'more');
  });
});
