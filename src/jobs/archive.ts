import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { isFinalState } from '../shared/job';
import { errorCode } from '../util/files';
import type { Job } from './api';
import { jobOfRecord, jobViewVersion } from './jobView';
import type { Ledger } from './ledger/ledger';
import { parseRecord, type JobRecord } from './ledger/record';
import type { FileLook, RecordFile, RecordFiles } from './ledger/recordFiles';

/** A job at rest, and what the file of its record looked like when the job was made from it. */
interface Entry extends FileLook {
  readonly revision: number;
  readonly job: Job;
}

const header = z.object({
  archive: z.literal(1),
  view: z.literal(jobViewVersion),
  sha256: z.string(),
  /** The services' clocks minus ours, by connection. */
  offsets: z.record(z.string(), z.number()),
});
type Line = readonly [string, number, number, number, Job][];
/** Jobs a line: one line is parsed, or made, before other work gets a turn. */
const jobsAtOnce = 500;
/** A start that read this many records at rest writes the archive anew, so that the next one need not. */
const worthWriting = 200;
/** A file that was written this shortly before may be written again without its time showing it. */
const settledMs = 3_000;

/**
 * All jobs at rest in one file, so that a start reads one file instead of ten thousand. Only a cache of the ledger: an entry
 * counts while the file of its record is of the same revision, size and time, and the whole only while it is exactly what was
 * written. Records are read when somebody needs more than the job.
 */
export class Archive {
  private entries = new Map<string, Entry>();

  constructor(private readonly path: string) {}

  /** Reads what the last session wrote; nothing where that cannot be trusted. @returns the clock offsets by connection. */
  async open(): Promise<ReadonlyMap<string, number>> {
    const bytes = await readFile(this.path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    const end = bytes?.indexOf('\n') ?? -1;
    if (bytes === undefined || end === -1) return new Map();
    const body = bytes.subarray(end + 1);
    const head = header.safeParse(parseJson(bytes.toString('utf8', 0, end)));
    if (!head.success || head.data.sha256 !== createHash('sha256').update(body).digest('hex'))
      return new Map();
    for (let from = 0; from < body.length;) {
      const to = body.indexOf('\n', from);
      // Written by this version from validated records, and proven unchanged: there is nothing to validate again.
      const line = JSON.parse(body.toString('utf8', from, to)) as Line;
      for (const [id, revision, sizeBytes, modifiedAt, job] of line)
        this.entries.set(id, { revision, sizeBytes, modifiedAt, job });
      from = to + 1;
      await new Promise(setImmediate);
    }
    return new Map(Object.entries(head.data.offsets));
  }

  /** Whether the job of a record is known without reading it; `look` is asked only where it could be. */
  knows({ id, revision }: RecordFile, look: () => FileLook | undefined): boolean {
    const entry = this.entries.get(id);
    if (entry?.revision !== revision) return false;
    const now = look();
    return now?.sizeBytes === entry.sizeBytes && now.modifiedAt === entry.modifiedAt;
  }

  /** The jobs of records that the ledger has not read, because this archive knows them. */
  *jobsOf(ledger: Ledger): IterableIterator<Job> {
    for (const [id, { job }] of this.entries) if (ledger.isUnread(id)) yield job;
  }

  /**
   * Writes what is at rest now where that is worth it, then lets go of everything. `isClosing` ends it early. Each record is read
   * once more, between two looks at its file, so that what is written is what the file says.
   */
  async renew(
    ledger: Ledger,
    files: RecordFiles,
    offsets: ReadonlyMap<string, number>,
    isClosing: () => boolean,
  ): Promise<void> {
    const before = this.entries;
    this.entries = new Map();
    const candidates = [...ledger.loaded()].filter((record) => isAtRest(record, offsets));
    if (candidates.length < worthWriting) return;
    const entries = new Map([...before].filter(([id]) => ledger.isUnread(id)));
    let done = 0;
    for (const { id, revision } of candidates) {
      const entry = entryOf({ id, revision }, files, offsets);
      if (entry !== undefined) entries.set(id, entry);
      done += 1;
      if (done % jobsAtOnce === 0) await new Promise(setImmediate);
      if (isClosing()) return;
    }
    await this.write(entries, offsets);
  }

  private async write(
    entries: ReadonlyMap<string, Entry>,
    offsets: ReadonlyMap<string, number>,
  ): Promise<void> {
    const lines: string[] = [];
    const hash = createHash('sha256');
    const all = [...entries];
    for (let from = 0; from < all.length; from += jobsAtOnce) {
      const slice: Line = all
        .slice(from, from + jobsAtOnce)
        .map(([id, { revision, sizeBytes, modifiedAt, job }]) => [id, revision, sizeBytes, modifiedAt, job]);
      const line = `${JSON.stringify(slice)}\n`;
      hash.update(line);
      lines.push(line);
      await new Promise(setImmediate);
    }
    const head: z.infer<typeof header> = {
      archive: 1,
      view: jobViewVersion,
      sha256: hash.digest('hex'),
      offsets: Object.fromEntries(offsets),
    };
    const text = [`${JSON.stringify(head)}\n`, ...lines].join('');
    await writeFileAtomic(this.path, text, { fsync: false, mode: 0o600 });
  }
}

function entryOf(
  file: RecordFile,
  files: RecordFiles,
  offsets: ReadonlyMap<string, number>,
): Entry | undefined {
  const look = files.look(file);
  const text = files.read(file);
  const after = files.look(file);
  if (look === undefined || text === undefined || look.modifiedAt !== after?.modifiedAt) return undefined;
  if (Math.abs(Date.now() - look.modifiedAt) < settledMs) return undefined;
  const parsed = parseRecord(text, file.id);
  if (parsed.kind !== 'record' || !isAtRest(parsed.record, offsets)) return undefined;
  return { revision: file.revision, ...look, job: jobAtRest(parsed.record) };
}

/**
 * Whether neither the service nor we have anything left to do with a job, so that it stays as it is until somebody does something
 * with it. Parts are not: what is left of their group depends on them.
 */
function isAtRest(record: JobRecord, offsets: ReadonlyMap<string, number>): boolean {
  const { step, name, remote, origin, connectionId } = record;
  if (step !== 'submitted' || name === undefined || remote === undefined) return false;
  if (!isFinalState(remote.state) || (remote.state === 'SUCCEEDED' && remote.output === undefined))
    return false;
  if (record.gone === true || record.cancelWanted === true || record.group !== undefined) return false;
  if (record.results !== undefined && record.outcomes === undefined) return false;
  // Its warning is in the language of the day.
  if (record.results?.announcedRows !== undefined) return false;
  // Its times depend on what other jobs say about the service's clock.
  if (record.clockOffsetMs === undefined && (offsets.get(connectionId) ?? 0) !== 0) return false;
  return origin === 'elsewhere' || record.announced === true;
}

function jobAtRest(record: JobRecord): Job {
  return jobOfRecord(record, {
    seen: undefined,
    absent: false,
    ownerAlive: false,
    clockOffsetMs: record.clockOffsetMs ?? 0,
    progress: undefined,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
