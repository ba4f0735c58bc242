import assert from 'node:assert/strict';
import fc from 'fast-check';
import { skimJson, type ItemSink, type SkimmedItem } from '../../../src/gemini/skimJson';

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer, void, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield Buffer.from(bytes.subarray(at, at + size));
  }
}

const all = (take: (item: SkimmedItem) => Promise<void> | void): ItemSink => ({ wants: () => true, take });

async function skim(text: string, size: number): Promise<{ rest: string; items: string[][] }> {
  const items: string[][] = [];
  const sink = all(({ array, json }) => {
    (items[array] ??= []).push(json.toString());
  });
  const rest = await skimJson(inPieces(text, size), ['items', 'more_items'], sink);
  return { rest, items };
}

describe('skimming JSON', () => {
  const table: readonly [what: string, text: string, rest: string, items: string[][]][] = [
    ['nothing to take', '{"a":[1,2],"b":"items"}', '{"a":[1,2],"b":"items"}', []],
    [
      'an array',
      '{"items":[1,{"x":[2]},"three"],"a":1}',
      '{"items":[3],"a":1}',
      [['1', '{"x":[2]}', '"three"']],
    ],
    ['an empty array', '{"items":[ ]}', '{"items":[]}', []],
    [
      'nested names and two arrays',
      '{"a":{"items":{"items":[1]}},"b":{"more_items":[2,3]}}',
      '{"a":{"items":{"items":[1]}},"b":{"more_items":[2]}}',
      [['1'], ['2', '3']],
    ],
    [
      'white space and line breaks, within elements only',
      '{ "items" : [\n  { "a" : "x y\\n" , "b" : [ 1 , 2 ] } ,\n  null\n ] }',
      '{ "items" : [2] }',
      [['{ "a" : "x y\\n" , "b" : [ 1 , 2 ] }', 'null']],
    ],
    [
      'strings with brackets, quotes and backslashes',
      '{"items":["]\\"[{","\\\\",",",{"items":[1]}]}',
      '{"items":[4]}',
      [['"]\\"[{"', '"\\\\"', '","', '{"items":[1]}']],
    ],
    [
      'the name as a value or an element',
      '{"a":"items","b":["items",[1]]}',
      '{"a":"items","b":["items",[1]]}',
      [],
    ],
  ];
  for (const [what, text, rest, items] of table)
    for (const size of [1, 2, 7, 1000])
      it(`${what}, ${size} bytes at a time`, async () => {
        assert.deepEqual(await skim(text, size), { rest, items });
      });

  it('takes out what any document holds, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 1, max: 50 }),
        async (values, indent, size) => {
          const expected = JSON.parse(JSON.stringify(values)) as unknown[];
          const text = JSON.stringify({ before: 'ä', r: { items: values }, after: [1] }, null, indent);
          const { rest, items } = await skim(text, size);
          assert.deepEqual(
            (items[0] ?? []).map((item) => JSON.parse(item) as unknown),
            expected,
          );
          const counted = values.length === 0 ? [] : [values.length];
          assert.deepEqual(JSON.parse(rest), { before: 'ä', r: { items: counted }, after: [1] });
        },
      ),
    );
  });

  for (const size of [1, 1000])
    it(`gives only what is wanted, and counts the rest, ${size} bytes at a time`, async () => {
      const taken: string[] = [];
      const sink = {
        wants: (array: number) => array === 1 || (array === 2 && taken.length < 2),
        take: ({ json }: SkimmedItem) => void taken.push(json.toString()),
      };
      const text = '{"items":["a","b"],"x":{"items":["c"]},"y":{"items":["d","e","f"]}}';
      const rest = await skimJson(inPieces(text, size), ['items'], sink);
      assert.deepEqual(taken, ['"c"', '"d"']);
      assert.equal(rest, '{"items":[2],"x":{"items":[1]},"y":{"items":[3]}}');
    });

  it('refuses a document that breaks off within an array', async () => {
    await assert.rejects(skim('{"items":[1,{"a', 5), SyntaxError);
  });

  it('refuses a document that is large without arrays to take out', async () => {
    async function* endless() {
      yield Buffer.from('{"a":"');
      for (;;) {
        await Promise.resolve();
        yield Buffer.alloc(1 << 20, 'x');
      }
    }
    await assert.rejects(
      skimJson(
        endless(),
        ['items'],
        all(() => undefined),
      ),
      /too large/,
    );
  });

  it('stops with what the taker throws', async () => {
    await assert.rejects(
      skimJson(
        inPieces('{"items":[1]}', 3),
        ['items'],
        all(() => Promise.reject(new RangeError('full'))),
      ),
      RangeError,
    );
  });
});
