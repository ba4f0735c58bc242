import { open, stat } from 'node:fs/promises';
import { diskError, fileChanged } from './localErrors';
import type { StreamedBody } from './transport';

/** By what a changed file is recognised. */
export interface FileStamp {
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

const doing = 'upload the request file';
const pieceBytes = 512 * 1024;

/** Rejects with ServiceError `local` when there is no such file. */
export async function stampOf(path: string): Promise<FileStamp> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw Object.assign(new Error('This is a folder.'), { code: 'EISDIR' });
    return { sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
  } catch (error) {
    throw diskError(error, doing, path);
  }
}

/** Rejects with ServiceError `local`, reason `FILE_CHANGED`, when the file is not what it was. */
export async function requireUnchanged(path: string, stamp: FileStamp): Promise<void> {
  const now = await stampOf(path);
  if (now.sizeBytes !== stamp.sizeBytes || now.modifiedAt !== stamp.modifiedAt) throw fileChanged(path);
}

/**
 * The file from byte `start` to its end, or to `end`, as the body of a request. Memory: a few pieces. The file's last piece is
 * withheld until it proved unchanged, so that a service never gets the whole of something that changed on the way.
 * @param onBytes called with the position in the file as pieces are taken.
 */
export function fileBody(
  path: string,
  stamp: FileStamp,
  start: number,
  onBytes: (position: number) => void,
  end = stamp.sizeBytes,
): StreamedBody {
  return { chunks: readPieces(path, stamp, { start, end }, onBytes), length: end - start };
}

async function* readPieces(
  path: string,
  stamp: FileStamp,
  { start, end }: { readonly start: number; readonly end: number },
  onBytes: (position: number) => void,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    const file = await open(path, 'r');
    try {
      let position = start;
      while (position < end) {
        const wanted = Math.min(pieceBytes, end - position);
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
        if (bytesRead === 0) throw fileChanged(path);
        position += bytesRead;
        if (position === stamp.sizeBytes) await requireUnchanged(path, stamp);
        yield buffer.subarray(0, bytesRead);
        onBytes(position);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskError(error, doing, path);
  }
}
