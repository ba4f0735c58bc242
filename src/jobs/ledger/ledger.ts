import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Sequencer } from '../../util/async';
import { Emitter } from '../../util/event';
import type { Logger } from '../../util/logger';
import type { BrokenRecord } from '../api';
import { parseRecord, recordVersion, type JobRecord, type ParsedRecord, type Tombstone } from './record';
import { RecordFiles, type FileLook, type RecordFile } from './recordFiles';

/** A record without what the ledger itself fills in. */
export type NewRecord = Omit<JobRecord, 'version' | 'revision' | 'trail'>;

/** The latest revision of a record that this window has seen. */
interface Known {
  readonly revision: number;
  /** Absent for a removed record whose tombstone still stands, and while it is `unread`. */
  readonly record: JobRecord | undefined;
  /** Somebody knows what is in it: it is read when it is asked for. */
  readonly unread?: true;
  readonly trail: readonly string[];
  /** Revisions below the latest that a crash left behind. */
  readonly leftovers: readonly number[];
}

const unknown: Known = { revision: 0, record: undefined, trail: [], leftovers: [] };
/** How many writers a record names. More windows than this do not write one record within a few milliseconds. */
const trailLength = 8;

/** How many files are read before other work gets a turn. */
const readsAtOnce = 256;
/** How often a record may be replaced by others while we try to. More means that its file cannot be read or replaced at all. */
const maxAttempts = 100;

/** Knows what records say without reading them. `look` costs a little and is asked only where it decides. */
export interface Shelf {
  knows(file: RecordFile, look: () => FileLook | undefined): boolean;
}

const emptyShelf: Shelf = { knows: () => false };

/**
 * The local record of jobs and submissions: one JSON file each in `directory`, shared by all windows of the machine. Reading
 * is from memory; {@link reload} brings in what other windows wrote. Every change is durable when its promise resolves, and no
 * window overwrites what another wrote: a change is a function of the newest record, applied again when somebody was faster.
 */
export class Ledger {
  readonly files: RecordFiles;
  private readonly known = new Map<string, Known>();
  private readonly sequencers = new Map<string, Sequencer>();
  private readonly reloading = new Sequencer();
  private readonly reported = new Set<string>();
  private readonly broken: BrokenRecord[] = [];
  /** While the ledger is opened. */
  private shelf = emptyShelf;
  private housekeeping: Promise<void> = Promise.resolve();
  private readonly changed = new Emitter<readonly string[]>();

  /** Ids of records that were added, replaced or removed, here or by another window. */
  readonly onDidChange = this.changed.event;

  constructor(
    directory: string,
    private readonly logger: Logger,
  ) {
    this.files = new RecordFiles(directory);
  }

  /** What could not be read so far. */
  get brokenRecords(): readonly BrokenRecord[] {
    return this.broken;
  }

  /** Creates the directory and reads every record but those that `shelf` knows. */
  async open(shelf: Shelf = emptyShelf): Promise<void> {
    await mkdir(join(this.files.directory, 'broken'), { recursive: true });
    this.shelf = shelf;
    await this.reload();
    this.shelf = emptyShelf;
    this.housekeeping = this.keepHouse().catch((error: unknown) => {
      this.logger.warn(`The ledger could not be tidied: ${String(error)}`);
    });
  }

  /** Resolves when what an opening leaves to do in the background is done. */
  async tidied(): Promise<void> {
    await this.housekeeping;
  }

  get(id: string): JobRecord | undefined {
    return this.inMemory(id)?.record;
  }

  /** Every record. Reads those that were not read so far; see {@link loaded}. */
  *all(): IterableIterator<JobRecord> {
    for (const id of [...this.known.keys()]) {
      const record = this.get(id);
      if (record !== undefined) yield record;
    }
  }

  /** The records that were read so far. */
  *loaded(): IterableIterator<JobRecord> {
    for (const { record } of this.known.values()) if (record !== undefined) yield record;
  }

  /** Whether there is a record that was not read, because the shelf knew it when the ledger was opened. */
  isUnread(id: string): boolean {
    return this.known.get(id)?.unread === true;
  }

