import assert from 'node:assert/strict';
import { cancelJob } from '../../../../src/commands/jobs/cancelJob';
import { ServiceError } from '../../../../src/shared/serviceError';
import { CommandWorld } from '../../../support/commandWorld';
import { makeRunningJob } from '../../../support/jobs';

describe('Cancel Job', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

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
