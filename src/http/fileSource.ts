import { open, stat, type FileHandle } from 'node:fs/promises';
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
/** One more than a transport holds at a time; see StreamedBody. */
const pieceCount = 3;

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
 * The file from byte `start` to its end, or to `end`, as the body of a request. Memory: a few pieces, used again and again. The file's last piece is
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
      const size = Math.min(pieceBytes, end - start);
      const pieces = Array.from({ length: pieceCount }, () => Buffer.allocUnsafeSlow(size));
      for (let position = start, n = 0; position < end; n += 1) {
        const piece = pieces[n % pieceCount]?.subarray(0, end - position) ?? Buffer.alloc(0);
        await fill(piece, file, path, position);
        position += piece.length;
        if (position === stamp.sizeBytes) await requireUnchanged(path, stamp);
        yield piece;
        onBytes(position);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskError(error, doing, path);
  }
}

/** Reads a whole piece: a file system may give less than it was asked for. */
async function fill(piece: Buffer, file: FileHandle, path: string, position: number): Promise<void> {
  for (let filled = 0; filled < piece.length;) {
    const { bytesRead } = await file.read(piece, filled, piece.length - filled, position + filled);
    if (bytesRead === 0) throw fileChanged(path);
    filled += bytesRead;
  }
}
