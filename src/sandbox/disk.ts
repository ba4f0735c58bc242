import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as z from 'zod';
import { Sequencer } from '../util/async';
import type { Logger } from '../util/logger';

/** How the folders begin that sandboxes make for themselves. */
export const ownFolderPrefix = 'batchwright-sandbox-';

/** Where the sandbox keeps what it was given: a folder of the user's, or one of its own that goes when it closes. */
export class Disk {
  private constructor(
    readonly root: string,
    /** Whether it outlives the process: then records are forced to the disk before they are answered for. */
    readonly durable: boolean,
  ) {}

  static async open(directory: string | undefined): Promise<Disk> {
    if (directory === undefined) return new Disk(await mkdtemp(path.join(tmpdir(), ownFolderPrefix)), false);
    // Prompts, answers and signing secrets lie there: they are nobody else's business.
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new Disk(path.resolve(directory), true);
  }

  /** A folder below the root, made when missing. */
  async folder(name: string): Promise<string> {
    const folder = path.join(this.root, name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Removes what a killed process left behind: everything in a folder that `keep` does not want. */
  async sweep(name: string, keep: (file: string) => boolean): Promise<void> {
    const folder = await this.folder(name);
    for (const file of await readdir(folder))
      if (!keep(file)) await rm(path.join(folder, file), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    if (!this.durable) await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

export interface StoredRecord {
  readonly id: string;
}

/**
 * Records of one kind, each a JSON file, all of them in memory. A write replaces its file in one step, so that a process
 * killed at any moment leaves the old record or the new one.
 */
export class RecordStore<T extends StoredRecord> {
  private readonly records = new Map<string, T>();
  private readonly writes = new Sequencer();

  private constructor(
    private readonly folder: string,
    private readonly durable: boolean,
  ) {}

  /** Reads what is there. A record that cannot be read is left alone and reported. */
  static async open<T extends StoredRecord>(
    disk: Disk,
    name: string,
    schema: z.ZodType<T>,
    log: Logger,
  ): Promise<RecordStore<T>> {
    const store = new RecordStore<T>(await disk.folder(name), disk.durable);
    for (const file of await readdir(store.folder)) {
      if (!file.endsWith('.json')) continue;
      try {
        const record = schema.parse(JSON.parse(await readFile(path.join(store.folder, file), 'utf8')));
        store.records.set(record.id, record);
      } catch {
        log.warn(`Ignored ${name}/${file}: it is not a record of this version.`);
      }
    }
    return store;
  }

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  all(): T[] {
    return [...this.records.values()];
  }

  /** The record is visible at once and on disk when the promise resolves. */
  put(record: T): Promise<void> {
    this.records.set(record.id, record);
    const text = JSON.stringify(record);
    return this.writes.run(async () => {
      const file = path.join(this.folder, `${record.id}.json`);
      await writeWhole(`${file}.tmp`, text, this.durable);
      await rename(`${file}.tmp`, file);
    });
  }

  /** Makes a change visible without writing it; it is lost when the process ends before the next `put`. */
  show(record: T): void {
    this.records.set(record.id, record);
  }

  delete(id: string): Promise<void> {
    this.records.delete(id);
    return this.writes.run(() => rm(path.join(this.folder, `${id}.json`), { force: true }));
  }

  /** Resolves when everything asked for so far is on disk. */
  flush(): Promise<void> {
    return this.writes.run(() => Promise.resolve());
  }
}

async function writeWhole(file: string, text: string, durable: boolean): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    if (durable) await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size of a file in bytes; 0 when there is none. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
