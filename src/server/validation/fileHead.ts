import type { FileHandle } from 'node:fs/promises';
import { detectKind, detectLayout, type FileLayout } from '../../dialects';
import type { FileKind } from '../../shared/dialect';

/** What the first bytes of a file tell. */
export interface FileHead {
  readonly kind: FileKind;
  readonly layout: FileLayout;
  /** Its name for a person, when it is not UTF-8. */
  readonly encoding?: string;
  readonly firstLine: string;
}

const headBytes = 256 * 1024;

/** Reads the beginning of a file and says what it is. */
export async function readHead(handle: FileHandle): Promise<FileHead> {
  const buffer = Buffer.alloc(headBytes);
  const { bytesRead } = await handle.read(buffer, 0, headBytes, 0);
  const bytes = buffer.subarray(0, bytesRead);
  const encoding = foreignEncoding(bytes);
  const text = decode(bytes, encoding);
  const lines = text.split('\n');
  return {
    kind: detectKind(lines),
    layout: encoding === undefined ? detectLayout(text.slice(0, 1 << 16)) : 'lines',
    ...(encoding !== undefined && { encoding }),
    firstLine: lines[0] ?? '',
  };
}

/** UTF-16 by its byte order mark, or by the NUL that every second byte of plain text is. */
function foreignEncoding(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little endian)';
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big endian)';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'UTF-16 (big endian)';
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'UTF-16 (little endian)';
  return undefined;
}

function decode(bytes: Buffer, encoding: string | undefined): string {
  if (encoding === undefined) return bytes.toString('utf8').replace(/^\ufeff/, '');
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  if (encoding.includes('big')) even.swap16();
  return even.toString('utf16le').replace(/^\ufeff/, '');
}
