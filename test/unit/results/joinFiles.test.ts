import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { joinFiles } from '../../../src/results/joinFiles';
import { CancelledError } from '../../../src/util/async';
import { answer, ended, request, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

describe('joinFiles', () => {
  it('says what became of every request, with the places of both lines', async () => {
    const requests = scratch.lines([request('a'), request('b'), request('c')]);
    const results = scratch.lines([ended('c', 'MAX_TOKENS'), answer('a'), answer('x')]);
    const joined = await joinFiles({ requests, results: [results] });
    assert.deepEqual(joined.counts, {
      ok: 1,
      failed: 0,
      truncated: 1,
      blocked: 0,
      missing: 1,
      unexpected: 1,
    });
    const rows = [...joined.rows()];
    assert.deepEqual(
      rows.map((row) => [row.key, row.outcome, row.reason]),
      [
        ['a', 'ok', 'STOP'],
        ['b', 'missing', ''],
        ['c', 'truncated', 'MAX_TOKENS'],
      ],
    );
    const cut = (path: string, span?: { offset: number; bytes: number }) =>
      readFileSync(path).toString('utf8', span?.offset, (span?.offset ?? 0) + (span?.bytes ?? 0));
    assert.deepEqual(JSON.parse(cut(requests, rows[2]?.request)), request('c'));
    assert.deepEqual(JSON.parse(cut(results, rows[2]?.result)), ended('c', 'MAX_TOKENS'));
    assert.deepEqual(
      [...joined.rows((outcome) => outcome === 'missing')].map((row) => row.index),
      [1],
    );
  });

  it('lets retries win, unless they failed where an earlier run did not', async () => {
    const requests = scratch.lines(['a', 'b', 'c'].map((key) => request(key)));
    const first = scratch.lines([
      answer('a'),
      { key: 'b', error: { code: 13 } },
      { key: 'c', error: { code: 13 } },
    ]);
    const second = scratch.lines([answer('b'), ended('c', 'SAFETY'), { key: 'a', error: { code: 3 } }]);
    const joined = await joinFiles({ requests, results: [first, second] });
    assert.deepEqual(
      [...joined.rows()].map((row) => [row.outcome, row.result?.file, row.errorCode]),
      [
        ['ok', 0, 0],
        ['ok', 1, 0],
        ['blocked', 1, 0],
      ],
    );
    assert.deepEqual(joined.usage, { input: 20, output: 4, thinking: 0, cached: 0 });
  });

  it('calls everything missing without results', async () => {
    const joined = await joinFiles({ requests: scratch.lines([request('a'), request('a')]), results: [] });
    assert.equal(joined.counts.missing, 2);
  });

  it('reports progress to the end and can be cancelled', async () => {
    const requests = scratch.lines([request('a')]);
    const results = [scratch.lines([answer('a')])];
    const seen: number[] = [];
    await joinFiles({ requests, results, onProgress: (fraction) => seen.push(fraction) });
    assert.equal(seen.at(-1), 1);
    await assert.rejects(joinFiles({ requests, results, signal: AbortSignal.abort() }), CancelledError);
  });
});
