import { open, rm, type FileHandle } from 'node:fs/promises';
import { renameExclusive } from '../../util/files';

/** Bytes gathered before they are written. */
const batchBytes = 1 << 20;

/**
 * A file that appears under its name only when it is complete, and never in the place of another. Until then it is called
 * `….part`; when anything goes wrong it is removed.
 */
export class OutputFile {
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;

  private constructor(private readonly file: FileHandle) {}

  /**
   * Writes a file through `fill` and puts it in place. Rejects with EEXIST when `target` or its `.part` is there, with the
   * file system's error, or with whatever `fill` rejects with.
   */
  static async write<T>(target: string, fill: (output: OutputFile) => Promise<T>): Promise<T> {
    const partial = `${target}.part`;
    const output = new OutputFile(await open(partial, 'wx'));
    try {
      const result = await fill(output);
      await output.flush();
      await output.file.close();
      await renameExclusive(partial, target);
      return result;
    } catch (error) {
      await output.file.close().catch(() => undefined);
      await rm(partial, { force: true });
      throw error;
    }
  }

  async write(...pieces: readonly (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      // Copied: pieces may be views of a buffer that is used again.
      const bytes = Buffer.from(piece as string);
      this.pending.push(bytes);
      this.pendingBytes += bytes.length;
    }
    if (this.pendingBytes >= batchBytes) await this.flush();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    await this.file.appendFile(bytes);
  }

  /** Writes over the beginning of what was written, for headers that say how much follows. */
  async overwriteStart(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.file.write(bytes, 0, bytes.length, 0);
  }
}
