import { open, type FileHandle } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { LineSpan } from './lineIndex';

/** A line that nobody reads as a whole, because it is longer than any text VS Code or JSON.parse could take. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  constructor(readonly bytes: number) {
    super(l10n.t('The line has {0} bytes, too many to be shown as a whole.', bytes));
  }
}

/** Longer lines are not read as a whole. */
export const longestLine = 256 << 20;

/** Reads single lines of a file that stays open. The file it was opened on is read also after another took its name. */
export class LineReader {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<LineReader> {
    return new LineReader(path, await open(path, 'r'));
  }

  /** At most `limit` bytes of the line from `skip` on. */
  async bytes(span: LineSpan, skip = 0, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
    const length = Math.max(0, Math.min(span.bytes - skip, limit));
    if (length > longestLine) throw new LineTooLong(span.bytes);
    const buffer = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.file.read(buffer, done, length - done, span.offset + skip + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  }

  /** The whole line without its line break. */
  async text(span: LineSpan): Promise<string> {
    return (await this.bytes(span)).toString('utf8').trimEnd();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
