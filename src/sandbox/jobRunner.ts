import type { Logger } from '../util/logger';
import { readLineBatches } from '../util/lines';
import { CancelledError, isCancelled } from '../util/async';
import { JobOutput } from './jobOutput';
import type { JobRecord } from './jobRecord';
import { unservedRow, type RowAnswerer } from './rows';
import type { SandboxClock } from './sandboxClock';

/** How long a job is PENDING and how long it runs at speed 1, in milliseconds of work. */
export const pendingMs = 1500;
export const runningMs = (rows: number) => Math.min(20_000, 2500 + rows * 3);
/** How long a cancellation takes to have effect. */
const cancelMs = 300;
const lateOutputMs = 4000;
/** Shorter waits are not worth a timer: a file of a million rows would set as many. */
const shortestWait = 20;

/** What running a job needs of its surroundings. */
export interface RunnerHost {
  readonly clock: SandboxClock;
  readonly log: Logger;
  readonly jobLifetimeMs: number;
  inputPath(job: JobRecord): string;
  outputPath(job: JobRecord): string;
  answerer(job: JobRecord): RowAnswerer;
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
      }
      await this.work();
      return this.job;
    } catch (error) {
      if (isCancelled(error) && this.closing.aborted) return undefined;
      this.host.log.error(`Job ${this.job.id} broke: ${String(error)}`);
      await this.end('FAILED', { code: 13, message: 'An internal error has occurred.' });
      return this.job;
    }
  }

  /** Waits until it is this job's turn; true when that never comes. */
  private async leavePending(): Promise<boolean> {
    const wake = await this.wait(this.job.faults.includes('stuck') ? Infinity : pendingMs);
    if (wake === 'expired' || this.job.faults.includes('expire')) await this.expire();
    else if (wake === 'cancelled') await this.endCancelled();
    else if (this.job.faults.includes('fail'))
      await this.end('FAILED', { code: 8, message: 'Enqueued token quota exceeded for this model.' });
    else {
      await this.change({ state: 'RUNNING', startedAt: this.host.clock.now() });
      return false;
    }
    return true;
  }

  private async work(): Promise<void> {
    const { host } = this;
    const begun = host.clock.work();
    const perRow = runningMs(this.job.rows) / Math.max(1, this.job.rows);
    const answer = host.answerer(this.job);
    const allFail = this.job.faults.includes('all-rows-failed');
    const output = await JobOutput.create(host.outputPath(this.job), this.job.faults);
    let done = false;
    try {
      let [succeeded, failed] = [0, 0];
      let cancelled = false;
      for await (const batch of readLineBatches(host.inputPath(this.job), {
        chunkBytes: 1 << 17,
        signal: this.closing,
      }))
        for (const { bytes } of batch) {
          const line = bytes.toString('utf8');
          if (line.trim() === '') continue;
          const early = begun + (succeeded + failed) * perRow - host.clock.work();
          const wake: Wake = cancelled
            ? 'cancelled'
            : early > shortestWait
              ? await this.wait(early)
              : this.overtaken();
          if (wake === 'expired') {
            await output.abandon();
            done = true;
            await this.expire();
            return;
          }
          cancelled = wake === 'cancelled';
          const row = cancelled
            ? unservedRow(line, { code: 1 })
            : allFail
              ? unservedRow(line, { code: 13, message: 'An internal error has occurred.' })
              : answer(line);
          await output.add(row);
          if (row.ok) succeeded += 1;
          else failed += 1;
          this.job = { ...this.job, succeeded, failed };
          host.show(this.job);
        }
      if (!cancelled) await this.wait(begun + runningMs(this.job.rows) - host.clock.work());
      done = true;
      await this.finish(await output.finish(), cancelled);
    } finally {
      if (!done) await output.abandon();
    }
  }

  /** After the last row: what was served before a cancellation is kept, and then the job counts as succeeded. */
  private async finish(outputBytes: number, cancelled: boolean): Promise<void> {
    if (cancelled && this.job.succeeded === 0) {
      await this.endCancelled();
      return;
    }
    const { clock } = this.host;
    const late = this.job.faults.includes('late-output') ? lateOutputMs / Math.max(clock.speed, 0.001) : 0;
    this.job = { ...this.job, outputBytes, outputFrom: clock.now() + late };
    await this.end('SUCCEEDED');
  }

  private async endCancelled(): Promise<void> {
    await this.wait(cancelMs, { heedCancel: false });
    this.job = { ...this.job, succeeded: 0, failed: 0 };
    await this.end('CANCELLED', { code: 13, message: 'Batch was cancelled.' });
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
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.closing]);
    const { clock } = this.host;
    const ways: Promise<Wake>[] = [clock.until(this.expiresAt, signal).then(() => 'expired' as const)];
    if (Number.isFinite(ms)) ways.unshift(clock.afterWork(ms, signal).then(() => 'work' as const));
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
