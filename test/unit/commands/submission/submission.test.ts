import assert from 'node:assert/strict';
import { submitActiveFile, submitInParts } from '../../../../src/commands/submission/submitActiveFile';
import { uri } from '../../../support/commandWorld';
import { makeJob } from '../../../support/jobs';
import { FileWorld } from './fileWorld';
import { duplicate, overBudget, tooLarge, unknownModel } from './findings';

describe('a submission', () => {
  let world: FileWorld;
  const run: FileWorld['run'] = (...args) => world.run(...args);

  beforeEach(() => {
    world = new FileWorld('a.jsonl', '{"custom_id":"x","body":{"model":"from-the-line"}}\n');
    world.connection = 'gemini';
    world.apiKeys.set('gemini', { value: 'k', source: 'stored' });
  });
  afterEach(() => world.remove());

  it('shows the earlier job of the same requests instead', async () => {
    world.preflight = {
      ...world.preflight,
      findings: [duplicate],
      duplicates: [makeJob({ displayName: 'earlier' })],
    };
    world.answers.push('flash', 'n', 'Show Earlier Job');
    const said = await run(submitActiveFile);
    assert.ok(said.includes('confirm Submit 2 requests to Gemini as “n”? (Submit | Show Earlier Job)'));
    assert.equal(said.at(-1), 'find earlier');
  });

  for (const [priority, known, expected] of [
    [5, true, / priority 5$/],
    [-1, true, / priority -1$/],
    [0, true, /a\.jsonl$/],
    [5, false, /a\.jsonl$/],
  ] as const) {
    it(`has the priority ${priority} of the settings where the service ${known ? 'knows' : 'does not know'} one`, async () => {
      world.settings['submit.priority'] = priority;
      world.service = { capabilities: { maxFileBytes: 1e9, priority: known } as never };
      world.answers.push('flash', 'n', 'Submit');
      const line = (await run(submitActiveFile)).find((text) => text.startsWith('submit n'));
      assert.match(line ?? '', expected);
    });
  }

  it('asks twice above the budget', async () => {
    world.settings['budget.usd'] = 5;
    world.preflight = { ...world.preflight, overBudget: true, findings: [overBudget] };
    world.answers.push('flash', 'n', 'Submit');
    assert.ok(!(await run(submitActiveFile)).some((line) => line.startsWith('submit')));
    assert.ok(world.said.includes('preflight flash budget 5'));
    world.answers.push('flash', 'n', 'Submit', 'Submit over Budget');
    assert.ok((await run(submitActiveFile)).some((line) => line.startsWith('submit n')));
  });

  it('goes in parts where the service takes no more at once', async () => {
    world.service = { capabilities: { maxFileBytes: 100 } as never };
    world.preflight = { ...world.preflight, bytes: 300, findings: [tooLarge] };
    world.answers.push('flash', 'n', 'Submit in Parts');
    const said = await run(submitActiveFile);
    assert.ok(said.includes('parts n {"maxBytes":100}'));
    assert.ok(said.includes('flash Submitted “n” in 2 parts.'));
    world.afterSubmit = { phase: 'queued' };
    world.answers.push('flash', 'n', 'Submit in Parts');
    const waits = await run(submitActiveFile);
    assert.ok(waits.includes('flash Submitted “n”: 1 of 2 parts wait until the service has room.'));
    world.afterSubmit = { phase: 'queued', offline: true };
    world.answers.push('flash', 'n', 'Submit in Parts');
    const cutOff = await run(submitActiveFile);
    assert.ok(cutOff.includes('flash Submitted “n”: 1 of 2 parts wait until there is a network.'));
    assert.match(world.lastQuestion?.detail ?? '', /About 3 parts, each of at most 100 B$/);
  });

  it('goes in parts of a size that the person chooses', async () => {
    world.answers.push('0');
    assert.ok((await run(submitInParts)).includes('problem A whole number, at least 1.'));
    world.answers.push('500', 'flash', 'n', 'Submit in Parts');
    assert.ok((await run(submitInParts, uri(world.file))).includes('parts n {"maxRows":500}'));
  });

  it('takes the model of an OpenAI-compatible file from its lines', async () => {
    world.summary = { ...world.summary, kind: 'openai' };
    world.answers.push('n', 'Submit');
    assert.ok((await run(submitActiveFile)).includes('submit n from-the-line openai 2 /a.jsonl'));
  });

  it('is not tried with a model that the service does not have', async () => {
    world.preflight = { ...world.preflight, findings: [unknownModel] };
    world.answers.push('flash', 'n');
    assert.equal((await run(submitActiveFile)).at(-1), 'error No such model. [Try Again]');
  });
});
