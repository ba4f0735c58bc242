import assert from 'node:assert/strict';
import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { KeyTable } from '../../../src/results/keyTable';
import { ResultIndex } from '../../../src/results/lineIndex';
import { fillIndex, stampOf } from '../../../src/results/openIndex';
import { RangeScanner, type ByteRange, type ScanKind } from '../../../src/results/rangeScanner';
import { rowFlag, type RowBatch } from '../../../src/results/rowBatch';
import {
  LocalScanner,
  scanFile,
  ScannerLanes,
  type Scanner,
  type ScanTask,
} from '../../../src/results/scanner';
import { WorkerScanner } from '../../../src/results/workerScanner';
import { CancelledError } from '../../../src/util/async';
import { ManualClock } from '../../support/manualClock';
import { answer, ended, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

function scanRanges(
  path: string,
  cuts: readonly number[],
  chunkBytes: number,
  maxLineBytes = 1 << 20,
  kind: ScanKind = 'results',
): RowBatch[] {
  const scanner = new RangeScanner({ chunkBytes, maxLineBytes });
  const file = openSync(path, 'r');
  const edges = [0, ...cuts, statSync(path).size];
  const batches = edges.slice(1).map((to, index) => {
    return scanRange(scanner, file, { kind, from: edges[index] ?? 0, to });
  });
  closeSync(file);
  return batches;
}

function scanRange(scanner: RangeScanner, file: number, range: ByteRange): RowBatch {
  const steps = scanner.scan(file, range);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
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
      Array.from(batch.class, (code) => ((batch.classes[code]?.flags ?? 0) & rowFlag.broken) !== 0),
      [false, true, false],
    );
    assert.equal(batch.end, statSync(path).size);
  });
});

describe('RangeScanner, of requests', () => {
  const good = '{"key":"a","request":{"contents":[{"parts":[{"text":"hi"}]}]}}';
  const table: [name: string, line: string, key: string | undefined, broken: boolean][] = [
    ['a line', good, 'a', false],
    ['a key behind the request', '{"request":{},"key":"z"}', 'z', false],
    ['a key with escapes', '{"k\\u0065y":"\\u0061","request":{}}', 'a', false],
    ['a number for a key', '{"key":7,"request":{}}', '7', false],
    ['a line that was cut off', good.slice(0, -4), undefined, true],
    ['a comma too many', '{"key":"a","request":{"contents":[],}}', undefined, true],
    ['an array', '[]', undefined, true],
  ];
  for (const [name, line, key, broken] of table) {
    it(`knows ${name}`, () => {
      const [batch] = scanRanges(scratch.lines([line]), [], 64, 1 << 20, 'requests');
      assert.equal(batch?.rows, 1);
      assert.equal((batch.classes[0]?.flags ?? 0) & rowFlag.broken, broken ? rowFlag.broken : 0);
      assert.equal(Buffer.from(batch.keys).toString() || undefined, key);
    });
  }
});

describe('RangeScanner, of both kinds in turn', () => {
  it('lets nothing of one file into the batch of the next', () => {
    const results = scratch.lines([ended('r1', 'SAFETY'), answer('r2')], 'turn.results.jsonl');
    const requests = scratch.lines([JSON.stringify({ key: 'q', request: {} })], 'turn.jsonl');
    const scanner = new RangeScanner({ chunkBytes: 64, maxLineBytes: 1 << 20 });
    const scan = (path: string, kind: ScanKind) => {
      const file = openSync(path, 'r');
      try {
        return scanRange(scanner, file, { kind, from: 0, to: statSync(path).size });
      } finally {
        closeSync(file);
      }
    };
    const first = scan(results, 'results');
    const between = scan(requests, 'requests');
    assert.equal(Buffer.from(first.keys).toString(), 'r1r2');
    assert.equal(Buffer.from(between.keys).toString(), 'q');
    assert.equal(between.classes[0]?.reason, '');
    assert.deepEqual(scan(results, 'results'), first);
  });
});

describe('scanFile', () => {
  it('cuts a file into ranges whose batches are small, those of requests most', async () => {
    const largestOf = async (kind: ScanKind) => {
      const ranges: ScanTask[] = [];
      const scanner: Scanner = {
        parallel: 1,
        scan: (task) => {
          ranges.push(task);
          return Promise.resolve({ rows: 0 } as RowBatch);
        },
        dispose: () => undefined,
      };
      const sizeBytes = 50_000_000;
      await scanFile(scanner, { path: 'x', kind, sizeBytes }, () => undefined);
      ranges.forEach(({ from }, index) => assert.equal(from, ranges[index - 1]?.to ?? 0));
      assert.equal(ranges.at(-1)?.to, sizeBytes);
      return Math.max(...ranges.map(({ from, to }) => to - from));
    };
    assert.ok((await largestOf('results')) <= 4 << 20);
    assert.ok((await largestOf('requests')) <= 1 << 20);
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
    for (let row = 0; row < 5000; row += 1) {
      assert.deepEqual(there.span(row), here.span(row));
      assert.deepEqual(there.classOf(row), here.classOf(row));
    }
    assert.equal(there.classOf(7).reason, 'NEW_B');
    assert.equal(there.classOf(14).reason, 'NEW_A');
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
