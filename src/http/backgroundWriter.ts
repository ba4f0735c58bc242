import type { FileHandle } from 'node:fs/promises';

/** So much is gathered before it is written. */
const batchBytes = 1 << 20;
/** So much may wait while a batch is being written; whoever appends more waits too. */
const mostWaiting = 2 << 20;
/** So much is written before the disk is told to take it, beside everything else. */
const syncEvery = 64 << 20;

/**
 * Appends to a file while more is on its way: batches are written one after the other, so that there is never a hole, and are
 * made durable as they come, so that little is left to wait for at the end. A failure stays: nothing is written after it, and
 * every later call rejects with it, until {@link reset}.
 */
export class BackgroundWriter {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private syncing: Promise<void> | undefined;
  private unsynced = 0;
  private failure: { readonly error: unknown } | undefined;

  /** @param position where the next byte goes */
  constructor(
    private file: Pick<FileHandle, 'writev' | 'datasync' | 'sync'>,
    private position: number,
  ) {}

  /** Takes `chunk`, which must not be changed afterwards; resolves when there is room for more. */
  async append(chunk: Buffer): Promise<void> {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes < batchBytes) return;
    const written = this.pump(batchBytes);
    if (this.waitingBytes >= mostWaiting) await written;
    this.requireNoFailure();
  }

  /** Resolves when all that was appended is written. */
  async flush(): Promise<void> {
    await this.writing;
    await this.pump(1);
    this.requireNoFailure();
  }

  /** Resolves when all that was appended is on the disk. */
  async sync(): Promise<void> {
    await this.flush();
    await this.syncing;
    this.requireNoFailure();
    await this.file.sync();
  }

  /** Forgets what waits and what failed; resolves when nothing is under way any more. */
  async drop(): Promise<void> {
    this.waiting = [];
    this.waitingBytes = 0;
    await this.writing;
    await this.syncing;
    this.failure = undefined;
  }

  /** Goes on in `file` at `position`. To be called after {@link drop} only. */
  reset(file: Pick<FileHandle, 'writev' | 'datasync' | 'sync'>, position: number): void {
    this.file = file;
    this.position = position;
    this.unsynced = 0;
  }

  /** Writes as long as `least` bytes wait. Never rejects. */
  private pump(least: number): Promise<void> {
    this.writing ??= this.writeWaiting(least)
      .catch((error: unknown) => this.fail(error))
      .finally(() => (this.writing = undefined));
    return this.writing;
  }

  private async writeWaiting(least: number): Promise<void> {
    while (this.waitingBytes >= least && this.failure === undefined) {
      const buffers = this.waiting;
      const expected = this.waitingBytes;
      this.waiting = [];
      this.waitingBytes = 0;
      const { bytesWritten } = await this.file.writev(buffers, this.position);
      // A disk that fills up may take a piece without an error.
      if (bytesWritten < expected)
        await this.writeRest(Buffer.concat(buffers).subarray(bytesWritten), bytesWritten);
      this.position += expected;
      this.syncEarly(expected);
    }
  }

  private async writeRest(data: Buffer, offset: number): Promise<void> {
    for (let done = 0; done < data.length;) {
      const { bytesWritten } = await this.file.writev([data.subarray(done)], this.position + offset + done);
      done += bytesWritten;
    }
  }

  private syncEarly(bytes: number): void {
    this.unsynced += bytes;
    if (this.unsynced < syncEvery || this.syncing !== undefined) return;
    this.unsynced = 0;
    this.syncing = this.file
      .datasync()
      .catch((error: unknown) => this.fail(error))
      .finally(() => (this.syncing = undefined));
  }

  /** The system tells of a failed write only once, so that it must be kept. */
  private fail(error: unknown): void {
    this.failure ??= { error };
  }

  private requireNoFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
