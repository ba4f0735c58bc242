import { constants } from 'node:buffer';
import type { Segment } from './protocol';

const LF = 0x0a;
/** As much is read at a time as stays in a core's own cache until it has been looked at. */
const mostRead = 1 << 20;
/** Behind a segment's end no more is read at a time than an ordinary line has. */
const overreach = 1 << 18;

/** Hears the lines of a segment, one stretch after the other. Returning false ends the reading. */
export interface LineSink {
  /** Whole lines from `from` to `to`, the last one's line feed included. @param offset of `from` in the file */
  lines(from: number, to: number, offset: number): boolean;
  /** A line that is longer than the window, without its line feed. */
  longLine(bytes: Buffer, offset: number): boolean;
  /** A line of `length` bytes, more than a string can hold. */
  hugeLine(length: number, offset: number): boolean;
}

/**
 * Cuts a segment into whole lines, in the memory that it is read to: the beginning of a line that is not complete moves to the
 * front, and what comes next is read behind it. Holds no more than that memory and a line that does not fit into it; of one that
 * is too long for a string nothing.
 */
export class LineWindow {
  /** Bytes at the front that are read and wait for their line feed. */
  private used = 0;
  /** Where the window's first byte is in the file. */
  private offset: number;
  /** What is kept of a line that is longer than the window, and how much of it was. */
  private pieces: Buffer[] = [];
  private longBytes = 0;
  /** The bytes up to the first line feed belong to a line of the segment before. */
  private skipping: boolean;

  /** @param memory one byte more than the longest line that fits */
  constructor(
    private readonly sink: LineSink,
    private readonly memory: Buffer,
    private readonly segment: Segment,
  ) {
    this.skipping = segment.start > 0;
    // One byte early, so that a line that begins right at the segment's start is seen to.
    this.offset = Math.max(0, segment.start - 1);
  }

  /** Where the next bytes go; never empty. */
  get room(): Buffer {
    const left = this.segment.end - this.position;
    return this.memory.subarray(this.used, this.used + (left > 0 ? Math.min(left, mostRead) : overreach));
  }

  /** Where in the file the next bytes are. */
  get position(): number {
    return this.offset + this.used;
  }

  /** So many bytes were put into {@link room}. Returns whether more are wanted. */
  filled(bytes: number): boolean {
    const known = this.used;
    this.used += bytes;
    const fresh = this.memory.subarray(known, this.used);
    let from = 0;
    if (this.skipping || this.longBytes > 0) {
      const feed = fresh.indexOf(LF);
      if (feed === -1) return this.keepLong();
      from = known + feed + 1;
      if (!this.endLong(from - 1)) return false;
    }
    const to = known + fresh.lastIndexOf(LF) + 1;
    if (to > known && to > from && !this.sink.lines(from, to, this.offset + from)) return false;
    this.drop(Math.max(from, to > known ? to : 0));
    if (this.offset >= this.segment.end) return false;
    return this.used < this.memory.length || this.keepLong();
  }

  /** The file ends here: what is left is a line too. */
  finish(): void {
    if (this.skipping) return;
    if (this.longBytes > 0) {
      this.endLong(this.used);
    } else if (this.used > 0) {
      this.memory[this.used] = LF;
      this.sink.lines(0, this.used + 1, this.offset);
    }
  }

  /** Makes the window free though its line goes on. Returns whether more is wanted. */
  private keepLong(): boolean {
    const { length } = this.memory;
    // As long as there is room, the line may turn out to fit.
    if (!this.skipping && this.longBytes === 0 && this.used < length) return true;
    if (!this.skipping) {
      this.longBytes += this.used;
      if (this.longBytes > constants.MAX_STRING_LENGTH) this.pieces = [];
      else this.pieces.push(Buffer.from(this.memory.subarray(0, this.used)));
    }
    this.drop(this.used);
    // A line that began before the segment and goes on beyond its end leaves nothing to do here.
    return !(this.skipping && this.offset >= this.segment.end);
  }

  /** A line that did not fit, or that is not this segment's, ends at `end`. Returns whether more is wanted. */
  private endLong(end: number): boolean {
    const { longBytes, pieces } = this;
    const isSkipped = this.skipping;
    this.skipping = false;
    this.longBytes = 0;
    this.pieces = [];
    if (isSkipped) return true;
    const length = longBytes + end;
    const offset = this.offset - longBytes;
    if (length > constants.MAX_STRING_LENGTH) return this.sink.hugeLine(length, offset);
    return this.sink.longLine(Buffer.concat([...pieces, this.memory.subarray(0, end)]), offset);
  }

  private drop(bytes: number): void {
    if (bytes === 0) return;
    this.memory.copyWithin(0, bytes, this.used);
    this.used -= bytes;
    this.offset += bytes;
  }
}
