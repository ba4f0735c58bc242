import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Logger } from '../util/logger';
import { readLineBatches } from '../util/lines';
import { CancelledError, isCancelled } from '../util/async';
import type { JobOutput, OutputSizes } from './jobOutput';
import type { JobRecord } from './jobRecord';
import type { RowAnswerer, RowResult } from './rows';
import type { RunQueue } from './runQueue';
import type { SandboxClock } from './sandboxClock';

/** How long a job is PENDING and how long it runs at speed 1, in milliseconds of work. */
export const pendingMs = 1500;
export const runningMs = (rows: number) => Math.min(20_000, 2500 + rows * 3);
/** How long a cancellation takes to have effect. */
const cancelMs = 300;
const lateOutputMs = 4000;
/** Shorter waits are not worth a timer: a file of a million rows would set as many. */
const shortestWait = 20;
/** How long rows are answered without a look at what else is to be done. */
const longestBusyMs = 20;

const cancelledError = { code: 13, message: 'Batch was cancelled.' };
const allFailedError = { code: 13, message: 'An internal error has occurred.' };

/** What running a job needs of its surroundings. */
export interface RunnerHost {
  readonly clock: SandboxClock;
  readonly log: Logger;
  readonly jobLifetimeMs: number;
  inputPath(job: JobRecord): string;
  openOutput(job: JobRecord): JobOutput;
  /** Where the job waits for its turn. */
  readonly queue: RunQueue;
  answerer(job: JobRecord): RowAnswerer;
  /** Makes what was written available under its names; returns what the record has to say of that. */
  publish(job: JobRecord, sizes: OutputSizes): Promise<Partial<JobRecord>>;
  /** Makes a change visible; on disk when the promise resolves. */
  save(job: JobRecord): Promise<void>;
  /** Makes counts visible without writing them down. */
  show(job: JobRecord): void;
}

/** Why a wait ended. */
type Wake = 'work' | 'expired' | 'cancelled';

/** Takes one job from where it stands to a final state. */
export class JobRunner {
  private readonly cancelling = new AbortController();
  /** Whether it has a place among those that run. */
  private placed = false;

  constructor(
    private job: JobRecord,
    private readonly host: RunnerHost,
    /** Fires when the sandbox closes: the job stays as it is on disk. */
    private readonly closing: AbortSignal,
  ) {
    if (job.cancelRequestedAt !== undefined) this.cancelling.abort();
  }

  /** Changes that came from outside while the job runs (a new name, a deletion). */
  update(change: Partial<JobRecord>): JobRecord {
    this.job = { ...this.job, ...change };
    return this.job;
  }

  cancel(): void {
    this.cancelling.abort();
  }

  /** Resolves with the job in its final state, or undefined when the sandbox closed before. */
  async run(): Promise<JobRecord | undefined> {
    try {
      if (this.job.state === 'PENDING') {
        const ended = await this.leavePending();
        if (ended) return this.job;
      } else {
        this.host.queue.hold();
        this.placed = true;
      }
      await this.work();
      return this.job;
    } catch (error) {
      if (isCancelled(error) && this.closing.aborted) return undefined;
      this.host.log.error(`Job ${this.job.id} broke: ${String(error)}`);
      await this.end('FAILED', { code: 13, message: 'An internal error has occurred.' });
      return this.job;
    } finally {
      if (this.placed) this.host.queue.leave();
    }
  }

  /** Waits until it is this job's turn; true when that never comes. */
  private async leavePending(): Promise<boolean> {
    let wake = await this.wait(this.job.faults.includes('stuck') ? Infinity : pendingMs);
    if (wake === 'work') wake = await this.waitForTurn();
    if (wake === 'expired' || this.job.faults.includes('expire')) await this.expire();
    else if (wake === 'cancelled') await this.endCancelled();
    else if ((this.job.openai?.errors.length ?? 0) > 0)
      await this.end('FAILED', { code: 3, message: 'The input of the batch is not valid.' });
    else if (this.job.faults.includes('fail'))
      await this.end('FAILED', { code: 8, message: 'Enqueued token quota exceeded for this model.' });
    else {
      await this.change({ state: 'RUNNING', startedAt: this.host.clock.now() });
      return false;
    }
    return true;
  }

  private async work(): Promise<void> {
    const output = this.host.openOutput(this.job);
    let ended: Wake;
    try {
      ended = await this.serveRows(output);
    } catch (error) {
      await output.abandon();
      throw error;
    }
    if (ended === 'expired') {
      await output.abandon();
      await this.expire();
    } else await this.finish(output, ended === 'cancelled');
  }

