import assert from 'node:assert/strict';
import { deleteJob, deletionPlan } from '../../../../src/commands/jobs/deleteJob';
import { ServiceError } from '../../../../src/shared/serviceError';
import { CommandWorld } from '../../../support/commandWorld';
import { makeJob, makeRunningJob, without } from '../../../support/jobs';

describe('Delete Job', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });
  const node = (id: string) => ({ kind: 'job', id: `job/${id}`, jobId: id });
  const saved = { results: { path: '/home/me/r.results.jsonl', sizeBytes: 1, rows: 1 } };

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
    world.jobs = [makeRunningJob({ phase: 'queued' }), makeRunningJob({ id: 'other', phase: 'interrupted' })];
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
