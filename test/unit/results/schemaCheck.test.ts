import assert from 'node:assert/strict';
import { checkSchema } from '../../../src/results/schemaCheck';
import { parseAsWritten } from '../../../src/util/writtenNumber';

describe('checkSchema of numbers that are kept as they were written', () => {
  const big = '12345678901234567891';
  const table: [name: string, value: string, schema: unknown, violations: string[]][] = [
    ['a number', '0.10', { type: 'NUMBER', minimum: 0.1, maximum: 0.1 }, []],
    ['a whole number', '1.0', { type: 'INTEGER' }, []],
    ['a fraction for an integer', '1.50', { type: 'INTEGER' }, ['$ is number, not integer']],
    ['a number for a text', '1.0', { type: 'STRING' }, ['$ is number, not string']],
    ['a number for an object', '1.0', { type: 'OBJECT' }, ['$ is number, not object']],
    ['a value of the list', '[2.0]', { items: { enum: [1, 2] } }, []],
    ['a list that is a constant', '[1.0,{"a":2.0}]', { const: [1, { a: 2 }] }, []],
    ['a bound', big, { maximum: 5 }, [`$ is ${big}, more than 5`]],
    ['a constant', big, { const: 1 }, [`$ is ${big}, not 1`]],
  ];
  for (const [name, value, schema, violations] of table) {
    it(name, () =>
      assert.deepEqual(
        checkSchema(parseAsWritten(value), schema).map(({ path, message }) => `${path} ${message}`),
        violations,
      ),
    );
  }
});

describe('checkSchema', () => {
  const table: [name: string, value: unknown, schema: unknown, violations: string[]][] = [
    ['a fitting object', { a: 1 }, { type: 'OBJECT', properties: { a: { type: 'NUMBER' } } }, []],
    ['lower-case types', 'a', { type: 'string' }, []],
    ['a wrong type', 'a', { type: 'NUMBER' }, ['$ is string, not number']],
    ['one of several types', null, { type: ['string', 'null'] }, []],
    ['none of several types', 1, { type: ['string', 'null'] }, ['$ is number, not string or null']],
    ['a fraction for an integer', 1.5, { type: 'INTEGER' }, ['$ is number, not integer']],
    ['a whole number written as one', 2, { type: 'integer' }, []],
    ['null where it may be', null, { type: 'STRING', nullable: true }, []],
    ['null where it may not be', null, { type: 'STRING' }, ['$ is null, not string']],
    ['a missing property', {}, { type: 'OBJECT', required: ['a'] }, ['a is missing']],
    ['an inherited name is not there', {}, { required: ['toString'] }, ['toString is missing']],
    [
      'a nested path',
      { a: [{ b: 'x' }] },
      { properties: { a: { items: { properties: { b: { type: 'NUMBER' } } } } } },
      ['a[0].b is string, not number'],
    ],
    [
      'a name that is no identifier',
      { 'a b': 1 },
      { properties: { 'a b': { type: 'STRING' } } },
      ['["a b"] is number, not string'],
    ],
    ['a value of the list', 'x', { enum: ['x', 'y'] }, []],
    ['a value not of the list', 'z', { enum: ['x', 'y'] }, ['$ is "z", none of "x", "y"']],
    ['a constant', 1, { const: 2 }, ['$ is 1, not 2']],
    ['bounds', 5, { minimum: 6, maximum: 4 }, ['$ is 5, less than 6', '$ is 5, more than 4']],
    [
      'exclusive bounds',
      5,
      { exclusiveMinimum: 5, exclusiveMaximum: 5 },
      ['$ is 5, not more than 5', '$ is 5, not less than 5'],
    ],
    ['counts, int64 as text', [1], { minItems: '2' }, ['$ has 1 items, fewer than 2']],
    ['too many items', [1, 2], { maxItems: 1 }, ['$ has 2 items, more than 1']],
    [
      'lengths in characters',
      '😀😀',
      { minLength: 3, maxLength: 1 },
      ['$ has 2 characters, fewer than 3', '$ has 2 characters, more than 1'],
    ],
    ['counts of properties', { a: 1 }, { minProperties: 2 }, ['$ has 1 properties, fewer than 2']],
    ['a pattern', 'abc', { pattern: '^\\d+$' }, ['$ does not match ^\\d+$']],
    ['a pattern of another dialect', 'abc', { pattern: '(?P<x>a)' }, []],
    ['anyOf', 1, { anyOf: [{ type: 'STRING' }, { type: 'BOOLEAN' }] }, ['$ fits none of the alternatives']],
    ['anyOf, one fits', 'a', { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }, []],
    [
      'oneOf, two fit',
      1,
      { oneOf: [{ type: 'NUMBER' }, { type: 'INTEGER' }] },
      ['$ fits more than one of the alternatives'],
    ],
    ['allOf', 1, { allOf: [{ minimum: 2 }, { type: 'NUMBER' }] }, ['$ is 1, less than 2']],
    [
      'no further properties',
      { a: 1, b: 2 },
      { properties: { a: {} }, additionalProperties: false },
      ['b is not in the schema'],
    ],
    [
      'further properties of a kind',
      { b: 2 },
      { additionalProperties: { type: 'STRING' } },
      ['b is number, not string'],
    ],
    [
      'a place of a tuple',
      [1, 'a'],
      { prefixItems: [{ type: 'STRING' }], items: { type: 'STRING' } },
      ['[0] is number, not string'],
    ],
    [
      'references',
      { a: 'x' },
      { $defs: { n: { type: 'NUMBER' } }, properties: { a: { $ref: '#/$defs/n' } } },
      ['a is string, not number'],
    ],
    ['a reference that leads nowhere', 1, { $ref: '#/$defs/none' }, []],
    ['a reference to another document', 1, { $ref: 'https://example.org/schema' }, []],
    ['a schema that is no object', 1, 'anything', []],
    ['false', 1, false, ['$ is not allowed']],
    ['an unspecified type', 1, { type: 'TYPE_UNSPECIFIED' }, []],
  ];
  for (const [name, value, schema, violations] of table) {
    it(`knows ${name}`, () => {
      assert.deepEqual(
        checkSchema(value, schema).map(({ path, message }) => `${path} ${message}`),
        violations,
      );
    });
  }

  it('ends with a schema that refers to itself', () => {
    const schema: Record<string, unknown> = { properties: { next: { $ref: '#' } }, required: ['id'] };
    assert.deepEqual(checkSchema({ id: 1, next: { id: 2, next: {} } }, schema), [
      { path: 'next.next.id', message: 'is missing' },
    ]);
    assert.deepEqual(checkSchema(1, { $ref: '#' }), []);
    assert.deepEqual(checkSchema(1, { allOf: [{ $ref: '#' }], type: 'NUMBER' }), []);
  });

  it('does not wait for an expression without end, nor stumble over a reference that is none', () => {
    assert.deepEqual(checkSchema(`${'a'.repeat(60)}!`, { type: 'STRING', pattern: '^(a+)+$' }), []);
    assert.deepEqual(checkSchema(1, { $ref: '#/%zz' }), []);
  });

  it('stops counting the same mistake', () => {
    assert.ok(checkSchema(new Array(1000).fill('x'), { items: { type: 'NUMBER' } }).length <= 20);
  });
});
