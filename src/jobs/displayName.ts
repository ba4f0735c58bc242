import { randomBytes } from 'node:crypto';

/** Crockford's digits: no letters that look like others. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const tokenLength = 12;
const hashLength = 8;
/** ` [bw-<token>-<first digits of the content hash>]` at the end of a display name. */
const suffix = new RegExp(`^(.*?) ?\\[bw-([${digits}]{${tokenLength}})-([0-9a-f]{${hashLength}})\\]$`, 's');
/** What is known to be accepted; longer names of a person are cut so that the token is never lost. */
const maxNameLength = 128;

/** 60 random bits: names one submission for ever. */
export function newToken(): string {
  return Array.from(randomBytes(tokenLength), (byte) => digits.charAt(byte % digits.length)).join('');
}

/**
 * The name that a submission has at the service. The token finds the job again when the answer to its creation was lost; the
 * hash lets another machine recognise the same content.
 */
export function encodeDisplayName(name: string, token: string, sha256: string): string {
  const end = `[bw-${token}-${sha256.slice(0, hashLength)}]`;
  const room = maxNameLength - end.length - 1;
  const kept = Array.from(name).slice(0, room).join('').trimEnd();
  return kept === '' ? end : `${kept} ${end}`;
}

export interface DecodedDisplayName {
  /** For people. */
  readonly name: string;
  /** Absent on jobs that this extension did not create. */
  readonly token?: string;
  /** First digits of the SHA-256 of the request file. */
  readonly hashPrefix?: string;
}

export function decodeDisplayName(displayName: string): DecodedDisplayName {
  const match = suffix.exec(displayName);
  const [, name, token, hashPrefix] = match ?? [];
  if (name === undefined || token === undefined || hashPrefix === undefined) return { name: displayName };
  return { name, token, hashPrefix };
}
