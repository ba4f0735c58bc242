import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareRuns } from '../../../src/results/compare';
import { changes, type Change } from '../../../src/shared/resultsMessages';
import { answer, ended, openSet, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

interface Row {
  readonly key: string | undefined;
  /** Empty: truncated. */
  readonly text: string;
}

const lineOf = ({ key, text }: Row) => {
  const line = text === '' ? ended(key ?? '', 'MAX_TOKENS') : answer(key ?? '', text);
  return key === undefined ? { ...line, key: undefined } : line;
};

/** The same by the book: of every key the first row of either run. */
function plainly(before: readonly Row[], now: readonly Row[]): [key: string, change: Change][] {
  const firsts = (rows: readonly Row[]) => {
    const found = new Map<string, string>();
    for (const { key, text } of rows) if (key !== undefined && !found.has(key)) found.set(key, text);
    return found;
  };
  const old = firsts(before);
  const later = firsts(now);
  const changed = (was: string | undefined, is: string): Change => {
    if (was === undefined) return 'added';
    if (was === is) return 'same';
    return was === '' ? 'better' : is === '' ? 'worse' : 'changed';
  };
  return [
    ...Array.from(later, ([key, text]): [string, Change] => [key, changed(old.get(key), text)]),
    ...[...old.keys()].filter((key) => !later.has(key)).map((key): [string, Change] => [key, 'removed']),
  ];
}

describe('compareRuns', () => {
  const row: fc.Arbitrary<Row> = fc.record({
    key: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'ü'), { nil: undefined, freq: 9 }),
    text: fc.constantFrom('', 'x', 'y'),
  });
  const run = fc.array(row, { maxLength: 9 });

  it('says of every key what became of it, whatever the order and however often it is there', async () => {
    await fc.assert(
      fc.asyncProperty(run, run, async (before, now) => {
        const sets = await Promise.all([
          openSet(scratch.lines(before.map(lineOf), 'a.jsonl')),
          openSet(scratch.lines(now.map(lineOf), 'b.jsonl')),
        ]);
        const compared = await compareRuns(...sets);
        const expected = plainly(before, now);
        const all = compared.rows([], 0, 100);
        assert.deepEqual(
          all.rows.map(({ key, change }) => [key, change]),
          expected,
        );
        for (const change of changes) {
          const count = expected.filter((each) => each[1] === change).length;
          assert.equal(compared.counts[change], count);
          assert.equal(compared.rows([change], 0, 100).total, count);
        }
        assert.deepEqual(compared.rows([], 2, 2).rows, all.rows.slice(2, 4));
        for (const set of sets) set.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it('takes the same content with other ids for the same, and other content for changed', async () => {
    const before = await openSet(
      scratch.lines([answer('a', 'x', { responseId: '1' }), answer('b', 'x'), '{"key":"c"']),
    );
    const now = await openSet(
      scratch.lines([answer('b', 'z'), answer('a', 'x', { responseId: '2' }), answer('c')]),
    );
    const { counts } = await compareRuns(before, now);
    assert.deepEqual(counts, { better: 0, worse: 0, changed: 1, same: 1, added: 1, removed: 0 });
    before.dispose();
    now.dispose();
  });

  it('reads each file once, in whatever order the other has its rows, and lets others take turns', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => answer(`k${at}`, 'x'));
    const before = await openSet(scratch.lines(rows));
    const now = await openSet(scratch.lines(rows.map((_, at) => rows[(at * 1607) % rows.length])));
    const reads = [before, now].map(({ resultLines }) => {
      const counted = { calls: 0 };
      const read = resultLines.bytes.bind(resultLines);
      resultLines.bytes = (...span) => {
        counted.calls += 1;
        return read(...span);
      };
      return counted;
    });
    let turns = 0;
    const turn = () => {
      turns += 1;
      waiting = setImmediate(turn);
    };
    let waiting = setImmediate(turn);
    const { counts } = await compareRuns(before, now);
    clearImmediate(waiting);
    assert.equal(counts.same, rows.length);
    assert.ok(reads.every(({ calls }) => calls === 1));
    assert.ok(turns > 2, `${turns} turns`);
    before.dispose();
    now.dispose();
  });

  it('stops when it is cancelled half way', async () => {
    const sets = await Promise.all([
      openSet(scratch.lines([answer('a')])),
      openSet(scratch.lines([answer('a')])),
    ]);
    const stop = new AbortController();
    const comparing = compareRuns(...sets, { signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(comparing, { name: 'CancelledError' });
    for (const set of sets) set.dispose();
  });
});
