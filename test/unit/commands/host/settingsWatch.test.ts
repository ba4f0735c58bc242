import assert from 'node:assert/strict';
import { SettingsWatch } from '../../../../src/commands/host/settingsWatch';
import type { SettingProblem } from '../../../../src/config/settings';
import type { SettingId } from '../../../../src/contributions';
import { Emitter } from '../../../../src/util/event';
import { CommandWorld } from '../../../support/commandWorld';

describe('SettingsWatch', () => {
  const budget: SettingProblem = {
    id: 'budget.usd',
    path: [],
    value: '5',
    schema: { type: 'number', minimum: 0 },
  };
  const budgetText = 'batchwright.budget.usd is "5"; it must be a number, at least 0.';
  let world: CommandWorld;
  let problems: SettingProblem[];
  let warned: string[];
  let changes: Emitter<readonly SettingId[]>;
  let watch: SettingsWatch;

  function start(): void {
    const { settings, ui, workbench, log } = world.context;
    watch = new SettingsWatch({
      settings: {
        get: (id) => settings.get(id),
        onDidChange: changes.event,
        get problems() {
          return problems;
        },
      },
      ui,
      workbench,
      log: { ...log, warn: (text) => warned.push(text) },
    });
  }

  beforeEach(() => {
    world = new CommandWorld();
    problems = [];
    warned = [];
    changes = new Emitter();
  });
  afterEach(() => watch.dispose());

  it('says nothing while all is well', () => {
    start();
    assert.deepEqual([world.said, warned], [[], []]);
  });

  it('tells and logs each wrong value once, and leads to the setting', async () => {
    problems = [budget];
    world.answers.push('Open Settings');
    start();
    await new Promise((resolve) => setImmediate(resolve));
    changes.fire(['tier']);
    assert.deepEqual(world.said, [
      `warning Settings that cannot be used, so that they do not count: ${budgetText} [Open Settings]`,
      'settings batchwright.budget.usd',
    ]);
    assert.deepEqual(warned, [`A setting cannot be used: ${budgetText}`]);
    problems = [{ ...budget, value: -5 }];
    changes.fire(['budget.usd']);
    assert.equal(warned.length, 2);
    assert.match(world.said.at(-1) ?? '', /budget\.usd is -5; it must be/);
  });

  it('leaves what is beyond three to the log', () => {
    problems = ['5', '6', '7', '8', '9'].map((value) => ({ ...budget, value }));
    start();
    assert.match(world.said[0] ?? '', /is "7"; [^"]*And 2 more, which the log of Batchwright tells\. \[Open/);
    assert.equal(warned.length, 5);
  });

  it('tells of several at once', async () => {
    problems = [budget, { ...budget, id: 'split.maxRows', schema: { type: 'integer' } }];
    world.settings.connections = [{ name: 'bad' }];
    world.answers.push('Open Settings');
    start();
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(
      world.said[0] ?? '',
      /at least 0\. batchwright\.split\.maxRows .* a whole number\. .*“bad”\. It has no baseUrl\./,
    );
    assert.equal(world.said[1], 'settings batchwright');
  });

  for (const [problem, text] of [
    [{ path: ['rage'], value: 'off', schema: undefined }, 'batchwright.budget.usd › rage is none there is.'],
    [{ value: 'gold', schema: { enum: ['', 'tier1'] } }, 'is "gold"; it must be one of "", "tier1".'],
    [
      { value: 9e9, schema: { type: 'integer', minimum: 0, maximum: 65535 } },
      'a whole number from 0 to 65535.',
    ],
    [{ value: 1, schema: { type: 'boolean' } }, 'is 1; it must be true or false.'],
    [{ value: 1, schema: { type: 'array' } }, 'it must be a list.'],
    [{ value: 1, schema: { type: 'object' } }, 'it must be an object.'],
    [{ value: 1, schema: { type: 'string' } }, 'it must be a text.'],
    [
      { path: ['m', 'input'], value: undefined, schema: { type: 'number' } },
      'm › input is missing; it must be a number.',
    ],
    [{ value: 'x'.repeat(100), schema: { type: 'number' } }, `is "${'x'.repeat(39)}…;`],
  ] as const) {
    it(`says “${text}”`, () => {
      problems = [{ ...budget, ...problem }];
      start();
      assert.ok(warned[0]?.includes(text), warned[0]);
    });
  }
});
