import type { RemoteFile } from '../shared/batchService';
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
    ...(file.displayName === undefined ? {} : { displayName: file.displayName }),
    ...(file.mimeType === undefined ? {} : { mimeType: file.mimeType }),
    ...(file.createTime === undefined ? {} : { createdAt: file.createTime }),
    ...(file.expirationTime === undefined ? {} : { expiresAt: file.expirationTime }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(file.uri === undefined ? {} : { uri: file.uri }),
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
