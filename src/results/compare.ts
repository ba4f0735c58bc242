import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Outcome } from '../shared/outcome';
import { changes, type Change, type ComparedRow } from '../shared/resultsMessages';
import { throwIfCancelled } from '../util/async';
import { ContentDigests } from './contentDigests';
import type { ResultIndex } from './lineIndex';
import type { ResultSet } from './resultSet';
import { rowFlag } from './rowBatch';

export interface CompareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** Two runs over the same keys. */
export interface Comparison {
  readonly counts: Readonly<Record<Change, number>>;
  /** The rows with one of these changes, all where none is named: those of the later run in its order, then what it has no more. */
  rows(wanted: readonly Change[], from: number, count: number): { total: number; rows: ComparedRow[] };
}

/**
 * What changed from one run to another: by outcome (better: ok now and not before; worse: the other way round), and between
 * two ok answers by their content, whatever ids and token counts they came with. Of a key that stands there twice the first row
 * counts; rows without a key are left out. Both sets must be ready.
 */
export async function compareRuns(
  before: ResultSet,
  after: ResultSet,
  options: CompareOptions = {},
): Promise<Comparison> {
  const pairs = await pairUp(before, after, options.signal);
  const wanted = [new Uint8Array(before.results.rows), new Uint8Array(after.results.rows)] as const;
  for (let at = 0; at < pairs.length; at += 1) {
    if (at % rowsAtOnce === 0) await pause(options.signal);
    const [old = none, now = none] = [pairs.before[at], pairs.after[at]];
    const change = changeByOutcome(before, old, after, now);
    pairs.change[at] = change === undefined ? undecided : changes.indexOf(change);
    if (change !== undefined) continue;
    wanted[0][old] = 1;
    wanted[1][now] = 1;
  }
  const { signal, onProgress } = options;
  const half = (part: 0 | 1) => ({ signal, onProgress: (done: number) => onProgress?.((part + done) / 2) });
  const digestsBefore = await ContentDigests.read(before, wanted[0], half(0));
  const digestsAfter = await ContentDigests.read(after, wanted[1], half(1));
  for (const [at, change] of pairs.change.entries()) {
    if (change !== undecided) continue;
    const same = digestsAfter.same(pairs.after[at] ?? none, digestsBefore, pairs.before[at] ?? none);
    pairs.change[at] = changes.indexOf(same ? 'same' : 'changed');
  }
  return new Compared(before, after, pairs);
}

/** What a pair is without a look at its lines; undefined when these have to say. */
function changeByOutcome(before: ResultSet, old: number, after: ResultSet, now: number): Change | undefined {
  if (old === none) return 'added';
  if (now === none) return 'removed';
  return changeOf(before.answerOutcomeOf(old), after.answerOutcomeOf(now));
}

const none = -1;
/** A change that the lines themselves have to say. */
const undecided = changes.length;
/** Rows that are paired without a turn of the event loop. */
const rowsAtOnce = 20_000;

/** Rows of both runs beside each other, -1 where one has none: 9 bytes a row, whatever the keys are. */
interface Pairs {
  readonly length: number;
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Positions in `changes`. */
  readonly change: Uint8Array;
}

async function pairUp(before: ResultSet, after: ResultSet, signal: AbortSignal | undefined): Promise<Pairs> {
  const most = before.results.rows + after.results.rows;
  const pairs = { before: new Int32Array(most).fill(none), after: new Int32Array(most).fill(none) };
  const matched = new Uint8Array(before.results.rows);
  const rowsBefore = before.results.rowsOfKeys();
  let length = 0;
  await before.keys.prepare(() => pause(signal));
  for (const row of firstRows(after.results)) {
    if (length % rowsAtOnce === 0) await pause(signal);
    const old = rowsBefore[before.keys.find(after.results.keyOf(row) ?? '')] ?? none;
    if (old !== none) matched[old] = 1;
    pairs.before[length] = old;
    pairs.after[length] = row;
    length += 1;
  }
  before.keys.settle();
  for (const row of firstRows(before.results)) {
    if (matched[row] === 1) continue;
    pairs.before[length] = row;
    length += 1;
  }
  return {
    length,
    before: pairs.before.slice(0, length),
    after: pairs.after.slice(0, length),
    change: new Uint8Array(length),
  };
}

/** A turn of the event loop: the window's other work must go on meanwhile. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  throwIfCancelled(signal);
}

/** Rows with a key that no earlier row has. */
function* firstRows(index: ResultIndex): Generator<number> {
  for (let row = 0; row < index.rows; row += 1) {
    if (!index.hasFlag(row, rowFlag.keyless | rowFlag.duplicate)) yield row;
  }
}

class Compared implements Comparison {
  readonly counts: Readonly<Record<Change, number>>;

  constructor(
    private readonly before: ResultSet,
    private readonly after: ResultSet,
    private readonly pairs: Pairs,
  ) {
    const counts = Object.fromEntries(changes.map((change) => [change, 0])) as Record<Change, number>;
    for (const code of pairs.change) counts[changes[code] ?? 'same'] += 1;
    this.counts = counts;
  }

  rows(wanted: readonly Change[], from: number, count: number): { total: number; rows: ComparedRow[] } {
    const codes = new Set(wanted.map((change) => changes.indexOf(change)));
    const rows: ComparedRow[] = [];
    let total = 0;
    for (const [at, code] of this.pairs.change.entries()) {
      if (codes.size > 0 && !codes.has(code)) continue;
      if (total >= from && rows.length < count) rows.push(this.rowAt(at));
      total += 1;
    }
    return { total, rows };
  }

  private rowAt(at: number): ComparedRow {
    const old = this.pairs.before[at] ?? none;
    const row = this.pairs.after[at] ?? none;
    const change = changes[this.pairs.change[at] ?? 0] ?? 'same';
    const key = (row === none ? this.before.results.keyOf(old) : this.after.results.keyOf(row)) ?? '';
    return {
      ...(row === none ? {} : { row, after: this.after.answerOutcomeOf(row) }),
      ...(old === none ? {} : { before: this.before.answerOutcomeOf(old) }),
      key,
      change,
    };
  }
}

/** What outcomes alone say; undefined when the contents have to. */
export function changeOf(before: Outcome, after: Outcome): Change | undefined {
  if (before !== 'ok' && after === 'ok') return 'better';
  if (before === 'ok' && after !== 'ok') return 'worse';
  return before === after ? undefined : 'changed';
}
