import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import { isFinalState, type RemoteJob } from '../shared/job';
import type { Clock } from '../util/clock';
import type { Disposable } from '../util/disposable';
import { Emitter } from '../util/event';
import type { Job, JobsChange } from './api';
import { isUnfinished, jobOfElsewhere, jobOfRecord } from './jobView';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { ListedJobs, type ListExtent, type SeenJobs } from './listedJobs';
import { PendingChanges } from './pendingChanges';
import { RecordNames } from './recordNames';
import { isJobOf } from './records';
import type { Windows } from './windows';

/**
 * The one place that knows all jobs: the ledger's records joined to the last lists of the service. Tree, status bar and
 * notifications hear of a change from here and nowhere else. Only what changed is computed again.
 */
export class JobStore implements Disposable {
  private readonly current = new Map<string, Job>();
  /** Jobs whose records nobody has read: they stay as they are until their record changes. */
  private readonly resting = new Map<string, Job>();
  private readonly listed = new ListedJobs();
  /** Id of a job from elsewhere -> where to find it. */
  private readonly elsewhere = new Map<string, { readonly connectionId: string; readonly name: string }>();
  private readonly recordOf = new RecordNames();
  /** Records of submissions that have no name yet. */
  private readonly pending = new Set<string>();
  /** Jobs from elsewhere that are not shown because they seem to belong to one of those. */
  private readonly hidden = new Set<string>();
  private readonly progress = new Map<string, number>();
  private readonly offsets = new Map<string, number>();
  private readonly dirty = new Set<string>();
  private readonly changes = new PendingChanges();
  private readonly unfinished = new Map<string, Set<string>>();
  private sorted: readonly Job[] | undefined;
  private announcing = false;
  private readonly emitter = new Emitter<JobsChange>();
  private readonly subscription: Disposable;

  readonly onDidChange = this.emitter.event;

  constructor(
    private readonly ledger: Ledger,
    private readonly windows: Windows,
    private readonly clock: Clock,
  ) {
    this.subscription = ledger.onDidChange((ids) => {
      for (const id of ids) this.resting.delete(id);
      this.touch(ids);
    });
  }

  /** What former sessions measured; see {@link clockOffset}. */
  rememberOffsets(offsets: ReadonlyMap<string, number>): void {
    for (const [connectionId, offset] of offsets) this.offsets.set(connectionId, offset);
  }

  /** Takes in jobs that are known without their records being read. */
  addResting(jobs: Iterable<Job>): void {
    for (const job of jobs) {
      this.resting.set(job.id, job);
      if (job.name !== undefined) this.recordOf.set(job.connectionId, job.name, job.id);
      this.current.set(job.id, job);
      this.changes.add(job.id);
    }
    this.sorted = undefined;
    this.announceSoon();
  }

  /** Whether the job has long ended and its record was not even read. */
  isResting(id: string): boolean {
    return this.resting.has(id);
  }

  /** What was measured of the services' clocks; see {@link clockOffset}. */
  get clockOffsets(): ReadonlyMap<string, number> {
    this.settle();
    return this.offsets;
  }

  /** Submissions that are not at the service. */
  get unsubmitted(): readonly Job[] {
    this.settle();
    return [...this.pending].flatMap((id) => this.current.get(id) ?? []);
  }

  /** Newest first. */
  get jobs(): readonly Job[] {
    this.settle();
    this.sorted ??= [...this.current.values()].sort(
      (a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1),
    );
    return this.sorted;
  }

  get(id: string): Job | undefined {
    this.settle();
    return this.current.get(id);
  }

  /** Throws where there is no such job (any more). */
  existing(id: string): Job {
    const job = this.get(id);
    if (job === undefined) throw new Error(l10n.t('There is no job {0} any more.', id));
    return job;
  }

  /** Jobs of a connection that the service may still change, or make, and submissions that wait for their turn there. */
  unfinishedOf(connectionId: string): readonly Job[] {
    this.settle();
    const ids = this.unfinished.get(connectionId);
    return ids === undefined ? [] : [...ids].flatMap((id) => this.current.get(id) ?? []);
  }

  /** Connections that have something unfinished. */
  get busyConnections(): readonly string[] {
    this.settle();
    return [...this.unfinished].filter(([, ids]) => ids.size > 0).map(([connectionId]) => connectionId);
  }

  /** The record of a job by its name at the service. */
  recordByName(connectionId: string, name: string): JobRecord | undefined {
    this.settle();
    const id = this.recordOf.get(connectionId, name);
    return id === undefined ? undefined : this.ledger.get(id);
  }

