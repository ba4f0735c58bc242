import assert from 'node:assert/strict';
import * as resultsCommands from '../../../../src/commands/results/resultsCommands';
import { CommandWorld } from '../../../support/commandWorld';

describe('commands of the results editor', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
    world.active = '/a.jsonl';
  });

  for (const [name, expected] of [
    ['openAsResults', 'results of /a.jsonl'],
    ['searchResults', 'search'],
    ['exportResults', 'export results'],
    ['compareResults', 'compare'],
    ['retryResults', 'retry results'],
    ['reopenResultsAsText', 'as text'],
  ] as const) {
    it(`${name} hands over`, async () => assert.deepEqual(await run(resultsCommands[name]), [expected]));
  }
});
