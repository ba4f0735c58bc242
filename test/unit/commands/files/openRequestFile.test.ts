import assert from 'node:assert/strict';
import { openRequestFile } from '../../../../src/commands/files/openRequestFile';
import { CommandWorld } from '../../../support/commandWorld';
import { makeJob } from '../../../support/jobs';

describe('Open Request File', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

  it('says where a file was that is gone', async () => {
    assert.deepEqual(await run(openRequestFile, 'job-1'), [
      'warning “reviews.jsonl” is not at /home/me any more.',
    ]);
    const { requestFile } = makeJob();
    world.jobs = [makeJob({ requestFile: { ...requestFile!, path: __filename } })];
    assert.equal((await run(openRequestFile, 'job-1')).at(-1), `open ${__filename}`);
  });
});
