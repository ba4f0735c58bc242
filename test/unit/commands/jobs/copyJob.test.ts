import assert from 'node:assert/strict';
import { copyAsCurl, copyJobName } from '../../../../src/commands/jobs/copyJob';
import { CommandWorld } from '../../../support/commandWorld';
import { makeJob } from '../../../support/jobs';

describe('copies of jobs', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });
  const node = (id: string) => ({ kind: 'job', id: `job/${id}`, jobId: id });

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
});
