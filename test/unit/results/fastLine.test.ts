import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ByteSpan } from '../../../src/results/byteCursor';
import { FastLineScanner } from '../../../src/results/fastLine';
import { RequestKeyScanner } from '../../../src/results/keyScanner';
import { ReasonTable } from '../../../src/results/reasons';
import { fillFacts, readResultLine } from '../../../src/results/resultLine';
import { RowFacts } from '../../../src/results/rowFacts';
import { scanMemory } from '../../../src/results/scanMemory';
import { answer, ended } from './support';

interface Reading {
  readonly facts: RowFacts;
  readonly key: string | undefined;
}

const before = Buffer.from('{"key":"before","response":{}}\n');
/** One for both sides, so that new reasons have the same codes. */
const reasons = new ReasonTable();
const memory = scanMemory(1 << 20);
assert.ok(memory, 'WebAssembly runs here');

/** A byte scanner over lines in the middle of a buffer, in WebAssembly's memory or beside it. */
function byteScanner(inMemory: boolean): (line: Buffer) => Reading | undefined {
  const facts = new RowFacts();
  const scanner = new FastLineScanner(reasons, facts, memory);
  const key: ByteSpan = { start: 0, end: -1 };
  const buffer = inMemory ? (memory?.buffer ?? Buffer.alloc(0)) : Buffer.alloc(1 << 16);
  before.copy(buffer);
  return (line) => {
    const start = before.length;
    const end = start + line.copy(buffer, start);
    buffer.write('\n{"key":"after"}', end);
    if (!scanner.scan(buffer, start, end, key)) return undefined;
    const copy = Object.assign(new RowFacts(), facts);
    return { facts: copy, key: key.end === -1 ? undefined : buffer.toString('utf8', key.start, key.end) };
  };
}

const fastInMemory = byteScanner(true);
const fastInBuffer = byteScanner(false);
const fast = (line: string) => fastInMemory(Buffer.from(line));

function slow(line: string): Reading | undefined {
  const parsed = readResultLine(line);
  if (parsed === undefined) return undefined;
  const facts = new RowFacts();
  fillFacts(facts, parsed, reasons);
  return { facts, key: parsed.key };
}

const withoutPreview = (facts: RowFacts) => Object.assign(new RowFacts(), facts, { previewAt: 0 });

function assertAgree(line: string | Buffer): void {
  const bytes = Buffer.from(line);
  const quick = fastInMemory(bytes);
  // WebAssembly skips escaped names in what nobody asks for; the other leaves such a line to JSON.parse.
  const alone = fastInBuffer(bytes);
  if (alone !== undefined)
    assert.deepEqual(alone, quick, `with WebAssembly and without: ${bytes.toString()}`);
  if (quick === undefined) return;
  const text = bytes.toString('utf8');
  const thorough = slow(text);
  assert.ok(thorough, `the byte scanner reads what JSON.parse refuses: ${text}`);
  assert.deepEqual(withoutPreview(quick.facts), withoutPreview(thorough.facts), text);
  assert.equal(quick.key, thorough.key, text);
}

