import { isUtf8 } from 'node:buffer';
import type { ScanMemory } from './scanMemory';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const firstPrintable = 0x20;

const words = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };

/** How many bytes of a string are looked at one by one before WebAssembly takes over. */
const shortString = 12;
/** Objects and arrays inside each other; deeper ones are for JSON.parse. */
const deepest = 64;

/** Thrown away and read again by JSON.parse: the line is broken or unusual. One instance, because it carries nothing. */
export const unusual = new Error('Not a line that the byte scanner reads.');

/** Leaves a member that means a rare shape to JSON.parse. */
export const refuse = (): never => {
  throw unusual;
};

/** Bytes of a buffer; none when `end` is -1. */
export interface ByteSpan {
  start: number;
  end: number;
}

interface Member {
  /** Its name and the quote that ends it. */
  readonly name: Buffer;
  readonly bit: number;
  readonly read: () => void;
  /** What came behind it in the last object of its kind: most likely comes there again. */
  next: Member | undefined;
}

/** Members of an object that somebody wants to know of, with what reads the value under the cursor. */
export class Members {
  /** Names by their length: few names have the same one. */
  private readonly byLength: Member[][] = [];
  /** What came first in the last object. */
  next: Member | undefined;

  constructor(readers: Readonly<Record<string, () => void>>) {
    Object.entries(readers).forEach(([text, read], index) => {
      const name = Buffer.from(`${text}"`);
      (this.byLength[name.length] ??= []).push({ name, bit: 1 << index, read, next: undefined });
    });
  }

  /** The member of the name that stands at `start` and whose quote is before `end`. */
  find(buffer: Buffer, start: number, end: number): Member | undefined {
    const alike = this.byLength[end - start] ?? none;
    for (const member of alike) if (isAt(buffer, start, member.name)) return member;
    return undefined;
  }
}

const none: readonly Member[] = [];

/** Bytes behind the line's end may match as well; whoever goes there finds nothing to read. */
function isAt(buffer: Buffer, start: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (buffer[start + index] !== name[index]) return false;
  }
  return true;
}

/**
 * Walks JSON in a buffer without building anything, and as strictly as JSON.parse, also through what it skips. Whatever it does
 * not like, or would rather not read, it throws {@link unusual} at, and the caller reads that line by JSON.parse.
 */
export class ByteCursor {
  /** @param memory skips long strings where the buffer is its own */
  constructor(private readonly memory?: ScanMemory) {}

  protected buffer: Buffer = Buffer.alloc(0);
  /** Index of the next byte. */
  protected at = 0;
  /** Index behind the line's last byte. */
  protected end = 0;
  private depth = 0;

  /** Whether `buffer[start, end)` is an object that this reader could read; false when JSON.parse has to look. */
  protected readsLine(buffer: Buffer, start: number, end: number, members: Members): boolean {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
    this.depth = 0;
    try {
      this.readObject(members);
      // Only white space may be left.
      return this.peek() === -1;
    } catch (error) {
      if (error === unusual) return false;
      throw error;
    }
  }

