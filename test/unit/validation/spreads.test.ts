import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CheckedDocument } from '../../../src/server/checkedDocument';
import { LineDocument } from '../../../src/server/lineDocument';
import { validateFile } from '../../../src/server/validation';
import type { SegmentResult } from '../../../src/server/validation/protocol';
import { scanSegmentSync } from '../../../src/server/validation/readSegment';
import { ScanTools } from '../../../src/server/validation/scanTools';

const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
const spread = (key: string) => JSON.stringify(JSON.parse(good(key)), null, 1);

/** Lines and pieces of requests, of which some together are one. */
const pieces = fc.array(
  fc.constantFrom(
    good('a'),
    good('b'),
    good('c').replace('"parts"', '"prts"'),
    spread('d'),
    spread('e').replace('"Hi"', '"Hi",'),
    good('f').replace('Hi', 'one\n\n{"two'),
    '{"key":"g",',
    '{',
    '"request":{"contents":[',
    '{"parts":[{"text":"Hi"}]}',
    ']}}',
    '}',
    '',
    ' ',
  ),
  { maxLength: 14 },
);

describe('objects over several lines in a file on disk', () => {
  let directory = '';
  let path = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'batchwright-spreads-'));
    path = join(directory, 'requests.jsonl');
  });
  after(() => rmSync(directory, { recursive: true }));

  const settings = {
    kind: 'gemini',
    rules: {},
    files: undefined,
    maxProblems: 1000,
    texts: undefined,
  } as const;
  const tools = () => new ScanTools({ ...settings, path });

  /** The sums of a file that is scanned in segments with these borders. */
  function scan(shared: ScanTools, borders: readonly number[], places: number): SegmentResult[] {
    const fd = openSync(path, 'r');
    try {
      return borders.slice(1).map((end, index) => {
        const segment = { index, start: borders[index] ?? 0, end, places };
        return scanSegmentSync(fd, shared, segment, () => undefined);
      });
    } finally {
      closeSync(fd);
    }
  }

  it('are one problem each, with all of their lines', async () => {
    const content = [good('a'), spread('b'), good('c'), good('d').replace('Hi', 'one\ntwo'), good('a')];
    writeFileSync(path, content.join('\n'));
    const { errors, rows, problems } = await validateFile(path, { maxProblems: 10, workers: 0 });
    const last = spread('b').split('\n').length;
    assert.deepEqual(
      problems.map(({ line, lastLine, code }) => [line, lastLine, code]),
      [
        [1, last, 'object-over-lines'],
        [last + 2, last + 3, 'object-over-lines'],
        [last + 4, undefined, 'duplicate-key'],
      ],
    );
    assert.deepEqual([errors, rows], [3, 5]);
  });

  it('are counted where they are not shown', async () => {
    const lines = Array.from({ length: 500 }, (_, index) =>
      index % 2 === 1 ? spread(`k${index}`) : good(`k${index}`),
    );
    writeFileSync(path, lines.join('\n'));
    const { errors, rows, problems } = await validateFile(path, { maxProblems: 3, workers: 0 });
    assert.deepEqual([errors, rows, problems.length], [250, 500, 3]);
  });

  it('are the same as in an open document, and wherever the file is cut into segments', () => {
    const shared = tools();
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(), { maxLength: 3 }), fc.boolean(), (some, cuts, counting) => {
        const text = some.join('\n');
        writeFileSync(path, text);
        const document = new CheckedDocument(new LineDocument('file:///a.jsonl', 'jsonl', 1, text), {
          kind: 'gemini',
        });
        document.checkSome(() => false);
        // What concerns the whole file is not for a segment to find.
        fc.pre(document.layout === 'lines');
        const size = Buffer.byteLength(text);
        const borders = [0, size, ...cuts.map((cut) => cut % (size + 1))].sort((a, b) => a - b);
        const results = scan(shared, borders, counting ? 1 : 1000);
        const expected = document
          .problems(1000)
          .problems.filter(({ problem }) => problem.code !== 'duplicate-key');
        const errors = expected.filter(({ problem }) => problem.severity === 'error').length;
        assert.equal(
          sum(results, ({ rows }) => rows),
          document.totals.rows,
        );
        assert.equal(
          sum(results, (result) => result.errors),
          errors,
        );
        if (!counting)
          assert.deepEqual(
            found(results),
            expected.map(({ unit, problem }) => `${unit} ${problem.code}`).sort(),
          );
      }),
      { numRuns: 300 },
    );
  });
});

function sum(results: readonly SegmentResult[], of: (result: SegmentResult) => number): number {
  return results.reduce((total, result) => total + of(result), 0);
}

function found(results: readonly SegmentResult[]): string[] {
  let before = 0;
  return results
    .flatMap(({ lines, problems }) => {
      const first = before;
      before += lines;
      return problems.map(({ line, code }) => `${line + first} ${code}`);
    })
    .sort();
}
