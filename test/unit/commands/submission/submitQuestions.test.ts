import assert from 'node:assert/strict';
import { modelChoices, nameProblem } from '../../../../src/commands/submission/submitQuestions';
import { CommandWorld } from '../../../support/commandWorld';

describe('questions before a submission', () => {
  it('offer only models that can run batches of the dialect', () => {
    assert.deepEqual(
      modelChoices(new CommandWorld().models, 'openai', undefined).map(({ label }) => label),
      ['pro'],
    );
    const [choice] = modelChoices(new CommandWorld().models, 'openai', 'pro');
    assert.deepEqual([choice?.description, choice?.detail], ['Pro · last used', 'The big one']);
  });

  for (const [name, problem] of [
    ['Reviews of May', ''],
    ['  ', 'A batch needs a name.'],
    ['x'.repeat(101), 'At most 100 characters; these are 101.'],
    ['a\nb', 'A name has no line breaks or other control characters.'],
  ] as const) {
    it(`say “${problem}” of the name ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.equal(nameProblem(name) ?? '', problem);
    });
  }
});
