import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWindow } from '../../../src/language/fileWindow';
import { findRequest } from '../../../src/language/requestPlace';

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
  for (const [name, lines, text, guess, found] of cases) {
    it(name, () => assert.equal(find(lines, text, guess), found));
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
