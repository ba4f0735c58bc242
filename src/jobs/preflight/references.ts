import type { BatchService, RemoteFile } from '../../shared/batchService';
import { ServiceError } from '../../shared/serviceError';
import { throwIfCancelled } from '../../util/async';
import { readLineBatches } from '../../util/lines';

/** A file at the service that requests refer to. */
export interface Reference {
  /** `files/…` */
  readonly name: string;
  /** Zero-based line of the first request that refers to it. */
  readonly line: number;
  /** How many requests refer to it. */
  readonly uses: number;
}

export type ReferenceFate = 'missing' | 'failed' | 'processing' | 'shortLived';

export interface DoubtfulReference extends Reference {
  readonly fate: ReferenceFate;
  /** ISO 8601, where the service says it. */
  readonly expiresAt?: string;
}

/** Most jobs are done by then; a file that does not live that long may be gone when its request's turn comes. */
const neededMs = 24 * 3_600_000;
const callsAtOnce = 4;
/** Files beyond this many are not asked for: each is a call. */
export const maxReferences = 200;

const markers = ['"fileUri"', '"file_uri"'].map((marker) => Buffer.from(marker));
/** The address of a file of the Files API, whatever host and version stand before it. */
const reference = /"file_?[uU]ri"\s*:\s*"(?:[^"\\]|\\.)*?\/?(files\/[a-z0-9-]+)"/g;

/** The files that a request file refers to, found by streaming; lines without any cost a byte search. */
export async function findReferences(path: string, signal?: AbortSignal): Promise<readonly Reference[]> {
  const found = new Map<string, { line: number; uses: number }>();
  for await (const batch of readLineBatches(path, signal && { signal })) {
    for (const { bytes, index } of batch) {
      if (!markers.some((marker) => bytes.includes(marker))) continue;
      for (const [, name] of bytes.toString('utf8').replaceAll('\\/', '/').matchAll(reference)) {
        if (name === undefined) continue;
        const known = found.get(name);
        if (known === undefined) found.set(name, { line: index, uses: 1 });
        else known.uses += 1;
      }
    }
  }
  return [...found].map(([name, { line, uses }]) => ({ name, line, uses }));
}

/**
 * Which of the files are not there, not usable, or will not live until a batch is worked on.
 * @param now by the service's clock.
 */
export async function checkReferences(
  service: BatchService,
  references: readonly Reference[],
  now: number,
  signal?: AbortSignal,
): Promise<readonly DoubtfulReference[]> {
  const doubtful: DoubtfulReference[] = [];
  const left = references.slice(0, maxReferences);
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      throwIfCancelled(signal);
      const file = await service.getFile(next.name, signal && { signal }).catch(missing);
      const fate = fateOf(file, now);
      if (fate === undefined) continue;
      doubtful.push({ ...next, fate, ...(file?.expiresAt !== undefined && { expiresAt: file.expiresAt }) });
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, worker));
  return doubtful.sort((a, b) => a.line - b.line);
}

function missing(error: unknown): undefined {
  // A file that is gone is refused as if the key had no right to it.
  if (error instanceof ServiceError && (error.kind === 'notFound' || error.status === 403)) return undefined;
  throw error;
}

function fateOf(file: RemoteFile | undefined, now: number): ReferenceFate | undefined {
  if (file === undefined) return 'missing';
  if (file.state === 'FAILED') return 'failed';
  if (file.state === 'PROCESSING') return 'processing';
  const end = file.expiresAt === undefined ? Number.NaN : Date.parse(file.expiresAt);
  return end - now < neededMs ? 'shortLived' : undefined;
}
