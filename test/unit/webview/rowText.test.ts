import assert from 'node:assert/strict';
import { contentKind } from '../../../src/shared/contentKinds';
import type { RowSummary } from '../../../src/shared/resultsMessages';
import { loadStrings } from '../../../src/webview/strings';
import { previewText } from '../../../src/webview/rowText';
import { makeRowSummary } from '../../support/rowSummary';

const row = makeRowSummary({ key: 'a', reason: 'STOP' });

describe('previewText', () => {
  // Without the host's strings, texts are shown by their ids.
  before(() => loadStrings('{}'));

  const table: [name: string, of: Partial<RowSummary>, shown: string][] = [
    ['an answer', { preview: 'Rome' }, 'Rome'],
    ['a missing answer', { outcome: 'missing', reason: '' }, 'missingExplained'],
    ['an empty answer', { outcome: 'failed' }, 'answerEmpty'],
    [
      'nothing but thoughts',
      { outcome: 'truncated', reason: 'MAX_TOKENS', kinds: contentKind.thought },
      'answerEmpty',
    ],
    ['a picture', { kinds: contentKind.image }, ''],
    ['an error without words, whose code stands beside it', { outcome: 'failed', errorCode: 13 }, ''],
    ['a line that cannot be read', { outcome: 'failed', broken: true }, ''],
    ['a refused prompt', { outcome: 'blocked', reason: 'OTHER', preview: 'OTHER' }, 'promptRefused'],
    ['a withheld answer', { outcome: 'blocked', reason: 'SAFETY' }, 'answerWithheld'],
    ['what there is of a withheld answer', { outcome: 'blocked', reason: 'SAFETY', preview: 'I' }, 'I'],
  ];
  for (const [name, of, shown] of table) it(name, () => assert.equal(previewText({ ...row, ...of }), shown));
});