  /** The next byte that is no white space, not consumed; -1 at the end of the line. */
  protected peek(): number {
    const { buffer, end } = this;
    let at = this.at;
    while (at < end) {
      const byte = buffer[at] ?? 0;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) {
        this.at = at;
        return byte;
      }
      at += 1;
    }
    this.at = at;
    return -1;
  }

  private byte(): number {
    return this.at < this.end ? (this.buffer[this.at] ?? -1) : -1;
  }

  /**
   * Reads the object under the cursor: its known members by their readers, the others skipped. A known member that stands there
   * twice is unusual, because the last one counts. Throws {@link unusual} when there is no object.
   */
  protected readObject(known: Members): void {
    if (this.peek() !== openBrace) throw unusual;
    this.at += 1;
    let seen = 0;
    let last: Members | Member = known;
    for (let first = true; this.nextMember(first); first = false) {
      const member = this.readName(known, last.next);
      if (this.peek() !== colon) throw unusual;
      this.at += 1;
      if (member === undefined) {
        this.skipValue();
        continue;
      }
      if ((seen & member.bit) !== 0) throw unusual;
      seen |= member.bit;
      last.next = member;
      last = member;
      this.peek();
      member.read();
    }
  }

  /** Reads the array under the cursor, every element by `read`. Throws {@link unusual} when there is none. */
  protected readArray(read: () => void): void {
    if (this.peek() !== openBracket) throw unusual;
    this.at += 1;
    for (let first = true; this.nextElement(first); first = false) read();
  }

  /** Goes behind the quote of the next member's name. False behind the closing brace. */
  private nextMember(first: boolean): boolean {
    let byte = this.peek();
    if (byte === closeBrace) {
      this.at += 1;
      return false;
    }
    if (!first) {
      if (byte !== comma) throw unusual;
      this.at += 1;
      byte = this.peek();
    }
    if (byte !== quote) throw unusual;
    this.at += 1;
    return true;
  }

  /** Goes behind the name under the cursor and says which one it is; `guess` is looked for first. */
  private readName(known: Members, guess: Member | undefined): Member | undefined {
    const { buffer, end, at: start } = this;
    if (guess !== undefined && isAt(buffer, start, guess.name)) {
      this.at = start + guess.name.length;
      return guess;
    }
    for (let at = start; at < end; at += 1) {
      const byte = buffer[at] ?? 0;
      if (byte === quote) {
        this.at = at + 1;
        return known.find(buffer, start, at + 1);
      }
      // A name with an escape may be any of the names that matter, differently spelt.
      if (byte === backslash || byte < firstPrintable) throw unusual;
    }
    throw unusual;
  }

  /** Goes to the next element of the array entered last. False behind the closing bracket. */
  private nextElement(first: boolean): boolean {
    const byte = this.peek();
    if (byte === closeBracket) {
      this.at += 1;
      return false;
    }
    if (first) return true;
    if (byte !== comma) throw unusual;
    this.at += 1;
    // A bracket behind a comma is no element, and whatever reads one says so.
    this.peek();
    return true;
  }

  /** Steps over a string, cursor at its opening quote. Returns the index of its closing quote. */
  protected skipString(): number {
    const { buffer, end, memory } = this;
    let at = this.at + 1;
    const near = memory?.buffer === buffer ? Math.min(end, at + shortString) : end;
    while (at < near) {
      const byte = buffer[at] ?? 0;
      if (byte === quote) {
        this.at = at + 1;
        return at;
      }
      if (byte < firstPrintable) throw unusual;
      at += byte === backslash ? this.escapeLength(at) : 1;
    }
    const found = memory?.buffer === buffer ? memory.stringEnd(at, end) : -1;
    if (found === -1) throw unusual;
    this.at = found + 1;
    return found;
  }

  /** Bytes of the escape whose backslash is at `at`. */
  private escapeLength(at: number): number {
    const escaped = this.buffer.toString('latin1', at + 1, Math.min(at + 6, this.end));
    if (/^["\\/bfnrt]/.test(escaped)) return 2;
    if (/^u[\da-fA-F]{4}/.test(escaped)) return 6;
    throw unusual;
  }

  /** Steps over any value. */
  protected skipValue(): void {
    switch (this.peek()) {
      case quote:
        this.skipString();
        return;
      case openBrace:
      case openBracket:
        this.skipNested();
        return;
      case 0x74:
        this.skipWord(words.true);
        return;
      case 0x66:
        this.skipWord(words.false);
        return;
      case 0x6e:
        this.skipWord(words.null);
        return;
      default:
        this.skipNumber();
    }
  }

  private readonly skipElement = (): void => this.skipValue();

  private skipNested(): void {
    const { memory, buffer } = this;
    if (memory?.buffer === buffer) {
      const end = memory.nestedEnd(this.at, this.end);
      if (end === -1) throw unusual;
      this.at = end;
      return;
    }
    if (this.depth === deepest) throw unusual;
    this.depth += 1;
    if (this.byte() === openBrace) this.readObject(nothing);
    else this.readArray(this.skipElement);
    this.depth -= 1;
  }

  private skipWord(word: Buffer): void {
    const end = this.at + word.length;
    if (end > this.end || !isAt(this.buffer, this.at, word)) throw unusual;
    this.at = end;
  }

  private skipNumber(): void {
    if (this.byte() === minus) this.at += 1;
    if (this.byte() === zero) this.at += 1;
    else this.skipDigits();
    if (this.byte() === 0x2e) {
      this.at += 1;
      this.skipDigits();
    }
    if ((this.byte() | 0x20) !== 0x65) return;
    this.at += 1;
    const sign = this.byte();
    if (sign === 0x2b || sign === minus) this.at += 1;
    this.skipDigits();
  }

  /** Steps over one digit or more. */
  private skipDigits(): void {
    const from = this.at;
    for (let byte = this.byte(); byte >= zero && byte <= 0x39; byte = this.byte()) this.at += 1;
    if (this.at === from) throw unusual;
  }

  /** Finds a string of which the text is its bytes: no escapes, and all of it UTF-8. Throws {@link unusual} at anything else. */
  protected readPlainString(span: ByteSpan): void {
    if (this.peek() !== quote) throw unusual;
    const start = this.at + 1;
    const end = this.skipString();
    let high = false;
    for (let at = start; at < end; at += 1) {
      const byte = this.buffer[at] ?? 0;
      if (byte === backslash) throw unusual;
      high ||= byte > 0x7f;
    }
    // What is no UTF-8 becomes the same replacement characters, whatever it was.
    if (high && !isUtf8(this.buffer.subarray(start, end))) throw unusual;
    span.start = start;
    span.end = end;
  }

  /** A whole number as a number or, as proto JSON writes int64, as text. Negative ones are read too. */
  protected readInteger(): number {
    const quoted = this.peek() === quote;
    if (quoted) this.at += 1;
    const negative = this.byte() === minus;
    if (negative) this.at += 1;
    const from = this.at;
    let value = 0;
    for (; this.at < this.end; this.at += 1) {
      const digit = (this.buffer[this.at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = this.at - from;
    // No digits, a leading zero, a negative zero or more than an exact number holds: not for this reader.
    if (digits === 0 || digits > 15 || ((digits > 1 || negative) && this.buffer[from] === zero))
      throw unusual;
    const next = this.byte();
    if (quoted) {
      if (next !== quote) throw unusual;
      this.at += 1;
    } else if (next === 0x2e || (next | 0x20) === 0x65) throw unusual;
    return negative ? -value : value;
  }
}

const nothing = new Members({});
