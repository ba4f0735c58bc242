import { systemClock, type Clock } from '../util/clock';
import { toDisposable, type Disposable } from '../util/disposable';

/** Time as the server's loop sees it. Injected, so that tests decide when a turn ends. */
export interface Turns extends Clock {
  /** Calls back once everything that already waits (messages, timers) had its turn. */
  soon(callback: () => void): Disposable;
}

export const systemTurns: Turns = {
  now: () => performance.now(),
  after: (ms, callback) => systemClock.after(ms, callback),
  soon(callback) {
    const handle = setImmediate(callback);
    return toDisposable(() => clearImmediate(handle));
  },
};
