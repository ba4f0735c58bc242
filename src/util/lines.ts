import { createReadStream } from 'node:fs';
import { throwIfCancelled } from './async';

/** One line of a byte stream. */
export interface ByteLine {
  /** Zero-based number of the line. */
  readonly index: number;
  /** Where its first byte is, in bytes from the beginning of the stream. */
  readonly offset: number;
  /** Without the line break (LF or CR LF). A view into a buffer that is not reused: keep it as long as needed. */
  readonly bytes: Buffer;
}

export interface LineOptions {
  readonly signal?: AbortSignal;
  /** First byte to read; must be the beginning of a line. Offsets still count from the beginning of the file. */
  readonly start?: number;
  /** How many bytes are read at a time. */
  readonly chunkBytes?: number;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * The lines of a file, in batches of one read each, so that millions of lines cost thousands of awaits. Memory: one chunk and
 * the longest line. A last line without a line break counts; an empty rest after the last line break does not.
 *
 * Rejects with the file system's error, or with CancelledError when `signal` fires.
 */
export async function* readLineBatches(
  path: string,
  options: LineOptions = {},
): AsyncGenerator<ByteLine[], void, void> {
  const start = options.start ?? 0;
  const stream = createReadStream(path, { start, highWaterMark: options.chunkBytes ?? 1 << 20 });
  yield* splitLines(stream as AsyncIterable<Buffer>, { ...options, start });
}

/** The lines of any byte stream; see {@link readLineBatches}. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  options: LineOptions = {},
): AsyncGenerator<ByteLine[], void, void> {
  let index = 0;
  let offset = options.start ?? 0;
  // The pieces of a line that is longer than a chunk; joined once, when its end is found.
  let pieces: Buffer[] = [];
  for await (const chunk of chunks) {
    throwIfCancelled(options.signal);
    const batch: ByteLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      const tail = chunk.subarray(from, end);
      const line = pieces.length === 0 ? tail : Buffer.concat([...pieces, tail]);
      pieces = [];
      batch.push({ index, offset, bytes: withoutCarriageReturn(line) });
      index += 1;
      offset += line.length + 1;
      from = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    if (batch.length > 0) yield batch;
  }
  throwIfCancelled(options.signal);
  if (pieces.length > 0) yield [{ index, offset, bytes: withoutCarriageReturn(Buffer.concat(pieces)) }];
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}
