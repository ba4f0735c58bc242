import type { FileHandle } from 'node:fs/promises';

/** The part of a FileHandle that is written through. */
export interface AppendTarget extends Pick<FileHandle, 'datasync' | 'sync'> {
  write(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
}

/**
 * So much is gathered before it is written; there are two such buffers, one being filled while the other is written. Deliberately
 * no multiple of a page: Linux answers an aligned write with one large piece of memory, which a virtual machine may have to ask
 * its host for, and a gigabyte took 3.9 s in writes of 256 KiB where it took 2.2 s in these. Where others want the processor too,
 * writes of a megabyte take longer, and writes of 64 KB wake threads more often than the disk needs.
 */
export const batchBytes = 200_000;
/** So much is written before the disk is told to take it, beside everything else. */
const syncEvery = 64 << 20;

/**
 * Appends to a file while more is on its way: batches are written one after the other, so that there is never a hole, and are
 * made durable as they come, so that little is left to wait for at the end. A failure stays: nothing is written after it, and
 * every later call rejects with it, until {@link reset}. Calls must not overlap.
 */
export class BackgroundWriter {
  private filling = Buffer.allocUnsafeSlow(batchBytes);
  private spare = Buffer.allocUnsafeSlow(batchBytes);
  private filled = 0;
  private writing: Promise<void> | undefined;
  private syncing: Promise<void> | undefined;
  private unsynced = 0;
  private failure: { readonly error: unknown } | undefined;

  /** @param position where the next byte goes */
  constructor(
    private file: AppendTarget,
    private position: number,
  ) {}

  /** Takes a copy of `chunk`; resolves when there is room for more. */
  async append(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      this.requireNoFailure();
      const copied = chunk.copy(this.filling, this.filled, at);
      at += copied;
      this.filled += copied;
      if (this.filled === batchBytes) await this.handOver();
    }
  }

  /** Resolves when all that was appended is written. */
  async flush(): Promise<void> {
    await this.handOver();
    await this.writing;
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
    this.filled = 0;
    await this.writing;
    await this.syncing;
    this.failure = undefined;
  }

  /** Goes on in `file` at `position`. To be called after {@link drop} only. */
  reset(file: AppendTarget, position: number): void {
    this.file = file;
    this.position = position;
    this.unsynced = 0;
  }

  /** Begins to write what was filled in, as soon as what is being written is. */
  private async handOver(): Promise<void> {
    await this.writing;
    this.requireNoFailure();
    const batch = this.filling.subarray(0, this.filled);
    [this.filling, this.spare] = [this.spare, this.filling];
    this.filled = 0;
    this.writing = this.write(batch).catch((error: unknown) => this.fail(error));
  }

  private async write(batch: Buffer): Promise<void> {
    // A disk that fills up may take a piece without an error.
    for (let done = 0; done < batch.length;) {
      const { bytesWritten } = await this.file.write(batch, done, batch.length - done, this.position);
      done += bytesWritten;
      this.position += bytesWritten;
    }
    this.syncEarly(batch.length);
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