  /** Reads what other windows added, replaced or removed since the last time. */
  reload(): Promise<void> {
    return this.reloading.run(async () => {
      const touched = new Set<string>();
      // A record that was replaced between listing and reading is looked up again.
      while (await this.readChanges(touched));
      if (touched.size > 0) this.changed.fire([...touched]);
    });
  }

  /** Adds a record. Rejects when there is one with its id; one that was removed may come back. */
  async insert(fields: NewRecord): Promise<JobRecord> {
    const known = this.inMemory(fields.id) ?? unknown;
    const record = known.record === undefined ? await this.write(fields.id, known, fields) : undefined;
    if (record === undefined) throw new Error(`The ledger already has a record ${fields.id}.`);
    return record;
  }

  /**
   * Replaces a record by what `change` makes of its newest revision; `change` may run several times. It returns undefined, or
   * the same object, to leave the record alone.
   * @returns the record as it is now; undefined when it was left alone by undefined, or does not exist.
   */
  update(id: string, change: (record: JobRecord) => JobRecord | undefined): Promise<JobRecord | undefined> {
    return this.sequencer(id).run(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const known = await this.latest(id);
        if (known?.record === undefined) return undefined;
        const next = change(known.record);
        if (next === undefined || next === known.record) return next;
        const record = await this.write(id, known, next);
        if (record !== undefined) return record;
        await this.afterConflict(id, attempt);
      }
    });
  }

  /** Removes a record. Not an error when it is gone already. */
  remove(id: string): Promise<void> {
    return this.sequencer(id).run(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const known = await this.latest(id);
        if (known?.record === undefined) return;
        if (await this.write(id, known, undefined)) return;
        await this.afterConflict(id, attempt);
      }
    });
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** What is known of a record, which is read if it was not before; undefined when its file is not what it was. */
  private inMemory(id: string): Known | undefined {
    const known = this.known.get(id);
    if (known?.unread !== true) return known;
    const text = this.files.read({ id, revision: known.revision });
    const parsed = text === undefined ? undefined : parseRecord(text, id);
    if (parsed?.kind !== 'record') {
      // Replaced by another window, or broken: a comparison with the disk finds out.
      this.known.set(id, unknown);
      this.reload().catch((error: unknown) =>
        this.logger.warn(`The ledger could not be read: ${String(error)}`),
      );
      return undefined;
    }
    const { revision, leftovers } = known;
    const read: Known = { revision, record: parsed.record, trail: parsed.record.trail ?? [], leftovers };
    this.known.set(id, read);
    return read;
  }

  /** The same, for whoever can wait for the disk. */
  private async latest(id: string): Promise<Known | undefined> {
    const was = this.known.get(id);
    const known = this.inMemory(id);
    if (known !== undefined || was === undefined) return known;
    await this.reload();
    return this.inMemory(id);
  }

  /**
   * Writes the revision after `known`: a record, or a tombstone for undefined.
   * @returns what was written; undefined when another window was faster.
   */
  private async write(id: string, known: Known, fields: NewRecord): Promise<JobRecord | undefined>;
  private async write(id: string, known: Known, fields: undefined): Promise<Tombstone | undefined>;
  private async write(
    id: string,
    known: Known,
    fields: NewRecord | undefined,
  ): Promise<JobRecord | Tombstone | undefined> {
    const writer = randomBytes(6).toString('base64url');
    const trail = [...known.trail, writer].slice(-trailLength);
    const common = { id, version: recordVersion, revision: known.revision + 1, trail } as const;
    const record = fields && { ...fields, ...common };
    const written: JobRecord | Tombstone = record ?? { ...common, deleted: true };
    const json = JSON.stringify(written);
    if (!(await this.files.replace(id, known.revision, json, writer, known.leftovers))) return undefined;
    this.remember(id, { revision: common.revision, record, trail, leftovers: [] });
    return written;
  }

  private remember(id: string, known: Known): void {
    // A reload may have seen our revision, and even later ones of other windows, before we got here.
    if ((this.known.get(id)?.revision ?? 0) < known.revision) this.known.set(id, known);
    this.changed.fire([id]);
  }

  /** Somebody else replaced the record first: read theirs. */
  private async afterConflict(id: string, attempt: number): Promise<void> {
    if (attempt >= maxAttempts) throw new Error(`The ledger cannot replace the record ${id}.`);
    await this.reload();
  }

  /** One comparison of disk and memory; returns whether something changed while it was read. */
  private async readChanges(touched: Set<string>): Promise<boolean> {
    const onDisk = await this.files.list();
    let again = false;
    let reads = 0;
    for (const [id, revisions] of onDisk) {
      if ((this.known.get(id)?.revision ?? 0) >= (revisions.at(-1) ?? 0)) continue;
      if (this.isShelved(id, revisions)) continue;
      const read = await this.readLatest(id, revisions);
      if (read === 'replaced') again = true;
      // One that was read before and is broken now is gone.
      else if (read === 'read' || this.known.get(id)?.revision === 0) touched.add(id);
      reads += 1;
      if (reads % readsAtOnce === 0) await new Promise(setImmediate);
    }
    const missing = [...this.known.keys()].filter((id) => !onDisk.has(id));
    if (missing.length > 0) await this.forgetMissing(missing, touched);
    return again;
  }

  /**
   * Forgets records that a listing did not have. A listing made while a record is replaced may miss both revisions, and one that
   * was written here a moment ago is missing, too: so it is asked again, and the file itself after that.
   */
  private async forgetMissing(ids: readonly string[], touched: Set<string>): Promise<void> {
    const onDisk = await this.files.list();
    for (const id of ids) {
      const revision = this.known.get(id)?.revision ?? 0;
      if (onDisk.has(id) || this.files.read({ id, revision }) !== undefined) continue;
      this.known.delete(id);
      touched.add(id);
    }
  }

  private isShelved(id: string, revisions: readonly number[]): boolean {
    const revision = revisions.at(-1) ?? 0;
    if (!this.shelf.knows({ id, revision }, () => this.files.look({ id, revision }))) return false;
    this.known.set(id, { ...unknown, revision, unread: true, leftovers: revisions.slice(0, -1) });
    return true;
  }

  /** Takes in the newest readable revision of one record. */
  private async readLatest(
    id: string,
    revisions: readonly number[],
  ): Promise<'read' | 'replaced' | 'unreadable'> {
    for (let at = revisions.length - 1; at >= 0; at -= 1) {
      const revision = revisions[at] ?? 0;
      const text = this.files.read({ id, revision });
      if ((this.known.get(id)?.revision ?? 0) >= revision) return 'unreadable';
      if (text === undefined) return 'replaced';
      if (text === '' && !(await this.files.isAbandoned({ id, revision }))) continue;
      const parsed = parseRecord(text, id);
      if (parsed.kind === 'record' || parsed.kind === 'deleted') {
        const record = parsed.kind === 'record' ? parsed.record : undefined;
        const trail = parsed.record.trail ?? [];
        this.known.set(id, { revision, record, trail, leftovers: revisions.slice(0, at) });
        return 'read';
      }
      await this.report(id, revision, parsed);
      // A newer version's record is left to that version, not replaced by its own past.
      if (parsed.kind === 'newer') return 'unreadable';
    }
    return 'unreadable';
  }

  /** What a start leaves for later: rests of crashes, and tombstones that nobody can still need. */
  private async keepHouse(): Promise<void> {
    await this.files.removeAbandoned();
    for (const [id, { revision, record, unread }] of this.known) {
      if (record !== undefined || unread === true || !(await this.files.isOld({ id, revision }))) continue;
      await this.files.remove({ id, revision });
      this.known.delete(id);
    }
  }

  private async report(
    id: string,
    revision: number,
    parsed: ParsedRecord & { reason: string },
  ): Promise<void> {
    const path = this.files.pathOf({ id, revision });
    if (this.reported.has(path)) return;
    this.reported.add(path);
    const keptAt = parsed.kind === 'newer' ? path : await this.files.setAside({ id, revision });
    this.broken.push({ path: keptAt, reason: parsed.reason });
    this.logger.warn(`A record of the ledger cannot be used: ${parsed.reason} It is kept at ${keptAt}.`);
  }

  private sequencer(id: string): Sequencer {
    const existing = this.sequencers.get(id);
    if (existing !== undefined) return existing;
    const created = new Sequencer();
    this.sequencers.set(id, created);
    return created;
  }
}
