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

/**
 * Finds the objects that are spread over several lines of a document. Where a line begins one that goes on, those behind it are
 * read on. What came of that holds until one of the lines changes that were looked at, so an edit costs what is near it.
 */
export class Spreads {
  /** Lines on which an object may begin and go on. */
  private readonly openers = new LineFlags();
  /** Those of them that are still to be followed. */
  private readonly open = new LineFlags();
  private placed: PlacedSpread[] = [];
  /** Those that are no more since the last look. */
  private gone: Spread[] = [];
  /** How many lines were looked at most for one object. */
  private reach = 1;

  get all(): readonly PlacedSpread[] {
    return this.placed;
  }

  reset(count: number): void {
    this.openers.reset(count);
    this.open.reset(count);
    this.placed = [];
    this.gone = [];
    this.reach = 1;
  }

  /** Replaces `removed` lines from `start` on by `inserted` ones that are still to be {@link set}. */
  splice(start: number, removed: number, inserted: number): void {
    this.openers.splice(start, removed, inserted);
    this.open.splice(start, removed, inserted);
    const growth = inserted - removed;
    const { placed } = this;
    let from = start - this.reach;
    let to = start + inserted;
    this.placed = [];
    for (const { start: first, spread } of placed) {
      if (first + spread.lines <= start) this.placed.push({ start: first, spread });
      else if (first >= start + removed) this.placed.push({ start: first + growth, spread });
      else {
        this.gone.push(spread);
        from = Math.min(from, first);
        to = Math.max(to, first + spread.lines + growth);
      }
    }
    for (let line = this.openers.next(Math.max(0, from)); line !== -1 && line < to;) {
      this.open.set(line, true);
      line = this.openers.next(line + 1);
    }
  }

  /** Says of a line whether an object may begin on it and go on. */
  set(line: number, { check }: LineRecord): void {
    this.openers.set(line, check.opens === true);
    this.open.set(line, check.opens === true);
  }

  /** The object that a line is part of. */
  at(line: number): PlacedSpread | undefined {
    const last = this.placed[this.countUpTo(line) - 1];
    return last !== undefined && line < last.start + last.spread.lines ? last : undefined;
  }

  /** Looks where something changed, and says which objects are no more and which are new. @param text of a line */
  update(
    records: readonly (LineRecord | undefined)[],
    text: (line: number) => string,
  ): { readonly gone: readonly Spread[]; readonly come: readonly Spread[] } {
    const come: Spread[] = [];
    for (let line = this.open.next(0); line !== -1; line = this.open.next(line + 1)) {
      const found = this.at(line) === undefined ? this.follow(line, records, text) : undefined;
      if (found === 'later') continue;
      this.open.set(line, false);
      if (found === undefined) continue;
      this.place(line, found);
      come.push(found);
    }
    const { gone } = this;
    this.gone = [];
    return { gone, come };
  }

  /** How many objects begin on a line or before it. */
  private countUpTo(line: number): number {
    let low = 0;
    let high = this.placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.placed[middle]?.start ?? 0) <= line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts an object in its place; those inside of it are no more. */
  private place(start: number, spread: Spread): void {
    const index = this.countUpTo(start);
    const inside = this.countUpTo(start + spread.lines - 1) - index;
    const replaced = this.placed.splice(index, inside, { start, spread });
    this.gone.push(...replaced.map((placed) => placed.spread));
  }

  /** The object that begins on a line; `later` where that takes lines that are not checked yet and may turn out to be anything. */
  private follow(
    start: number,
    records: readonly (LineRecord | undefined)[],
    text: (line: number) => string,
  ): Spread | 'later' | undefined {
    const object = new SpreadObject();
    const read: LineRecord[] = [];
    for (let line = start; line < records.length; line += 1) {
      const record = records[line];
      if (record === undefined) return 'later';
      read.push(record);
      this.reach = Math.max(this.reach, read.length);
      const state = isAlone(record) ? 'broken' : object.add(text(line));
      if (state === 'broken') return undefined;
      if (state === 'closed') return { records: read, lines: object.lines, breaksText: object.breaksText };
    }
    return undefined;
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
