import assert from 'node:assert/strict';
import { bannersOf } from '../../../src/webview/banners';
import { codeName, shortCode } from '../../../src/webview/errorCodes';
import type { RowDetail } from '../../../src/shared/resultsMessages';
import { makeRowSummary } from '../../support/rowSummary';

const detail = (summary: Partial<RowDetail['summary']>, more: Partial<RowDetail> = {}): RowDetail => ({
  summary: makeRowSummary(summary),
  candidates: [],
  usage: [],
  ...more,
});
const candidate = { finishReason: 'STOP', parts: [], safety: [], sources: [], searches: [] };

describe('bannersOf', () => {
  // Without the host's strings, texts are shown by their ids.
  const table: [string, RowDetail, [string, string[]][]][] = [
    ['nothing for an answer', detail({}), []],
    [
      'code and message of an error',
      detail({ outcome: 'failed' }, { error: { code: 3, message: 'bad part' } }),
      [['bad', ['errorCode', 'bad part']]],
    ],
    [
      'an error without a message',
      detail({ outcome: 'failed' }, { error: { code: 1, message: '' } }),
      [['bad', ['errorCode']]],
    ],
    ['a broken line', detail({ outcome: 'failed', broken: true }), [['bad', ['brokenExplained']]]],
    ['a missing answer', detail({ outcome: 'missing' }), [['warn', ['missingExplained']]]],
    ['an unexpected one', detail({ outcome: 'unexpected' }), [['warn', ['unexpectedExplained']]]],
    [
      'a refused prompt, once',
      detail({ outcome: 'blocked', reason: 'SAFETY' }, { blockReason: 'SAFETY' }),
      [['warn', ['blockedPrompt']]],
    ],
    ['a withheld answer', detail({ outcome: 'blocked', reason: 'SAFETY' }), [['warn', ['blockedAnswer']]]],
    ['a cut answer', detail({ outcome: 'truncated', output: 9 }), [['warn', ['truncatedExplained']]]],
    [
      'an answer that thinking left no room for',
      detail({ outcome: 'truncated', output: 1, thinking: 99 }),
      [['warn', ['truncatedExplained', 'truncatedByThinking']]],
    ],
    [
      'no answer, and no error either',
      detail({ outcome: 'failed' }, { candidates: [candidate] }),
      [['bad', ['emptyAnswer']]],
    ],
    [
      'what the service says of the end',
      detail({}, { candidates: [{ ...candidate, finishMessage: 'Stopped.' }] }),
      [['info', ['Stopped.']]],
    ],
  ];
  for (const [name, row, expected] of table) {
    it(name, () =>
      assert.deepEqual(
        bannersOf(row).map(({ look, lines }) => [look, lines]),
        expected,
      ),
    );
  }
});

describe('codes of errors', () => {
  const table: [number, string, string][] = [
    [3, '3 INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
    [13, '13 INTERNAL', 'INTERNAL'],
    [429, '429', '429'],
  ];
  for (const [code, long, short] of table)
    it(long, () => assert.deepEqual([codeName(code), shortCode(code)], [long, short]));
});
