import type { Position, Range } from 'vscode-languageserver';

/** What an edit did to the lines: `removed` lines from `start` on were replaced by `inserted` lines. */
export interface LineSplice {
  readonly start: number;
  readonly removed: number;
  readonly inserted: number;
}

/** A change as LSP sends it; without a range the text is the whole document. */
export interface ContentChange {
  readonly range?: Range;
  readonly text: string;
}

/**
 * An open document kept as its lines, so that an edit costs the lines it touches and not the file. Lines end as LSP says:
 * `\n`, `\r\n` or `\r`. There is always at least one line.
 */
export class LineDocument {
  /** Each line with its terminator; only the last one has none. */
  private lines: string[];
  private units: number;

  constructor(
    readonly uri: string,
    readonly languageId: string,
    public version: number,
    text: string,
  ) {
    this.lines = splitLines(text);
    this.units = text.length;
  }

  /** UTF-16 units of the whole text. */
  get length(): number {
    return this.units;
  }

  get lineCount(): number {
    return this.lines.length;
  }

  /** The text of a line without its terminator; empty beyond the last line. */
  line(index: number): string {
    const raw = this.lines[index];
    if (raw === undefined) return '';
    return raw.slice(0, contentLength(raw));
  }

  /** UTF-16 units of a line without its terminator. */
  lineLength(index: number): number {
    const raw = this.lines[index];
    return raw === undefined ? 0 : contentLength(raw);
  }

  /** UTF-16 units of a line with its terminator. */
  rawLength(index: number): number {
    return this.lines[index]?.length ?? 0;
  }

  /** The texts of the lines from `start` up to but without `end`. */
  *texts(start = 0, end = this.lines.length): Generator<string> {
    for (let index = Math.max(0, start); index < Math.min(end, this.lines.length); index += 1) {
      yield this.line(index);
    }
  }

  /** The whole text. Costs the size of the document: for commands on the whole file, never for a keystroke. */
  getText(): string {
    return this.lines.join('');
  }

  /** The position moved into the document, whatever the client sent. */
  clamp(position: Position): Position {
    const line = wholeNumber(position.line);
    if (line >= this.lines.length) {
      return { line: this.lines.length - 1, character: this.lineLength(this.lines.length - 1) };
    }
    return { line, character: Math.min(wholeNumber(position.character), this.lineLength(line)) };
  }

  /** The range of the whole document. */
  fullRange(): Range {
    const last = this.lines.length - 1;
    return { start: { line: 0, character: 0 }, end: { line: last, character: this.lineLength(last) } };
  }

  /** Applies changes in order and says, in the same order, which lines each replaced. */
  apply(changes: readonly ContentChange[], version: number): LineSplice[] {
    this.version = version;
    return changes.map((change) => this.applyOne(change));
  }

  private applyOne(change: ContentChange): LineSplice {
    if (change.range === undefined) {
      const removed = this.lines.length;
      this.lines = splitLines(change.text);
      this.units = change.text.length;
      return { start: 0, removed, inserted: this.lines.length };
    }
    const a = this.clamp(change.range.start);
    const b = this.clamp(change.range.end);
    const [from, to] = isBefore(b, a) ? [b, a] : [a, b];

    let start = from.line;
    let text = (this.lines[start] ?? '').slice(0, from.character);
    text += change.text;
    text += (this.lines[to.line] ?? '').slice(to.character);
    // A line feed that comes to stand behind a lone carriage return makes one terminator of the two.
    const before = this.lines[start - 1];
    if (before?.endsWith('\r') && text.startsWith('\n')) {
      start -= 1;
      text = before + text;
    }
    const inserted = splitLines(text);
    // Only the last line of a document has no terminator, so a piece that ends with one leaves an empty rest behind.
    if (to.line < this.lines.length - 1) inserted.pop();
    const removed = to.line - start + 1;
    for (let line = start; line < start + removed; line += 1) this.units -= this.rawLength(line);
    for (const line of inserted) this.units += line.length;
    this.lines = spliced(this.lines, start, removed, inserted);
    return { start, removed, inserted: inserted.length };
  }
}

/** Replaces a stretch of `array`; in place where that is cheap. Returns the array to use from now on. */
export function spliced<T>(array: T[], start: number, removed: number, inserted: readonly NoInfer<T>[]): T[] {
  // Arguments live on the stack, so a large paste must not be spread into the call.
  if (inserted.length > 1000) {
    return array.slice(0, start).concat(inserted, array.slice(start + removed));
  }
  if (removed === 1 && inserted.length === 1) array[start] = inserted[0] as T;
  else array.splice(start, removed, ...inserted);
  return array;
}

/** One splice over the lines that several, applied one after the other, touched. */
export function covering(splices: readonly LineSplice[]): LineSplice {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const splice of splices) {
    // What stood behind this splice moved by its growth.
    if (end > splice.start) end = Math.max(splice.start, end + splice.inserted - splice.removed);
    start = Math.min(start, splice.start);
    end = Math.max(end, splice.start + splice.inserted);
  }
  return { start, removed: 0, inserted: end - start };
}

/** Splits behind every terminator; the last piece has none and may be empty. */
function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  const mayHaveCarriageReturns = text.includes('\r');
  while (true) {
    const end = mayHaveCarriageReturns ? nextLineStart(text, start) : text.indexOf('\n', start) + 1;
    if (end === 0) break;
    lines.push(text.slice(start, end));
    start = end;
  }
  lines.push(text.slice(start));
  return lines;
}

/** Where the line after the one at `start` begins; 0 when there is none. */
function nextLineStart(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x0a) return index + 1;
    if (code === 0x0d) return text.charCodeAt(index + 1) === 0x0a ? index + 2 : index + 1;
  }
  return 0;
}

function contentLength(raw: string): number {
  const last = raw.charCodeAt(raw.length - 1);
  if (last === 0x0a) return raw.charCodeAt(raw.length - 2) === 0x0d ? raw.length - 2 : raw.length - 1;
  return last === 0x0d ? raw.length - 1 : raw.length;
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** A malformed client may send anything as a number. */
function wholeNumber(value: number): number {
  return Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
