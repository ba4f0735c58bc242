import type { Disposable } from '../util/disposable';
import { toDisposable } from '../util/disposable';
import { systemClock, type Clock } from '../util/clock';
import { CancelledError } from '../util/async';

interface Waiter {
  /** On the axis of `kind`, milliseconds. */
  readonly due: number;
  readonly resolve: () => void;
}

/**
 * The sandbox's time. Wall time (`now`) is the machine's plus what was advanced; it rules expiry and time stamps. Work time
 * runs `speed` times as fast and rules how quickly jobs get on; advancing moves it too.
 */
export class SandboxClock implements Disposable {
  private advanced = 0;
  private workBase = 0;
  private workSince: number;
  private rate: number;
  private timer: Disposable | undefined;
  private readonly workers = new Set<Waiter>();
  private readonly sleepers = new Set<Waiter>();

  constructor(
    speed = 1,
    private readonly machine: Clock = systemClock,
  ) {
    this.rate = speed;
    this.workSince = machine.now();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.machine.now() + this.advanced;
  }

  /** Milliseconds of work since the sandbox started. */
  work(): number {
    return this.workBase + (this.machine.now() - this.workSince) * this.rate;
  }

  get speed(): number {
    return this.rate;
  }

  /** 0 stands still. */
  setSpeed(speed: number): void {
    this.workBase = this.work();
    this.workSince = this.machine.now();
    this.rate = speed;
    this.settle();
  }

  advance(ms: number): void {
    this.advanced += ms;
    this.workBase += ms;
    this.settle();
  }

  /** Resolves once `ms` of work have passed. */
  afterWork(ms: number, signal?: AbortSignal): Promise<void> {
    return this.wait(this.workers, this.work() + ms, signal);
  }

  /** Resolves once wall time has reached `time`. */
  until(time: number, signal?: AbortSignal): Promise<void> {
    return this.wait(this.sleepers, time, signal);
  }

  dispose(): void {
    this.timer?.dispose();
    this.workers.clear();
    this.sleepers.clear();
  }

  private wait(waiters: Set<Waiter>, due: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new CancelledError());
        return;
      }
      const stop = () => {
        waiters.delete(waiter);
        reject(new CancelledError());
      };
      const waiter: Waiter = {
        due,
        resolve: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      waiters.add(waiter);
      signal?.addEventListener('abort', stop, { once: true });
      this.settle();
    });
  }

  /** Wakes who is due, work before wall time, so that a job that was nearly done is not expired by one big step. */
  private settle(): void {
    wake(this.workers, this.work());
    wake(this.sleepers, this.now());
    this.timer?.dispose();
    const untilWork = this.rate > 0 ? (earliest(this.workers) - this.work()) / this.rate : Infinity;
    const next = Math.min(untilWork, earliest(this.sleepers) - this.now());
    // Timers of Node end at 2^31 ms; a longer wait is cut into pieces.
    this.timer = Number.isFinite(next)
      ? this.machine.after(Math.min(Math.max(1, Math.ceil(next)), 2 ** 31 - 1), () => this.settle())
      : toDisposable(() => undefined);
  }
}

function wake(waiters: Set<Waiter>, now: number): void {
  for (const waiter of [...waiters].sort((a, b) => a.due - b.due)) {
    if (waiter.due > now) return;
    waiters.delete(waiter);
    waiter.resolve();
  }
}

function earliest(waiters: ReadonlySet<Waiter>): number {
  let first = Infinity;
  for (const waiter of waiters) first = Math.min(first, waiter.due);
  return first;
}
