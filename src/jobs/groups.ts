import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import * as l10n from '@vscode/l10n';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import type { RequestFileRef } from '../shared/job';
import { isCancelled, throwIfCancelled } from '../util/async';
import type { Clock } from '../util/clock';
import { errorCode, exists } from '../util/files';
import type { Logger } from '../util/logger';
import type { SubmitRequest } from './api';
import type { Ledger } from './ledger/ledger';
import { requestFileSchema, webhookSchema } from './ledger/record';
import { newId } from './records';
import { describeRequestFile } from './requestFile';
import { planParts, PartError, type PartLimits, type PlannedPart } from './rows/planParts';
import type { RunOptions, Submitter } from './submitter';
import type { Windows } from './windows';

/** What is known about a split submission as a whole; written before any of its parts is. */
const manifestSchema = z.object({
  version: z.literal(1),
  id: z.string().min(1),
  /** The window that writes the intents of the parts. */
  owner: z.string(),
  /** Every part has its intent in the ledger; from now on the ledger alone says what is to be done. */
  complete: z.boolean(),
  connectionId: z.string(),
  dialect: z.enum(['gemini', 'gemini-embed', 'openai']),
  model: z.string(),
  displayName: z.string(),
  parentId: z.string().exactOptional(),
  priority: z.number().exactOptional(),
  webhook: webhookSchema.exactOptional(),
  source: requestFileSchema,
  parts: z.array(z.object({ start: z.number(), end: z.number(), rows: z.number() })),
});
type Manifest = Readonly<z.infer<typeof manifestSchema>>;

export interface GroupsOptions {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly submitter: Submitter;
  readonly windows: Windows;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A split submission whose parts all have their intents. */
export interface Group {
  readonly id: string;
  /** Records of the parts, in order. */
  readonly parts: readonly string[];
}

const manifestName = 'group.json';
/** Holds the window that writes the parts, until there is a manifest. */
const writerName = 'writer';

/**
 * Splits request files into parts that are submitted as jobs of their own. The parts lie under the ledger's directory until the
 * last of their records is deleted. A manifest makes the whole of it one intent: after a crash either nothing of the group exists
 * or all parts get their intents, so no request is left out in silence.
 */
export class Groups {
  constructor(private readonly options: GroupsOptions) {}

  /**
   * Submits the parts one after another. What the service has no room for waits in the queue, and
   * without a network all parts do. Rejects with the first failure,
   * after which the parts behind it wait to be resumed; when `signal` fires nothing of the group is left, and what was created
   * already is cancelled at the service.
   */
  async run({ parts }: Group, options: RunOptions = {}): Promise<void> {
    const { submitter } = this.options;
    for (const [at, id] of parts.entries()) {
      try {
        throwIfCancelled(options.signal);
        const { queue } = await submitter.run(id, withPart(options, at, parts.length));
        if (queue?.offline !== true) continue;
        for (const other of parts.slice(at + 1))
          await submitter.postpone(other, { reason: queue.reason, offline: true });
        return;
      } catch (error) {
        const others = [...parts.slice(0, at), ...parts.slice(at + 1)];
        for (const other of others) {
          if (isCancelled(error)) await submitter.discard(other);
          else await submitter.suspend(other, l10n.t('Part {0} failed: {1}', at + 1, messageOf(error)));
        }
        if (isCancelled(error)) await submitter.discard(id);
        throw error;
      }
    }
  }

