import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWindow } from '../../../src/language/fileWindow';
import { findRequest, lineAfter, samePlace } from '../../../src/language/requestPlace';

const row = (key: string, text = 'Hi') =>
  `{"key":"${key}","request":{"contents":[{"parts":[{"text":"${text}"}]}]}}`;

function find(lines: readonly string[], text: string, guess: number): number | undefined {
  return findRequest({ lineCount: lines.length, line: (index) => lines[index] ?? '' }, text, guess);
}

describe('finding a request again', () => {
  const cases: [name: string, lines: string[], text: string, guess: number, found: number | undefined][] = [
    ['where it was', [row('a'), row('b')], row('b'), 1, 1],
    ['where it moved to', [row('x'), row('a'), row('b')], row('b'), 1, 2],
    ['where it was, with another text', [row('a'), row('b', 'Good day')], row('b'), 1, 1],
    ['by its key, moved and changed', [row('x'), row('a'), row('b', 'Good day')], row('b'), 1, 2],
    ['nowhere, when it is gone', [row('a'), row('c')], row('b'), 1, undefined],
    ['in its place, when it has no key', ['{"request":{}}'], '{"request":1}', 0, 0],
    ['nowhere, without a key and beyond the end', ['{"request":{}}'], '{"request":1}', 3, undefined],
  ];
  it('where it was followed to, whatever it is now', () => {
    const lines = { lineCount: 2, line: (index: number) => [row('a'), row('c')][index] ?? '' };
    assert.equal(findRequest(lines, row('b'), 1, true), 1);
  });

  for (const [name, lines, text, guess, found] of cases) {
    it(name, () => assert.equal(find(lines, text, guess), found));
  }
});

describe('following a line through edits', () => {
  type Edit = [startLine: number, start: number, endLine: number, end: number, text: string];
  // The line is number 2 and has 10 characters.
  const cases: [name: string, edits: Edit[], after: number | undefined][] = [
    ['within it', [[2, 3, 2, 5, 'x']], 2],
    ['within it, from its start', [[2, 0, 2, 5, 'x']], 2],
    ['behind its end', [[2, 10, 2, 10, '\nnew']], 2],
    ['below it', [[3, 0, 4, 0, '']], 2],
    ['a line above it more', [[0, 0, 0, 0, 'new\n']], 3],
    ['a line before it more', [[2, 0, 2, 0, 'new\n']], 3],
    ['a line above it less', [[0, 0, 1, 0, '']], 1],
    ['the line before it less', [[1, 0, 2, 0, '']], 1],
    ['joined with the one above', [[1, 7, 2, 0, '']], 1],
    ['all of it and its end', [[2, 0, 3, 0, '']], undefined],
    ['all of it and the end before', [[1, 10, 2, 10, '']], undefined],
    ['something else in its place', [[2, 0, 2, 10, '{}']], undefined],
    ['with lines around it', [[1, 0, 4, 0, 'x\ny\nz\n']], undefined],
    [
      'two edits',
      [
        [4, 0, 4, 0, 'new\n'],
        [0, 0, 0, 0, 'a\nb\n'],
      ],
      4,
    ],
  ];
  for (const [name, edits, after] of cases) {
    it(name, () => {
      const changes = edits.map(([startLine, start, endLine, end, text]) => ({
        range: { start: { line: startLine, character: start }, end: { line: endLine, character: end } },
        text,
      }));
      assert.equal(lineAfter(2, 10, changes), after);
    });
  }
});

describe('a window of a large file', () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'batchwright-window-'));
    file = path.join(folder, 'a.jsonl');
    writeFileSync(file, ['a', 'b', 'é'.repeat(30_000), 'd'].join('\n'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('has the lines asked for, as far as they are there', async () => {
    assert.deepEqual(await readWindow(file, 0, 2), ['a', 'b']);
    assert.deepEqual(await readWindow(file, 3, 5), ['d']);
    assert.deepEqual(await readWindow(file, 9, 5), []);
  });

  it('cuts very long lines, and says so', async () => {
    assert.deepEqual(await readWindow(file, 2, 1), [`${'é'.repeat(20_000)} …`]);
  });

  it('can be given up', async () => {
    await assert.rejects(readWindow(file, 0, 2, AbortSignal.abort()));
  });
});

describe('the same place in another layout', () => {
  const line = '{"key": "a b", "request":{"contents":[1, {"x":"\\" : {"}]}}';
  const pretty = JSON.stringify(JSON.parse(line), null, 2);
  for (const token of ['"key"', ' b"', '"request"', '[', '1', '"x"', ' : {', '}]}}']) {
    it(`is found for ${token}`, () => {
      const first = token.trim().charAt(0);
      const offset = line.indexOf(token) + token.indexOf(first);
      const there = samePlace(line, offset, pretty);
      assert.equal(pretty.charAt(there), first);
      assert.equal(samePlace(pretty, there, line), offset);
    });
  }

  it('is the end where there is nothing behind', () => {
    assert.equal(samePlace('{} ', 3, '{\n}\n'), 4);
  });
});
