import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { open, readdir, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as z from 'zod';
import { errorCode, renameExclusive } from '../../util/files';

/** One revision of one record on disk. */
export interface RecordFile {
  readonly id: string;
  readonly revision: number;
}

/** What a file looks like from outside. */
export interface FileLook {
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly modifiedAt: number;
}

/** `job-….12.json`: the id, then the revision. */
const fileName = /^([\w-]+)\.(\d+)\.json$/;
const temporaryExtension = '.tmp';
/** What a crash left half written is certainly not being written any more after this long. */
const abandonedAfterMs = 3_600_000;
/** Windows read the directory every few minutes at most. */
const tombstoneLifeMs = 7 * 86_400_000;
/** How long an empty file may be the placeholder of a writer on a file system without hard links (see renameExclusive). */
const placeholderLifeMs = 10_000;

/**
 * The files of the ledger: every record is one file whose name carries its revision, and replacing revision 7 means creating
 * revision 8 under a name that must be free, then removing 7. Creating is atomic (a hard link to a finished, synced file), so of
 * two windows that replace the same revision exactly one succeeds, without locks that a crash could leave behind; and a name in
 * the directory listing says whether a record changed, without reading it.
 *
 * A name may also be free because its revision has been replaced and removed since. Two rules keep a late writer from taking that
 * for success: revisions are removed in ascending order, and only when a higher one stands; and each revision names its last few
 * writers. So if the base still stands after our link, nobody was there before; if not, either our revision is the highest, or the
 * highest one says whether it descends from ours.
 */
export class RecordFiles {
  constructor(readonly directory: string) {}

  pathOf(file: RecordFile): string {
    return `${this.directory}${sep}${file.id}.${file.revision}.json`;
  }

  /** Every revision on disk, by id, ascending. Usually one each; more while somebody writes, or after a crash. */
  async list(): Promise<ReadonlyMap<string, readonly number[]>> {
    const found = new Map<string, number[]>();
    const several = new Set<number[]>();
    for (const entry of await readdir(this.directory)) {
      const match = fileName.exec(entry);
      const id = match?.[1];
      if (match === null || id === undefined) continue;
      const revisions = found.get(id);
      if (revisions === undefined) found.set(id, [Number(match[2])]);
      else {
        revisions.push(Number(match[2]));
        several.add(revisions);
      }
    }
    for (const revisions of several) revisions.sort((a, b) => a - b);
    return found;
  }

  /**
   * The text of a revision; undefined when it was replaced meanwhile. Synchronous: a small file is read in 10 µs this way and in
   * ten times that through the thread pool, and a start reads thousands.
   */
  read(file: RecordFile): string | undefined {
    try {
      return readFileSync(this.pathOf(file), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /**
   * Puts `json` on disk as the revision after `base` (after nothing: revision 1). On return it survives a power cut.
   * @param writer in the trail of `json`; names this very write.
   * @param leftovers revisions below `base` that a crash left.
   * @returns false when another window replaced `base` first; nothing is changed then.
   */
  async replace(
    id: string,
    base: number,
    json: string,
    writer: string,
    leftovers: readonly number[] = [],
  ): Promise<boolean> {
    for (const revision of leftovers) await this.remove({ id, revision });
    const target = this.pathOf({ id, revision: base + 1 });
    const temporary = join(this.directory, `${id}.${randomUUID()}${temporaryExtension}`);
    try {
      await writeSynced(temporary, json);
      await renameExclusive(temporary, target);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
    if (base > 0) {
      const isFirst =
        this.stillStands({ id, revision: base }, json) || (await this.descends(id, base + 1, writer));
      if (!isFirst) {
        await this.remove({ id, revision: base + 1 });
        return false;
      }
      await this.remove({ id, revision: base });
    }
    await syncDirectory(this.directory);
    return true;
  }

  /**
   * Whether the very revision that `json` was made from is there. Not just a file of its name: that may be another late writer's,
   * about to find out that it was late.
   */
  private stillStands(base: RecordFile, json: string): boolean {
    const text = this.read(base);
    return text !== undefined && trailOf(text).at(-1) === trailOf(json).at(-2);
  }

  /** Whether the newest revision is `revision`, which `writer` wrote, or was made from it. */
  private async descends(id: string, revision: number, writer: string): Promise<boolean> {
    for (;;) {
      const newest = Math.max(await this.newest(id), await this.newest(id));
      if (newest <= revision) return true;
      const text = this.read({ id, revision: newest });
      // Replaced meanwhile: its successor tells as well.
      if (text !== undefined) return trailOf(text).includes(writer);
    }
  }

  /** A listing that is made while a record is replaced may miss both its revisions: ask twice where that matters. */
  private async newest(id: string): Promise<number> {
    return (await this.list()).get(id)?.at(-1) ?? 0;
  }

  async remove(file: RecordFile): Promise<void> {
    try {
      await unlink(this.pathOf(file));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }

  /** Moves a file that cannot be read out of the way, into `broken/`, and says where it is now. */
  async setAside(file: RecordFile): Promise<string> {
    const target = join(
      this.directory,
      'broken',
      `${file.id}.${file.revision}.${randomUUID().slice(0, 8)}.json`,
    );
    await renameExclusive(this.pathOf(file), target);
    return target;
  }

  /** Undefined when the file was replaced meanwhile. Synchronous for the same reason. */
  look(file: RecordFile): FileLook | undefined {
    const stats = statSync(this.pathOf(file), { throwIfNoEntry: false });
    return stats && { sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
  }

  /** Whether a file has stood unchanged for so long that nobody can be in the middle of writing it. */
  isAbandoned(file: RecordFile): Promise<boolean> {
    return this.isOlder(file, placeholderLifeMs);
  }

  /** Whether a tombstone has stood for so long that no window can still hold its record. */
  isOld(file: RecordFile): Promise<boolean> {
    return this.isOlder(file, tombstoneLifeMs);
  }

  private async isOlder(file: RecordFile, ms: number): Promise<boolean> {
    return stat(this.pathOf(file)).then(
      (stats) => ageOf(stats) > ms,
      () => false,
    );
  }

  /** Removes temporary files of writers that died. */
  async removeAbandoned(): Promise<void> {
    for (const entry of await readdir(this.directory)) {
      if (!entry.endsWith(temporaryExtension)) continue;
      const path = join(this.directory, entry);
      const age = await stat(path).then(
        (stats) => ageOf(stats),
        () => 0,
      );
      if (age > abandonedAfterMs) await unlink(path).catch(() => undefined);
    }
  }
}

const trailSchema = z.object({ trail: z.array(z.string()) });

function trailOf(json: string): readonly string[] {
  try {
    return trailSchema.parse(JSON.parse(json)).trail;
  } catch {
    return [];
  }
}

/** By the system's clock, which also stamps the files; a clock that was moved makes a file look old in either direction. */
function ageOf(stats: Stats): number {
  return Math.abs(Date.now() - stats.mtimeMs);
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a new name in a directory survive a power cut. Windows cannot open directories, and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}
