import type { TokenUsage } from '../shared/outcome';
import type { KeyTable } from './keyTable';
import { ReasonTable } from './reasons';
import { rowFlag, type RowBatch } from './rowBatch';

/** Where a line is in its file, in bytes, its line break included. */
export interface LineSpan {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The lines of a file: where they begin and which key they have. Lines are not kept; their bytes are read again when somebody
 * looks. Columns are allocated generously: memory that nobody has written to costs nothing.
 */
export class LineIndex {
  /** Byte offsets of the rows. Valid up to `rows`, like every column; replaced when it grows. */
  start = new Float64Array(0);
  /** Number of the key in the key table, -1 for none. */
  key = new Int32Array(0);
  /** Bits of {@link rowFlag}. */
  flags = new Uint8Array(0);
  /** Offset behind the last byte that was scanned. */
  end = 0;
  protected rowCount = 0;

  /** @param keys shared by the files that are to be joined */
  constructor(readonly keys: KeyTable) {}

  get rows(): number {
    return this.rowCount;
  }

  reserve(rows: number): void {
    if (rows <= this.start.length) return;
    this.keys.reserve(rows);
    this.start = larger(new Float64Array(rows), this.start, this.rowCount);
    this.key = larger(new Int32Array(rows), this.key, this.rowCount);
    this.flags = larger(new Uint8Array(rows), this.flags, this.rowCount);
  }

  append(batch: RowBatch): void {
    const from = this.rowCount;
    if (from + batch.rows > this.start.length) {
      this.reserve(Math.max(from + batch.rows, Math.ceil(this.start.length * 1.5)));
    }
    this.start.set(batch.start, from);
    this.flags.set(batch.flags, from);
    this.appendKeys(batch, from);
    this.rowCount = from + batch.rows;
    this.end = batch.end;
  }

  private appendKeys(batch: RowBatch, from: number): void {
    const { keys, keyEnd, keyHash, flags } = batch;
    const column = this.key;
    let start = 0;
    for (let row = 0; row < batch.rows; row += 1) {
      const end = keyEnd[row] ?? start;
      const keyless = ((flags[row] ?? 0) & rowFlag.keyless) !== 0;
      column[from + row] = keyless ? -1 : this.keys.intern(keys, start, end, keyHash[row] ?? 0);
      start = end;
    }
  }

  span(row: number): LineSpan {
    const offset = this.start[row] ?? 0;
    const next = row + 1 < this.rowCount ? (this.start[row + 1] ?? this.end) : this.end;
    return { offset, bytes: next - offset };
  }

  keyOf(row: number): string | undefined {
    const id = this.key[row] ?? -1;
    return id === -1 ? undefined : this.keys.text(id);
  }

  hasFlag(row: number, flag: number): boolean {
    return ((this.flags[row] ?? 0) & flag) !== 0;
  }

  /** The row whose line holds the byte at `offset`; -1 before the first row. */
  rowAt(offset: number): number {
    let low = 0;
    let high = this.rowCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.start[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array | Int16Array | Int32Array;

function larger<T extends Column>(to: T, from: T, rows: number): T {
  to.set(from.subarray(0, rows));
  return to;
}

/** What a results file holds besides: 35 bytes a row in all. */
export class ResultIndex extends LineIndex {
  readonly reasons = new ReasonTable();
  /** Where the value worth showing first is, from the line's start; 0: read the whole line; `noPreview`: unreadable. */
  preview = new Uint32Array(0);
  /** Positions in `outcomes`, before the join. */
  outcome = new Uint8Array(0);
  /** Codes of `reasons`: why the answer ended or the prompt was refused. */
  reason = new Uint8Array(0);
  /** Bits of `contentKind`. */
  kinds = new Uint16Array(0);
  errorCode = new Int16Array(0);
  input = new Uint32Array(0);
  output = new Uint32Array(0);
  thinking = new Uint32Array(0);
  private readonly sum = { input: 0, output: 0, thinking: 0, cached: 0 };

  get usage(): TokenUsage {
    return { ...this.sum };
  }

  override reserve(rows: number): void {
    if (rows <= this.start.length) return;
    super.reserve(rows);
    const count = this.rowCount;
    this.preview = larger(new Uint32Array(rows), this.preview, count);
    this.outcome = larger(new Uint8Array(rows), this.outcome, count);
    this.reason = larger(new Uint8Array(rows), this.reason, count);
    this.kinds = larger(new Uint16Array(rows), this.kinds, count);
    this.errorCode = larger(new Int16Array(rows), this.errorCode, count);
    this.input = larger(new Uint32Array(rows), this.input, count);
    this.output = larger(new Uint32Array(rows), this.output, count);
    this.thinking = larger(new Uint32Array(rows), this.thinking, count);
  }

  override append(batch: RowBatch): void {
    const from = this.rowCount;
    super.append(batch);
    this.preview.set(batch.preview, from);
    this.outcome.set(batch.outcome, from);
    this.kinds.set(batch.kinds, from);
    this.errorCode.set(batch.errorCode, from);
    this.input.set(batch.input, from);
    this.output.set(batch.output, from);
    this.thinking.set(batch.thinking, from);
    this.appendReasons(batch, from);
    this.sum.cached += batch.cachedSum;
    for (let row = 0; row < batch.rows; row += 1) {
      this.sum.input += batch.input[row] ?? 0;
      this.sum.output += batch.output[row] ?? 0;
      this.sum.thinking += batch.thinking[row] ?? 0;
    }
  }

  private appendReasons(batch: RowBatch, from: number): void {
    this.reason.set(batch.reason, from);
    if (batch.extraReasons.length === 0) return;
    // Each scanner numbers the reasons it has not known by itself; here they get the numbers of this file.
    const known = this.reasons.size - this.reasons.extra.length;
    const codes = batch.extraReasons.map((name) => this.reasons.code(name));
    for (let row = from; row < from + batch.rows; row += 1) {
      const code = this.reason[row] ?? 0;
      if (code >= known) this.reason[row] = codes[code - known] ?? code;
    }
  }
}
