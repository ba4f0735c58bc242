import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { ScanKind } from './rangeScanner';
import type { RowBatch } from './rowBatch';

/** A file as it was when it was indexed. A file with another size or time is another file. */
export interface FileStamp {
  readonly path: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Raise it when the meaning of any column changes: older caches are then read no more. */
const version = 2;
const extension = '.bwindex';

const header = z.object({
  version: z.literal(version),
  kind: z.enum(['results', 'requests']),
  path: z.string(),
  sizeBytes: z.number(),
  modifiedAt: z.number(),
});
const batchHeader = z.object({
  rows: z.number().int().nonnegative(),
  end: z.number(),
  cachedSum: z.number(),
  keyBytes: z.number().int().nonnegative(),
  /** CRC-32 of the columns and keys. */
  checksum: z.number(),
  classes: z.array(
    z.object({
      outcome: z.number(),
      flags: z.number(),
      reason: z.string(),
      kinds: z.number(),
      errorCode: z.number(),
    }),
  ),
});
/** What a cache without this at its end is: half written. */
const endMark = 'end';

/**
 * Keeps the scanned rows of large files on disk, so that opening one again reads megabytes instead of gigabytes. A cache file
 * is a sequence of batches as the scanner made them. Anything wrong with one means: there is none.
 */
export class IndexCache {
  /**
   * @param directory made when needed
   * @param maxBytes of all cache files together; the least recently used go first
   */
  constructor(
    private readonly directory: string,
    private readonly maxBytes = 1 << 30,
  ) {}

  private fileOf(path: string, kind: ScanKind): string {
    const name = createHash('sha256').update(`${kind}\n${path}`).digest('hex').slice(0, 32);
    return join(this.directory, `${name}${extension}`);
  }

  /** Hands the batches of a file over; false when there is no cache of it as it is now. */
  async read(stamp: FileStamp, kind: ScanKind, onBatch: (batch: RowBatch) => void): Promise<boolean> {
    const path = this.fileOf(stamp.path, kind);
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'r');
      const reader = new BlockReader(file);
      const found = header.parse(await reader.json());
      if (found.kind !== kind || !sameStamp(found, stamp)) return false;
      // Complete before the first batch is handed over: half a file must not be mistaken for the whole.
      if (!(await endsWithMark(file))) return false;
      for (let next = await reader.json(); next !== endMark; next = await reader.json()) {
        onBatch(await readBatch(reader, batchHeader.parse(next)));
      }
      const now = new Date();
      await utimes(path, now, now);
      return true;
    } catch {
      return false;
    } finally {
      await file?.close();
    }
  }

  /** Begins a cache file. Failures are remembered, not thrown: without a cache everything works, only slower. */
  async write(stamp: FileStamp, kind: ScanKind): Promise<CacheWriter> {
    const path = this.fileOf(stamp.path, kind);
    try {
      await mkdir(this.directory, { recursive: true });
      const partial = `${path}.${process.pid}.part`;
      const file = await open(partial, 'w');
      const writer = new CacheWriter(file, partial, path, () => this.evict());
      writer.json({ version, kind, ...stamp });
      return writer;
    } catch {
      return new CacheWriter(undefined, '', path, () => Promise.resolve());
    }
  }

  private async evict(): Promise<void> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith(extension));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.directory, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    let total = 0;
    for (const file of files) {
      total += file.size;
      if (total > this.maxBytes) await rm(file.path, { force: true });
    }
  }
}

function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.path === b.path && a.sizeBytes === b.sizeBytes && a.modifiedAt === b.modifiedAt;
}

function block(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json]);
}

async function endsWithMark(file: FileHandle): Promise<boolean> {
  const mark = block(endMark);
  const { size } = await file.stat();
  const tail = Buffer.alloc(mark.length);
  await file.read(tail, 0, tail.length, Math.max(0, size - mark.length));
  return tail.equals(mark);
}

/** Columns in the order they are written, with the bytes of one element. */
const layout = [
  ['start', 8],
  ['class', 4],
  ['preview', 4],
  ['input', 4],
  ['output', 4],
  ['thinking', 4],
  ['keyEnd', 4],
  ['keyHash', 4],
] as const satisfies readonly (readonly [keyof RowBatch, number])[];

