import { stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { errorCode, hashFile } from '../util/files';
import { readLineBatches } from '../util/lines';
import type { RequestFileRef } from '../shared/job';

/** The request file is not what was to be submitted any more. `message` is for a person. */
export class RequestFileError extends Error {
  override readonly name = 'RequestFileError';
}

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Describes the file at `path` as it is now. Rejects with {@link RequestFileError} when it is missing, empty or no file. */
export async function describeRequestFile(
  path: string,
  rows: number,
  options: HashOptions = {},
): Promise<RequestFileRef> {
  const before = await statRequestFile(path);
  if (before.sizeBytes === 0)
    throw new RequestFileError(l10n.t('{0} is empty. Write requests into it and save it.', path));
  const { signal, onProgress } = options;
  const sha256 = await hashFile(path, {
    ...(signal && { signal }),
    ...(onProgress && { onProgress: (bytes) => onProgress(bytes / before.sizeBytes) }),
  });
  const after = await statRequestFile(path);
  if (!isSame(before, after)) throw changed(path);
  return { path, ...before, sha256, rows };
}

/**
 * Makes sure that the file is still the one that was submitted: the same size and time, or else the same content.
 * Rejects with {@link RequestFileError} when it is not.
 */
export async function verifyRequestFile(file: RequestFileRef, signal?: AbortSignal): Promise<void> {
  const now = await statRequestFile(file.path);
  if (isSame(file, now)) return;
  if (now.sizeBytes !== file.sizeBytes) throw changed(file.path);
  if ((await hashFile(file.path, signal === undefined ? {} : { signal })) !== file.sha256)
    throw changed(file.path);
}

/** Whether size and time of the file are what they were when it was submitted; a file that is gone is not. */
export async function isUntouched(file: RequestFileRef): Promise<boolean> {
  return statRequestFile(file.path).then(
    (now) => isSame(file, now),
    () => false,
  );
}

const endpointLine = z.object({ url: z.string() });

/** The `url` of the first request line of an OpenAI file, e.g. `/v1/embeddings`; undefined when it has none. */
export async function endpointOf(path: string): Promise<string | undefined> {
  for await (const batch of readLineBatches(path)) {
    const line = batch.map(({ bytes }) => bytes.toString('utf8')).find((text) => text.trim() !== '');
    if (line === undefined) continue;
    try {
      return endpointLine.safeParse(JSON.parse(line)).data?.url;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

type FileFacts = Pick<RequestFileRef, 'sizeBytes' | 'modifiedAt'>;

async function statRequestFile(path: string): Promise<FileFacts> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new RequestFileError(l10n.t('{0} is not a file.', path));
    return { sizeBytes: stats.size, modifiedAt: Math.round(stats.mtimeMs) };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new RequestFileError(
      l10n.t('{0} does not exist any more. Put it back, then submit it again.', path),
    );
  }
}

function isSame(a: FileFacts, b: FileFacts): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedAt === b.modifiedAt;
}

function changed(path: string): RequestFileError {
  return new RequestFileError(
    l10n.t('{0} is not as it was when it was submitted. Put the old content back, or submit it anew.', path),
  );
}
