import { opensObject, SpreadObject, type LineVerdict, type SpreadState } from '../../dialects';

/** What a line is to objects over several lines: whether one may begin on it, or none goes on past it. */
export type LinePart = 'opens' | 'alone' | 'any';

export function partOf({ check, issues, textTrouble }: LineVerdict): LinePart {
  if (check.opens === true) return 'opens';
  return issues.length === 0 && !textTrouble && check.lineKind !== 'other' ? 'alone' : 'any';
}

/** What lines were counted as. */
export interface Tally {
  readonly rows: number;
  readonly errors: number;
  readonly warnings: number;
  readonly tokens: number;
}

export interface WatchedLine {
  readonly text: string;
  /** Its number. */
  readonly line: number;
  readonly counted: Tally;
}

/** Lines that together are one object. */
export interface WatchedSpread {
  readonly lines: readonly WatchedLine[];
  readonly breaksText: boolean;
}

/** Watches the lines of a file go by for objects that are spread over several of them. Holds the lines of the one that is open. */
export class SpreadWatch {
  private waiting: WatchedLine[] = [];
  private object = new SpreadObject();

  /** Whether an object is open, so that every line must be shown. */
  get isOpen(): boolean {
    return this.waiting.length > 0;
  }

  /** The line on which the open object begins. */
  get firstLine(): number | undefined {
    return this.waiting[0]?.line;
  }

  /** Takes a line: the next one of the open object, or one that begins one. Returns what turned out to be spread. */
  add(line: WatchedLine): WatchedSpread[] {
    if (!this.isOpen) this.object = new SpreadObject();
    this.waiting.push(line);
    const state = this.object.add(line.text);
    if (state === 'open') return [];
    if (state === 'broken') return this.tryFurtherOn();
    const spread = { lines: this.waiting, breaksText: this.object.breaksText };
    this.waiting = [];
    return [spread];
  }

  /** No open object goes on. Returns what there is among its lines. */
  end(): WatchedSpread[] {
    const found: WatchedSpread[] = [];
    while (this.isOpen) found.push(...this.tryFurtherOn());
    return found;
  }

  /** The first line that waits begins nothing: maybe one behind it does. */
  private tryFurtherOn(): WatchedSpread[] {
    const found: WatchedSpread[] = [];
    const { waiting } = this;
    let from = 1;
    while (from < waiting.length) {
      if (!opensObject(waiting[from]?.text ?? '')) {
        from += 1;
        continue;
      }
      const rest = waiting.slice(from);
      const object = new SpreadObject();
      let state: SpreadState = 'open';
      for (let at = 0; at < rest.length && state === 'open'; at += 1)
        state = object.add(rest[at]?.text ?? '');
      if (state === 'open') {
        this.waiting = rest;
        this.object = object;
        return found;
      }
      if (state === 'closed')
        found.push({ lines: rest.slice(0, object.lines), breaksText: object.breaksText });
      from += state === 'closed' ? object.lines : 1;
    }
    this.waiting = [];
    return found;
  }
}
