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
  readonly preview: Uint32Array;
  /** Codes of {@link outcomeCodes}. */
  readonly outcome: Uint8Array;
  readonly flags: Uint8Array;
  readonly reason: Uint8Array;
  readonly kinds: Uint16Array;
  readonly errorCode: Int16Array;
  readonly input: Uint32Array;
  readonly output: Uint32Array;
  readonly thinking: Uint32Array;
  readonly cachedSum: number;
  /** UTF-8 of all keys, one after another; `keyEnd[i]` is the end of the i-th. */
  readonly keys: Uint8Array;
  readonly keyEnd: Uint32Array;
  readonly keyHash: Uint32Array;
  /** Names of the reason codes behind the known ones. */
  readonly extraReasons: readonly string[];
}

const firstRows = 1024;

/** Gathers rows into a {@link RowBatch}. */
export class BatchBuilder {
  private rows = 0;
  private capacity = firstRows;
  private start = new Float64Array(firstRows);
  private preview = new Uint32Array(firstRows);
  private outcome = new Uint8Array(firstRows);
  private flags = new Uint8Array(firstRows);
  private reason = new Uint8Array(firstRows);
  private kinds = new Uint16Array(firstRows);
  private errorCode = new Int16Array(firstRows);
  private input = new Uint32Array(firstRows);
  private output = new Uint32Array(firstRows);
  private thinking = new Uint32Array(firstRows);
  private keyEnd = new Uint32Array(firstRows);
  private keyHash = new Uint32Array(firstRows);
  private keys = Buffer.alloc(firstRows * 16);
  private keyBytes = 0;
  private cachedSum = 0;

  get size(): number {
    return this.rows;
  }

  /** Adds a row; its key is `keys[from, to)`, none when `to` is -1. */
  add(start: number, facts: RowFacts, outcome: number, source: Buffer, from: number, to: number): void {
    if (this.rows === this.capacity) this.grow();
    const row = this.rows;
    this.rows += 1;
    this.start[row] = start;
    this.preview[row] = facts.previewAt;
    this.outcome[row] = outcome;
    this.flags[row] =
      (to === -1 ? rowFlag.keyless : 0) |
      (facts.broken ? rowFlag.broken : 0) |
      (facts.hasError ? rowFlag.error : 0);
    this.reason[row] = facts.blockReason === 0 ? facts.reason : facts.blockReason;
    this.kinds[row] = facts.kinds;
    this.errorCode[row] = facts.errorCode;
    this.input[row] = facts.input;
    this.output[row] = facts.output;
    this.thinking[row] = facts.thinking;
    this.cachedSum += facts.cached;
    this.addKey(row, source, from, to);
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
    this.preview = grown(this.preview, new Uint32Array(capacity));
    this.outcome = grown(this.outcome, new Uint8Array(capacity));
    this.flags = grown(this.flags, new Uint8Array(capacity));
    this.reason = grown(this.reason, new Uint8Array(capacity));
    this.kinds = grown(this.kinds, new Uint16Array(capacity));
    this.errorCode = grown(this.errorCode, new Int16Array(capacity));
    this.input = grown(this.input, new Uint32Array(capacity));
    this.output = grown(this.output, new Uint32Array(capacity));
    this.thinking = grown(this.thinking, new Uint32Array(capacity));
    this.keyEnd = grown(this.keyEnd, new Uint32Array(capacity));
    this.keyHash = grown(this.keyHash, new Uint32Array(capacity));
  }

  /** The batch, in buffers of its own; the builder is empty afterwards and can be used again. */
  finish(end: number, extraReasons: readonly string[]): RowBatch {
    const { rows } = this;
    const batch: RowBatch = {
      rows,
      end,
      start: this.start.slice(0, rows),
      preview: this.preview.slice(0, rows),
      outcome: this.outcome.slice(0, rows),
      flags: this.flags.slice(0, rows),
      reason: this.reason.slice(0, rows),
      kinds: this.kinds.slice(0, rows),
      errorCode: this.errorCode.slice(0, rows),
      input: this.input.slice(0, rows),
      output: this.output.slice(0, rows),
      thinking: this.thinking.slice(0, rows),
      cachedSum: this.cachedSum,
      keys: new Uint8Array(this.keys.subarray(0, this.keyBytes)),
      keyEnd: this.keyEnd.slice(0, rows),
      keyHash: this.keyHash.slice(0, rows),
      extraReasons,
    };
    this.rows = 0;
    this.keyBytes = 0;
    this.cachedSum = 0;
    return batch;
  }
}

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array | Int16Array | Int32Array;

function grown<T extends Column>(from: Column, to: T): T {
  to.set(from);
  return to;
}

/** Gives a batch's memory back at once: many batches in a row would otherwise wait for the garbage collector. */
export function release(batch: RowBatch): void {
  for (const buffer of buffersOf(batch)) (buffer as Releasable).transfer?.(0);
}

/** ES2024, which every supported host has; without it, memory is only given back later. */
interface Releasable {
  transfer?(bytes: number): ArrayBuffer;
}

/** The buffers of a batch, to be transferred to another thread. */
export function buffersOf(batch: RowBatch): ArrayBuffer[] {
  return Object.values(batch).flatMap((value: unknown) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}
