import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asNumber, asObject } from '../../../src/util/json';
import { minifyJson } from '../../../src/util/jsonText';
import { parseAsWritten, WrittenNumber } from '../../../src/util/writtenNumber';

const digits = fc.stringMatching(/^\d{1,30}$/);
/** Every spelling of a number that JSON has. */
const numberText = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9]\d{0,30}$/)),
    fc.option(digits, { nil: undefined }),
    fc.option(fc.stringMatching(/^[eE][+-]?\d{1,4}$/), { nil: '' }),
  )
  .map(
    ([sign, whole, part, exponent]) => `${sign}${whole}${part === undefined ? '' : `.${part}`}${exponent}`,
  );
/** Names that are no numbers, because objects put those first, and without what V8 reads wrongly in names. */
const name = fc.stringMatching(/^[a-z_"é]{1,8}$/).map((text) => JSON.stringify(text.replaceAll('"', '_')));
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numberText,
    fc.constantFrom('true', 'false', 'null'),
    fc.string().map((text) => JSON.stringify(text)),
    numberText.map((text) => JSON.stringify(`" ${text}`)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([own]) => own })
      .map((members) => `{${members.map(([own, value]) => `${own}:\n${value}`).join(',')}}`),
  ),
}));

describe('parseAsWritten', () => {
  it('keeps every number as it was written, wherever it stands', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        assert.equal(JSON.stringify(parseAsWritten(text)), minifyJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('makes of every number what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        assert.ok(Object.is(asNumber(parseAsWritten(text)), JSON.parse(text)));
      }),
    );
  });

  it('leaves numbers that JavaScript writes the same as plain numbers', () => {
    assert.deepEqual(parseAsWritten('{"a":[1,-2.5,1e+30,9007199254740992]}'), {
      a: [1, -2.5, 1e30, 9007199254740992],
    });
  });

  const table: [name: string, text: string, shown: string | undefined][] = [
    ['no JSON', '{"a":1.0', undefined],
    ['a name that is given twice', '{"a":1.0,"a":2.0}', '{"a":2.0}'],
    ['a name with a meaning of its own', '{"__proto__":1.0}', '{"__proto__":1.0}'],
    ['what only looks like a number', '["1.0","\\"1.0"]', '["1.0","\\"1.0"]'],
  ];
  for (const [title, text, shown] of table)
    it(title, () => assert.equal(JSON.stringify(parseAsWritten(text)), shown));

  it('reads also what is nested more deeply than can be looked through', () => {
    const text = `${'['.repeat(500_000)}1.0${']'.repeat(500_000)}`;
    assert.ok(Array.isArray(parseAsWritten(text)));
  });
});

describe('WrittenNumber', () => {
  const number = new WrittenNumber('12345678901234567891');
  it('is no object of JSON', () => assert.equal(asObject(number), undefined));
  it('is shown as it was written', () => assert.equal(String(number), '12345678901234567891'));
  it('is compared as a number', () => assert.ok(Number(number) > 12345678901234560000));
});
