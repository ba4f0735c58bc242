import type { RemoteFile } from '../shared/batchService';
import { defined } from '../util/defined';
import type { WireFile } from './wire';

/** Largest request file. */
export const maxFileBytes = 2 * 1024 ** 3;
/** All files of a project together. */
export const maxStorageBytes = 20 * 1024 ** 3;

/** A file as the service described it, in our words. */
export function toRemoteFile(file: WireFile): RemoteFile {
  const sha256 = sha256Hex(file.sha256Hash);
  return {
    name: file.name,
    sizeBytes: file.sizeBytes,
    state: file.state ?? 'ACTIVE',
    ...defined({
      displayName: file.displayName,
      mimeType: file.mimeType,
      createdAt: file.createTime,
      expiresAt: file.expirationTime,
      sha256,
      uri: file.uri,
    }),
  };
}

/**
 * SHA-256 in lower-case hex. The reference promises base64 of the bytes, the service sends base64 of the hex digits, and other
 * services plain hex.
 */
function sha256Hex(hash: string | undefined): string | undefined {
  if (hash === undefined) return undefined;
  const hex = /^[0-9a-f]{64}$/i;
  if (hex.test(hash)) return hash.toLowerCase();
  const bytes = Buffer.from(hash, 'base64');
  if (bytes.length === 32) return bytes.toString('hex');
  const digits = bytes.toString('latin1');
  return hex.test(digits) ? digits.toLowerCase() : undefined;
}
