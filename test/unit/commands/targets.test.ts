import assert from 'node:assert/strict';
import { cancelJob } from '../../../src/commands/jobs/cancelJob';
import { CommandWorld } from '../../support/commandWorld';
import { makeJob, makeRunningJob } from '../../support/jobs';

describe('commands that act on jobs find them', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });
  const node = (id: string) => ({ kind: 'job', id: `job/${id}`, jobId: id });

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
