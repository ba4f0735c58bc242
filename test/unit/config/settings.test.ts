import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { VscodeSettings } from '../../../src/config/settings';
import { misfits, settingSchemas, type ValueSchema } from '../../../src/config/settingSchema';
import { settingIds } from '../../../src/contributions';
import { settingDefaults, settings as written } from '../../support/fakeVscode';

const schemas = settingSchemas(manifest);

describe('misfits', () => {
  const rules: ValueSchema = {
    type: 'object',
    propertyNames: { enum: ['range', 'format'] },
    additionalProperties: { type: 'string', enum: ['off', 'error'] },
  };
  const price: ValueSchema = {
    type: 'object',
    required: ['input'],
    additionalProperties: false,
    properties: { input: { type: 'number', minimum: 0 } },
  };
  for (const [what, value, schema, expected] of [
    ['a number that is one', 5, { type: 'number', minimum: 0 }, []],
    ['a number that is too small', -5, { type: 'number', minimum: 0 }, ['']],
    ['a number that is too large', 9, { type: 'number', maximum: 8 }, ['']],
    ['a number as text', '5', { type: 'number' }, ['']],
    ['no number at all', NaN, { type: 'number', minimum: 0 }, ['']],
    ['half a whole number', 1.5, { type: 'integer' }, ['']],
    ['one of several', 'b', { type: 'string', enum: ['a', 'b'] }, []],
    ['none of several', 'c', { type: 'string', enum: ['a', 'b'] }, ['']],
    ['a list', [1], { type: 'array' }, []],
    ['a list for an object', [], { type: 'object' }, ['']],
    ['nothing for an object', null, { type: 'object' }, ['']],
    ['a rule that is none there is', { rage: 'off' }, rules, ['rage']],
    ['a loud rule', { range: 'loud', format: 'off' }, rules, ['range']],
    ['a price', { input: 1 }, price, []],
    ['half a price', {}, price, ['input']],
    ['more than a price', { input: -1, colour: 1 }, price, ['input', 'colour']],
    ['anything where nothing is said', { a: [{}] }, {}, []],
  ] as const) {
    it(`finds ${expected.length} in ${what}`, () => {
      assert.deepEqual(
        misfits(value, schema).map(({ path }) => path.join('.')),
        expected,
      );
    });
  }
});

describe('VscodeSettings', () => {
  const settings = new VscodeSettings(schemas);

  beforeEach(() => {
    for (const id of settingIds) {
      const { default: value } = manifest.contributes.configuration.properties[`batchwright.${id}`];
      settingDefaults.set(`batchwright.${id}`, value);
    }
  });
  afterEach(() => {
    written.clear();
    settingDefaults.clear();
  });

  it('find nothing wrong with the defaults of the manifest', () => assert.deepEqual(settings.problems, []));

  it('are what was written where they can be that, else the default', () => {
    written.set('batchwright.budget.usd', '5');
    written.set('batchwright.polling.seconds', 60);
    written.set('batchwright.tier', 'gold');
    written.set('batchwright.split.maxRows', -1);
    assert.deepEqual(
      [
        settings.get('budget.usd'),
        settings.get('polling.seconds'),
        settings.get('tier'),
        settings.get('split.maxRows'),
      ],
      [0, 60, '', 0],
    );
    assert.deepEqual(
      settings.problems.map(({ id, value }) => [id, value]),
      [
        ['budget.usd', '5'],
        ['tier', 'gold'],
        ['split.maxRows', -1],
      ],
    );
  });

  it('keep what is right beside what is wrong', () => {
    const rules = { 'row-model': 'loud', range: 'off' };
    written.set('batchwright.validation.rules', rules);
    assert.deepEqual(settings.get('validation.rules'), rules);
    assert.deepEqual(
      settings.problems.map(({ id, path }) => [id, ...path]),
      [['validation.rules', 'row-model']],
    );
  });
});
