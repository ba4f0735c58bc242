import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { errorCode } from '../../util/files';
import { recordVersion, type JobRecord } from './record';

/** A record as it was read, and what its file looked like then. */
export interface SnapshotEntry {
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  readonly record: JobRecord;
}

const header = z.object({ snapshot: z.literal(1), version: z.literal(recordVersion), sha256: z.string() });
/** Records a line: one line is parsed, or made, before other work gets a turn. */
const recordsAtOnce = 500;

/**
 * All records in one file, so that a start reads one file instead of ten thousand. Only a cache: an entry counts while the file
 * of its record looks the same, and the whole only while it is exactly what was written.
 */
export class Snapshot {
  constructor(private readonly path: string) {}

  /** By id; empty when there is none, or none that can be trusted. */
  async read(): Promise<ReadonlyMap<string, SnapshotEntry>> {
    const entries = new Map<string, SnapshotEntry>();
    const bytes = await readFile(this.path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    const end = bytes?.indexOf('\n') ?? -1;
    if (bytes === undefined || end === -1) return entries;
    const body = bytes.subarray(end + 1);
    const head = header.safeParse(parse(bytes.toString('utf8', 0, end)));
    if (!head.success || head.data.sha256 !== createHash('sha256').update(body).digest('hex')) return entries;
    for (let from = 0; from < body.length;) {
      const to = body.indexOf('\n', from);
      // Written by this version from validated records, and proven unchanged: there is nothing to validate again.
      const line = JSON.parse(body.toString('utf8', from, to)) as [number, number, JobRecord][];
      for (const [sizeBytes, modifiedAt, record] of line)
        entries.set(record.id, { sizeBytes, modifiedAt, record });
      from = to + 1;
      await new Promise(setImmediate);
    }
    return entries;
  }

  async write(entries: readonly SnapshotEntry[]): Promise<void> {
    const lines: string[] = [];
    const hash = createHash('sha256');
    for (let from = 0; from < entries.length; from += recordsAtOnce) {
      const slice = entries.slice(from, from + recordsAtOnce);
      const line = `${JSON.stringify(slice.map(({ sizeBytes, modifiedAt, record }) => [sizeBytes, modifiedAt, record]))}\n`;
      hash.update(line);
      lines.push(line);
      await new Promise(setImmediate);
    }
    const head = JSON.stringify({ snapshot: 1, version: recordVersion, sha256: hash.digest('hex') });
    await writeFileAtomic(this.path, [`${head}\n`, ...lines].join(''), { fsync: false, mode: 0o600 });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
