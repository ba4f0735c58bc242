import assert from 'node:assert/strict';
import { adoptJob, exportJobs, importJobs } from '../../../../src/commands/jobs/ledgerCommands';
import { CommandWorld } from '../../../support/commandWorld';
import { makeJob } from '../../../support/jobs';

describe('the ledger', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

  it('is exported', async () => {
    assert.deepEqual((await run(exportJobs)).slice(-2), [
      'export /home/me/batchwright-jobs.jsonl',
      'flash Exported 2 jobs.',
    ]);
  });

  it('is imported, and what was left out is said', async () => {
    assert.equal((await run(importJobs)).at(-1), 'information Jobs added: 2. Known already: 1.');
    world.imported = { added: 0, known: 0, unfinished: 2, broken: [{ line: 3, reason: 'no JSON' }] };
    assert.match(
      (await run(importJobs)).at(-1) ?? '',
      /^warning .*never submitted: 2\. Lines that could not be read: 1\. \[Show Log\]$/,
    );
  });

  it('adopts jobs from elsewhere', async () => {
    const id = 'sandbox:batches/abc';
    world.jobs = [makeJob({ origin: 'elsewhere', id })];
    assert.deepEqual(await run(adoptJob, id), [`adopt ${id}`, 'flash Adopted 1 job.']);
    world.said.length = 0;
    world.jobs = [makeJob({ origin: 'elsewhere' })];
    assert.deepEqual(await run(adoptJob), ['information All jobs of the list were created here.']);
  });
});
