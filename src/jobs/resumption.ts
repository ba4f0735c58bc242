import { isCancelled, Sequencer } from '../util/async';
import type { Logger } from '../util/logger';
import type { Job } from './api';
import { TakenOverError } from './claims';
import type { Groups } from './groups';
import type { JobStore } from './jobStore';
import type { Ledger } from './ledger/ledger';
import type { Submitter } from './submitter';

export interface ResumptionOptions {
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly groups: Groups;
  readonly submitter: Submitter;
  readonly logger: Logger;
  /** Called with submissions that could not be finished without a person, together. */
  readonly onStalled: (jobs: readonly Job[]) => void;
}

/** Submissions that are resumed at the same time. */
const resumedAtOnce = 3;

/** Finishes submissions that a former session, or a window that died meanwhile, left half way. */
export class Resumption {
  private readonly work = new Sequencer();

  constructor(private readonly options: ResumptionOptions) {}

  /** At a start, everything that stands still is tried again, also what had failed. */
  atStart(): Promise<void> {
    return this.work.run(() => this.finish(() => true));
  }

  /** Later, only what nobody has worked on since its window died: whatever failed has been told already. */
  afterLoss(): Promise<void> {
    return this.work.run(() => this.finish((id) => this.options.ledger.get(id)?.owner !== undefined));
  }

  private async finish(isWanted: (id: string) => boolean): Promise<void> {
    const { groups, store, ledger, submitter } = this.options;
    const completed = await groups.finishInterrupted();
    const halfWay = store.unsubmitted
      // What was looked for in vain already is left to the polls.
      .filter(({ id, phase }) => phase === 'interrupted' && ledger.get(id)?.unconfirmed !== true)
      .map(({ id }) => id)
      .filter((id) => !submitter.isRunning(id) && isWanted(id));
    const ids = [...new Set([...completed, ...halfWay])];
    const stopped: string[] = [];
    const worker = async (): Promise<void> => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        if (!(await this.resume(id))) stopped.push(id);
      }
    };
    await Promise.all(Array.from({ length: resumedAtOnce }, worker));
    const jobs = stopped.flatMap((id) => store.get(id) ?? []).filter(({ phase }) => phase === 'interrupted');
    if (jobs.length > 0) this.options.onStalled(jobs);
  }

  /** @returns whether it went on, or is somebody else's. */
  private async resume(id: string): Promise<boolean> {
    try {
      await this.options.submitter.run(id, { unattended: true });
      return true;
    } catch (error) {
      if (isCancelled(error)) return true;
      this.options.logger.warn(error instanceof Error ? error.message : String(error));
      return error instanceof TakenOverError;
    }
  }
}
