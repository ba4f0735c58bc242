import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sequencer } from '../util/async';
import type { Clock } from '../util/clock';
import { DisposableStore, type Disposable } from '../util/disposable';
import { errorCode } from '../util/files';
import type { Logger } from '../util/logger';
import type { Job } from './api';
import type { JobStore } from './jobStore';
import { hasSettled, isUnfinished } from './jobView';
import type { Ledger } from './ledger/ledger';
import { listOpenMarks, openMarksFolder } from './peek';

export interface OpenMarksOptions {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Keeps one empty file for each record that somebody has to look after, for {@link hasUnfinishedJobs}. A mark is made before its
 * record and removed after the end was told: a crash leaves a mark too many, which the next start removes, and never one too few.
 */
export class OpenMarks implements Disposable {
  private readonly marked = new Set<string>();
  private readonly work = new Sequencer();
  private readonly subscriptions = new DisposableStore();

  constructor(private readonly options: OpenMarksOptions) {
    // What was told is in the record alone; what is unfinished shows in the job.
    this.subscriptions.add(options.ledger.onDidChange((ids) => this.review(ids)));
    this.subscriptions.add(options.store.onDidChange(({ changed }) => this.review(changed)));
  }

  /** Compares the marks on disk with the ledger, which has just been read. */
  async open(): Promise<void> {
    await mkdir(join(this.options.directory, openMarksFolder), { recursive: true });
    for (const id of await listOpenMarks(this.options.directory)) this.marked.add(id);
    this.review([...this.marked]);
  }

  async mark(id: string): Promise<void> {
    this.marked.add(id);
    await writeFile(this.pathOf(id), '');
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private review(ids: readonly string[]): void {
    for (const id of ids) {
      const wanted = this.isWanted(id);
      if (wanted === this.marked.has(id)) continue;
      if (wanted) this.marked.add(id);
      else this.marked.delete(id);
      this.work
        .run(() => (wanted ? this.mark(id) : this.unmark(id)))
        .catch((error: unknown) => this.options.logger.warn(`A mark could not be written: ${String(error)}`));
    }
  }

  private isWanted(id: string): boolean {
    const { ledger, store, clock } = this.options;
    if (store.isResting(id)) return false;
    const record = ledger.get(id);
    const job: Job | undefined = store.get(id);
    if (record === undefined || job === undefined) return false;
    if (job.phase !== 'submitted' || isUnfinished(job, clock.now())) return true;
    return record.origin === 'here' && record.announced !== true && hasSettled(job, clock.now());
  }

  private async unmark(id: string): Promise<void> {
    await unlink(this.pathOf(id)).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
  }

  private pathOf(id: string): string {
    return join(this.options.directory, openMarksFolder, id);
  }
}
