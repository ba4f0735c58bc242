import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import { samplePattern } from '../../../src/sandbox/answers/pattern';
import { sampleSchema } from '../../../src/sandbox/answers/schema';
import { SeededRandom } from '../../../src/sandbox/random';

const seeds = ['one', 'two', 'three', 'four', 'five'];
const anyLength = { minLength: 0, maxLength: Infinity };

function sample(schema: unknown, seed: string, question = ''): unknown {
  return sampleSchema(schema, { random: new SeededRandom(seed), root: schema, question });
}

/** Fails unless the sample of every seed fits. */
function assertFits(schema: object): void {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  for (const seed of seeds) {
    const value = sample(schema, seed);
    assert.ok(validate(value), `${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`);
  }
}

describe('sandbox JSON Schema samples', () => {
  const person = {
    type: 'object',
    properties: { name: { type: 'string' }, friends: { type: 'array', items: { $ref: '#/$defs/person' } } },
    required: ['name', 'friends'],
  };
  const schemas: Readonly<Record<string, object>> = {
    'nested objects and lists': {
      type: 'object',
      properties: {
        a: {
          type: 'array',
          items: { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
          minItems: 3,
        },
        c: { type: 'boolean' },
        d: { type: ['string', 'null'] },
      },
      required: ['a', 'c', 'd', 'e'],
      additionalProperties: true,
    },
    'a recursive definition': { $defs: { person }, $ref: '#/$defs/person' },
    'a reference to the root': { type: 'object', properties: { child: { $ref: '#' } } },
    'an escaped pointer': { $ref: '#/definitions/a~1b', definitions: { 'a/b': { const: 7 } } },
    'a reference with neighbours': { $defs: { s: { type: 'string' } }, $ref: '#/$defs/s', maxLength: 3 },
    'all of several': {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'number' } }, required: ['b'] },
      ],
    },
    'any of several': {
      anyOf: [{ type: 'null' }, { type: 'integer' }, { type: 'array', items: { type: 'string' } }],
    },
    'one of several': {
      oneOf: [{ const: 'x' }, { type: 'object', required: ['y'], properties: { y: { const: 1 } } }],
    },
    'bounds that exclude': { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 },
    'fractions that exclude': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
    'a step': { type: 'number', multipleOf: 0.25, minimum: 1, maximum: 2 },
    'a range below zero': { type: 'integer', maximum: -10 },
    'one number only': { type: 'number', minimum: 0.123456, maximum: 0.123456 },
    'long and short texts': {
      type: 'array',
      prefixItems: [
        { type: 'string', minLength: 90 },
        { type: 'string', maxLength: 2 },
      ],
      items: false,
    },
    'different items': { type: 'array', items: { enum: ['a', 'b', 'c'] }, uniqueItems: true, minItems: 3 },
    'a bounded list': { type: 'array', items: { type: 'string' }, maxItems: 1 },
    'a tuple': {
      type: 'array',
      prefixItems: [{ type: 'string' }, { type: 'number' }],
      items: { type: 'null' },
    },
    'a map': { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 4 },
    'few properties': {
      type: 'object',
      properties: { a: {}, b: {}, c: {} },
      required: ['c'],
      maxProperties: 2,
    },
    'no properties more': {
      type: 'object',
      properties: { a: { type: 'null' } },
      additionalProperties: false,
    },
    'types guessed': {
      properties: { n: { minimum: 3 }, l: { items: { type: 'null' } } },
      required: ['n', 'l'],
    },
    'names that objects have anyway': JSON.parse(
      '{"type":"object","properties":{"__proto__":{"const":1},"toString":{"const":2}},"required":["__proto__","toString"]}',
    ) as object,
    'an enum of many types': { enum: [1, null, 'x', { a: 1 }] },
    'a pattern': { type: 'string', pattern: '^[A-Z]{2}-\\d{3}$' },
  };
  for (const [what, schema] of Object.entries(schemas)) it(`fits ${what}`, () => assertFits(schema));

  it('fits schemas nobody thought of', () => {
    const leaf = fc.oneof(
      fc.constant({ type: 'boolean' }),
      fc
        .tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(50))
        .map(([minimum, span]) => ({ type: 'integer', minimum, maximum: minimum + span })),
      fc
        .tuple(fc.nat(20), fc.nat(20))
        .map(([minLength, more]) => ({ type: 'string', minLength, maxLength: minLength + more })),
      fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }).map((values) => ({ enum: values })),
    );
    const { schema } = fc.letrec<{ schema: object }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('schema'), { maxKeys: 4 })
          .chain((properties) =>
            fc
              .subarray(Object.keys(properties))
              .map((required) => ({ type: 'object', properties, required, additionalProperties: false })),
          ),
        fc
          .tuple(tie('schema'), fc.nat(3), fc.nat(2))
          .map(([items, minItems, more]) => ({ type: 'array', items, minItems, maxItems: minItems + more })),
        fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      ),
    }));
    fc.assert(
      fc.property(schema, (generated) => assertFits(generated)),
      { numRuns: 40 },
    );
  });

  it('is the same for the same seed', () => {
    const schema = schemas['nested objects and lists'];
    assert.deepEqual(sample(schema, 'x'), sample(schema, 'x'));
  });
});

