import type { CheckContext } from './problem';

/** Everything that the service has of one key's uploads, as it said at one time. Plain data: it crosses to worker threads. */
export interface KnownFiles {
  /** Origin of the service, e.g. `https://generativelanguage.googleapis.com`; references to others are not judged. */
  readonly origin: string;
  /** All uploads. `name`: `files/…`; `expiresAt`: milliseconds since the epoch, absent when the service does not say. */
  readonly files: readonly { readonly name: string; readonly expiresAt?: number | undefined }[];
}

/** Most jobs are done by then; a file that does not live that long may be gone when its request's turn comes. */
const neededMs = 24 * 3_600_000;

/** The `files/…` of a reference to a file of the service at `origin`; undefined for anything else. */
export function fileNameIn(uri: string, origin: string): string | undefined {
  if (!uri.startsWith(`${origin}/`)) return undefined;
  return /^\/v1(?:beta|alpha)?\/(files\/[a-z0-9-]+)$/.exec(uri.slice(origin.length))?.[1];
}

/** Looks references up. @param now milliseconds since the epoch, asked at each look */
export function fileStates(
  { origin, files }: KnownFiles,
  now: () => number,
): NonNullable<CheckContext['fileState']> {
  const known = new Map(files.map((file) => [file.name, file]));
  return (uri) => {
    const name = fileNameIn(uri, origin);
    if (name === undefined) return undefined;
    const file = known.get(name);
    if (file === undefined) return 'missing';
    const left = (file.expiresAt ?? Infinity) - now();
    return left <= 0 ? 'expired' : left < neededMs ? 'expiring' : 'ok';
  };
}
