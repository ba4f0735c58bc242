import assert from 'node:assert/strict';
import { clearJobsFilter, filterJobs, loadMoreJobs, sortJobs } from '../../../../src/commands/jobs/jobsView';
import { CommandWorld } from '../../../support/commandWorld';

describe('the list of jobs', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

  it('is filtered, sorted and shown further', async () => {
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