describe('FastLineScanner', () => {
  const read: [string, unknown][] = [
    ['an answer', answer('k', 'hello')],
    ['escapes and quotes in the text', answer('k', 'say "hi"\\ {"finishReason":"SAFETY"} \n ü 😀')],
    ['a text that is JSON', answer('k', '{"label":"x"}')],
    ['a long text', answer('k', 'a"'.repeat(40))],
    ['another finish reason', ended('k', 'MAX_TOKENS')],
    ['an unknown finish reason', ended('k', 'SOLAR_FLARE')],
    ['nothing answered', ended('k', 'SAFETY', '')],
    ['an error', { key: 'k', error: { code: 13, message: 'internal', details: [{ a: [1, 2] }] } }],
    ['a null error beside a response', { ...answer('k'), error: null }],
    ['an error beside a response', { ...answer('k'), error: { code: 3 } }],
    [
      'a blocked prompt',
      { key: 'k', response: { promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] } } },
    ],
    ['an embedding', { response: { tokenCount: '17', embedding: { values: [0.5, -1e-7] } }, key: 'e' }],
    ['key in metadata', { response: {}, metadata: { key: 'm', other: { key: 'no' } } }],
    [
      'parts of many kinds',
      answer('k', 'x', {
        candidates: [
          {
            content: {
              role: 'model',
              parts: [
                { text: 'thinking', thought: true },
                { thought: true, text: 'more' },
                { thoughtSignature: 'AAAA' },
                { text: 'answer', thoughtSignature: 'BBBB' },
                { inlineData: { mimeType: 'image/png', data: 'iVBOR' } },
                { inlineData: { data: 'AAAA', mimeType: 'audio/wav' } },
                { inlineData: { mimeType: 'video/mp4', data: '' } },
                { functionCall: { name: 'f', args: { finishReason: 'SAFETY', text: 'no' } } },
                { executableCode: { language: 'PYTHON', code: 'print("{")' } },
                { fileData: { fileUri: 'files/x' } },
                { toolCall: {} },
              ],
            },
            finishReason: 'STOP',
            groundingMetadata: { webSearchQueries: ['q'] },
            index: 0,
          },
          { content: { parts: [] }, finishReason: 'SAFETY' },
        ],
      }),
    ],
  ];
  for (const [name, value] of read) {
    it(`reads ${name} as JSON.parse does`, () => {
      const line = JSON.stringify(value);
      assert.ok(fast(line), 'read on the fast path');
      assertAgree(line);
      assertAgree(JSON.stringify(value, null, 1).replaceAll('\n', ' '));
    });
  }

  const passed = [
    '{',
    '{"key":"a"',
    '{"key":"a",}',
    '{"key" "a"}',
    '[]',
    '{"key":"a"} x',
    '{"k\\u0065y":"a"}',
    '{"key":"a\\n"}',
    '{"key":5}',
    '{"status":{}}',
    '{"response":[]}',
    '{"response":{"usageMetadata":{"promptTokenCount":1.5}}}',
    '{"candidates":[]}',
    '{"error":"text"}',
    '{"key":"a","other":01}',
    '{"key":"a","other":1.}',
    '{"key":"a","other":truth}',
    '{"key":"a","other":{"b":[1,]}}',
    '{"key":"a","other":{"b":[1}]}',
    '{"key":"a","other":"\\x"}',
    '{"key":"a","other":"a\tb and enough of it for WebAssembly"}',
    '{"key":"a","other":"enough of it for WebAssembly \\u12g4"}',
    '{"key":"a","response":{"embedding":{"values":[1,2,+3]}}}',
    '{"key":"a","key":"b"}',
    '{"error":{"code":3},"error":null}',
    '{"response":{"promptFeedback":{"blockReason":"SAFETY"}},"response":{}}',
    `{"other":${'['.repeat(100)}${']'.repeat(100)}}`,
  ];
  for (const line of passed) {
    it(`leaves ${line} to JSON.parse`, () => assert.equal(fast(line), undefined));
  }

  it('never reads a line that was cut off', () => {
    const line = JSON.stringify(read[13]?.[1]);
    for (let length = 0; length < line.length; length += 1)
      assert.equal(fast(line.slice(0, length)), undefined, String(length));
  });

  const interesting = [...Buffer.from('"\\{}[],:+-.0159eEtfnu /\n\t\0')].concat(0x7f, 0x80, 0xc3, 0xff);
  for (const [name, value] of read) {
    it(`never reads what JSON.parse refuses, whichever byte of ${name} is changed, left out or doubled`, () => {
      const line = Buffer.from(JSON.stringify(value));
      for (let at = 0; at < line.length; at += 1) {
        const mutated = Buffer.from(line);
        for (const byte of interesting) {
          mutated[at] = byte;
          assertAgree(mutated);
        }
        assertAgree(Buffer.concat([line.subarray(0, at), line.subarray(at + 1)]));
        assertAgree(Buffer.concat([line.subarray(0, at + 1), line.subarray(at)]));
      }
    }).timeout(60_000);
  }

  it('agrees with JSON.parse for every value of every byte of a line', () => {
    const line = Buffer.from(
      '{"key":"ü","a":[-0.5e+1,true,null,{"b":"\\u00e9\\n"}],"response":{"candidates":[]}}',
    );
    for (let at = 0; at < line.length; at += 1) {
      const mutated = Buffer.from(line);
      for (let byte = 0; byte < 256; byte += 1) {
        mutated[at] = byte;
        assertAgree(mutated);
      }
    }
  }).timeout(60_000);

  it('previews the answer before thoughts, calls and errors', () => {
    const at = (value: unknown) => {
      const line = JSON.stringify(value);
      return line.slice(fast(line)?.facts.previewAt).slice(0, 8);
    };
    const parts = (list: unknown[]) => ({
      key: 'k',
      response: { candidates: [{ content: { parts: list } }] },
    });
    assert.equal(
      at(parts([{ text: 'hm', thought: true }, { text: 'answer' }, { text: 'later' }])),
      '"answer"',
    );
    assert.equal(at(parts([{ text: 'thoughtful', thought: true }])), '"thought');
    assert.equal(at(parts([{ functionCall: { name: 'f' } }])), '{"name":');
    assert.equal(at({ key: 'k', error: { code: 1, message: 'stopped' } }), '"stopped');
    assert.equal(at({ key: 'k', response: { embedding: { values: [1, 2] } } }), '[1,2]}}}');
  });

  it('agrees with JSON.parse on whatever is thrown at it', () => {
    const names = [
      'key',
      'metadata',
      'response',
      'error',
      'candidates',
      'content',
      'parts',
      'text',
      'thought',
      'finishReason',
      'usageMetadata',
      'promptTokenCount',
      'candidatesTokenCount',
      'promptFeedback',
      'blockReason',
      'embedding',
      'values',
      'inlineData',
      'mimeType',
      'functionCall',
      'code',
      'message',
      'tokenCount',
      'other',
    ];
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('STOP', 'MAX_TOKENS', 'a', '', 'image/png', '{"x":1}', 'q"q', '\\'),
        fc.nat(100),
        fc.constantFrom(null, true, false, 1.5, -3),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 }), (line) =>
        assertAgree(JSON.stringify(line)),
      ),
      { numRuns: 2000 },
    );
  });
});

