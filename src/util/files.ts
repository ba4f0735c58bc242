import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { throwIfCancelled } from './async';
import { giveBack } from './giveBack';

/** The code of a Node system error (`ENOENT`, `ENOSPC`, …), undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether anything, a broken link included, stands at `path`. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * SHA-256 of a file in lower-case hex, streamed.
 * @param onProgress called with the bytes read so far.
 */
export async function hashFile(
  path: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void } = {},
): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    throwIfCancelled(options.signal);
    hash.update(chunk);
    bytes += chunk.length;
    giveBack(chunk);
    options.onProgress?.(bytes);
  }
  return hash.digest('hex');
}

/**
 * `path` if nothing is there, else `name (2).ext`, `name (3).ext`, … A name with several dots keeps all of them as its
 * extension, so `a.results.jsonl` becomes `a (2).results.jsonl`. Somebody may take the name meanwhile: write with
 * {@link renameExclusive}.
 */
export async function freePath(path: string): Promise<string> {
  const { dir, base } = parse(path);
  const dot = base.indexOf('.', 1);
  const [stem, extension] = dot === -1 ? [base, ''] : [base.slice(0, dot), base.slice(dot)];
  for (let n = 1; ; n += 1) {
    const candidate = join(dir, n === 1 ? base : `${stem} (${n})${extension}`);
    if (!(await exists(candidate))) return candidate;
  }
}

/** Renames a file to a name that must be free; rejects with EEXIST, and keeps `from`, when it is not. Same volume only. */
export async function renameExclusive(from: string, to: string): Promise<void> {
  // rename() overwrites in silence; a hard link never does.
  try {
    await link(from, to);
  } catch (error) {
    if (!noHardLinks.has(errorCode(error) ?? '')) throw error;
    // File systems without hard links (exFAT, some network shares): take the name first, then rename over our own placeholder.
    await (await open(to, 'wx')).close();
    await rename(from, to);
    return;
  }
  await unlink(from);
}

const noHardLinks: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
  'EMLINK',
]);