  /** The submission that has no name yet and that `job` is what came of. */
  pendingRecordOf(connectionId: string, job: RemoteJob): JobRecord | undefined {
    this.settle();
    return this.findPending(connectionId, job);
  }

  /** The job of a submission, whether it is at the service or not, unless it has long ended. */
  findByToken(token: string): Job | undefined {
    for (const record of this.ledger.loaded()) if (record.token === token) return this.get(record.id);
    return undefined;
  }

  seenOf(connectionId: string): SeenJobs {
    return this.listed.of(connectionId);
  }

  /** Where a job that is not in the ledger is at the service. */
  remoteElsewhere(id: string): { readonly connectionId: string; readonly remote: RemoteJob } | undefined {
    const place = this.elsewhere.get(id);
    const remote = place && this.listed.find(place.connectionId, place.name);
    return place && remote && { connectionId: place.connectionId, remote };
  }

  /** Takes in what the service listed. */
  setSeen(connectionId: string, listed: readonly RemoteJob[], extent: ListExtent): void {
    const news = this.listed.take(connectionId, listed, extent, (job) => this.sameOrNew(connectionId, job));
    for (const name of news) this.touchName(connectionId, name);
    if (extent !== 'all') return;
    this.settle();
    const turned = this.listed.noteMissing(connectionId, this.current.values());
    for (const name of turned) this.touchName(connectionId, name);
  }

  /** What was seen and is not in the ledger yet: jobs from elsewhere and those that are still running. */
  unrecorded(connectionId: string): readonly RemoteJob[] {
    return [...this.seenOf(connectionId).values()].filter(
      (job) =>
        !this.isKnownEnd(connectionId, job) && this.recordByName(connectionId, job.name)?.remote !== job,
    );
  }

  /** Whether a listed job is at rest here, too: it is in the ledger and has nothing new to say. */
  isKnownEnd(connectionId: string, { name, state }: RemoteJob): boolean {
    const id = this.recordOf.get(connectionId, name);
    return id !== undefined && this.resting.get(id)?.state === state;
  }

  /** Forgets a job that was deleted at the service; lists that are on their way may still have it. */
  forget(connectionId: string, name: string): void {
    this.listed.forget(connectionId, name);
    this.touchName(connectionId, name);
  }

  setProgress(id: string, fraction: number | undefined): void {
    const before = this.progress.get(id);
    if (fraction === undefined) this.progress.delete(id);
    // Whole per cents: a view has no use for more, and uploads report every few kilobytes.
    else this.progress.set(id, Math.floor(fraction * 100) / 100);
    if (before !== this.progress.get(id)) this.touch([id]);
  }

  /** Computes again what may have changed by time alone: submissions whose owner died, jobs that are overdue. */
  reconsider(): void {
    this.settle();
    this.touch([...this.pending]);
    for (const ids of this.unfinished.values()) this.touch([...ids]);
  }

  /** The service's clock minus ours, where a creation showed it. */
  clockOffset(connectionId: string): number | undefined {
    this.settle();
    return this.offsets.get(connectionId);
  }

  /** Tells listeners that something beside the jobs changed. */
  announceAgain(): void {
    this.emitter.fire({ added: [], changed: [], removed: [] });
  }

  dispose(): void {
    this.subscription.dispose();
    this.emitter.dispose();
  }

  /** The object that the record has already where it says as much, so that it is not kept twice. */
  private sameOrNew(connectionId: string, job: RemoteJob): RemoteJob {
    if (this.isKnownEnd(connectionId, job)) return job;
    const recorded = this.recordByName(connectionId, job.name)?.remote;
    if (recorded?.state !== job.state || !isFinalState(job.state)) return job;
    return recorded.output === undefined && job.output !== undefined ? job : recorded;
  }

  private touchName(connectionId: string, name: string): void {
    const id = keyOf(connectionId, name);
    this.elsewhere.set(id, { connectionId, name });
    const recordId = this.recordOf.get(connectionId, name);
    this.touch(recordId === undefined ? [id] : [id, recordId]);
  }

  private touch(ids: readonly string[]): void {
    for (const id of ids) this.dirty.add(id);
    if (this.dirty.size > 0) this.announceSoon();
  }

  private announceSoon(): void {
    if (this.announcing) return;
    this.announcing = true;
    queueMicrotask(() => {
      this.announcing = false;
      this.settle();
      this.announce();
    });
  }

  private announce(): void {
    const change = this.changes.take();
    if (change !== undefined) this.emitter.fire(change);
  }

