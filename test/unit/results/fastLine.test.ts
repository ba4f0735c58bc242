import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FastLineScanner, RequestKeyScanner, type KeySpan } from '../../../src/results/fastLine';
import { ReasonTable } from '../../../src/results/reasons';
import { fillFacts, readResultLine } from '../../../src/results/resultLine';
import { RowFacts } from '../../../src/results/rowFacts';
import { answer, ended } from './support';

/** What the byte scanner says of a line in the middle of a buffer; undefined when it passes. */
function fast(line: string): { facts: RowFacts; key: string | undefined } | undefined {
  const before = '{"key":"before","response":{}}\n';
  const bytes = Buffer.from(`${before}${line}\n{"key":"after"}`);
  const facts = new RowFacts();
  const key: KeySpan = { start: 0, end: -1 };
  const start = Buffer.byteLength(before);
  const end = start + Buffer.byteLength(line);
  if (!new FastLineScanner(new ReasonTable(), facts).scan(bytes, start, end, key)) return undefined;
  return { facts, key: key.end === -1 ? undefined : bytes.toString('utf8', key.start, key.end) };
}

function slow(line: string): { facts: RowFacts; key: string | undefined } | undefined {
  const parsed = readResultLine(line);
  if (parsed === undefined) return undefined;
  const facts = new RowFacts();
  fillFacts(facts, parsed, new ReasonTable());
  return { facts, key: parsed.key };
}

const withoutPreview = (facts: RowFacts) => Object.assign(new RowFacts(), facts, { previewAt: 0 });

function assertAgree(line: string): void {
  const quick = fast(line);
  if (quick === undefined) return;
  const thorough = slow(line);
  assert.ok(thorough, `the byte scanner reads what JSON.parse refuses: ${line}`);
  assert.deepEqual(withoutPreview(quick.facts), withoutPreview(thorough.facts), line);
  assert.equal(quick.key, thorough.key, line);
}

describe('FastLineScanner', () => {
  const read: [string, unknown][] = [
    ['an answer', answer('k', 'hello')],
    ['escapes and quotes in the text', answer('k', 'say "hi"\\ {"finishReason":"SAFETY"} \n ü 😀')],
    ['a text that is JSON', answer('k', '{"label":"x"}')],
    ['a long text', answer('k', 'a"'.repeat(500))],
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
  ];
  for (const line of passed) {
    it(`leaves ${line} to JSON.parse`, () => assert.equal(fast(line), undefined));
  }

  it('never reads a line that was cut off', () => {
    const line = JSON.stringify(read[13]?.[1]);
    for (let length = 0; length < line.length; length += 1)
      assert.equal(fast(line.slice(0, length)), undefined, String(length));
  });

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
    const key: KeySpan = { start: 0, end: -1 };
    return new RequestKeyScanner().scan(bytes, 0, bytes.length, key)
      ? bytes.toString('utf8', key.start, key.end)
      : undefined;
  };
  const table: [string, string | undefined][] = [
    ['{"key":"a","request":{}}', 'a'],
    ['{ "key" : "ü" , "request":{}}', 'ü'],
    ['{"custom_id":"c","method":"POST"}', 'c'],
    ['{"request":{},"key":"a"}', undefined],
    ['{"key":"a\\"b"}', undefined],
    ['{"key":7}', undefined],
    ['not json', undefined],
    ['{}', undefined],
  ];
  for (const [line, key] of table)
    it(`${line} → ${key ?? 'not for it'}`, () => assert.equal(scan(line), key));
});
