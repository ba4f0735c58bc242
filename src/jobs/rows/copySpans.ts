import { open, unlink, type FileHandle } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { throwIfCancelled } from '../../util/async';
import { renameExclusive } from '../../util/files';

/** A line of a file, by bytes. Its line break may be missing or included. */
export interface Span {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

const windowBytes = 1 << 20;
const LF = 0x0a;

/**
 * Writes lines of other files to `target`, one after another, each with a line break. Reads in windows, so that millions of lines
 * in about the order of their files cost thousands of reads; memory is a window per file and the longest line.
 * `target` must not exist and appears only when it is complete; rejects with EEXIST when it does, with CancelledError when `signal`
 * fires, with the file system's error otherwise.
 * @returns how many lines and bytes were written.
 */
export async function copySpans(
  spans: Iterable<Span> | AsyncIterable<Span>,
  target: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly rows: number; readonly sizeBytes: number }> {
  const part = `${target}.part`;
  const sources = new Map<string, WindowReader>();
  const output = await open(part, 'w');
  try {
    const writer = new LineWriter(output);
    for await (const span of spans) {
      throwIfCancelled(options.signal);
      let source = sources.get(span.path);
      if (source === undefined) {
        source = new WindowReader(await open(span.path, 'r'));
        sources.set(span.path, source);
      }
      // Awaiting what is there already would cost more than the copy.
      writer.add(source.held(span) ?? (await source.read(span)));
      if (writer.isFull) await writer.flush();
    }
    await writer.flush();
    await output.sync();
    await output.close();
    await renameExclusive(part, target);
    return { rows: writer.rows, sizeBytes: writer.sizeBytes };
  } catch (error) {
    await output.close().catch(() => undefined);
    await unlink(part).catch(() => undefined);
    throw error;
  } finally {
    for (const source of sources.values()) await source.close();
  }
}

/** Reads spans of a file, most of them from the window that it holds. */
class WindowReader {
  private window = Buffer.alloc(0);
  private start = 0;

  constructor(private readonly handle: FileHandle) {}

  /** The bytes of a span if they are in the window. */
  held({ offset, bytes }: Span): Buffer | undefined {
    const from = offset - this.start;
    return from >= 0 && from + bytes <= this.window.length
      ? this.window.subarray(from, from + bytes)
      : undefined;
  }

  /** Moves the window to a span. A fresh buffer each time: lines of the old one may still wait to be written. */
  async read({ path, offset, bytes }: Span): Promise<Buffer> {
    const window = Buffer.allocUnsafe(Math.max(windowBytes, bytes));
    const { bytesRead } = await this.handle.read(window, 0, window.length, offset);
    if (bytesRead < bytes) throw new Error(l10n.t('{0} is shorter than it was.', path));
    this.window = window.subarray(0, bytesRead);
    this.start = offset;
    return this.window.subarray(0, bytes);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Gathers lines and writes them in large pieces. */
class LineWriter {
  rows = 0;
  sizeBytes = 0;
  private pieces: Buffer[] = [];
  private gathered = 0;

  constructor(private readonly handle: FileHandle) {}

  get isFull(): boolean {
    return this.gathered >= windowBytes;
  }

  add(line: Buffer): void {
    this.gather(line);
    if (line.at(-1) !== LF) this.gather(lineBreak);
    this.rows += 1;
  }

  async flush(): Promise<void> {
    if (this.gathered === 0) return;
    const piece = Buffer.concat(this.pieces);
    this.pieces = [];
    this.gathered = 0;
    // Not `write`, which may write less than it was given.
    await this.handle.writeFile(piece);
  }

  private gather(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.gathered += bytes.length;
    this.sizeBytes += bytes.length;
  }
}

const lineBreak = Buffer.from('\n');
