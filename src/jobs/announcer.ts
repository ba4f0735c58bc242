import type { Clock } from '../util/clock';
import { DisposableStore, type Disposable } from '../util/disposable';
import { Emitter } from '../util/event';
import type { Logger } from '../util/logger';
import type { Job } from './api';
import type { JobStore } from './jobStore';
import { hasSettled } from './jobView';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import type { PollLease } from './lease';
import type { Windows } from './windows';

export interface AnnouncerOptions {
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly windows: Windows;
  readonly lease: PollLease;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long ends are gathered, so that jobs which end together are told together. */
const gatherMs = 250;

/**
 * Tells once, in one window, that jobs have ended: the window that submitted them while it lives, else the one that polls. That it
 * was told is in the ledger, so what ended while everything was closed is told at the next start and never again.
 */
export class Announcer implements Disposable {
  private readonly finished = new Emitter<readonly Job[]>();
  private readonly waiting = new Set<string>();
  /** Ended, and another window's to tell. */
  private readonly left = new Set<string>();
  private readonly subscriptions = new DisposableStore();
  private timer: Disposable | undefined;

  readonly onDidFinish = this.finished.event;

  constructor(private readonly options: AnnouncerOptions) {
    this.subscriptions.add(
      options.store.onDidChange(({ added, changed }) => this.consider([...added, ...changed])),
    );
    // It may have died before it told.
    this.subscriptions.add(options.windows.onDidLose(() => this.consider([...this.left])));
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.timer?.dispose();
    this.finished.dispose();
  }

  private consider(ids: readonly string[]): void {
    for (const id of ids) if (this.isDue(id)) this.waiting.add(id);
    if (this.waiting.size === 0 || this.timer !== undefined) return;
    this.timer = this.options.clock.after(gatherMs, () => {
      this.timer = undefined;
      this.tell().catch((error: unknown) =>
        this.options.logger.error(`Ended jobs could not be told: ${String(error)}`),
      );
    });
  }

  private isDue(id: string): boolean {
    const { ledger, store, clock } = this.options;
    if (store.isResting(id)) return false;
    const record = ledger.get(id);
    if (record === undefined || record.announced === true || record.origin !== 'here') return false;
    const job = store.get(id);
    return job !== undefined && hasSettled(job, clock.now());
  }

  private async tell(): Promise<void> {
    const ids = [...this.waiting];
    this.waiting.clear();
    const told: Job[] = [];
    await this.options.windows.look();
    for (const id of ids) {
      const record = this.options.ledger.get(id);
      this.left.delete(id);
      if (record === undefined) continue;
      if (!(await this.isOurs(record))) {
        this.left.add(id);
        continue;
      }
      // Left alone, and so undefined, when another window was faster.
      const marked = await this.options.ledger.update(id, (current) =>
        current.announced === true ? undefined : { ...current, announced: true },
      );
      const job = this.options.store.get(id);
      if (marked !== undefined && job !== undefined) told.push(job);
    }
    if (told.length > 0) this.finished.fire(told);
  }

  private async isOurs({ owner, connectionId }: JobRecord): Promise<boolean> {
    const { windows, lease } = this.options;
    if (windows.isSelf(owner)) return true;
    return !windows.isAlive(owner) && (await lease.acquire(connectionId));
  }
}