  /** Answers row by row, no faster than the job is to run. Returns what ended it. */
  private async serveRows(output: JobOutput): Promise<Wake> {
    const { host } = this;
    const begun = host.clock.work();
    const duration = runningMs(this.job.rows);
    const rows = host.answerer(this.job);
    const allFail = this.job.faults.includes('all-rows-failed');
    let served = 0;
    let breathed = performance.now();
    let wake: Wake = 'work';
    const input = readLineBatches(host.inputPath(this.job), { chunkBytes: 1 << 17, signal: this.closing });
    for await (const batch of input)
      for (const { bytes } of batch) {
        const line = bytes.toString('utf8');
        if (line.trim() === '') continue;
        if (wake !== 'cancelled')
          wake = await this.waitUntil(begun + (served * duration) / Math.max(1, this.job.rows));
        if (wake === 'expired') return wake;
        served += 1;
        if (performance.now() - breathed > longestBusyMs) {
          await othersTurn();
          breathed = performance.now();
        }
        if (wake === 'cancelled') await this.take(rows.unserved(line, { code: 1 }), output);
        else if (allFail) await this.take(rows.unserved(line, allFailedError), output);
        else await this.take(rows.answer(line), output);
      }
    return wake === 'cancelled' ? wake : this.waitUntil(begun + duration);
  }

  private async take(row: RowResult | undefined, output: JobOutput): Promise<void> {
    if (row === undefined) return;
    await output.add(row);
    const { succeeded, failed } = this.job;
    this.job = { ...this.job, succeeded: succeeded + (row.ok ? 1 : 0), failed: failed + (row.ok ? 0 : 1) };
    this.host.show(this.job);
  }

  /** Waits until so much work time has passed; a wait too short for a timer is none. */
  private async waitUntil(work: number): Promise<Wake> {
    const early = work - this.host.clock.work();
    return early > shortestWait ? this.wait(early) : this.overtaken();
  }

  /**
   * After the last row. Of a cancelled job what was served is kept; at Gemini it then counts as succeeded, at OpenAI as
   * cancelled.
   */
  private async finish(output: JobOutput, cancelled: boolean): Promise<void> {
    const isOpenAi = this.job.kind === 'openai';
    if (cancelled && !isOpenAi && this.job.succeeded === 0) {
      await output.abandon();
      await this.endCancelled();
      return;
    }
    const { clock } = this.host;
    const late = this.job.faults.includes('late-output') ? lateOutputMs / Math.max(clock.speed, 0.001) : 0;
    const published = await this.host.publish(this.job, await output.finish());
    this.job = { ...this.job, ...published, outputFrom: clock.now() + late };
    if (cancelled && isOpenAi) await this.end('CANCELLED', cancelledError);
    else await this.end('SUCCEEDED');
  }

  private async endCancelled(): Promise<void> {
    await this.wait(cancelMs, { heedCancel: false });
    this.job = { ...this.job, succeeded: 0, failed: 0 };
    await this.end('CANCELLED', cancelledError);
  }

  private async expire(): Promise<void> {
    this.job = { ...this.job, succeeded: 0, failed: 0 };
    await this.end('EXPIRED', {
      code: 4,
      message: 'The batch expired because it was pending or running for more than 48 hours.',
    });
  }

  private async end(state: JobRecord['state'], error?: JobRecord['error']): Promise<void> {
    const now = this.host.clock.now();
    await this.change({ state, endedAt: now, ...(error === undefined ? {} : { error }) });
  }

  private async change(change: Partial<JobRecord>): Promise<void> {
    this.job = { ...this.job, ...change };
    await this.host.save(this.job);
  }

  private overtaken(): Wake {
    if (this.cancelling.signal.aborted) return 'cancelled';
    return this.host.clock.now() >= this.expiresAt ? 'expired' : 'work';
  }

  private get expiresAt(): number {
    return this.job.createdAt + this.host.jobLifetimeMs;
  }

  /** Waits for work time to pass, for the job to expire or to be cancelled, whichever comes first. */
  private async wait(ms: number, { heedCancel = true } = {}): Promise<Wake> {
    if (ms <= 0) return this.overtaken();
    const ready = Number.isFinite(ms)
      ? (signal: AbortSignal) => this.host.clock.afterWork(ms, signal)
      : undefined;
    return this.waitUnless(ready, heedCancel);
  }

  /** Waits for a place among the jobs that run. */
  private waitForTurn(): Promise<Wake> {
    const rank = () => ({ priority: Number(this.job.priority ?? 0), sequence: this.job.sequence });
    return this.waitUnless(async (signal) => {
      await this.host.queue.enter(rank, signal);
      this.placed = true;
    }, true);
  }

  private async waitUnless(
    ready: ((signal: AbortSignal) => Promise<void>) | undefined,
    heedCancel: boolean,
  ): Promise<Wake> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.closing]);
    const { clock } = this.host;
    const ways: Promise<Wake>[] = [clock.until(this.expiresAt, signal).then(() => 'expired' as const)];
    if (ready !== undefined) ways.unshift(ready(signal).then(() => 'work' as const));
    if (heedCancel) ways.push(aborted(this.cancelling.signal, signal).then(() => 'cancelled' as const));
    try {
      return await Promise.race(ways);
    } finally {
      over.abort();
      await Promise.allSettled(ways);
    }
  }
}

/** Resolves when `signal` fires; rejects, letting go of it, when `over` does. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const release = () => {
      signal.removeEventListener('abort', fire);
      over.removeEventListener('abort', stop);
    };
    const fire = () => {
      release();
      resolve();
    };
    const stop = () => {
      release();
      reject(new CancelledError());
    };
    signal.addEventListener('abort', fire);
    over.addEventListener('abort', stop);
  });
}
