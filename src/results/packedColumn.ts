import { giveBack } from './memory';

/** Rows of one chunk: a value that needs more bytes than its neighbours costs them no more than this. */
const chunkBits = 13;
const chunkRows = 1 << chunkBits;
const chunkMask = chunkRows - 1;

type Chunk = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/**
 * Whole numbers from 0 to 2^53, one a row, every chunk of them in as few bytes a number as its largest needs. Grows by chunks, so
 * nothing is ever copied to a larger place and no room is kept for rows that never come. A chunk of nothing but zeros takes none:
 * many files have columns of them.
 */
export class PackedColumn {
  private readonly chunks: (Chunk | undefined)[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** The value of a row, 0 where there is none. */
  get(row: number): number {
    return this.chunks[row >>> chunkBits]?.[row & chunkMask] ?? 0;
  }

  set(row: number, value: number): void {
    const index = row >>> chunkBits;
    if (value === 0 && this.chunks[index] === undefined) return;
    this.chunkFor(index, value)[row & chunkMask] = value;
  }

  push(value: number): void {
    this.set(this.count, value);
    this.count += 1;
  }

  append(values: Exclude<Chunk, Float64Array>): void {
    let done = 0;
    while (done < values.length) {
      const at = this.count & chunkMask;
      const part = values.subarray(done, done + chunkRows - at);
      let largest = 0;
      for (const value of part) if (value > largest) largest = value;
      const index = this.count >>> chunkBits;
      if (largest > 0 || this.chunks[index] !== undefined) this.chunkFor(index, largest).set(part, at);
      this.count += part.length;
      done += part.length;
    }
  }

  /** The sum of the values of the rows from `from` up to, not including, `to`. */
  sum(from: number, to: number): number {
    let sum = 0;
    for (let row = from; row < to; row += 1) sum += this.get(row);
    return sum;
  }

  private chunkFor(index: number, value: number): Chunk {
    const chunk = this.chunks[index];
    if (chunk !== undefined && value <= largestOf(chunk)) return chunk;
    const wider = emptyChunk(value);
    if (chunk !== undefined) {
      wider.set(chunk);
      giveBack(chunk);
    }
    this.chunks[index] = wider;
    return wider;
  }
}

function largestOf(chunk: Chunk): number {
  switch (chunk.BYTES_PER_ELEMENT) {
    case 1:
      return 0xff;
    case 2:
      return 0xffff;
    case 4:
      return 0xffffffff;
    default:
      return Number.MAX_SAFE_INTEGER;
  }
}

function emptyChunk(largest: number): Chunk {
  if (largest <= 0xff) return new Uint8Array(chunkRows);
  if (largest <= 0xffff) return new Uint16Array(chunkRows);
  return largest <= 0xffffffff ? new Uint32Array(chunkRows) : new Float64Array(chunkRows);
}

/** Rows that share one offset kept as it is. */
const spanBits = 4;

/**
 * Where things of different lengths begin that lie one behind another: 2 or 3 bytes each instead of 8. Their lengths are kept, and
 * every 16th place.
 */
export class OffsetColumn {
  private readonly lengths = new PackedColumn();
  private readonly marks = new PackedColumn();

  get length(): number {
    return this.lengths.length;
  }

  /** @param start where it begins; must be where the one before it ends @param length bytes until the next begins */
  push(start: number, length: number): void {
    const row = this.lengths.length;
    if ((row & ((1 << spanBits) - 1)) === 0) this.marks.push(start);
    this.lengths.push(length);
  }

  startOf(row: number): number {
    const mark = row >>> spanBits;
    return this.marks.get(mark) + this.lengths.sum(mark << spanBits, row);
  }

  lengthOf(row: number): number {
    return this.lengths.get(row);
  }

  /** Lets the last one reach up to `end`. */
  endLast(end: number): void {
    const last = this.lengths.length - 1;
    this.lengths.set(last, end - this.startOf(last));
  }

  /** The one that the place `offset` is in; -1 before the first. */
  rowAt(offset: number): number {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.marks.get(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return -1;
    let row = (low - 1) << spanBits;
    let end = this.marks.get(low - 1) + this.lengths.get(row);
    while (end <= offset && row + 1 < this.lengths.length) {
      row += 1;
      end += this.lengths.get(row);
    }
    return row;
  }
}
