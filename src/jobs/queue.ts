import { isCancelled } from '../util/async';
import type { Clock } from '../util/clock';
import type { Logger } from '../util/logger';
import type { Job } from './api';
import type { JobStore } from './jobStore';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import type { Submitter } from './submitter';

export interface QueueOptions {
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly submitter: Submitter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with a submission that left the queue and cannot go on without a person. */
  readonly onStalled: (jobs: readonly Job[]) => void;
  /** Whether a further job fits at the connection now, as far as we can tell. */
  readonly hasRoom: (connectionId: string) => Promise<boolean>;
  /** The shortest time between two tries of a submission that the service refused. */
  readonly baseMs: () => number;
}

const longestWaitMs = 15 * 60_000;

/** Submits what had to wait, oldest first, as soon as it fits. What waits is in the ledger, so it survives restarts. */
export class Queue {
  private readonly working = new Set<string>();

  constructor(private readonly options: QueueOptions) {}

  /** Tries what is due at a connection; returns at once. */
  run(connectionId: string): void {
    if (this.working.has(connectionId)) return;
    this.working.add(connectionId);
    void this.work(connectionId).finally(() => this.working.delete(connectionId));
  }

  private async work(connectionId: string): Promise<void> {
    const { ledger, store, submitter, logger } = this.options;
    const waiting = store.unfinishedOf(connectionId).filter((job) => job.phase === 'queued');
    waiting.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    for (const { id } of waiting) {
      const record = ledger.get(id);
      if (record === undefined || !this.isDue(record)) continue;
      try {
        if (!(await this.options.hasRoom(connectionId))) return;
        const after = await submitter.run(id, { unattended: true });
        // Still no room for the oldest: none for those behind it either.
        if (after.step !== 'submitted') return;
      } catch (error) {
        logger.warn(`A queued submission failed: ${error instanceof Error ? error.message : String(error)}`);
        const job = store.get(id);
        if (job?.phase === 'interrupted' && !isCancelled(error)) this.options.onStalled([job]);
        return;
      }
    }
  }

  /** Own limits are looked at every time; a service that refused is left alone for longer and longer. */
  private isDue({ queue }: JobRecord): boolean {
    if (queue === undefined) return false;
    if (queue.refusals === 0) return true;
    const wait = Math.min(longestWaitMs, this.options.baseMs() * 2 ** Math.min(queue.refusals - 1, 10));
    const elapsed = this.options.clock.now() - queue.triedAt;
    // A clock that was set back must not make it wait for years.
    return elapsed < 0 || elapsed >= wait;
  }
}
