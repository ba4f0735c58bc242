import type { Range } from 'vscode-languageserver';
import { SpreadObject, type SpreadLines } from '../dialects';
import type { LineRecord } from './lineRecord';
import type { LineDocument } from './lineDocument';
import { LineFlags } from './lineFlags';

/** An object over several lines of a document. */
export interface Spread extends SpreadLines {
  /** Its lines, as long as they are what they were. */
  readonly records: readonly LineRecord[];
}

/** A spread and the line that it begins on. */
export interface PlacedSpread {
  readonly start: number;
  readonly spread: Spread;
}

/** What came of looking for an object from a line on: holds as long as the lines that were looked at are the same. */
interface Attempt {
  readonly looked: readonly LineRecord[];
  /** Whether the document's end kept it from going on. */
  readonly atEnd: boolean;
  readonly spread: Spread | undefined;
}

/**
 * Finds the objects that are spread over several lines of a document. Where a line begins one that goes on, those behind it are
 * read on; what was found is kept with the lines it was found in, so that an edit costs only the objects that it touches.
 */
export class Spreads {
  private readonly openers = new LineFlags();
  private readonly attempts = new WeakMap<LineRecord, Attempt>();
  private placed: PlacedSpread[] = [];

  get all(): readonly PlacedSpread[] {
    return this.placed;
  }

  reset(count: number): void {
    this.openers.reset(count);
    this.placed = [];
  }

  splice(start: number, removed: number, inserted: number): void {
    this.openers.splice(start, removed, inserted);
  }

  /** Says of a line whether an object may begin on it and go on. */
  set(line: number, { check }: LineRecord): void {
    this.openers.set(line, check.opens === true);
  }

  /** The object that a line is part of. */
  at(line: number): PlacedSpread | undefined {
    let low = 0;
    let high = this.placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.placed[middle]?.start ?? 0) <= line) low = middle + 1;
      else high = middle;
    }
    const last = this.placed[low - 1];
    return last !== undefined && line < last.start + last.spread.lines ? last : undefined;
  }

  /** Looks anew, and says which objects are no more and which are new. @param text of a line */
  update(
    records: readonly (LineRecord | undefined)[],
    text: (line: number) => string,
  ): { readonly gone: readonly Spread[]; readonly come: readonly Spread[] } {
    const before = new Set(this.placed.map(({ spread }) => spread));
    const come: Spread[] = [];
    this.placed = [];
    let line = this.openers.next(0);
    while (line !== -1) {
      const spread = this.from(line, records, text);
      if (spread !== undefined) {
        this.placed.push({ start: line, spread });
        if (!before.delete(spread)) come.push(spread);
      }
      line = this.openers.next(line + (spread?.lines ?? 1));
    }
    return { gone: [...before], come };
  }

  private from(
    start: number,
    records: readonly (LineRecord | undefined)[],
    text: (line: number) => string,
  ): Spread | undefined {
    const first = records[start];
    if (first === undefined) return undefined;
    const known = this.attempts.get(first);
    if (known !== undefined && holds(known, start, records)) return known.spread;
    const object = new SpreadObject();
    const looked: LineRecord[] = [];
    for (let line = start; ; line += 1) {
      const record = records[line];
      // What is not checked yet may turn out to be anything.
      if (record === undefined && line < records.length) return undefined;
      if (record !== undefined) looked.push(record);
      const state = record === undefined || isAlone(record) ? 'broken' : object.add(text(line));
      if (state === 'open') continue;
      const { lines, breaksText } = object;
      const spread = state === 'closed' ? { records: looked, lines, breaksText } : undefined;
      this.attempts.set(first, { looked, atEnd: record === undefined, spread });
      return spread;
    }
  }
}

export function textsOf(document: LineDocument, { start, spread }: PlacedSpread): string[] {
  return [...document.texts(start, start + spread.lines)];
}

/** Where a spread stands, its last line's break left out. */
export function rangeOf(document: LineDocument, { start, spread }: PlacedSpread): Range {
  const last = start + spread.lines - 1;
  return { start: { line: start, character: 0 }, end: { line: last, character: document.lineLength(last) } };
}

/** Whether a line is a request of its own, so that it is no part of another. */
function isAlone({ check }: LineRecord): boolean {
  return check.problems.length === 0 && check.lineKind !== 'other';
}

function holds(
  { looked, atEnd }: Attempt,
  start: number,
  records: readonly (LineRecord | undefined)[],
): boolean {
  if (atEnd && start + looked.length !== records.length) return false;
  return looked.every((record, index) => records[start + index] === record);
}
