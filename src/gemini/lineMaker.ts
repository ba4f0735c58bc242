import { lineFeed, openBrace, space } from './jsonBytes';
import { byteMembers } from './rawJson';

/** Shorter pieces of an item are copied together, longer ones passed on as they came. */
const shortBytes = 4096;

/**
 * Makes lines as result files have them out of inline results: `{"response":…,"metadata":{"key":…}}` becomes
 * `{"key":…,"response":…}`, the values as received. Items may be megabytes of a picture, so nothing long is copied.
 */
export class LineMaker {
  /** Where an item that came in several pieces is put together to be looked at; used again for the next one. */
  private scratch = Buffer.alloc(0);

  /**
   * The line of one item with its line break, in several buffers that share the memory of `pieces`. Throws SyntaxError where the
   * item is no object.
   */
  line(pieces: readonly Buffer[]): readonly Buffer[] {
    const item = this.joined(pieces);
    const members = byteMembers(item);
    const around = members.get('metadata');
    const metadata = around?.[0] === openBrace ? byteMembers(around) : undefined;
    const key = members.get('key') ?? metadata?.get('key');
    const onlyKey = metadata?.size === 1 && metadata.has('key');
    const rest = [...members].filter(([name]) => name !== 'key' && !(name === 'metadata' && onlyKey));
    const line = new Line(item, pieces);
    let before = '{';
    for (const [name, value] of [...(key === undefined ? [] : [['key', key] as const]), ...rest]) {
      line.add(`${before}${JSON.stringify(name)}:`);
      line.addValue(value);
      before = ',';
    }
    line.add(before === '{' ? '{}\n' : '}\n');
    return line.end();
  }

  private joined(pieces: readonly Buffer[]): Buffer {
    const [first] = pieces;
    if (first !== undefined && pieces.length === 1) return first;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.scratch.length < length) this.scratch = Buffer.allocUnsafeSlow(length * 2);
    let at = 0;
    for (const piece of pieces) at += piece.copy(this.scratch, at);
    return this.scratch.subarray(0, length);
  }
}

/** A line under construction. */
class Line {
  private readonly out: Buffer[] = [];
  private short: Buffer[] = [];

  constructor(
    private readonly item: Buffer,
    private readonly pieces: readonly Buffer[],
  ) {}

  add(text: string): void {
    this.short.push(Buffer.from(text));
  }

  /**
   * A value, which is a view into the item, without line breaks: they stand only between the tokens of JSON, never within its
   * strings, so that they can go with what indents.
   */
  addValue(value: Buffer): void {
    const start = value.byteOffset - this.item.byteOffset;
    for (let at = 0; at < value.length;) {
      const next = value.indexOf(lineFeed, at);
      const to = next === -1 ? value.length : next;
      if (to - at < shortBytes) this.short.push(value.subarray(at, to));
      else this.addLong(start + at, start + to);
      at = to + 1;
      while (at < value.length && (value[at] ?? 0) <= space) at += 1;
    }
  }

  end(): readonly Buffer[] {
    this.endShort();
    return this.out;
  }

  private addLong(from: number, to: number): void {
    this.endShort();
    let start = 0;
    for (const piece of this.pieces) {
      const end = start + piece.length;
      if (end > from && start < to)
        this.out.push(piece.subarray(Math.max(0, from - start), Math.min(piece.length, to - start)));
      start = end;
    }
  }

  private endShort(): void {
    if (this.short.length > 0) this.out.push(Buffer.concat(this.short));
    this.short = [];
  }
}
