import { stat } from 'node:fs/promises';
import { throwIfCancelled } from '../util/async';
import type { FileStamp, IndexCache } from './indexCache';
import type { LineIndex } from './lineIndex';
import type { ScanKind } from './rangeScanner';
import { release } from './rowBatch';
import { scanFile, type Scanner } from './scanner';

/** Smaller files are read again as fast as their cache would be. */
const worthCaching = 32 << 20;

export interface IndexOptions {
  readonly scanner: Scanner;
  readonly cache?: IndexCache;
  readonly signal?: AbortSignal;
  /** Called after every batch, `done` bytes of the file being in the index. */
  readonly onProgress?: (done: number) => void;
}

export async function stampOf(path: string): Promise<FileStamp> {
  const { size, mtimeMs } = await stat(path);
  return { path, sizeBytes: size, modifiedAt: mtimeMs };
}

/**
 * Fills an index from a file as it is now, or from the cache of it.
 * @param create makes an empty index; called again when a cache turns out to be damaged half way
 * @param onIndex told which index is being filled, before it has rows
 */
export async function fillIndex<T extends LineIndex>(
  stamp: FileStamp,
  kind: ScanKind,
  create: () => T,
  onIndex: (index: T) => void,
  options: IndexOptions,
): Promise<T> {
  const { scanner, signal, onProgress } = options;
  const cache = stamp.sizeBytes >= worthCaching ? options.cache : undefined;
  if (cache !== undefined) {
    const index = create();
    onIndex(index);
    const complete = await cache.read(stamp, kind, (batch) => {
      index.append(batch);
      onProgress?.(batch.end);
    });
    throwIfCancelled(signal);
    if (complete) return index;
  }
  const index = create();
  onIndex(index);
  const writer = await cache?.write(stamp, kind);
  let complete = false;
  try {
    await scanFile(
      scanner,
      { path: stamp.path, kind, sizeBytes: stamp.sizeBytes },
      async (batch) => {
        if (batch.rows > 0 && index.rows === 0)
          index.keys.reserve(expectedRows(stamp.sizeBytes, batch.end, batch.rows));
        index.append(batch);
        onProgress?.(batch.end);
        await writer?.batch(batch);
        release(batch);
      },
      signal,
    );
    // Somebody may have written to the file meanwhile: the next opening must look again.
    const after = await stampOf(stamp.path);
    complete = after.sizeBytes === stamp.sizeBytes && after.modifiedAt === stamp.modifiedAt;
  } finally {
    await writer?.finish(complete);
  }
  return index;
}

/** Rows that the whole file will about have, going by its first batch, and a fifth more. */
function expectedRows(sizeBytes: number, end: number, rows: number): number {
  return Math.ceil((sizeBytes / Math.max(1, end)) * rows * 1.2) + 16;
}
