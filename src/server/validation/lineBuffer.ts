import { constants } from 'node:buffer';

const LF = 0x0a;
const CR = 0x0d;

/** Takes whole lines out of a chunk by itself. */
export interface LineTaker {
  /** A new chunk; only its bytes up to the last line feed are whole lines. */
  load(chunk: Buffer): void;
  /** Takes lines that begin at `from` on, as many as it likes. @param offset of the line at `from` @returns how many bytes it took */
  take(from: number, offset: number): number;
}

/** Hears the lines of a stretch of bytes, one after the other. Returning false ends the splitting. */
export interface LineSink {
  /** @param bytes without the line break; a view that is only valid during the call. @param offset of its first byte in the file */
  line(bytes: Buffer, offset: number): boolean;
  /** A line of `length` bytes, more than a string can hold. */
  hugeLine(length: number, offset: number): boolean;
}

/** Splits chunks into lines. Holds no more than a line that is not yet complete, and of one too long for a string nothing. */
export class LineBuffer {
  private pieces: Buffer[] = [];
  private held = 0;
  private dropped = 0;
  private ended = false;

  /** @param offset where in the file the first chunk begins */
  constructor(
    private readonly sink: LineSink,
    private offset: number,
    private readonly taker?: LineTaker,
  ) {}

  /** The bytes of the line that is not yet complete. */
  get pending(): number {
    return this.held + this.dropped;
  }

  /** Takes the next chunk, which may be reused afterwards. Returns whether more is wanted. */
  push(chunk: Buffer): boolean {
    let from = 0;
    this.taker?.load(chunk);
    while (!this.ended) {
      if (this.taker !== undefined && this.pending === 0) {
        const taken = this.taker.take(from, this.offset);
        from += taken;
        this.offset += taken;
      }
      const end = chunk.indexOf(LF, from);
      if (end === -1) break;
      this.complete(chunk.subarray(from, end));
      from = end + 1;
    }
    if (!this.ended && from < chunk.length) this.keep(chunk.subarray(from));
    return !this.ended;
  }

  /** The end of the file: what is left is a line too. */
  finish(): void {
    if (!this.ended && this.pending > 0) this.complete(Buffer.alloc(0));
  }

  private keep(piece: Buffer): void {
    if (this.held + this.dropped + piece.length > constants.MAX_STRING_LENGTH) {
      this.dropped += this.held + piece.length;
      this.held = 0;
      this.pieces = [];
      return;
    }
    // The chunk is reused by the reader.
    this.pieces.push(Buffer.from(piece));
    this.held += piece.length;
  }

  private complete(tail: Buffer): void {
    const length = this.pending + tail.length;
    const start = this.offset;
    this.offset += length + 1;
    if (length > constants.MAX_STRING_LENGTH) {
      this.ended = !this.sink.hugeLine(length, start);
    } else {
      const bytes = this.pieces.length === 0 ? tail : Buffer.concat([...this.pieces, tail]);
      this.ended = !this.sink.line(bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes, start);
    }
    this.pieces = [];
    this.held = 0;
    this.dropped = 0;
  }
}
