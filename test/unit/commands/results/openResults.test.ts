import assert from 'node:assert/strict';
import { openResults } from '../../../../src/commands/results/openResults';
import { CommandWorld } from '../../../support/commandWorld';
import { makeJob, makeRunningJob, without } from '../../../support/jobs';

describe('Open Results', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

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

  it('puts the parts of a split submission together and opens the whole beside its requests', async () => {
    world.jobs = [makeJob({ group: { id: 'g', part: 1, of: 2, path: '/home/me/whole.jsonl' } })];
    assert.deepEqual(await run(openResults, { kind: 'group', jobIds: ['job-1'] }), [
      'progress Putting the results of “reviews” together',
      'merge g',
      'results /home/me/merged.jsonl beside /home/me/whole.jsonl',
      'information Parts that are not finished yet: 1.',
    ]);
  });

  it('says when there is nothing to open', async () => {
    world.jobs = [makeRunningJob()];
    assert.deepEqual(await run(openResults), ['information There are no results to open yet.']);
  });
});
