import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ResultSet } from '../../../src/results/resultSet';
import { LocalScanner } from '../../../src/results/scanner';
import { searchResults } from '../../../src/results/search';
import { allRows, type RowQuery } from '../../../src/shared/resultsMessages';
import { CancelledError } from '../../../src/util/async';
import { answer, ended, openSet, request, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

const query = (change: Partial<RowQuery> = {}): RowQuery => ({ ...allRows, ...change });

async function keys(set: ResultSet, change: Partial<RowQuery> = {}): Promise<(string | undefined)[]> {
  return (await set.summaries(set.order(query(change)))).map((row) => row.key);
}

describe('ResultSet', () => {
  it('joins by key as text, whatever the order, and tells every outcome', async () => {
    const requests = scratch.lines(['a', 'b', 'c', 'd', 'e', '6'].map((key) => request(key)));
    const results = scratch.lines([
      answer('d'),
      ended('b', 'MAX_TOKENS'),
      { key: 'c', error: { code: 3, message: 'bad part' } },
      answer('stranger'),
      { response: { promptFeedback: { blockReason: 'SAFETY' } }, key: 'a' },
      { ...answer(''), key: 6 },
    ]);
    const set = await openSet(results, requests);
    const summary = set.summary();
    assert.deepEqual(summary.counts, {
      ok: 2,
      failed: 1,
      truncated: 1,
      blocked: 1,
      missing: 1,
      unexpected: 1,
    });
    assert.deepEqual(await keys(set), ['a', 'b', 'c', 'd', 'e', '6', 'stranger']);
    assert.deepEqual(await keys(set, { sort: 'file' }), ['d', 'b', 'c', 'stranger', 'a', '6', 'e']);
    assert.deepEqual(await keys(set, { outcomes: ['missing', 'blocked'] }), ['a', 'e']);
    assert.deepEqual(await keys(set, { reasons: ['MAX_TOKENS'] }), ['b']);
    assert.deepEqual(await keys(set, { key: 'STRANG' }), ['stranger']);
    assert.equal(summary.joinedBy, 'key');
    assert.deepEqual(summary.usage, { input: 30, output: 6, thinking: 0, cached: 0 });
    assert.deepEqual(summary.reasons, [
      { name: 'STOP', rows: 3 },
      { name: 'MAX_TOKENS', rows: 1 },
      { name: 'SAFETY', rows: 1 },
    ]);
    set.dispose();
  });

  it('summarises rows for the list', async () => {
    const requests = scratch.lines([request('a'), request('b')]);
    const results = scratch.lines([{ key: 'a', error: { code: 13, message: 'An  internal\nerror' } }]);
    const set = await openSet(results, requests);
    const [failed, missing] = await set.summaries(set.order(query()));
    assert.deepEqual(
      { ...failed, bytes: 0 },
      {
        row: 0,
        key: 'a',
        outcome: 'failed',
        request: 0,
        reason: '',
        errorCode: 13,
        preview: 'An internal error',
        kinds: 0,
        input: 0,
        output: 0,
        thinking: 0,
        bytes: 0,
        duplicate: false,
        broken: false,
      },
    );
    assert.equal(missing?.outcome, 'missing');
    assert.equal(missing.row, ~1);
    assert.equal(missing.request, 1);
    set.dispose();
  });

  it('goes from requests to rows and back', async () => {
    const set = await openSet(scratch.lines([answer('b')]), scratch.lines([request('a'), request('b')]));
    assert.equal(set.rowOfRequest(0), ~0);
    assert.equal(set.rowOfRequest(1), 0);
    assert.equal(set.rowOfRequest(2), undefined);
    assert.equal(set.requestOf(0), 1);
    assert.equal(set.requestOf(~0), 0);
    assert.equal(set.rowOfKey('b'), 0);
    assert.equal(set.rowOfKey('a'), ~0);
    assert.equal(set.rowOfKey('zz'), undefined);
    assert.deepEqual(
      [0, 1, ~0, ~1, ~2].map((row) => set.has(row)),
      [true, false, true, false, false],
    );
    set.dispose();
  });

  it('joins by position only when no result has a key, and says so', async () => {
    const bare = (text: string) => ({
      response: { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] },
    });
    const requests = scratch.lines([request('a'), request('b'), request('c')]);
    const byPosition = await openSet(scratch.lines([bare('1'), bare('2')]), requests);
    assert.equal(byPosition.summary().joinedBy, 'position');
    assert.equal(byPosition.requestOf(1), 1);
    assert.equal(byPosition.summary().counts.missing, 1);
    const mixed = await openSet(scratch.lines([bare('1'), answer('b')]), requests);
    assert.equal(mixed.summary().joinedBy, 'key');
    assert.equal(mixed.summary().counts.unexpected, 1);
    byPosition.dispose();
    mixed.dispose();
  });

  it('reports duplicates on both sides and joins them in order', async () => {
    const requests = scratch.lines([request('a'), request('a'), request('b')]);
    const results = scratch.lines([
      answer('a', 'first'),
      answer('b'),
      answer('a', 'second'),
      answer('a', 'third'),
    ]);
    const set = await openSet(results, requests);
    const summary = set.summary();
    assert.equal(summary.duplicateRequests, 1);
    assert.equal(summary.duplicateResults, 2);
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => set.requestOf(row)),
      [0, 2, 1, 1],
    );
    const rows = await set.summaries(set.order(query({ trouble: true })));
    assert.deepEqual(
      rows.map((row) => row.preview),
      ['second', 'third'],
    );
    set.dispose();
  });

  it('shows broken lines as failed rows and goes on', async () => {
    const results = scratch.file(
      `\ufeff${JSON.stringify(answer('a'))}\r\n\r\n{"key":"b","resp\n<html>oops</html>\n\n${JSON.stringify(answer('c'))}`,
    );
    const set = await openSet(results, scratch.lines([request('a'), request('b'), request('c')]));
    const rows = await set.summaries(set.order(query({ sort: 'file' })));
    assert.deepEqual(
      rows.map((row) => [row.key, row.outcome, row.broken]),
      [
        ['a', 'ok', false],
        [undefined, 'failed', true],
        [undefined, 'failed', true],
        ['c', 'ok', false],
        ['b', 'missing', false],
      ],
    );
    assert.equal(rows[2]?.preview, '<html>oops</html>');
    assert.equal(set.summary().brokenRows, 2);
    set.dispose();
  });

  it('previews answers of every kind', async () => {
    const parts = (list: unknown[]) => ({
      key: 'k',
      response: { candidates: [{ content: { parts: list }, finishReason: 'STOP' }] },
    });
    const table: [unknown, string][] = [
      [answer('k', 'caf\u00e9 "quoted"\n\nline'), 'café "quoted" line'],
      [parts([{ functionCall: { name: 'f', args: {} } }]), '{"name":"f","args":{}}'],
      [{ key: 'k', response: { embedding: { values: [0.123456, -1, 2] } } }, '0.1235, -1.0000, 2.0000'],
      [
        {
          custom_id: 'k',
          response: {
            status_code: 200,
            body: { choices: [{ message: { content: 'openai' }, finish_reason: 'stop' }] },
          },
        },
        'openai',
      ],
    ];
    const set = await openSet(scratch.lines(table.map(([value]) => value)));
    const rows = await set.summaries(set.order(query()));
    table.forEach(([, expected], row) =>
      assert.ok(rows[row]?.preview.startsWith(expected), rows[row]?.preview),
    );
    set.dispose();
  });

  it('sorts by key naturally, by outcome, tokens and size, both ways', async () => {
    const usage = (count: number) => ({
      usageMetadata: { promptTokenCount: count, candidatesTokenCount: 100 - count, thoughtsTokenCount: 0 },
    });
    const results = scratch.lines([
      answer('r-10', 'aaaa', usage(2)),
      answer('r-2', 'aa', usage(9)),
      ended('r-1', 'SAFETY', ''),
      answer('r-9', 'aaa', usage(5)),
    ]);
    const set = await openSet(results);
    assert.deepEqual(await keys(set, { sort: 'key' }), ['r-1', 'r-2', 'r-9', 'r-10']);
    assert.deepEqual(await keys(set, { sort: 'key', descending: true }), ['r-10', 'r-9', 'r-2', 'r-1']);
    assert.deepEqual(await keys(set, { sort: 'input' }), ['r-1', 'r-10', 'r-9', 'r-2']);
    assert.deepEqual(await keys(set, { sort: 'output', descending: true }), ['r-10', 'r-9', 'r-2', 'r-1']);
    assert.deepEqual(await keys(set, { sort: 'outcome' }), ['r-10', 'r-2', 'r-9', 'r-1']);
    assert.deepEqual(await keys(set, { sort: 'reason' }), ['r-1', 'r-10', 'r-2', 'r-9']);
    assert.deepEqual(await keys(set, { sort: 'size' }), ['r-1', 'r-2', 'r-9', 'r-10']);
    set.dispose();
  });

  it('has rows before it is complete', async () => {
    const results = scratch.lines(
      Array.from({ length: 3000 }, (_, row) => answer(`k${row}`, 'x'.repeat(600))),
    );
    const set = await ResultSet.open({ results, scanner: new LocalScanner() });
    const first = await new Promise<number>((resolve) => {
      set.onDidChange(() => resolve(set.summary().resultRows));
    });
    assert.ok(first > 0 && first < 3000, String(first));
    await set.ready;
    assert.equal(set.summary().resultRows, 3000);
    set.dispose();
  });

  it('rejects when a file cannot be opened, and stops when it is disposed', async () => {
    const missing = join(scratch.directory, 'nowhere');
    await assert.rejects(ResultSet.open({ results: missing, scanner: new LocalScanner() }), {
      code: 'ENOENT',
    });
    const results = scratch.lines([answer('a')]);
    await assert.rejects(ResultSet.open({ results, requests: missing, scanner: new LocalScanner() }), {
      code: 'ENOENT',
    });
    const set = await ResultSet.open({ results, scanner: new LocalScanner() });
    set.dispose();
    await assert.rejects(set.ready, CancelledError);
  });

  it('shows what it opened, through a link and also when the file is replaced or gone', async function () {
    if (process.platform === 'win32') this.skip();
    const path = scratch.lines([answer('a', 'first'), answer('b', 'second')]);
    const link = join(scratch.directory, 'link.jsonl');
    symlinkSync(path, link);
    const set = await openSet(link);
    const previews = async () => (await set.summaries(set.order(query()))).map(({ preview }) => preview);
    const other = scratch.lines([answer('z', 'another file')]);
    renameSync(other, path);
    assert.deepEqual(await previews(), ['first', 'second']);
    rmSync(path);
    assert.deepEqual(await previews(), ['first', 'second']);
    const found = await searchResults(set.resultLines, set.results, {
      text: 'second',
      matchCase: true,
      regex: false,
    });
    assert.deepEqual([...found], [0, 1]);
    set.dispose();
  });

  it('reads a byte order mark, Windows line ends, empty lines and a last line without an end', async () => {
    const lines = ['a', 'b', 'c'].map((key) => JSON.stringify(answer(key, `text of ${key}`)));
    const set = await openSet(scratch.file(`\ufeff\r\n${lines[0]}\r\n\r\n \t\r\n${lines[1]}\n\n${lines[2]}`));
    const rows = await set.summaries(set.order(query()));
    assert.deepEqual(
      rows.map(({ key, preview, broken }) => [key, preview, broken]),
      ['a', 'b', 'c'].map((key) => [key, `text of ${key}`, false]),
    );
    set.dispose();
  });

  it('takes an empty file for no rows', async () => {
    const set = await openSet(scratch.file(''), scratch.lines([request('a')]));
    assert.deepEqual(set.summary().counts, {
      ok: 0,
      failed: 0,
      truncated: 0,
      blocked: 0,
      missing: 1,
      unexpected: 0,
    });
    assert.equal(set.summary().progress, 1);
    set.dispose();
  });
});