describe('sandbox Gemini schema samples', () => {
  it('understands upper-case types, snake_case keywords and the order of properties', () => {
    const schema = {
      type: 'OBJECT',
      properties: {
        score: { type: 'NUMBER', minimum: 0, maximum: 1 },
        label: { type: 'STRING', enum: ['yes', 'no'] },
        tags: { type: 'ARRAY', items: { type: 'STRING', max_length: '4' }, min_items: '2', max_items: 2 },
        either: { any_of: [{ type: 'INTEGER' }, { type: 'NULL' }] },
        maybe: { type: 'STRING', nullable: true },
      },
      required: ['label', 'score'],
      property_ordering: ['label', 'score'],
    };
    for (const seed of seeds) {
      const value = sample(schema, seed) as Record<string, unknown>;
      assert.deepEqual(Object.keys(value).slice(0, 2), ['label', 'score']);
      const { tags, score } = value as { tags: string[]; score: number };
      assert.equal(tags.length, 2);
      assert.ok(tags.every((tag) => tag.length <= 4));
      assert.ok(score >= 0 && score <= 1);
      assert.equal(Number.isInteger(value.either), true);
      assert.equal(typeof value.maybe, 'string');
    }
  });

  it('prefers an enum value that the question mentions as a word of its own', () => {
    const schema = { type: 'STRING', enum: ['red', 'green', 'blue'] };
    for (const seed of seeds) {
      assert.equal(sample(schema, seed, 'I painted it green.'), 'green');
      assert.ok(['red', 'green', 'blue'].includes(String(sample(schema, seed, 'I am bored'))));
    }
  });

  const formats: readonly [format: string, shape: RegExp][] = [
    ['date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
    ['date', /^\d{4}-\d\d-\d\d$/],
    ['time', /^\d\d:\d\d:\d\dZ$/],
    ['duration', /^PT\d+M$/],
    ['email', /^[^@]+@example\.com$/],
    ['uri', /^https:\/\/example\.com\//],
    ['url', /^https:\/\/example\.com\//],
    ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/],
    ['hostname', /^\w+\.example\.com$/],
    ['ipv4', /^192\.0\.2\.\d+$/],
    ['ipv6', /^2001:db8::\d+$/],
    ['byte', /^[A-Za-z0-9+/]+=*$/],
    ['enum', /^simulated/],
  ];
  for (const [format, shape] of formats)
    it(`writes the format ${format}`, () =>
      assert.match(String(sample({ type: 'STRING', format }, 'x')), shape));
});

describe('sandbox pattern samples', () => {
  const readable = [
    '^\\d{3}-\\d{4}$',
    '^(?:cat|dog)s?$',
    '[a-f0-9]{8}',
    '^[^aeiou]{5}$',
    '^\\w+@\\w+\\.(com|org)$',
    '^(?<year>\\d{4})$',
    '^.{2,4}$',
    '^a*b+c?$',
    '^\\p{Lu}\\p{L}+\\p{N}$',
    '^[\\d\\-]+$',
    '^a|b$',
    '^(ab){2,}$',
    '^\\S\\s\\S$',
  ];
  for (const pattern of readable)
    it(`matches ${pattern}`, () => {
      for (const seed of seeds) {
        const text = samplePattern(pattern, new SeededRandom(seed), anyLength);
        assert.match(text ?? '(none)', new RegExp(pattern, 'u'));
      }
    });

  for (const pattern of ['^(?=x)y', '(a)\\1', '[', '^a{3}$'])
    it(`gives up on ${pattern} of two characters`, () => {
      assert.equal(samplePattern(pattern, new SeededRandom('x'), { minLength: 2, maxLength: 2 }), undefined);
    });
});
