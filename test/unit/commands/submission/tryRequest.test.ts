import assert from 'node:assert/strict';
import { requestOfLine, tryRequest } from '../../../../src/commands/submission/tryRequest';
import { CommandWorld, uri } from '../../../support/commandWorld';

describe('Try', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

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

  for (const text of [
    '{"request":{"contents":[],"generationConfig":{"seed":12345678901234567891,"temperature":1.0}}}',
    '{"body":{"model":"m","messages":[],"temperature":0.10}}',
    '{"contents":[],"x":1E400}',
  ]) {
    it(`sends the numbers of ${text} as they are written`, () => {
      const json = requestOfLine(text)?.json ?? '';
      assert.ok(text.includes(json), json);
    });
  }

  it('shows the numbers of the answer as they came', async () => {
    world.line = line;
    world.service = { ...world.service, tryRequest: () => Promise.resolve('{"id":12345678901234567891}') };
    world.answers.push('pro', 'Run');
    assert.ok(
      (await run(tryRequest, uri('/a.jsonl'), 0)).some((said) => said.includes('12345678901234567891')),
    );
  });
});
