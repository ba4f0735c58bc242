import assert from 'node:assert/strict';
import type { Outcome } from '../../../src/shared/outcome';
import { classOfReason, ReasonTable } from '../../../src/results/reasons';
import { fillFacts, readResultLine } from '../../../src/results/resultLine';
import { outcomeOf, RowFacts } from '../../../src/results/rowFacts';
import { searchableText } from '../../../src/results/searchableText';

function verdict(line: string): {
  outcome: Outcome;
  reason: string;
  key: string | undefined;
  facts: RowFacts;
} {
  const reasons = new ReasonTable();
  const facts = new RowFacts();
  const parsed = readResultLine(line);
  assert.ok(parsed, 'the line is readable');
  fillFacts(facts, parsed, reasons);
  const reason = reasons.name(facts.blockReason === 0 ? facts.reason : facts.blockReason);
  return { outcome: outcomeOf(facts, reasons.class(facts.reason)), reason, key: parsed.key, facts };
}

const candidate = (finishReason: string, parts: unknown[] = [{ text: 'x' }]) => ({
  content: { parts },
  finishReason,
});
const line = (response: unknown, more: object = { key: 'k' }) => JSON.stringify({ ...more, response });

describe('readResultLine', () => {
  const shapes: [string, string, Outcome, string | undefined][] = [
    [
      'file result, key last',
      '{"response":{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]},"key":"k1"}',
      'ok',
      'k1',
    ],
    [
      'inline result, key in metadata',
      line({ candidates: [candidate('STOP')] }, { metadata: { key: 'req_1' } }),
      'ok',
      'req_1',
    ],
    ['inline result without any key', line({ candidates: [candidate('STOP')] }, {}), 'ok', undefined],
    ['a key that is a number', line({ candidates: [candidate('STOP')] }, { key: 12 }), 'ok', '12'],
    ['a null key counts as none', line({ candidates: [candidate('STOP')] }, { key: null }), 'ok', undefined],
    ['bare response', JSON.stringify({ candidates: [candidate('STOP')] }), 'ok', undefined],
    ['old embedding', '{"response":{"tokenCount":"1","embedding":{"values":[0.5,-1]}},"key":"e"}', 'ok', 'e'],
    [
      'new embedding',
      line({ embedding: { values: [1], shape: [1] }, usageMetadata: { promptTokenCount: 3 } }),
      'ok',
      'k',
    ],
    ['list of embeddings', line({ embeddings: [{ values: [1, 2] }] }), 'ok', 'k'],
    ['error', '{"key":"k","error":{"code":3,"message":"bad part"}}', 'failed', 'k'],
    ['error without a message', '{"key":"k","error":{"code":1}}', 'failed', 'k'],
    ['error as text', '{"key":"k","error":"no"}', 'failed', 'k'],
    ['status object', '{"key":"k","status":{"code":8,"message":"exhausted"}}', 'failed', 'k'],
    ['blocked prompt', line({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }), 'blocked', 'k'],
    ['blocked answer', line({ candidates: [{ finishReason: 'SAFETY' }] }), 'blocked', 'k'],
    ['truncated', line({ candidates: [candidate('MAX_TOKENS')] }), 'truncated', 'k'],
    ['no candidates at all', line({ usageMetadata: {} }), 'failed', 'k'],
    ['neither response nor error', '{"key":"k"}', 'failed', 'k'],
    [
      'empty answer called a success',
      line({ candidates: [candidate('STOP', [{ text: '' }])] }),
      'failed',
      'k',
    ],
    [
      'nothing but thoughts',
      line({ candidates: [candidate('STOP', [{ text: 'hm', thought: true }])] }),
      'failed',
      'k',
    ],
    [
      'a function call is an answer',
      line({ candidates: [candidate('STOP', [{ functionCall: { name: 'f' } }])] }),
      'ok',
      'k',
    ],
    [
      'no finish reason but an answer',
      line({ candidates: [{ content: { parts: [{ text: 'a' }] } }] }),
      'ok',
      'k',
    ],
    ['a reason newer than this version', line({ candidates: [candidate('SOLAR_FLARE')] }), 'failed', 'k'],
    [
      'one of two candidates truncated',
      line({ candidates: [candidate('STOP'), candidate('MAX_TOKENS')] }),
      'truncated',
      'k',
    ],
    [
      'members of wrong types',
      line({ candidates: 'none', usageMetadata: 7, promptFeedback: [] }),
      'failed',
      'k',
    ],
    [
      'OpenAI answer',
      JSON.stringify({
        id: 'batch_req_1',
        custom_id: 'c1',
        response: {
          status_code: 200,
          body: { choices: [{ message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] },
        },
        error: null,
      }),
      'ok',
      'c1',
    ],
    [
      'OpenAI answer cut short',
      JSON.stringify({
        custom_id: 'c',
        response: {
          status_code: 200,
          body: { choices: [{ message: { content: 'hi' }, finish_reason: 'length' }] },
        },
      }),
      'truncated',
      'c',
    ],
    [
      'OpenAI failure',
      JSON.stringify({ custom_id: 'c', response: { status_code: 400, body: { error: { message: 'no' } } } }),
      'failed',
      'c',
    ],
    [
      'OpenAI embedding',
      JSON.stringify({
        custom_id: 'c',
        response: { status_code: 200, body: { data: [{ embedding: [1, 2] }], usage: { prompt_tokens: 4 } } },
      }),
      'ok',
      'c',
    ],
  ];
  for (const [name, text, outcome, key] of shapes) {
    it(`${name}: ${outcome}`, () => {
      const found = verdict(text);
      assert.equal(found.outcome, outcome);
      assert.equal(found.key, key);
    });
  }

  it('is undefined for what is no JSON object', () => {
    for (const text of ['', '{"key":', '[1]', '"text"', 'null', '<html>', '{} {}']) {
      assert.equal(readResultLine(text), undefined, text);
    }
  });

  it('keeps code and message of an error', () => {
    assert.deepEqual(readResultLine('{"key":"k","error":{"code":"4","message":"late"}}')?.error, {
      code: 4,
      message: 'late',
    });
    const failed = {
      custom_id: 'c',
      response: { status_code: 429, body: [{ error: { code: 8, message: 'slow down' } }] },
    };
    assert.deepEqual(readResultLine(JSON.stringify(failed))?.error, { code: 8, message: 'slow down' });
    const wordless = { custom_id: 'c', response: { status_code: 500, body: null } };
    assert.deepEqual(readResultLine(JSON.stringify(wordless))?.error, { code: 500 });
  });

  it('sums tokens in either vocabulary, thinking apart from output', () => {
    const usage = {
      promptTokenCount: 5,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 11,
      cachedContentTokenCount: 3,
      toolUsePromptTokenCount: 2,
    };
    assert.deepEqual(readResultLine(line({ candidates: [], usageMetadata: usage }))?.usage, {
      input: 7,
      output: 7,
      thinking: 11,
      cached: 3,
    });
    const openai = {
      prompt_tokens: 5,
      completion_tokens: 18,
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 11 },
    };
    const wrapped = { custom_id: 'c', response: { status_code: 200, body: { choices: [], usage: openai } } };
    assert.deepEqual(readResultLine(JSON.stringify(wrapped))?.usage, {
      input: 5,
      output: 7,
      thinking: 11,
      cached: 3,
    });
    assert.equal(readResultLine(line({ tokenCount: '4', embedding: { values: [] } }))?.usage.input, 4);
  });

  it('takes absurd token counts for none', () => {
    for (const count of [-1, 1.5, 1e12, 'many', null]) {
      const parsed = readResultLine(line({ candidates: [], usageMetadata: { promptTokenCount: count } }));
      assert.equal(parsed?.usage.input, 0, String(count));
    }
  });

  it('turns OpenAI messages into parts', () => {
    const message = {
      reasoning_content: 'hm',
      content: [
        { type: 'text', text: 'look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
        { type: 'odd' },
      ],
      refusal: 'I will not',
      tool_calls: [
        { function: { name: 'f', arguments: '{"a":1}' } },
        { function: { name: 'g', arguments: 'not json' } },
        {},
      ],
    };
    const body = { choices: [{ message, finish_reason: 'tool_calls' }] };
    const parsed = readResultLine(JSON.stringify({ custom_id: 'c', response: { status_code: 200, body } }));
    assert.deepEqual(parsed?.candidates[0]?.parts, [
      { text: 'hm', thought: true },
      { text: 'look' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { fileData: { fileUri: 'https://example.org/a.png' } },
      { type: 'odd' },
      { text: 'I will not' },
      { functionCall: { name: 'f', args: { a: 1 } } },
      { functionCall: { name: 'g', args: 'not json' } },
    ]);
  });
});

describe('classOfReason', () => {
  const table: [string, string][] = [
    ['', 'ok'],
    ['STOP', 'ok'],
    ['MAX_TOKENS', 'truncated'],
    ['length', 'truncated'],
    ['RECITATION', 'blocked'],
    ['IMAGE_SAFETY', 'blocked'],
    ['content_filter', 'blocked'],
    ['MALFORMED_FUNCTION_CALL', 'failed'],
    ['constructor', 'failed'],
  ];
  for (const [name, expected] of table) {
    it(`${name || '(none)'} is ${expected}`, () => assert.equal(classOfReason(name), expected));
  }
});

describe('ReasonTable', () => {
  it('gives new names codes of their own', () => {
    const table = new ReasonTable();
    const code = table.code('SOLAR_FLARE');
    assert.equal(table.name(code), 'SOLAR_FLARE');
    assert.equal(table.code('SOLAR_FLARE'), code);
    assert.equal(table.class(code), 'failed');
  });

  it('never runs out of bytes', () => {
    const table = new ReasonTable();
    for (let index = 0; index < 1000; index += 1) assert.ok(table.code(`R${index}`) < 256);
  });
});

describe('searchableText', () => {
  it('has what a person reads, not names of the wire or base64', () => {
    const parts = [
      { text: 'plain' },
      { executableCode: { code: 'print(1)' } },
      { codeExecutionResult: { output: '1' } },
      { functionCall: { name: 'f', args: { city: 'Rome' } } },
      { inlineData: { mimeType: 'image/png', data: 'QUJD' } },
      { fileData: { fileUri: 'files/x' } },
    ];
    const parsed = readResultLine(line({ candidates: [candidate('STOP', parts)] }));
    assert.ok(parsed);
    assert.equal(searchableText(parsed), 'plain\nprint(1)\n1\nf {"city":"Rome"}\nfiles/x');
  });

  it('has error messages and block reasons', () => {
    for (const [text, expected] of [
      ['{"key":"k","error":{"code":3,"message":"bad part"}}', 'bad part'],
      ['{"key":"k","response":{"promptFeedback":{"blockReason":"OTHER"}}}', 'OTHER'],
    ] as const) {
      const parsed = readResultLine(text);
      assert.ok(parsed);
      assert.equal(searchableText(parsed), expected);
    }
  });
});