  /**
   * Cuts the file and writes the intent of every part; submits nothing yet.
   * Rejects with PartError, RequestFileError, CancelledError or the file system's error; nothing is left then.
   */
  async begin(request: SubmitRequest, limits: PartLimits, options: RunOptions = {}): Promise<Group> {
    const { clock, windows } = this.options;
    const { signal, onProgress } = options;
    const source = await describeRequestFile(request.path, request.rows, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: (fraction) => onProgress({ step: 'hashing', fraction }) }),
    });
    const parts = await planParts(request.path, request.dialect, limits, signal && { signal });
    if (parts.length === 0) throw new PartError(l10n.t('{0} has no requests.', request.path));
    const id = newId(clock.now());
    const folder = this.folderOf(id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, writerName), windows.self);
    try {
      await this.writeParts(id, source, parts, options);
      const manifest: Manifest = {
        version: 1,
        id,
        owner: windows.self,
        complete: false,
        connectionId: request.connectionId,
        dialect: request.dialect,
        model: request.model,
        displayName: request.displayName,
        ...(request.parentId !== undefined && { parentId: request.parentId }),
        ...(request.priority !== undefined && { priority: request.priority }),
        ...(request.webhook && { webhook: { ...request.webhook, uris: [...request.webhook.uris] } }),
        source,
        parts: [...parts],
      };
      await this.writeManifest(manifest);
      return { id, parts: await this.writeIntents(manifest) };
    } catch (error) {
      if (!(await exists(join(folder, manifestName)))) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Writes the intents that a window which died had not written yet, and removes what no record needs any more.
   * @returns the records of groups that were completed, to be run.
   */
  async finishInterrupted(): Promise<readonly string[]> {
    const { ledger, windows, logger } = this.options;
    const written: string[] = [];
    // Parts are never left unread.
    const inUse = new Set([...ledger.loaded()].flatMap(({ group }) => group?.id ?? []));
    for (const id of await this.list()) {
      const manifest = await this.read(id);
      if (manifest === 'unreadable') continue;
      const owner = manifest?.owner ?? (await readText(join(this.folderOf(id), writerName)));
      if (windows.isAlive(owner)) continue;
      if (manifest === undefined) {
        logger.warn(
          `The split submission ${id} was interrupted before it was complete; its parts are removed.`,
        );
        await this.remove(id);
      } else if (!manifest.complete) {
        written.push(...(await this.writeIntents(manifest)));
      } else if (!inUse.has(id)) {
        await this.remove(id);
      }
    }
    return written;
  }

  /** The request file that was split, as it was then. */
  async sourceOf(id: string): Promise<RequestFileRef | undefined> {
    const manifest = await this.read(id);
    return manifest === undefined || manifest === 'unreadable' ? undefined : manifest.source;
  }

  /** Removes the parts of a group when no record needs them any more. */
  async tidy(id: string): Promise<void> {
    for (const { group } of this.options.ledger.loaded()) if (group?.id === id) return;
    await this.remove(id);
  }

  /** The folder of a group, where the results of its parts may be put as well. */
  folderOf(id: string): string {
    return join(this.options.directory, 'groups', id);
  }

  private async writeParts(
    id: string,
    source: RequestFileRef,
    parts: readonly PlannedPart[],
    { signal, onProgress }: RunOptions,
  ): Promise<void> {
    for (const [at, part] of parts.entries()) {
      throwIfCancelled(signal);
      await copyRange(source.path, part, this.partPath(id, source, at, parts.length));
      onProgress?.({ step: 'hashing', fraction: (at + 1) / parts.length });
    }
  }

  private async writeIntents(manifest: Manifest): Promise<string[]> {
    const { ledger, submitter } = this.options;
    const ids: string[] = [];
    const of = manifest.parts.length;
    for (const [at, { rows }] of manifest.parts.entries()) {
      const recordId = `${manifest.id}-p${at + 1}`;
      ids.push(recordId);
      // Written before a crash, by us or by the window that died.
      if (ledger.get(recordId) !== undefined) continue;
      await submitter.begin(
        {
          connectionId: manifest.connectionId,
          path: this.partPath(manifest.id, manifest.source, at, of),
          dialect: manifest.dialect,
          model: manifest.model,
          displayName: of === 1 ? manifest.displayName : `${manifest.displayName} (${at + 1}/${of})`,
          rows,
          group: { id: manifest.id, part: at + 1, of, path: manifest.source.path },
          ...(manifest.parentId !== undefined && { parentId: manifest.parentId }),
          ...(manifest.priority !== undefined && { priority: manifest.priority }),
          ...(manifest.webhook && { webhook: manifest.webhook }),
        },
        { id: recordId },
      );
    }
    await this.writeManifest({ ...manifest, complete: true });
    return ids;
  }

  private partPath(id: string, source: RequestFileRef, at: number, of: number): string {
    return join(this.folderOf(id), `${parse(source.path).name}.part-${at + 1}-of-${of}.jsonl`);
  }

  private async writeManifest(manifest: Manifest): Promise<void> {
    await writeFileAtomic(join(this.folderOf(manifest.id), manifestName), JSON.stringify(manifest));
  }

  private async read(id: string): Promise<Manifest | 'unreadable' | undefined> {
    const path = join(this.folderOf(id), manifestName);
    const text = await readText(path);
    if (text === undefined) return undefined;
    try {
      return manifestSchema.parse(JSON.parse(text));
    } catch {
      this.options.logger.warn(
        `The split submission described by ${path} cannot be read; it is left as it is.`,
      );
      return 'unreadable';
    }
  }

  private async list(): Promise<readonly string[]> {
    try {
      return await readdir(join(this.options.directory, 'groups'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  private async remove(id: string): Promise<void> {
    await rm(this.folderOf(id), { recursive: true, force: true });
  }
}

/** Progress of one part as progress of all. */
function withPart({ signal, onProgress }: RunOptions, at: number, of: number): RunOptions {
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: ({ step, fraction }) =>
        onProgress({ step, ...(fraction !== undefined && { fraction: (at + fraction) / of }) }),
    }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Copies a piece of a file and makes sure that it ends with a line break and is on disk. */
async function copyRange(path: string, { start, end }: PlannedPart, target: string): Promise<void> {
  const output = await open(target, 'w');
  try {
    let last: number | undefined;
    const pieces = createReadStream(path, {
      start,
      end: end - 1,
      highWaterMark: 1 << 20,
    }) as AsyncIterable<Buffer>;
    for await (const piece of pieces) {
      last = piece.at(-1);
      await output.writeFile(piece);
    }
    if (last !== 0x0a) await output.writeFile('\n');
    await output.sync();
  } finally {
    await output.close();
  }
}
