/** One element of an array that {@link skimJson} takes out of a document. */
export interface SkimmedItem {
  /** Which of the skimmed arrays it is from, counted from 0 as they come. */
  readonly array: number;
  /** On one line: without white space outside strings, else as received. */
  readonly json: Buffer;
}

/** How much may remain of a document when the arrays are taken out; there is never more than some kilobytes. */
const restLimit = 32 << 20;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Reads a JSON document of any size with little memory: the elements of each array that is the value of a member with one of
 * `names` go one by one to `onItem`; what is left is returned as text, with the number of elements in place of each such array's
 * content (`"items":[3]`).
 *
 * The document is not validated: parse the returned text. Rejects with what `chunks` or `onItem` reject with, and with
 * SyntaxError when the document breaks off within an element or is too large without the arrays.
 */
export async function skimJson(
  chunks: AsyncIterable<Buffer>,
  names: readonly string[],
  onItem: (item: SkimmedItem) => Promise<void> | void,
): Promise<string> {
  const skimmer = new Skimmer(names);
  for await (const chunk of chunks) {
    for (const item of skimmer.feed(chunk)) await onItem(item);
  }
  return skimmer.end();
}

class Skimmer {
  /** The document without the arrays. */
  private readonly rest: Buffer[] = [];
  private restBytes = 0;
  /** The element being read; undefined between elements. */
  private item: Buffer[] | undefined;
  /** Brackets open within the element. */
  private itemDepth = 0;
  private inArray = false;
  private arrays = -1;
  private count = 0;
  private inString = false;
  private escaped = false;
  /** Bytes of the string being read outside of arrays, or of the last one; it may be the name of a member. */
  private lastString: Buffer[] = [];
  /** The last string was followed by a colon and nothing else since. */
  private expectsValue = false;

  constructor(private readonly names: readonly string[]) {}

  feed(chunk: Buffer): SkimmedItem[] {
    const done: SkimmedItem[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.inString) at = this.string(chunk, at);
      else if (this.inArray) at = this.inside(chunk, at, done);
      else at = this.outside(chunk, at);
    }
    return done;
  }

  end(): string {
    if (this.inArray) throw new SyntaxError('The document broke off within an array.');
    return Buffer.concat(this.rest).toString('utf8');
  }

  /** On with a string up to its closing quote or the end of the chunk. */
  private string(chunk: Buffer, from: number): number {
    let at = from;
    for (;;) {
      const next = chunk.indexOf(quote, at);
      const to = next === -1 ? chunk.length : next;
      // Backslashes before the quote, back into the chunk before this one if the run reaches there.
      let run = to;
      while (run > at && chunk[run - 1] === backslash) run -= 1;
      const odd = (to - run) % 2 === 1;
      const escapes = run === at ? odd !== this.escaped : odd;
      if (next === -1) {
        this.escaped = escapes;
        this.keep(chunk.subarray(from));
        return chunk.length;
      }
      this.escaped = false;
      at = next + 1;
      if (escapes) continue;
      this.inString = false;
      this.keep(chunk.subarray(from, at));
      return at;
    }
  }

  /** On to the next string, to the beginning of an array that is taken out, or to the end of the chunk. */
  private outside(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && !this.inString && !this.inArray) {
      const byte = chunk[at] ?? 0;
      at += 1;
      if (byte === quote) {
        this.inString = true;
        this.lastString = [];
        this.expectsValue = false;
      } else if (byte === openBracket && this.expectsValue && this.lastStringIsName()) {
        this.inArray = true;
        this.arrays += 1;
        this.count = 0;
      } else if (byte > 0x20) {
        this.expectsValue = byte === colon;
      }
    }
    this.keepRest(chunk.subarray(from, at));
    return at;
  }

  /** A run of plain bytes, or the end of an element or of the array, within an array that is taken out. */
  private inside(chunk: Buffer, from: number, done: SkimmedItem[]): number {
    const byte = chunk[from] ?? 0;
    if (byte <= 0x20) return from + 1;
    if (this.itemDepth === 0 && (byte === comma || byte === closeBracket)) {
      if (this.item !== undefined) {
        done.push({ array: this.arrays, json: Buffer.concat(this.item) });
        this.item = undefined;
        this.count += 1;
      }
      if (byte === closeBracket) {
        this.inArray = false;
        this.expectsValue = false;
        this.keepRest(Buffer.from(`${this.count === 0 ? '' : this.count}]`));
      }
      return from + 1;
    }
    this.item ??= [];
    let to = from;
    // A run of bytes up to the next white space, string or end of the element goes over in one piece.
    for (; to < chunk.length; to += 1) {
      const next = chunk[to] ?? 0;
      if (next <= 0x20 || next === quote) break;
      if (next === openBrace || next === openBracket) this.itemDepth += 1;
      else if (next === closeBrace || next === closeBracket) {
        if (this.itemDepth === 0) break;
        this.itemDepth -= 1;
      } else if (next === comma && this.itemDepth === 0) break;
    }
    if (chunk[to] === quote) {
      this.inString = true;
      to += 1;
    }
    this.item.push(chunk.subarray(from, to));
    return to;
  }

  private keep(bytes: Buffer): void {
    if (this.inArray) this.item?.push(bytes);
    else {
      this.lastString.push(bytes);
      this.keepRest(bytes);
    }
  }

  private keepRest(bytes: Buffer): void {
    this.restBytes += bytes.length;
    if (this.restBytes > restLimit) throw new SyntaxError('The document is too large.');
    this.rest.push(bytes);
  }

  private lastStringIsName(): boolean {
    const bytes = Buffer.concat(this.lastString);
    return this.names.includes(bytes.toString('utf8', 0, bytes.length - 1));
  }
}