  /** Brings `current` up to date. A record that gets or loses its name makes its double from elsewhere dirty in turn. */
  private settle(): void {
    while (this.dirty.size > 0) {
      const ids = [...this.dirty];
      this.dirty.clear();
      for (const id of ids) this.index(id);
      for (const id of ids) this.replace(id, this.compute(id));
    }
  }

  private index(id: string): void {
    if (this.resting.has(id)) return;
    const before = this.current.get(id);
    const record = this.ledger.get(id);
    if (before?.name !== undefined && record === undefined) {
      const { connectionId, name } = before;
      const key = keyOf(connectionId, name);
      // A job from elsewhere has the key itself for its id; this one had a record, which was removed.
      if (key !== id && this.recordOf.delete(connectionId, name)) this.dirty.add(key);
    }
    if (record === undefined) {
      this.noLongerPending(id);
      return;
    }
    if (record.step !== 'submitted') {
      this.pending.add(id);
      return;
    }
    this.noLongerPending(id);
    if (record.clockOffsetMs !== undefined) this.offsets.set(record.connectionId, record.clockOffsetMs);
    if (record.name === undefined) return;
    if (this.recordOf.get(record.connectionId, record.name) === id) return;
    this.recordOf.set(record.connectionId, record.name, id);
    const key = keyOf(record.connectionId, record.name);
    if (this.current.has(key)) this.dirty.add(key);
  }

  private findPending(connectionId: string, job: RemoteJob): JobRecord | undefined {
    for (const id of this.pending) {
      const record = this.ledger.get(id);
      if (record?.connectionId === connectionId && isJobOf(record, job)) return record;
    }
    return undefined;
  }

  /** A submission has its name now, or is gone: what was hidden for its sake may have to be shown. */
  private noLongerPending(id: string): void {
    if (!this.pending.delete(id)) return;
    for (const hidden of this.hidden) this.dirty.add(hidden);
    this.hidden.clear();
  }

  private compute(id: string): Job | undefined {
    const resting = this.resting.get(id);
    if (resting?.name !== undefined) {
      const { connectionId, name } = resting;
      return this.listed.isMissing(connectionId, name) ? { ...resting, gone: true } : resting;
    }
    const record = this.ledger.get(id);
    if (record !== undefined) {
      const { connectionId, name = '' } = record;
      return jobOfRecord(record, {
        seen: this.listed.find(connectionId, name),
        absent: this.listed.isMissing(connectionId, name),
        ownerAlive: this.windows.isAlive(record.owner),
        clockOffsetMs: record.clockOffsetMs ?? this.offsets.get(record.connectionId) ?? 0,
        progress: this.progress.get(id),
      });
    }
    const place = this.elsewhere.get(id);
    if (place === undefined || this.recordOf.get(place.connectionId, place.name) !== undefined)
      return undefined;
    const remote = this.listed.find(place.connectionId, place.name);
    if (remote === undefined) {
      this.elsewhere.delete(id);
      return undefined;
    }
    // Ours, created a moment ago: it appears under its record as soon as that has the name.
    if (this.findPending(place.connectionId, remote) !== undefined) {
      this.hidden.add(id);
      return undefined;
    }
    const offset = this.offsets.get(place.connectionId) ?? 0;
    const firstSeen = this.current.get(id)?.createdAt ?? this.clock.now();
    return jobOfElsewhere(id, place.connectionId, remote, offset, firstSeen);
  }

  private replace(id: string, job: Job | undefined): void {
    const before = this.current.get(id);
    if (job === undefined) {
      if (before === undefined) return;
      this.current.delete(id);
      this.unfinished.get(before.connectionId)?.delete(id);
      this.changes.remove(id);
    } else {
      // What time alone has settled has changed, too: somebody waits to be told.
      const flipped = this.noteUnfinished(id, job);
      if (before !== undefined && !flipped && isDeepStrictEqual(before, job)) return;
      this.current.set(id, job);
      if (before === undefined) this.changes.add(id);
      else this.changes.change(id);
    }
    this.sorted = undefined;
  }

  /** @returns whether that is news. */
  private noteUnfinished(id: string, job: Job): boolean {
    const ids = this.unfinished.get(job.connectionId) ?? new Set<string>();
    this.unfinished.set(job.connectionId, ids);
    const isAwaited = job.phase === 'queued' || job.unconfirmed !== undefined;
    const isOpen = isAwaited || isUnfinished(job, this.clock.now());
    if (isOpen === ids.has(id)) return false;
    if (isOpen) ids.add(id);
    else ids.delete(id);
    return true;
  }
}

/** Also the id of a job that is not in the ledger. */
export function keyOf(connectionId: string, name: string): string {
  return `${connectionId}:${name}`;
}
