import { giveBack } from '../util/giveBack';
import {
  quote,
  backslash,
  comma,
  colon,
  openBracket,
  closeBracket,
  openBrace,
  closeBrace,
  space,
} from './jsonBytes';

/** One element of an array that {@link skimJson} takes out of a document. */
export interface SkimmedItem {
  /** Which of the skimmed arrays it is from, counted from 0 as they come. */
  readonly array: number;
  /** As received, without white space around it. Valid until `take` is done with it. */
  readonly json: Buffer;
}

/** Where the elements go. */
export interface ItemSink {
  /** Whether the elements of an array are wanted; asked anew for each one. What is not wanted is not gathered. */
  wants(array: number): boolean;
  take(item: SkimmedItem): Promise<void> | void;
}

/** How much may remain of a document when the arrays are taken out; there is never more than some kilobytes. */
const restLimit = 32 << 20;

/**
 * Reads a JSON document of any size with little memory: the elements of each array that is the value of a member with one of
 * `names` go one by one to `sink`; what is left is returned as text, with the number of elements in place of each such array's
 * content (`"items":[3]`).
 *
 * The document is not validated: parse the returned text. Rejects with what `chunks` or `sink` reject with, and with
 * SyntaxError when the document breaks off within an element or is too large without the arrays.
 */
export async function skimJson(
  chunks: AsyncIterable<Buffer>,
  names: readonly string[],
  sink: ItemSink,
): Promise<string> {
  const skimmer = new Skimmer(names, sink);
  await feed(skimmer, chunks, sink, () => false);
  return skimmer.end();
}

/**
 * The same for who may have enough before the end: `enough` is asked after each chunk with the number of the array that was
 * reached, -1 before the first. Where it says so, no more is read, and there is no text.
 */
export async function skimUntil(
  chunks: AsyncIterable<Buffer>,
  names: readonly string[],
  sink: ItemSink,
  enough: (array: number) => boolean,
): Promise<string | undefined> {
  const skimmer = new Skimmer(names, sink);
  return (await feed(skimmer, chunks, sink, enough)) ? undefined : skimmer.end();
}

/** Resolves with whether it was enough. */
async function feed(
  skimmer: Skimmer,
  chunks: AsyncIterable<Buffer>,
  sink: ItemSink,
  enough: (array: number) => boolean,
): Promise<boolean> {
  for await (const chunk of chunks) {
    for (const item of skimmer.feed(chunk)) if (sink.wants(item.array)) await sink.take(item);
    giveBack(chunk);
    if (enough(skimmer.array)) return true;
  }
  return false;
}

class Skimmer {
  /** The document without the arrays. */
  private readonly rest: Buffer[] = [];
  private restBytes = 0;
  private inElement = false;
  private wanted = false;
  /** What came of the element being read in the chunks before. */
  private readonly begun = new GrowingBuffer();
  /** Where the element begins in the chunk being read. */
  private itemStart = 0;
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

  constructor(
    private readonly names: readonly string[],
    private readonly sink: Pick<ItemSink, 'wants'>,
  ) {}

  /** The number of the array that was begun last; -1 before the first. */
  get array(): number {
    return this.arrays;
  }

  /** The wanted elements that end in `chunk`, each before what follows it is read; nothing of `chunk` is kept. */
  *feed(chunk: Buffer): Generator<SkimmedItem, void, void> {
    let at = 0;
    this.itemStart = 0;
    while (at < chunk.length) {
      if (this.inString) at = this.string(chunk, at);
      else if (this.inElement) {
        at = this.element(chunk, at);
        if (this.hasItem()) yield { array: this.arrays, json: this.taken(chunk, at) };
      } else if (this.inArray) at = this.between(chunk, at);
      else at = this.outside(chunk, at);
    }
    if (this.inElement && this.wanted) this.begun.add(chunk.subarray(this.itemStart));
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
        this.keepString(chunk.subarray(from));
        return chunk.length;
      }
      this.escaped = false;
      at = next + 1;
      if (escapes) continue;
      this.inString = false;
      this.keepString(chunk.subarray(from, at));
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
      } else if (byte > space) {
        this.expectsValue = byte === colon;
      }
    }
    this.keepRest(chunk.subarray(from, at));
    return at;
  }

  /** Over white space and commas to the beginning of an element, or over the end of the array. */
  private between(chunk: Buffer, from: number): number {
    const byte = chunk[from] ?? 0;
    if (byte === closeBracket) {
      this.inArray = false;
      this.expectsValue = false;
      this.keepRest(Buffer.from(`${this.count === 0 ? '' : this.count}]`));
    } else if (byte > space && byte !== comma) {
      this.inElement = true;
      this.count += 1;
      this.wanted = this.sink.wants(this.arrays);
      this.itemStart = from;
      this.itemDepth = 0;
      return from;
    }
    return from + 1;
  }

  /** On with an element: to its end, to a string in it, or to the end of the chunk. */
  private element(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === quote) {
        this.inString = true;
        return at + 1;
      }
      if (byte === openBrace || byte === openBracket) this.itemDepth += 1;
      else if (byte === closeBrace || byte === closeBracket) {
        this.itemDepth -= 1;
        // An object or array ends with its bracket, anything else before that of the whole array.
        if (this.itemDepth > 0) continue;
        this.inElement = false;
        return this.itemDepth < 0 ? at : at + 1;
      } else if (this.itemDepth === 0 && (byte === comma || byte <= space)) {
        this.inElement = false;
        return at;
      }
    }
    return chunk.length;
  }

  /** Whether the element that was being read is at its end, and wanted. */
  private hasItem(): boolean {
    return this.wanted && !this.inElement;
  }

  /** The element that ends before `end`. */
  private taken(chunk: Buffer, end: number): Buffer {
    const last = chunk.subarray(this.itemStart, end);
    if (this.begun.isEmpty) return last;
    this.begun.add(last);
    return this.begun.take();
  }

  private keepString(bytes: Buffer): void {
    if (!this.inArray) this.lastString.push(this.keepRest(bytes));
  }

  private keepRest(bytes: Buffer): Buffer {
    this.restBytes += bytes.length;
    if (this.restBytes > restLimit) throw new SyntaxError('The document is too large.');
    const kept = Buffer.from(bytes);
    this.rest.push(kept);
    return kept;
  }

  private lastStringIsName(): boolean {
    const bytes = Buffer.concat(this.lastString);
    return this.names.includes(bytes.toString('utf8', 0, bytes.length - 1));
  }
}

/** Gathers bytes, in memory that is used again for the next. */
class GrowingBuffer {
  private memory = Buffer.alloc(0);
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(bytes: Buffer): void {
    const length = this.length + bytes.length;
    if (length > this.memory.length) {
      const larger = Buffer.allocUnsafeSlow(length * 2);
      this.memory.copy(larger, 0, 0, this.length);
      giveBack(this.memory);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.length);
    this.length = length;
  }

  /** What was gathered, valid until more is added; the next begins anew. */
  take(): Buffer {
    const gathered = this.memory.subarray(0, this.length);
    this.length = 0;
    return gathered;
  }
}