describe('RequestKeyScanner', () => {
  const scan = (line: string) => {
    const bytes = Buffer.from(line);
    const key: ByteSpan = { start: 0, end: -1 };
    if (!new RequestKeyScanner().scan(bytes, 0, bytes.length, key)) return 'for JSON.parse';
    return key.end === -1 ? undefined : bytes.toString('utf8', key.start, key.end);
  };
  const table: [string, string | undefined][] = [
    ['{"key":"a","request":{}}', 'a'],
    ['{ "key" : "ü" , "request":{}}', 'ü'],
    ['{"custom_id":"c","method":"POST"}', 'c'],
    ['{"request":{"key":"no"},"key":"a"}', 'a'],
    ['{"request":{},"metadata":{"key":"m"}}', 'm'],
    ['{"metadata":{"key":"m"},"custom_id":"c","key":"k"}', 'k'],
    ['{"metadata":null}', undefined],
    ['{}', undefined],
    ['{"key":"a\\"b"}', 'for JSON.parse'],
    ['{"key":7}', 'for JSON.parse'],
    ['{"key":"a","request":{}', 'for JSON.parse'],
    ['{"key":"a","request":{"contents":[}}', 'for JSON.parse'],
    ['not json', 'for JSON.parse'],
  ];
  for (const [line, key] of table) it(`${line} → ${key ?? 'no key'}`, () => assert.equal(scan(line), key));
});
