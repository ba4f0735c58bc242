import assert from 'node:assert/strict';
import { CrashCounter } from '../../../src/language/crashCounter';
import { describeState } from '../../../src/language/dialectStatus';
import { choosableKinds, kindLabel } from '../../../src/language/fileKinds';
import { holdsBatchLines } from '../../../src/language/jsonLinesOffer';
import { modelItems, sayWhatChanged } from '../../../src/language/lineCommands';
import { submitTitle } from '../../../src/language/requestLenses';
import { isRequestFile } from '../../../src/language/selector';
import { describeSummary } from '../../../src/language/validateCommand';
import { reportLines } from '../../../src/language/reportLines';
import type { DocumentState, LineProblem, ValidationSummary } from '../../../src/shared/lsp';

const state = (changes: Partial<DocumentState> = {}): DocumentState => ({
  uri: 'file:///a.jsonl',
  version: 1,
  kind: 'gemini',
  overridden: false,
  rows: 1200,
  tokens: 840_400,
  errors: 0,
  complete: true,
  ...changes,
});

const summary = (changes: Partial<ValidationSummary> = {}): ValidationSummary => ({
  kind: 'gemini',
  rows: 1200,
  bytes: 1,
  errors: 0,
  warnings: 0,
  problems: [],
  estimatedTokens: 840_400,
  sha256: '',
  ...changes,
});

const good = '{"key":"a","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}';

describe('modelItems', () => {
  it('offers the models of the connection in use first, each once', () => {
    const items = modelItems(['own-model', 'gemini-3.5-flash'], false);
    assert.deepEqual(
      items.slice(0, 2).map(({ label, description }) => [label, description]),
      [
        ['own-model', 'connection in use'],
        ['gemini-3.5-flash', 'connection in use'],
      ],
    );
    const labels = items.map(({ label }) => label);
    assert.equal(new Set(labels).size, labels.length);
    assert.ok(labels.length > 2 && !labels.some((label) => label.includes('embedding')));
    assert.ok(modelItems([], true).every(({ label }) => label.includes('embedding')));
  });
});

describe('what is said about request files', () => {
  const titles: [DocumentState, string | undefined, string][] = [
    [state(), '≈ $0.13', '▷ Submit batch · 1,200 requests · ~840 k tokens · ≈ $0.13'],
    [state({ rows: 1, tokens: 20 }), undefined, '▷ Submit batch · 1 request · ~20 tokens'],
    [state({ errors: 3 }), '≈ $0.13', '▷ Submit batch · 1,200 requests · 3 errors'],
    [state({ errors: 1 }), undefined, '▷ Submit batch · 1,200 requests · 1 error'],
    [state({ rows: 0, errors: 1 }), undefined, '▷ Submit batch · 1 error'],
    [state({ rows: 0, tokens: 0 }), undefined, '▷ Submit batch · 0 requests · ~0 tokens'],
    [state({ complete: false }), undefined, '▷ Submit batch · checking…'],
  ];
  for (const [given, price, title] of titles) {
    it(title, () => assert.equal(submitTitle(given, price), title));
  }

  const details: [DocumentState, string][] = [
    [state(), '1,200 requests'],
    [state({ rows: 1, errors: 1 }), '1 request · 1 error'],
    [state({ errors: 2, overridden: true }), '1,200 requests · 2 errors · chosen by you'],
    [state({ kind: 'none' }), ''],
    [state({ kind: 'results', overridden: true }), 'chosen by you'],
  ];
  for (const [given, detail] of details) {
    it(`status: ${detail === '' ? 'nothing' : detail}`, () => assert.equal(describeState(given), detail));
  }

  it('has a name for every kind', () => {
    const names = [...choosableKinds, 'gemini-bare' as const].map(kindLabel);
    assert.equal(new Set(names).size, names.length);
  });

  const sentences: [ValidationSummary, string][] = [
    [summary(), '“a”: 1,200 requests, about 840 k tokens. No mistakes found.'],
    [
      summary({ errors: 1200, warnings: 1 }),
      '“a”: 1,200 requests, about 840 k tokens. Errors: 1,200. Warnings: 1.',
    ],
    [summary({ kind: 'none' }), '“a”: Not a batch file. There is nothing to check.'],
  ];
  for (const [given, sentence] of sentences)
    it(sentence, () => assert.equal(describeSummary('a', given), sentence));

  const changes: [number, { line: number; message: string }[], string[], string][] = [
    [2, [], [], 'Lines converted: 2.'],
    [2, [], ['m'], 'Lines converted: 2. Choose the model when you submit: m.'],
    [
      0,
      [
        { line: 4, message: 'No.' },
        { line: 5, message: 'Nor.' },
      ],
      [],
      'Lines converted: 0. Line 5: No. Line 6: Nor.',
    ],
    [
      7,
      Array.from({ length: 6 }, (_, line) => ({ line, message: `Remark ${line}.` })),
      [],
      'Lines converted: 7. Line 1: Remark 0. Line 2: Remark 1. Line 3: Remark 2. Line 4: Remark 3. Further remarks: 2.',
    ],
  ];
  for (const [count, notes, models, sentence] of changes) {
    it(sentence, () => assert.equal(sayWhatChanged(count, notes, models), sentence));
  }
});

describe('the report of a check', () => {
  const problem: LineProblem = {
    line: 11,
    start: 4,
    end: 9,
    severity: 'error',
    code: 'role',
    message: 'No.',
  };

  it('lists each problem with its place', () => {
    const lines = reportLines('a.jsonl', summary({ errors: 1, problems: [problem] }));
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['a.jsonl', 'Gemini requests · 1,200 rows · errors: 1 · warnings: 0', '', '12:5  error  role  No.'],
    );
    assert.equal(lines[3]!.text.slice(0, lines[3]!.place), '12:5');
    assert.equal(lines[3]!.problem, problem);
  });

  it('says how many it does not list', () => {
    const lines = reportLines('a.jsonl', summary({ errors: 1500, warnings: 20, problems: [problem] }));
    assert.match(lines.at(-1)!.text, /^1,519 more are not listed/);
  });
});

describe('JSON files that may be JSON Lines', () => {
  const files: [name: string, lines: string[], expected: boolean][] = [
    ['two requests', [good, '', good], true],
    ['one request, which is a JSON file as well', [good], false],
    ['a pretty-printed request', JSON.stringify(JSON.parse(good), null, 2).split('\n'), false],
    ['other JSON Lines', ['{"a":1}', '{"a":2}'], false],
    ['a JSON file', ['{', '"a": 1', '}'], false],
    ['an empty file', [''], false],
  ];
  for (const [name, lines, expected] of files) {
    it(`${name}: ${expected ? 'offer' : 'silence'}`, () => assert.equal(holdsBatchLines(lines), expected));
  }
});

describe('the language client', () => {
  it('starts a server again that failed, but not one that keeps failing', () => {
    const crashes = new CrashCounter({ count: 2, withinMs: 1000 });
    assert.deepEqual(
      [0, 10, 20].map((time) => crashes.add(time)),
      [true, true, false],
    );
    assert.equal(crashes.add(1500), true);
  });

  it('looks after request files where they are written', () => {
    const document = (languageId: string, scheme: string) => ({ languageId, uri: { scheme } });
    assert.equal(isRequestFile(document('jsonl', 'file')), true);
    assert.equal(isRequestFile(document('jsonl', 'untitled')), true);
    assert.equal(isRequestFile(document('jsonl', 'git')), false);
    assert.equal(isRequestFile(document('json', 'file')), false);
  });
});
