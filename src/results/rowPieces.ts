import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../util/async';
import type { LineIndex, LineSpan } from './lineIndex';
import { longestLine, type LineReader } from './lineReader';

/** Some consecutive whole rows of a file, read at once. */
export class RowPiece {
  constructor(
    private readonly index: LineIndex,
    readonly fromRow: number,
    readonly toRow: number,
    /** Where the buffer begins in the file. */
    readonly offset: number,
    readonly buffer: Buffer,
  ) {}

  text(row: number): string {
    const { offset, bytes } = this.index.span(row);
    return this.buffer.toString('utf8', offset - this.offset, offset - this.offset + bytes).trimEnd();
  }
}

export interface PieceOptions {
  readonly signal?: AbortSignal | undefined;
  readonly chunkBytes?: number;
}

/**
 * The rows of a file in order, some megabytes at a time, with a turn of the event loop between. Rows too long to be a text are
 * left out. Read through the open file, so also when another took its name. Rejects with the file system's error, or with CancelledError when `signal` fires.
 */
export async function* readPieces(
  lines: LineReader,
  index: LineIndex,
  options: PieceOptions = {},
): AsyncGenerator<RowPiece, void, void> {
  const chunkBytes = options.chunkBytes ?? 4 << 20;
  for (let row = 0; row < index.rows;) {
    throwIfCancelled(options.signal);
    const { offset, bytes } = index.span(row);
    if (bytes > longestLine) {
      row += 1;
      continue;
    }
    let end = offset + bytes;
    let toRow = row + 1;
    for (; toRow < index.rows; toRow += 1) {
      const span = index.span(toRow);
      if (span.offset + span.bytes - offset > chunkBytes) break;
      end = span.offset + span.bytes;
    }
    yield new RowPiece(index, row, toRow, offset, await lines.bytes({ offset, bytes: end - offset }));
    row = toRow;
    await nextTurn();
  }
}

/**
 * Reads lines in any order, but fast when they mostly come in the order of the file: a window of it is kept. A line that is
 * elsewhere is read alone, because the next one will be elsewhere again.
 */
export class WindowedLines {
  private start = 0;
  /** Where the line asked for last ends. */
  private last = 0;
  private window: Buffer = Buffer.alloc(0);

  constructor(
    private readonly lines: LineReader,
    private readonly windowBytes = 1 << 20,
  ) {}

  /** The line without its line break; a view that is valid until the next call. Rejects with LineTooLong. */
  async bytes(span: LineSpan): Promise<Buffer> {
    const end = span.offset + span.bytes;
    if (span.offset < this.start || end > this.start + this.window.length) {
      const goesOn = span.offset >= this.last && span.offset < this.last + this.windowBytes;
      this.window = await this.lines.bytes({
        offset: span.offset,
        bytes: goesOn ? Math.max(span.bytes, this.windowBytes) : span.bytes,
      });
      this.start = span.offset;
    }
    this.last = end;
    const from = span.offset - this.start;
    let to = from + Math.min(span.bytes, this.window.length - from);
    while (to > from && isBreak(this.window[to - 1])) to -= 1;
    return this.window.subarray(from, to);
  }
}

function isBreak(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09;
}
