import * as l10n from '@vscode/l10n';
import type { BatchService } from '../shared/batchService';
import { isFinalState, type RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { isCancelled, throwIfCancelled } from '../util/async';
import type { Clock } from '../util/clock';
import type { Disposable } from '../util/disposable';
import type { Logger } from '../util/logger';
import type { Job } from './api';
import type { JobStore } from './jobStore';
import { hasSettled } from './jobView';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import type { PollLease } from './lease';
import { nextPollMs } from './pollPolicy';
import { without } from './records';
import type { SeenLists } from './seenLists';
import type { Submitter } from './submitter';
import type { Windows } from './windows';

export interface PollerOptions {
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly windows: Windows;
  readonly lease: PollLease;
  readonly lists: SeenLists;
  readonly submitter: Submitter;
  readonly service: (connectionId: string) => Promise<BatchService>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pollSeconds: () => number;
  readonly isOnline: (connectionId: string) => boolean;
  readonly isFocused: () => boolean;
  readonly deleteInputFiles: () => boolean;
  /** Called when a list was taken in, by the window that polls. */
  readonly onLooked: () => void;
  /** Called after every tick with what went wrong in it, if anything. */
  readonly onTrouble: (error: Error | undefined) => void;
}

/** While there is no network, asking whether it is back costs nothing. */
const offlineMs = 5_000;
/** Looks that failed for want of a network do not slow down the next beyond this. */
const maxOfflineFailures = 2;
/** How long hints are gathered. */
const gatherHintsMs = 500;
/** Jobs beyond the oldest unfinished one that a short list still has, for those created elsewhere meanwhile. */
const listMargin = 50;
/** Clocks may have been moved by this much since a creation was sent. */
const clockMarginMs = 26 * 3_600_000;
/** Unfinished jobs that a short list did not reach are asked for one by one up to this many. */
const maxSingleLooks = 5;

/**
 * Keeps the jobs of one connection up to date: one list call per tick while something is unfinished, by one window of the
 * machine. A tick never overlaps another, and the next one is armed when the last has ended, however it ended.
 */
export class ConnectionPoller implements Disposable {
  private timer: Disposable | undefined;
  private hintTimer: Disposable | undefined;
  private readonly hints = new Set<string | undefined>();
  private armed = { at: 0, delay: 0 };
  private ticking: Promise<void> | undefined;
  private disposed = false;
  private failures = 0;
  private retryAfterMs: number | undefined;
  /** How many jobs a list needs to reach the oldest unfinished one; undefined: all. */
  private reach: number | undefined;
  private readonly closing = new AbortController();

  constructor(
    private readonly connectionId: string,
    private readonly options: PollerOptions,
  ) {}

  /** Asks the service now, whoever holds the lease. Rejects with what failed. */
  async refresh(signal?: AbortSignal): Promise<void> {
    while (this.ticking !== undefined) await this.ticking;
    throwIfCancelled(signal);
    if (this.disposed) return;
    this.reach = undefined;
    const error = await this.tick(true);
    if (error !== undefined) throw error;
  }

  /** A person looks at this window now: it polls from now on, and soon. */
  async comeForward(): Promise<void> {
    if (this.nextDelay() === undefined) return;
    await this.options.lease.take(this.connectionId);
    this.wake();
  }

  /** Something changed at the service: `name` if that is known, else anything. Gathered, so that many hints cost a few calls. */
  nudge(name: string | undefined): void {
    this.hints.add(name);
    this.hintTimer ??= this.options.clock.after(gatherHintsMs, () => {
      this.hintTimer = undefined;
      const hints = [...this.hints];
      this.hints.clear();
      const names = hints.filter((hint) => hint !== undefined);
      const single = names.length === hints.length && names.length <= maxSingleLooks;
      const look = single ? this.lookAtNames(names) : this.refresh();
      look.catch((error: unknown) =>
        this.options.logger.warn(`A hint could not be followed: ${String(error)}`),
      );
    });
  }

  /** Something became unfinished, or the pace changed: the next tick comes sooner if it should, and never later. */
  wake(): void {
    if (this.ticking !== undefined) return;
    const delay = this.nextDelay();
    if (delay === undefined || this.timer === undefined || delay < this.remaining()) this.arm(delay);
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.hintTimer?.dispose();
    this.closing.abort();
  }

  private arm(delay: number | undefined): void {
    this.timer?.dispose();
    this.timer = undefined;
    if (this.disposed || delay === undefined) return;
    this.armed = { at: this.options.clock.now(), delay };
    this.timer = this.options.clock.after(delay, () => {
      this.timer = undefined;
      void this.tick(false);
    });
  }

  /** Until the armed tick. A clock that was moved cannot make it more than what was armed. */
  private remaining(): number {
    const { at, delay } = this.armed;
    return Math.min(delay, Math.max(0, delay - (this.options.clock.now() - at)));
  }

  private nextDelay(): number | undefined {
    const { store, clock, isOnline, isFocused, pollSeconds, random } = this.options;
    const unfinished = store.unfinishedOf(this.connectionId);
    const baseMs = pollSeconds() * 1000;
    if (unfinished.length === 0 || baseMs <= 0) return undefined;
    if (!isOnline(this.connectionId)) return offlineMs;
    const youngest = Math.max(...unfinished.map((job) => job.createdAt));
    return nextPollMs({
      baseMs,
      youngestAgeMs: Math.max(0, clock.now() - youngest),
      failures: this.failures,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      focused: isFocused(),
      random: random(),
    });
  }

  /** One look; never rejects, says what went wrong instead. */
  private async tick(forced: boolean): Promise<Error | undefined> {
    this.timer?.dispose();
    this.timer = undefined;
    let failure: Error | undefined;
    const tick = this.look(forced)
      .then(() => {
        this.failures = 0;
        this.retryAfterMs = undefined;
      })
      .catch((error: unknown) => {
        if (isCancelled(error)) return;
        failure = error instanceof Error ? error : new Error(String(error));
        // Without a network nothing was asked, so nothing has to be left alone for longer.
        const isOffline = error instanceof ServiceError && error.offline;
        this.failures = isOffline ? Math.min(this.failures + 1, maxOfflineFailures) : this.failures + 1;
        this.retryAfterMs = error instanceof ServiceError ? error.retryAfterMs : undefined;
      })
      .finally(() => {
        this.ticking = undefined;
        if (this.disposed) return;
        this.options.onTrouble(failure);
        this.arm(this.nextDelay());
      });
    this.ticking = tick;
    await tick;
    return failure;
  }

  private async look(forced: boolean): Promise<void> {
    const { ledger, lease, lists, store, service, isOnline, windows } = this.options;
    // First who is there, so that the work of a new window does not look abandoned.
    await windows.look();
    await ledger.reload();
    store.reconsider();
    if (!forced && !isOnline(this.connectionId)) throw offline();
    if (!(await lease.acquire(this.connectionId)) && !forced) {
      const seen = await lists.read(this.connectionId);
      if (seen !== undefined) store.setSeen(this.connectionId, seen, 'shared');
      return;
    }
    const api = await service(this.connectionId);
    const signal = this.closing.signal;
    const limit = this.reach;
    const listed = await api.listJobs({ signal, ...(limit !== undefined && { limit }) });
    const complete = limit === undefined || listed.length < limit;
    await this.settleFound(listed);
    if (complete) await this.endWatches();
    store.setSeen(this.connectionId, listed, complete ? 'all' : 'some');
    await this.lookAtRest(api, listed, complete);
    await this.cancelGivenUp();
    await this.recordEnds(api);
    this.reach = this.reachOf(listed);
    await lists.write(this.connectionId, store.unrecorded(this.connectionId));
    this.options.onLooked();
  }

  /** Submissions whose creation had no answer, found in the list. */
  private async settleFound(listed: readonly RemoteJob[]): Promise<void> {
    const { store, submitter, windows } = this.options;
    for (const job of listed) {
      const record = store.pendingRecordOf(this.connectionId, job);
      if (record === undefined || submitter.isRunning(record.id)) continue;
      if (!windows.isSelf(record.owner) && windows.isAlive(record.owner)) continue;
      await submitter.settle(record.id, job);
    }
  }

  /** Jobs that were given up while they were created, and that the service could not be asked to cancel so far. */
  private async cancelGivenUp(): Promise<void> {
    const { store, ledger, submitter } = this.options;
    for (const { id } of store.unfinishedOf(this.connectionId)) {
      if (ledger.get(id)?.cancelWanted === true) await submitter.cancelGivenUp(id);
    }
  }

  /** Submissions that were given up and have not turned up for long enough. */
  private async endWatches(): Promise<void> {
    const { store, submitter } = this.options;
    for (const job of store.unfinishedOf(this.connectionId)) {
      if (job.unconfirmed?.givenUp === true) await submitter.endWatch(job.id);
    }
  }

  /** Unfinished jobs that the list did not have: asked for by name, and marked when the service does not know them. */
  private async lookAtRest(
    api: BatchService,
    listed: readonly RemoteJob[],
    complete: boolean,
  ): Promise<void> {
    const { store } = this.options;
    const names = new Set(listed.map((job) => job.name));
    const missing = store
      .unfinishedOf(this.connectionId)
      .flatMap(({ name }) => (name === undefined || names.has(name) ? [] : [name]));
    // Too many for single calls: not reaching them makes the next list a full one.
    if (!complete && missing.length > maxSingleLooks) return;
    for (const name of missing) await this.lookAtOne(api, name);
  }

  private async lookAtNames(names: readonly string[]): Promise<void> {
    const api = await this.options.service(this.connectionId);
    for (const name of names) await this.lookAtOne(api, name);
    await this.recordEnds(api);
  }

  private async lookAtOne(api: BatchService, name: string): Promise<void> {
    const { store, ledger } = this.options;
    try {
      const job = await api.getJob(name, { signal: this.closing.signal });
      store.setSeen(this.connectionId, [job], 'some');
    } catch (error) {
      if (!(error instanceof ServiceError) || error.kind !== 'notFound') throw error;
      const record = store.recordByName(this.connectionId, name);
      if (record === undefined) store.forget(this.connectionId, name);
      else await ledger.update(record.id, (current) => ({ ...current, gone: true }));
    }
  }

  /** Writes to the ledger what must outlive this window: how jobs ended, and that a job which was gone is there again. */
  private async recordEnds(api: BatchService): Promise<void> {
    const { store, ledger } = this.options;
    for (const [name, seen] of store.seenOf(this.connectionId)) {
      if (store.isKnownEnd(this.connectionId, seen)) continue;
      const record = store.recordByName(this.connectionId, name);
      if (record === undefined) continue;
      if (record.gone === true) await ledger.update(record.id, (current) => without(current, 'gone'));
      if (!isFinalState(seen.state) || !this.isNews(record, seen)) continue;
      // Lists leave out where inline results are, and SUCCEEDED may come before there are any.
      const job = seen.state === 'SUCCEEDED' && !seen.output ? await this.withOutput(api, seen) : seen;
      if (record.remote?.state === job.state && !job.output) continue;
      await ledger.update(record.id, (current) => ({ ...current, remote: job }));
      if (job.output !== undefined && this.options.deleteInputFiles()) await this.deleteInput(api, record);
    }
  }

  /** What a job of ours was made from, once it has succeeded. Left to expire when that fails: it costs nothing but room. */
  private async deleteInput(api: BatchService, { id, origin, inputFile }: JobRecord): Promise<void> {
    if (origin !== 'here' || inputFile === undefined) return;
    try {
      await api.deleteFile(inputFile.name, { signal: this.closing.signal });
      await this.options.ledger.update(id, (current) => ({ ...current, inputDeleted: true }));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.options.logger.warn(`The uploaded request file of ${id} could not be deleted: ${error.message}`);
    }
  }

  /** Whether the ledger does not know the end of a job yet, or not where its results are. */
  private isNews(record: JobRecord, seen: RemoteJob): boolean {
    const known = record.remote;
    if (known?.state !== seen.state) return true;
    if (seen.state !== 'SUCCEEDED' || known.output !== undefined) return false;
    const job = this.options.store.get(record.id);
    return seen.output !== undefined || (job !== undefined && !hasSettled(job, this.options.clock.now()));
  }

  private async withOutput(api: BatchService, job: RemoteJob): Promise<RemoteJob> {
    try {
      return await api.getJob(job.name, { signal: this.closing.signal });
    } catch (error) {
      if (error instanceof ServiceError) return job;
      throw error;
    }
  }

  /** How many jobs the next list has to have; undefined when an unfinished job was not even in this one. */
  private reachOf(listed: readonly RemoteJob[]): number | undefined {
    const unfinished = this.options.store.unfinishedOf(this.connectionId);
    const names = new Set(unfinished.flatMap(({ name }) => name ?? []));
    const reached = new Set(listed.map((job) => job.name));
    if (![...names].every((name) => reached.has(name))) return undefined;
    const oldest = listed.findLastIndex((job) => names.has(job.name));
    return Math.max(oldest, this.newcomers(listed, unfinished)) + 1 + listMargin;
  }

  /** Where in a list a job may turn up whose creation had no answer: among those that were made since, and some hours before. */
  private newcomers(listed: readonly RemoteJob[], unfinished: readonly Job[]): number {
    const since = Math.min(...unfinished.flatMap(({ unconfirmed }) => unconfirmed?.since ?? []));
    if (!Number.isFinite(since)) return -1;
    const from = since + (this.options.store.clockOffset(this.connectionId) ?? 0) - clockMarginMs;
    return listed.findLastIndex((job) => Date.parse(job.createdAt ?? '') >= from);
  }
}

function offline(): ServiceError {
  const message = l10n.t(
    'This computer has no network connection. Jobs are looked at again as soon as it has.',
  );
  return new ServiceError(message, { kind: 'network', ambiguous: false, offline: true });
}
