import assert from 'node:assert/strict';
import * as language from '../../../../src/commands/files/languageCommands';
import { modelsInUse } from '../../../../src/commands/files/modelsInUse';
import { CommandWorld, uri } from '../../../support/commandWorld';

describe('commands of the language client', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

  describe('Validate File', () => {
    it('checks the file it was given, or the one in front', async () => {
      world.active = '/front.jsonl';
      await run(language.validateFile, uri('/given.jsonl'));
      await run(language.validateFile);
      assert.deepEqual(world.said, ['report /given.jsonl', 'report /front.jsonl']);
    });
  });

  describe('modelsInUse', () => {
    const ask = (embeds: boolean) => modelsInUse(world.context, embeds);

    it('are those of the connection that run batches of that kind', async () => {
      world.models.push({ id: 'live', label: 'Live', batchDialects: [] });
      world.models.push({ id: 'text-embedding-3', label: 'Text', batchDialects: ['openai'] });
      assert.deepEqual(await ask(false), ['flash', 'pro']);
      assert.deepEqual(await ask(true), ['embed-1', 'text-embedding-3']);
    });

    it('are none without a key, or where the service does not tell', async () => {
      world.service.listModels = () => Promise.reject(new Error('offline'));
      assert.deepEqual(await ask(false), []);
      world.connection = 'gemini';
      assert.deepEqual(await ask(false), []);
    });
  });

  describe('hand over', () => {
    for (const [name, args, expected] of [
      ['editAsJson', [uri('/a'), 4], 'edit 4'],
      ['editAsJson', [], 'edit undefined'],
      ['formatLines', [], 'format'],
      ['chooseDialect', [], 'dialect'],
      ['convertToGemini', [], 'convert gemini'],
      ['convertToOpenAi', [], 'convert openai'],
      ['restartLanguageServer', [], 'restart'],
    ] as const) {
      it(`${name}: ${expected}`, async () =>
        assert.deepEqual(await run(language[name], ...args), [expected]));
    }
  });
});
