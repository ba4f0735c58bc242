import type { ScanMemory } from './scanMemory';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** How many bytes of a string are looked at one by one before memchr takes over: a native call costs about as much. */
const shortString = 48;
/** The same for WebAssembly, whose calls are cheaper. */
const shortForMemory = 12;

/** Thrown away and read again by JSON.parse: the line is broken or unusual. One instance, because it carries nothing. */
export const unusual = new Error('Not a line that the byte scanner reads.');

/**
 * Walks JSON in a buffer without building anything. It looks only as closely as it must: what is skipped is balanced and its
 * strings are closed, no more; what it is asked to read is read strictly. Whatever it does not like it throws
 * {@link unusual} at, and the caller reads that line by JSON.parse.
 */
export class ByteCursor {
  /** @param memory skips long strings where the buffer is its own */
  constructor(private readonly memory?: ScanMemory) {}

  protected buffer: Buffer = Buffer.alloc(0);
  /** Index of the next byte. */
  protected at = 0;
  /** Index behind the line's last byte. */
  protected end = 0;
  protected nameStart = 0;
  protected nameEnd = 0;

  protected move(buffer: Buffer, start: number, end: number): void {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
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

  /** Steps over `{`; false, and nothing consumed, when something else comes. */
  protected enterObject(): boolean {
    return this.step(openBrace);
  }

  /** Steps over `[`; false, and nothing consumed, when something else comes. */
  protected enterArray(): boolean {
    return this.step(openBracket);
  }

  private step(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at += 1;
    return true;
  }

  /**
   * Goes to the next member of the object entered last: its name is in nameStart..nameEnd and the cursor stands at its value.
   * False behind the closing brace.
   */
  protected nextMember(first: boolean): boolean {
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
    this.readName();
    if (this.peek() !== colon) throw unusual;
    this.at += 1;
    this.peek();
    return true;
  }

  private readName(): void {
    const { buffer, end } = this;
    let at = this.at;
    this.nameStart = at;
    while (at < end) {
      const byte = buffer[at];
      if (byte === quote) {
        this.nameEnd = at;
        this.at = at + 1;
        return;
      }
      // A name with an escape may be any of the names that matter, differently spelt.
      if (byte === backslash) throw unusual;
      at += 1;
    }
    throw unusual;
  }

  /** Goes to the next element of the array entered last. False behind the closing bracket. */
  protected nextElement(first: boolean): boolean {
    const byte = this.peek();
    if (byte === closeBracket) {
      this.at += 1;
      return false;
    }
    if (first) return true;
    if (byte !== comma) throw unusual;
    this.at += 1;
    this.peek();
    return true;
  }

  protected nameIs(name: Buffer): boolean {
    const { buffer, nameStart } = this;
    const length = name.length;
    if (this.nameEnd - nameStart !== length) return false;
    for (let index = 0; index < length; index += 1) {
      if (buffer[nameStart + index] !== name[index]) return false;
    }
    return true;
  }

  /** Steps over a string, cursor at its opening quote. Returns the index of its closing quote. */
  protected skipString(): number {
    return this.memory?.buffer === this.buffer ? this.skipInMemory(this.memory) : this.skipInBuffer();
  }

  private skipInMemory(memory: ScanMemory): number {
    const { buffer, end } = this;
    let at = this.at + 1;
    const near = Math.min(end, at + shortForMemory);
    while (at < near) {
      const byte = buffer[at];
      if (byte === quote) {
        this.at = at + 1;
        return at;
      }
      at += byte === backslash ? 2 : 1;
    }
    const found = memory.closingQuote(at, end);
    if (found === -1) throw unusual;
    this.at = found + 1;
    return found;
  }

  private skipInBuffer(): number {
    const { buffer, end } = this;
    let at = this.at + 1;
    for (;;) {
      const near = Math.min(end, at + shortString);
      while (at < near) {
        const byte = buffer[at];
        if (byte === quote) {
          this.at = at + 1;
          return at;
        }
        at += byte === backslash ? 2 : 1;
      }
      if (at >= end) throw unusual;
      const found = buffer.indexOf(quote, at);
      if (found === -1 || found >= end) throw unusual;
      // Everything before `at` is consumed in whole escapes, so only the backslashes since then count.
      let before = found;
      while (before > at && buffer[before - 1] === backslash) before -= 1;
      if ((found - before) % 2 === 0) {
        this.at = found + 1;
        return found;
      }
      at = found + 1;
    }
  }

  /** Steps over any value. Numbers and words are not checked. */
  protected skipValue(): void {
    const first = this.peek();
    if (first === quote) {
      this.skipString();
      return;
    }
    if (first === openBrace || first === openBracket) {
      this.skipNested();
      return;
    }
    this.skipWord();
  }

  private skipNested(): void {
    const { buffer, end } = this;
    let depth = 0;
    let at = this.at;
    while (at < end) {
      const byte = buffer[at];
      if (byte === quote) {
        this.at = at;
        this.skipString();
        at = this.at;
        continue;
      }
      at += 1;
      if (byte === openBrace || byte === openBracket) depth += 1;
      else if (byte === closeBrace || byte === closeBracket) {
        depth -= 1;
        if (depth === 0) {
          this.at = at;
          return;
        }
      }
    }
    throw unusual;
  }

  /** Steps over a number, true, false or null and returns whether there was anything. */
  private skipWord(): void {
    const { buffer, end } = this;
    let at = this.at;
    while (at < end) {
      const byte = buffer[at] ?? 0;
      const wordly =
        (byte >= 0x61 && byte <= 0x7a) ||
        (byte >= 0x30 && byte <= 0x39) ||
        byte === 0x2d ||
        byte === 0x2b ||
        byte === 0x2e ||
        byte === 0x45;
      if (!wordly) break;
      at += 1;
    }
    if (at === this.at) throw unusual;
    this.at = at;
  }

  /** Steps over an array of plain numbers, cursor at its bracket. */
  protected skipNumbers(): void {
    const close = this.buffer.indexOf(closeBracket, this.at);
    if (close === -1 || close >= this.end) throw unusual;
    this.at = close + 1;
  }

  /** A whole number as a number or, as proto JSON writes int64, as text. Negative ones are read too. */
  protected readInteger(): number {
    const quoted = this.peek() === quote;
    if (quoted) this.at += 1;
    const negative = this.buffer[this.at] === 0x2d;
    if (negative) this.at += 1;
    const from = this.at;
    let value = 0;
    for (; this.at < this.end; this.at += 1) {
      const digit = (this.buffer[this.at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = this.at - from;
    // No digits, a leading zero or more than an exact number holds: not for this reader.
    if (digits === 0 || digits > 15 || (digits > 1 && this.buffer[from] === 0x30)) throw unusual;
    const next = this.buffer[this.at];
    if (quoted) {
      if (next !== quote) throw unusual;
      this.at += 1;
    } else if (next === 0x2e || next === 0x65 || next === 0x45) throw unusual;
    return negative ? -value : value;
  }

  /** Only white space is left of the line. */
  protected expectEnd(): void {
    if (this.peek() !== -1) throw unusual;
  }
}
