import { giveBack } from './memory';
import type { ReasonTable } from './reasons';
import type { RowFacts } from './rowFacts';

/** Bits of a row that are neither outcome nor content. */
export const rowFlag = {
  /** The line has no key. */
  keyless: 1,
  /** The line is no JSON object. */
  broken: 2,
  /** A later line with a key that an earlier one already has. */
  duplicate: 4,
  /** The line is an error of the service. */
  error: 8,
} as const;

/** What many rows have in common. There are few of them even in a large file, so a row only says which one is its own. */
export interface RowClass {
  /** A code of {@link outcomeCodes}, as if there were no request file. */
  readonly outcome: number;
  /** Bits of {@link rowFlag}. */
  readonly flags: number;
  /** Why the answer ended or the prompt was refused; empty for none. */
  readonly reason: string;
  /** Bits of `contentKind`. */
  readonly kinds: number;
  /** google.rpc code or HTTP status, 0 for none. */
  readonly errorCode: number;
}

/**
 * The columns of some consecutive lines of a file, as one scanner hands them over. Plain data: it crosses threads, its
 * buffers transferred.
 */
export interface RowBatch {
  readonly rows: number;
  /** Byte offsets of the lines in the file. */
  readonly start: Float64Array;
  /** Offset of the file behind the last line that the scanner looked at. */
  readonly end: number;
  readonly classes: readonly RowClass[];
  /** Positions in `classes`. */
  readonly class: Uint32Array;
  readonly preview: Uint32Array;
  readonly input: Uint32Array;
  readonly output: Uint32Array;
  readonly thinking: Uint32Array;
  readonly cachedSum: number;
  /** UTF-8 of all keys, one after another; `keyEnd[i]` is the end of the i-th. */
  readonly keys: Uint8Array;
  readonly keyEnd: Uint32Array;
  readonly keyHash: Uint32Array;
}

const firstRows = 1024;

/** Gathers rows into a {@link RowBatch}. */
export class BatchBuilder {
  private rows = 0;
  private capacity = firstRows;
  private start = new Float64Array(firstRows);
  private class = new Uint32Array(firstRows);
  private preview = new Uint32Array(firstRows);
  private input = new Uint32Array(firstRows);
  private output = new Uint32Array(firstRows);
  private thinking = new Uint32Array(firstRows);
  private keyEnd = new Uint32Array(firstRows);
  private keyHash = new Uint32Array(firstRows);
  private keys = Buffer.alloc(firstRows * 16);
  private keyBytes = 0;
  private cachedSum = 0;
  private classes: RowClass[] = [];
  private readonly classCodes = new Map<number, number>();
  private lastClass = -1;
  private lastCode = 0;

  constructor(private readonly reasons: ReasonTable) {}

  /** Adds a row; its key is `keys[from, to)`, none when `to` is -1. */
  add(start: number, facts: RowFacts, outcome: number, source: Buffer, from: number, to: number): void {
    if (this.rows === this.capacity) this.grow();
    const row = this.rows;
    this.rows += 1;
    this.start[row] = start;
    this.class[row] = this.classOf(facts, outcome, to === -1);
    this.preview[row] = facts.previewAt;
    this.input[row] = facts.input;
    this.output[row] = facts.output;
    this.thinking[row] = facts.thinking;
    this.cachedSum += facts.cached;
    this.addKey(row, source, from, to);
  }

  private classOf(facts: RowFacts, outcome: number, keyless: boolean): number {
    const flags =
      (keyless ? rowFlag.keyless : 0) |
      (facts.broken ? rowFlag.broken : 0) |
      (facts.hasError ? rowFlag.error : 0);
    const reason = facts.blockReason === 0 ? facts.reason : facts.blockReason;
    // All of it as one number, 28 bits and 16: rows that follow each other are mostly of one class.
    const packed =
      (outcome | (flags << 3) | (reason << 7) | (facts.kinds << 15)) * 0x10000 + (facts.errorCode & 0xffff);
    if (packed === this.lastClass) return this.lastCode;
    let code = this.classCodes.get(packed);
    if (code === undefined) {
      const { kinds, errorCode } = facts;
      code = this.classes.push({ outcome, flags, reason: this.reasons.name(reason), kinds, errorCode }) - 1;
      this.classCodes.set(packed, code);
    }
    this.lastClass = packed;
    this.lastCode = code;
    return code;
  }

  private addKey(row: number, source: Buffer, from: number, to: number): void {
    const length = Math.max(0, to - from);
    if (this.keyBytes + length > this.keys.length) {
      const larger = Buffer.alloc(Math.max(this.keys.length * 2, this.keyBytes + length));
      larger.set(this.keys.subarray(0, this.keyBytes));
      this.keys = larger;
    }
    const { keys } = this;
    let at = this.keyBytes;
    // FNV-1a, while copying.
    let hash = 0x811c9dc5;
    for (let index = from; index < to; index += 1) {
      const byte = source[index] ?? 0;
      keys[at] = byte;
      at += 1;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    this.keyBytes = at;
    this.keyEnd[row] = at;
    this.keyHash[row] = hash >>> 0;
  }

  private grow(): void {
    this.capacity *= 2;
    const { capacity } = this;
    this.start = grown(this.start, new Float64Array(capacity));
    this.class = grown(this.class, new Uint32Array(capacity));
    this.preview = grown(this.preview, new Uint32Array(capacity));
    this.input = grown(this.input, new Uint32Array(capacity));
    this.output = grown(this.output, new Uint32Array(capacity));
    this.thinking = grown(this.thinking, new Uint32Array(capacity));
    this.keyEnd = grown(this.keyEnd, new Uint32Array(capacity));
    this.keyHash = grown(this.keyHash, new Uint32Array(capacity));
  }

  /** The batch, in buffers of its own; the builder is empty afterwards and can be used again. */
  finish(end: number): RowBatch {
    const { rows } = this;
    const batch: RowBatch = {
      rows,
      end,
      start: this.start.slice(0, rows),
      classes: this.classes,
      class: this.class.slice(0, rows),
      preview: this.preview.slice(0, rows),
      input: this.input.slice(0, rows),
      output: this.output.slice(0, rows),
      thinking: this.thinking.slice(0, rows),
      cachedSum: this.cachedSum,
      keys: new Uint8Array(this.keys.subarray(0, this.keyBytes)),
      keyEnd: this.keyEnd.slice(0, rows),
      keyHash: this.keyHash.slice(0, rows),
    };
    this.rows = 0;
    this.keyBytes = 0;
    this.cachedSum = 0;
    this.classes = [];
    this.classCodes.clear();
    this.lastClass = -1;
    return batch;
  }
}

type Column = Float64Array | Uint32Array;

function grown<T extends Column>(from: Column, to: T): T {
  to.set(from);
  giveBack(from);
  return to;
}

/** Gives a batch's memory back at once: many batches in a row would otherwise wait for the garbage collector. */
export function release(batch: RowBatch): void {
  arraysOf(batch).forEach(giveBack);
}

/** The buffers of a batch, to be transferred to another thread. */
export function buffersOf(batch: RowBatch): ArrayBuffer[] {
  return arraysOf(batch).map(({ buffer }) => buffer as ArrayBuffer);
}

function arraysOf(batch: RowBatch): ArrayBufferView[] {
  return Object.values(batch).filter((value: unknown) => ArrayBuffer.isView(value));
}
