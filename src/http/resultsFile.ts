import { constants, createReadStream } from 'node:fs';
import { open, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import { ServiceError } from '../shared/serviceError';
import { errorCode, exists, renameExclusive } from '../util/files';
import { giveBack } from '../util/giveBack';
import { BackgroundWriter, type AppendTarget } from './backgroundWriter';
import { couldNot } from './couldNot';
import { diskError } from './localErrors';
import { RowCounter } from './rowCounter';

/** The part of a FileHandle that results are written through. */
export type WritableFile = AppendTarget & Pick<FileHandle, 'truncate' | 'close' | 'stat' | 'read'>;

/** Opens a file for reading and writing, creating it if need be, without emptying it. */
export type OpenFile = (path: string) => Promise<WritableFile>;

const doing = 'save the results';
const chunkBytes = 1 << 20;

/** Never through a link that somebody may have put there. Windows has no such flag. */
const existingOnly = constants.O_RDWR | ((constants.O_NOFOLLOW as number | undefined) ?? 0);

const openInPlace: OpenFile = async (path) => {
  try {
    return await open(path, existingOnly);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return open(path, 'wx+');
  }
};

/**
 * Results on their way to `target`: written to `target.part`, counted, and put in place when they are whole. A part that an
 * earlier attempt or an earlier run left behind is gone on with. Disk failures are ServiceErrors of kind `local`; the part is
 * kept then.
 */
export class ResultsFile {
  readonly partPath: string;
  private readonly writer: BackgroundWriter;
  private counter = new RowCounter();
  /** How far the counter was when the section began. */
  private sectionStart = new RowCounter();

  private constructor(
    private readonly target: string,
    private file: WritableFile,
    private readonly openFile: OpenFile,
  ) {
    this.partPath = `${target}.part`;
    this.writer = new BackgroundWriter(file, 0);
  }

  /** Rejects with ServiceError `local`, reason `EEXIST`, when something is at `target`. */
  static async open(target: string, openFile: OpenFile = openInPlace): Promise<ResultsFile> {
    try {
      if (await exists(target)) throw alreadyThere(target);
      const results = new ResultsFile(target, await openFile(`${target}.part`), openFile);
      await results.countExisting();
      return results;
    } catch (error) {
      throw diskError(error, doing, target);
    }
  }

  /** Bytes of the section so far, those not on disk yet included. */
  get bytes(): number {
    return this.counter.bytes - this.sectionStart.bytes;
  }

  /** Bytes of all sections. */
  get totalBytes(): number {
    return this.counter.bytes;
  }

  /** Lines of all sections with something on them. */
  get rows(): number {
    return this.counter.rows;
  }

  /** Takes a copy of the chunk, to be written by and by. Resolves when there is room for more. */
  write(chunk: Buffer): Promise<void> {
    this.counter.add(chunk);
    return this.guarded(() => this.writer.append(chunk));
  }

  /** What was written so far stays; what follows is written, resumed and begun anew on its own, from a line of its own. */
  async beginSection(): Promise<void> {
    if (this.counter.lineStart < this.counter.bytes) await this.write(Buffer.from('\n'));
    await this.flush();
    this.sectionStart = this.counter.clone();
  }

  /** Forgets what was written of the section. */
  async restart(): Promise<void> {
    await this.writer.drop();
    this.counter = this.sectionStart.clone();
    await this.guarded(async () => {
      if (this.counter.bytes > 0) await this.file.truncate(this.counter.bytes);
      else {
        // A file of its own instead of an emptied one: another window may be writing to that.
        await this.file.close();
        await unlink(this.partPath);
        this.file = await this.openFile(this.partPath);
      }
      this.writer.reset(this.file, this.counter.bytes);
    });
  }

  /** The last bytes of the section, at most `length`. */
  async tail(length: number): Promise<Buffer> {
    await this.flush();
    const size = Math.min(length, this.bytes);
    const buffer = Buffer.alloc(size);
    await this.guarded(() => this.file.read(buffer, 0, size, this.counter.bytes - size));
    return buffer;
  }

  /** Whether the last line is whole: ended by a line break, or JSON that does not break off. */
  async endsWhole(): Promise<boolean> {
    const open = this.counter.bytes - this.counter.lineStart;
    if (open === 0) return true;
    try {
      JSON.parse((await this.tail(open)).toString('utf8'));
      return true;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }

  /** Writes what waits, makes it durable and gives the file its name. */
  async finish(): Promise<void> {
    await this.guarded(async () => {
      await this.writer.sync();
      const { ino } = await this.file.stat({ bigint: true });
      await this.file.close();
      if ((await inodeAt(this.partPath)) === ino) return renameExclusive(this.partPath, this.target);
      // Another window fetches the same: into this very file, and it was done first, or into one of its own.
      if ((await inodeAt(this.target)) !== ino) throw takenOver(this.target);
    });
  }

  /**
   * Lets go of the file and leaves the part, where there is anything in it, for the next attempt. Never rejects: it follows a
   * failure that matters more.
   */
  async abandon(): Promise<void> {
    await this.flush().catch(() => undefined);
    await this.writer.drop();
    const empty = await this.file.stat().then(
      ({ size }) => size === 0,
      () => false,
    );
    await this.file.close().catch(() => undefined);
    if (empty) await unlink(this.partPath).catch(() => undefined);
  }

  private flush(): Promise<void> {
    return this.guarded(() => this.writer.flush());
  }

  /** Takes over what is there, up to where a crash of the machine left a hole. */
  private async countExisting(): Promise<void> {
    const { size } = await this.file.stat();
    if (size === 0) return;
    const stream = createReadStream(this.partPath, { highWaterMark: chunkBytes, end: size - 1 });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      // JSON Lines hold no zero byte; blocks that never got to the disk are full of them.
      const hole = chunk.indexOf(0);
      this.counter.add(hole === -1 ? chunk : chunk.subarray(0, hole));
      giveBack(chunk);
      if (hole !== -1) break;
    }
    if (this.counter.bytes < size) await this.file.truncate(this.counter.bytes);
    this.writer.reset(this.file, this.counter.bytes);
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw diskError(error, doing, this.target);
    }
  }
}

/** Undefined where nothing is. */
async function inodeAt(path: string): Promise<bigint | undefined> {
  try {
    return (await stat(path, { bigint: true })).ino;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function takenOver(target: string): ServiceError {
  const why = l10n.t('another window is fetching {0}.', basename(target));
  return new ServiceError(couldNot(doing, why), {
    kind: 'local',
    reason: 'TAKEN_OVER',
    ambiguous: false,
    advice: l10n.t('Wait until it is done there.'),
  });
}

function alreadyThere(target: string): ServiceError {
  return new ServiceError(couldNot(doing, l10n.t('{0} is already there.', basename(target))), {
    kind: 'local',
    reason: 'EEXIST',
    ambiguous: false,
    advice: l10n.t('Move it away, or choose another folder for results.'),
  });
}
