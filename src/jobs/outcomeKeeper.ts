import { joinFiles } from '../results/joinFiles';
import type { Scanner } from '../results/scanner';
import type { OutcomeCounts, TokenUsage } from '../shared/outcome';
import { isCancelled, Sequencer } from '../util/async';
import type { Disposable } from '../util/disposable';
import type { Logger } from '../util/logger';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { isUntouched, verifyRequestFile } from './requestFile';

export interface OutcomeKeeperOptions {
  readonly ledger: Ledger;
  /** Scans large files somewhere else than on this thread; without it, large files are left to whoever opens them. */
  readonly createScanner?: () => Scanner;
  readonly logger: Logger;
}

/** Requests and results together up to here are joined on this thread, a chunk a turn. */
const maxBytesHere = 64 << 20;

/**
 * Joins results to their requests as soon as they are on disk, one job after another, so that the ledger knows outcomes and usage
 * of every job without anybody opening it.
 */
export class OutcomeKeeper implements Disposable {
  private readonly joins = new Sequencer();
  private readonly closing = new AbortController();

  constructor(private readonly options: OutcomeKeeperOptions) {}

  /** Works out the outcomes of a record in its turn, unless they are known or cannot be told. Never rejects. */
  async work(id: string): Promise<void> {
    try {
      await this.joins.run(() => this.join(id));
    } catch (error) {
      if (!isCancelled(error))
        this.options.logger.info(`The outcomes of ${id} are not known: ${String(error)}`);
    }
  }

  /** Goes on with what a former session did not get to; a request file that was touched since is left alone. */
  async resume(records: Iterable<JobRecord>): Promise<void> {
    for (const record of records) {
      const { id, requestFile } = record;
      if (requestFile !== undefined && isDue(record) && (await isUntouched(requestFile))) void this.work(id);
    }
  }

  async set(id: string, outcomes: OutcomeCounts, usage: TokenUsage): Promise<void> {
    await this.options.ledger.update(id, (record) => ({
      ...record,
      outcomes: { ...outcomes },
      usage: { ...usage },
    }));
  }

  dispose(): void {
    this.closing.abort();
  }

  private async join(id: string): Promise<void> {
    const record = this.options.ledger.get(id);
    if (record?.requestFile === undefined || record.results === undefined || !isDue(record)) return;
    const { requestFile, results } = record;
    const { signal } = this.closing;
    const isLarge = requestFile.sizeBytes + results.sizeBytes > maxBytesHere;
    if (signal.aborted || (isLarge && this.options.createScanner === undefined)) return;
    await verifyRequestFile(requestFile, signal);
    const scanner = isLarge ? this.options.createScanner?.() : undefined;
    try {
      const { counts, usage } = await joinFiles({
        requests: requestFile.path,
        results: [results.path],
        signal,
        ...(scanner && { scanner }),
      });
      await this.set(id, counts, usage);
    } finally {
      scanner?.dispose();
    }
  }
}

/** Whether the results are here and nobody knows yet what they say. */
function isDue({ results, outcomes }: JobRecord): boolean {
  return results !== undefined && outcomes === undefined;
}
