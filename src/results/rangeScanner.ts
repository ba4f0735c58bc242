import { readSync } from 'node:fs';
import { outcomes } from '../shared/outcome';
import { FastLineScanner } from './fastLine';
import { RequestKeyScanner } from './keyScanner';
import type { ByteSpan } from './byteCursor';
import { ReasonTable } from './reasons';
import { scanMemory, type ScanMemory } from './scanMemory';
import { fillFacts, keyOf, readResultLine } from './resultLine';
import { asObject, parseJson } from '../util/json';
import { BatchBuilder, type RowBatch } from './rowBatch';
import { outcomeOf, RowFacts } from './rowFacts';

/** Outcomes as the bytes that columns hold. */
export const outcomeCodes = new Map(outcomes.map((outcome, code) => [outcome, code]));

/** What the lines of a file are. */
export type ScanKind = 'results' | 'requests';

/** A part of a file. The lines that begin in it belong to it, also the rest of the last one behind `to`. */
export interface ByteRange {
  readonly kind: ScanKind;
  readonly from: number;
  readonly to: number;
}

export interface ScanLimits {
  /** Bytes read at a time. */
  readonly chunkBytes: number;
  /** A longer line is a broken row and never in memory as a whole. */
  readonly maxLineBytes: number;
}

export const scanLimits: ScanLimits = { chunkBytes: 1 << 18, maxLineBytes: 256 << 20 };

const lineFeed = 0x0a;
/** How much is read behind a range at first. */
const tailBytes = 1 << 14;

/**
 * Reads the lines of one range of a file after another, of both kinds in turn: a second set of its buffers would stay beside the
 * first. Synchronous on purpose: it runs in worker threads, and where it does not, {@link scan} yields after every chunk.
 */
export class RangeScanner {
  private readonly reasons = new ReasonTable();
  private readonly facts = new RowFacts();
  private readonly memory: ScanMemory | undefined;
  private readonly fastLine: FastLineScanner;
  private readonly requestKey: RequestKeyScanner;
  private readonly builder = new BatchBuilder(this.reasons);
  private readonly key: ByteSpan = { start: 0, end: -1 };
  private buffer: Buffer;

  constructor(private readonly limits: ScanLimits = scanLimits) {
    this.memory = scanMemory(limits.chunkBytes);
    this.buffer = this.memory?.buffer ?? Buffer.allocUnsafeSlow(limits.chunkBytes);
    this.requestKey = new RequestKeyScanner(this.memory);
    this.fastLine = new FastLineScanner(this.reasons, this.facts, this.memory);
  }

  /**
   * Scans one range; yields after every chunk so that the caller can breathe, the batch last.
   * @param file descriptor of the open file
   */
  *scan(file: number, range: ByteRange): Generator<undefined, RowBatch, void> {
    if (range.from >= range.to) return this.builder.finish(range.from);
    // The line that the range's first byte is in the middle of belongs to the range before.
    let position = Math.max(0, range.from - 1);
    let discarding = range.from > 0;
    let lineStart = position;
    let kept = 0;
    for (;;) {
      if (kept === this.buffer.length) this.enlarge();
      // Of what lies behind the range only its last line matters, which mostly ends soon.
      const wanted = position < range.to ? range.to + tailBytes - position : Infinity;
      const room = Math.min(wanted, this.limits.chunkBytes, this.buffer.length - kept);
      const count = readSync(file, this.buffer, kept, room, position);
      const filled = kept + count;
      position += count;
      // What else the buffer holds is not searched: behind a long line that is half of it.
      const read = this.buffer.subarray(0, filled);
      let at = 0;
      let searchFrom = kept;
      for (;;) {
        const found = read.indexOf(lineFeed, searchFrom);
        if (found === -1) break;
        if (discarding) discarding = false;
        else this.line(range.kind, at, found, lineStart);
        lineStart += found + 1 - at;
        at = found + 1;
        searchFrom = at;
        if (lineStart >= range.to) return this.builder.finish(lineStart);
      }
      if (count === 0) {
        if (filled > at && !discarding) this.line(range.kind, at, filled, lineStart);
        return this.builder.finish(lineStart + filled - at);
      }
      if (discarding) {
        // No line begins here so far; the bytes are nobody's.
        lineStart += filled - at;
        kept = 0;
        if (lineStart >= range.to) return this.builder.finish(lineStart);
      } else if (filled - at > this.limits.maxLineBytes) {
        this.unreadable(lineStart);
        discarding = true;
        lineStart += filled - at;
        kept = 0;
      } else {
        if (at > 0) this.buffer.copyWithin(0, at, filled);
        kept = filled - at;
      }
      yield undefined;
    }
  }

  private enlarge(): void {
    if (this.memory !== undefined) {
      this.memory.grow();
      this.buffer = this.memory.buffer;
      return;
    }
    const larger = Buffer.allocUnsafeSlow(this.buffer.length * 2);
    larger.set(this.buffer);
    this.buffer = larger;
  }

  private line(kind: ScanKind, start: number, end: number, offset: number): void {
    const { buffer } = this;
    // A byte order mark is no part of the first line.
    const from = offset === 0 && hasByteOrderMark(buffer, start, end) ? start + 3 : start;
    if (isBlank(buffer, from, end)) return;
    if (kind === 'requests') this.requestLine(from, end, offset + from - start);
    else this.resultLine(from, end, offset + from - start);
  }

  private requestLine(start: number, end: number, offset: number): void {
    if (this.requestKey.scan(this.buffer, start, end, this.key)) {
      this.facts.reset();
      this.builder.add(offset, this.facts, 0, this.buffer, this.key.start, this.key.end);
      return;
    }
    const parsed = asObject(parseJson(this.buffer.toString('utf8', start, end)));
    this.facts.reset();
    this.facts.broken = parsed === undefined;
    this.addWithKey(offset, 0, parsed === undefined ? undefined : keyOf(parsed));
  }

  private resultLine(start: number, end: number, offset: number): void {
    const { facts, reasons } = this;
    if (this.fastLine.scan(this.buffer, start, end, this.key)) {
      const outcome = outcomeCodes.get(outcomeOf(facts, reasons.class(facts.reason))) ?? 0;
      this.builder.add(offset, facts, outcome, this.buffer, this.key.start, this.key.end);
      return;
    }
    const parsed = readResultLine(this.buffer.toString('utf8', start, end));
    if (parsed === undefined) {
      this.unreadable(offset);
      return;
    }
    fillFacts(facts, parsed, reasons);
    this.addWithKey(offset, outcomeCodes.get(outcomeOf(facts, reasons.class(facts.reason))) ?? 0, parsed.key);
  }

  private unreadable(offset: number): void {
    this.facts.reset();
    this.facts.broken = true;
    this.addWithKey(offset, outcomeCodes.get('failed') ?? 0, undefined);
  }

  private addWithKey(offset: number, outcome: number, key: string | undefined): void {
    const bytes = Buffer.from(key ?? '');
    this.builder.add(offset, this.facts, outcome, bytes, 0, key === undefined ? -1 : bytes.length);
  }
}

function hasByteOrderMark(buffer: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 3 && buffer[start] === 0xef && buffer[start + 1] === 0xbb && buffer[start + 2] === 0xbf
  );
}

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
