import assert from 'node:assert/strict';
import { runCommand } from '../../../../src/commands/boundary';
import type { CommandHandler } from '../../../../src/commands/context';
import * as language from '../../../../src/commands/files/languageCommands';
import { rangeOfLineError } from '../../../../src/commands/host/lineErrorRange';
import { foreignEncoding } from '../../../../src/commands/submission/requestFileChecks';
import { sampleText } from '../../../../src/commands/files/sample';
import { modelChoices, nameProblem } from '../../../../src/commands/submission/submitQuestions';
import { requestOfLine, tryRequest } from '../../../../src/commands/submission/tryRequest';
import { CommandWorld, uri } from '../../../support/commandWorld';

let world: CommandWorld;
const run = async (handler: CommandHandler, ...args: unknown[]) => {
  await runCommand(world.context, 'batchwright.validateFile', handler, args);
  return world.said;
};
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

describe('Try', () => {
  const line = '{"key":"a","request":{"contents":[{"parts":[{"text":"hi"}]}]}}';

  it('runs one request and shows the answer beside', async () => {
    world.line = line;
    world.service = {
      tryRequest: (model, dialect, json) =>
        Promise.resolve(JSON.stringify({ model, dialect, json: JSON.parse(json) as unknown })),
    };
    world.answers.push('flash');
    const said = await run(tryRequest, uri('/a.jsonl'), 3);
    assert.equal(said[1], 'progress Trying one request on flash');
    assert.match(
      said.at(-1) ?? '',
      /^text flash answer\.json: \{\n {2}"model": "flash",\n {2}"dialect": "gemini"/,
    );
  });

  it('asks once about the price where it costs something', async () => {
    world.connection = 'gemini';
    world.apiKeys.set('gemini', { value: 'k', source: 'stored' });
    world.line = line;
    world.service = { tryRequest: () => Promise.resolve('no json') };
    world.answers.push('flash', 'Run', 'flash');
    await run(tryRequest, uri('/a.jsonl'), 0);
    await run(tryRequest, uri('/a.jsonl'), 0);
    assert.equal(world.said.filter((text) => text.startsWith('confirm Run')).length, 1);
    assert.equal(world.said.filter((text) => text === 'text flash answer.json: no json').length, 2);
  });

  it('refuses a line without a request, and a service that cannot', async () => {
    world.line = '{}';
    assert.match((await run(tryRequest, uri('/a.jsonl'))).at(-1) ?? '', /no request that could be tried/);
    world.line = line;
    assert.match((await run(tryRequest, uri('/a.jsonl'))).at(-1) ?? '', /Sandbox runs batches only/);
  });

  for (const [text, expected] of [
    [line, 'gemini'],
    ['{"key":"a","request":{"content":{"parts":[]}}}', 'gemini-embed'],
    ['{"custom_id":"a","body":{"model":"m","messages":[]}}', 'openai m'],
    ['{"custom_id":"a","body":{"messages":[]}}', 'openai'],
    ['{"contents":[]}', 'gemini'],
    ['{"key":"a"}', undefined],
    ['{', undefined],
    ['[1]', undefined],
  ] as const) {
    it(`reads ${expected ?? 'nothing'} out of ${text}`, () => {
      const request = requestOfLine(text);
      assert.equal(request && [request.dialect, request.model].filter(Boolean).join(' '), expected);
    });
  }
});

describe('commands of the language client', () => {
  for (const [name, args, expected] of [
    ['editAsJson', [uri('/a'), 4], 'edit 4'],
    ['editAsJson', [], 'edit undefined'],
    ['formatLines', [], 'format'],
    ['chooseDialect', [], 'dialect'],
    ['convertToGemini', [], 'convert gemini'],
    ['convertToOpenAi', [], 'convert openai'],
    ['restartLanguageServer', [], 'restart'],
  ] as const) {
    it(`${name} hands over ${expected}`, async () =>
      assert.deepEqual(await run(language[name], ...args), [expected]));
  }
});

describe('rangeOfLineError', () => {
  const text = '  {"a": "config", "config": {"x": 1}}  ';
  for (const [field, marked] of [
    ['config', '"config"'],
    ['x', '"x"'],
    [undefined, text.trim()],
    ['nowhere', text.trim()],
  ] as const) {
    it(`finds ${field ?? 'the line'}`, () => {
      const { start, end } = rangeOfLineError(text, field === undefined ? {} : { field });
      assert.equal(text.slice(start, end), marked);
    });
  }

  it('prefers the property to a text that reads the same, and marks something on an empty line', () => {
    assert.equal(rangeOfLineError(text, { field: 'config' }).start, text.lastIndexOf('"config"'));
    assert.equal(rangeOfLineError('["config"]', { field: 'config' }).start, 1);
    assert.deepEqual(rangeOfLineError('', {}), { start: 0, end: 1 });
  });
});

describe('foreignEncoding', () => {
  for (const [what, bytes, more, expected] of [
    ['ASCII', [0x7b], false, undefined],
    ['UTF-8 with a byte order mark', [0xef, 0xbb, 0xbf, 0x7b], false, undefined],
    ['a character that is cut by the end of the sample', [0x7b, 0xc3], true, undefined],
    [
      'a character that is cut by the end of the file',
      [0x7b, 0xc3],
      false,
      'it holds bytes that are no UTF-8 text',
    ],
    ['UTF-16 BE', [0xfe, 0xff, 0, 0x7b], false, 'UTF-16 BE'],
    ['nothing', [], false, undefined],
  ] as const) {
    it(`judges ${what}`, () => assert.equal(foreignEncoding(Uint8Array.from(bytes), more), expected));
  }
});

describe('questions before a submission', () => {
  it('offer only models that can run batches of the dialect', () => {
    assert.deepEqual(
      modelChoices(world.models, 'openai', undefined).map(({ label }) => label),
      ['pro'],
    );
    const [choice] = modelChoices(world.models, 'openai', 'pro');
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

describe('the sample', () => {
  it('has a key and a request on each line', () => {
    const lines = sampleText.trimEnd().split('\n');
    assert.equal(lines.length, 5);
    for (const line of lines) assert.equal(requestOfLine(line)?.dialect, 'gemini');
  });
});
