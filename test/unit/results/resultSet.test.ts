import assert from 'node:assert/strict';
import { appendFileSync, statSync, utimesSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { IndexCache } from '../../../src/results/indexCache';
import { KeyTable } from '../../../src/results/keyTable';
import { ResultIndex } from '../../../src/results/lineIndex';
import { fillIndex, stampOf } from '../../../src/results/openIndex';
import { RangeScanner } from '../../../src/results/rangeScanner';
import { ResultSet } from '../../../src/results/resultSet';
import { rowFlag, type RowBatch } from '../../../src/results/rowBatch';
import { allRows } from '../../../src/shared/resultsMessages';
import type { RowQuery } from '../../../src/shared/resultsMessages';
import { LocalScanner, ScannerLanes, type Scanner } from '../../../src/results/scanner';
import { WorkerScanner } from '../../../src/results/workerScanner';
import { CancelledError } from '../../../src/util/async';
import { ManualClock } from '../../support/manualClock';
import { answer, ended, openSet, request, Scratch } from './support';
import { closeSync, openSync } from 'node:fs';

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

function scanRanges(
  path: string,
  cuts: readonly number[],
  chunkBytes: number,
  maxLineBytes = 1 << 20,
): RowBatch[] {
  const scanner = new RangeScanner('results', { chunkBytes, maxLineBytes });
  const file = openSync(path, 'r');
  const edges = [0, ...cuts, statSync(path).size];
  const batches = edges.slice(1).map((to, index) => {
    const steps = scanner.scan(file, { from: edges[index] ?? 0, to });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  });
  closeSync(file);
  return batches;
}

const offsets = (batches: readonly RowBatch[]) => batches.flatMap((batch) => [...batch.start]);

describe('RangeScanner', () => {
  it('finds every line once, wherever the file is cut and however little is read at a time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(120), { maxLength: 30 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 64 }),
        fc.boolean(),
        (lengths, fractions, chunkBytes, lastBreak) => {
          const lines = lengths.map((length) => 'x'.repeat(length));
          const text = lines.join('\n') + (lastBreak ? '\n' : '');
          const path = scratch.file(text, 'property.jsonl');
          const cuts = fractions.map((fraction) => Math.floor(fraction * text.length)).sort((a, b) => a - b);
          const expected: number[] = [];
          let at = 0;
          for (const line of lines) {
            if (line !== '') expected.push(at);
            at += line.length + 1;
          }
          assert.deepEqual(offsets(scanRanges(path, cuts, chunkBytes)), expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('makes a broken row of a line that is too long, without reading it as a whole', () => {
    const path = scratch.lines([answer('a'), answer('b', 'x'.repeat(5000)), answer('c')]);
    const [batch] = scanRanges(path, [], 256, 1024);
    assert.equal(batch?.rows, 3);
    assert.deepEqual(
      [...batch.flags].map((flags) => (flags & rowFlag.broken) !== 0),
      [false, true, false],
    );
    assert.equal(batch.end, statSync(path).size);
  });
});

describe('WorkerScanner', () => {
  const worker = () =>
    new WorkerScanner(join(process.cwd(), 'src/results/scanWorker.ts'), { execArgv: ['--import', 'tsx'] });

  it('scans like the local scanner, unknown reasons included', async () => {
    const path = scratch.lines(
      Array.from({ length: 5000 }, (_, row) =>
        row % 7 === 0
          ? ended(`k${row}`, row % 2 === 0 ? 'NEW_A' : 'NEW_B')
          : answer(`k${row}`, 'x'.repeat(300)),
      ),
    );
    const scanner: Scanner = worker();
    const stamp = await stampOf(path);
    const index = async (by: Scanner) =>
      fillIndex(
        stamp,
        'results',
        () => new ResultIndex(new KeyTable()),
        () => undefined,
        { scanner: by },
      );
    const [there, here] = await Promise.all([index(scanner), index(new LocalScanner())]);
    assert.equal(there.rows, 5000);
    assert.deepEqual(there.start, here.start);
    assert.deepEqual(there.outcome, here.outcome);
    assert.equal(there.reasons.name(there.reason[7] ?? 0), 'NEW_B');
    assert.equal(there.reasons.name(there.reason[14] ?? 0), 'NEW_A');
    scanner.dispose();
  });

  it('hands errors over, and rejects what is left when it is disposed', async () => {
    const scanner = worker();
    const nowhere = { path: join(scratch.directory, 'nowhere'), kind: 'results', from: 0, to: 1 } as const;
    await assert.rejects(scanner.scan(nowhere), { code: 'ENOENT' });
    const late = scanner.scan(nowhere);
    scanner.dispose();
    await assert.rejects(late, CancelledError);
    await assert.rejects(scanner.scan(nowhere), CancelledError);
  });

  it('starts anew after a rest', async () => {
    const clock = new ManualClock();
    const scanner = new WorkerScanner(
      join(process.cwd(), 'src/results/scanWorker.ts'),
      { execArgv: ['--import', 'tsx'] },
      clock,
    );
    const path = scratch.lines([answer('a')]);
    const task = { path, kind: 'results', from: 0, to: 1000 } as const;
    assert.equal((await scanner.scan(task)).rows, 1);
    clock.advance(60_000);
    assert.equal((await scanner.scan(task)).rows, 1);
    scanner.dispose();
  });

  it('says when its script cannot run', async () => {
    const scanner = new WorkerScanner(join(scratch.directory, 'nothing.js'));
    await assert.rejects(scanner.scan({ path: 'x', kind: 'results', from: 0, to: 1 }));
    scanner.dispose();
  });
});

describe('ScannerLanes', () => {
  const batchOf = (rows: number) => Promise.resolve({ rows } as RowBatch);
  const task = { path: 'x', kind: 'results', from: 0, to: 1 } as const;
  const lane = (scan: Scanner['scan']) => ({ parallel: 1, scan, dispose: () => undefined });

  it('wakes another lane only when the first is busy', async () => {
    const asked: string[] = [];
    let release: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    const lanes = new ScannerLanes([
      lane(async () => {
        asked.push('first');
        await busy;
        return batchOf(1);
      }),
      lane(() => {
        asked.push('second');
        return batchOf(2);
      }),
    ]);
    const first = lanes.scan(task);
    assert.equal((await lanes.scan(task)).rows, 2);
    release();
    await first;
    await lanes.scan(task);
    assert.deepEqual(asked, ['first', 'second', 'first']);
    assert.equal(lanes.parallel, 2);
    lanes.dispose();
  });

  it('does without a lane that is lost, but not when it was cancelled', async () => {
    const failing = (error: Error) =>
      new ScannerLanes([lane(() => batchOf(1)), lane(() => Promise.reject(error))]);
    const both = async (lanes: ScannerLanes) => Promise.all([lanes.scan(task), lanes.scan(task)]);
    assert.deepEqual(
      (await both(failing(new Error('no threads')))).map(({ rows }) => rows),
      [1, 1],
    );
    await assert.rejects(both(failing(new CancelledError())), CancelledError);
  });
});

describe('IndexCache', () => {
  const large = () =>
    scratch.lines(Array.from({ length: 34 }, (_, row) => answer(`k${row}`, 'x'.repeat(1 << 20))));
  const refusing: Scanner = {
    parallel: 1,
    scan: () => Promise.reject(new Error('scanned again')),
    dispose: () => undefined,
  };

  it('saves the scan of a large file and forgets it when the file changes', async () => {
    const cache = new IndexCache(join(scratch.directory, 'cache'));
    const path = large();
    const open = async (scanner: Scanner) => {
      const set = await ResultSet.open({ results: path, scanner, cache });
      await set.ready.finally(() => set.dispose());
      return set;
    };
    const first = await open(new LocalScanner());
    const again = await open(refusing);
    assert.deepEqual(again.summary(), first.summary());
    assert.equal(again.keyOf(33), 'k33');
    appendFileSync(path, `${JSON.stringify(answer('late'))}\n`);
    await assert.rejects(open(refusing), /scanned again/);
    assert.equal((await open(new LocalScanner())).summary().resultRows, 35);
    const later = new Date(Date.now() + 5000);
    utimesSync(path, later, later);
    await assert.rejects(open(refusing), /scanned again/);
  });

  it('takes a damaged cache for none', async () => {
    const directory = join(scratch.directory, 'damaged');
    const cache = new IndexCache(directory);
    const path = large();
    const open = async (scanner: Scanner) => {
      const set = await ResultSet.open({ results: path, scanner, cache });
      await set.ready.finally(() => set.dispose());
      return set.summary().resultRows;
    };
    await open(new LocalScanner());
    const [name] = readdirSync(directory);
    truncateSync(join(directory, name ?? ''), 400);
    assert.equal(await open(new LocalScanner()), 34);
    assert.equal(await open(refusing), 34);
  });

  it('keeps the newest within its size', async () => {
    const directory = join(scratch.directory, 'evict');
    const cache = new IndexCache(directory, 1);
    const writer = await cache.write({ path: '/a', sizeBytes: 1, modifiedAt: 1 }, 'results');
    await writer.finish(true);
    assert.deepEqual(readdirSync(directory), []);
    const given = await cache.write({ path: '/b', sizeBytes: 1, modifiedAt: 1 }, 'results');
    await given.finish(false);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('does without when its directory cannot be made', async () => {
    const cache = new IndexCache(join(scratch.file('in the way'), 'cache'));
    const writer = await cache.write({ path: '/a', sizeBytes: 1, modifiedAt: 1 }, 'results');
    writer.json({});
    await writer.finish(true);
    assert.equal(
      await cache.read({ path: '/a', sizeBytes: 1, modifiedAt: 1 }, 'results', () => undefined),
      false,
    );
  });
});

describe('KeyTable', () => {
  it('keeps every key once, however many and whatever they collide', () => {
    const table = new KeyTable(1);
    const bytes = (text: string) => Buffer.from(text);
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 5000; index += 1) {
        const key = bytes(`key ${index} ü`);
        // A poor hash on purpose: equality must not depend on it.
        assert.equal(table.intern(key, 0, key.length, index % 13), index);
      }
    }
    assert.equal(table.size, 5000);
    assert.equal(table.text(4999), 'key 4999 ü');
  });

  it('finds keys by text', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 50 }), (texts) => {
        const set = new KeyTable(2);
        texts.forEach((text) => {
          const bytes = Buffer.from(text);
          let hash = 0x811c9dc5;
          for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
          set.intern(bytes, 0, bytes.length, hash >>> 0);
        });
        texts.forEach((text, id) => assert.equal(set.find(text), id));
      }),
    );
  });
});
