import { toDisposable, type Disposable } from './disposable';

/** Time as an input, so that tests can move it. Milliseconds since the epoch throughout. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; disposing the result cancels it. */
  after(ms: number, callback: () => void): Disposable;
}

/** The machine's own clock. Its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return toDisposable(() => clearTimeout(timer));
  },
};