/** The columns and keys of a batch as they are written. */
function bytesOf(batch: RowBatch): Uint8Array[] {
  const columns = layout.map(([name]) => batch[name]);
  return [...columns, batch.keys].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
}

function checksumOf(batch: RowBatch): number {
  return bytesOf(batch).reduce((sum, bytes) => crc32(bytes, sum), 0);
}

/** Writes batches as they come, in order. A failure is kept in mind and shows only in that there is no cache afterwards. */
export class CacheWriter {
  private tail: Promise<unknown> = Promise.resolve();
  private failed: boolean;

  constructor(
    private readonly file: FileHandle | undefined,
    private readonly partial: string,
    private readonly target: string,
    private readonly afterwards: () => Promise<void>,
  ) {
    this.failed = file === undefined;
  }

  json(value: unknown): void {
    this.bytes(block(value));
  }

  /** Resolves when the batch is written, or cannot be: its memory is not needed any more. */
  async batch(batch: RowBatch): Promise<void> {
    this.json({
      rows: batch.rows,
      end: batch.end,
      cachedSum: batch.cachedSum,
      keyBytes: batch.keys.length,
      checksum: checksumOf(batch),
      classes: batch.classes,
    });
    for (const column of bytesOf(batch)) this.bytes(column);
    await this.tail;
  }

  private bytes(data: Uint8Array): void {
    const { file } = this;
    if (file === undefined) return;
    this.tail = this.tail.then(async () => {
      if (this.failed) return;
      try {
        await file.writeFile(data);
      } catch {
        this.failed = true;
      }
    });
  }

  /** Puts the cache in place, or throws it away when `complete` is false or anything went wrong. */
  async finish(complete: boolean): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    if (complete) this.json(endMark);
    try {
      await this.tail;
      await file.close();
      if (complete && !this.failed) {
        await rename(this.partial, this.target);
        await this.afterwards();
        return;
      }
    } catch {
      // Nothing was promised; what is left is removed below.
    }
    await rm(this.partial, { force: true });
  }
}

/** Reads what {@link CacheWriter} wrote. Throws on anything that is not that. */
class BlockReader {
  private position = 0;

  constructor(private readonly file: FileHandle) {}

  async json(): Promise<unknown> {
    const length = Buffer.from(await this.bytes(4)).readUInt32LE();
    if (length > 1 << 20) throw new Error('Not a cache block.');
    return JSON.parse(Buffer.from(await this.bytes(length)).toString()) as unknown;
  }

  /** In a buffer of its own, so that typed arrays over it are aligned. */
  async bytes(length: number): Promise<ArrayBuffer> {
    const buffer = new ArrayBuffer(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.file.read(new Uint8Array(buffer), done, length - done, this.position);
      if (bytesRead === 0) throw new Error('The cache file ends too early.');
      done += bytesRead;
      this.position += bytesRead;
    }
    return buffer;
  }
}

async function readBatch(reader: BlockReader, head: z.infer<typeof batchHeader>): Promise<RowBatch> {
  const raw = new Map<string, ArrayBuffer>();
  for (const [name, size] of layout) raw.set(name, await reader.bytes(head.rows * size));
  const column = (name: (typeof layout)[number][0]) => raw.get(name) ?? new ArrayBuffer(0);
  const batch: RowBatch = {
    rows: head.rows,
    end: head.end,
    cachedSum: head.cachedSum,
    classes: head.classes,
    start: new Float64Array(column('start')),
    preview: new Uint32Array(column('preview')),
    class: new Uint32Array(column('class')),
    input: new Uint32Array(column('input')),
    output: new Uint32Array(column('output')),
    thinking: new Uint32Array(column('thinking')),
    keyEnd: new Uint32Array(column('keyEnd')),
    keyHash: new Uint32Array(column('keyHash')),
    keys: new Uint8Array(await reader.bytes(head.keyBytes)),
  };
  if (checksumOf(batch) !== head.checksum) throw new Error('A cached batch is damaged.');
  return batch;
}
