import { systemClock, type Clock } from './clock';

/** What a cancelled operation rejects with. Cancelling is silent at the command boundary. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor(message = 'Cancelled.') {
    super(message);
  }
}

/** Whether `error` only says that somebody asked to stop: ours, or the one of AbortController. */
export function isCancelled(error: unknown): boolean {
  // By name, because each bundle of the extension has a copy of the class.
  return error instanceof Error && (error.name === 'CancelledError' || error.name === 'AbortError');
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}

/** Waits `ms`; rejects with {@link CancelledError} as soon as `signal` is aborted. */
export function delay(ms: number, signal?: AbortSignal, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new CancelledError());
      return;
    }
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      timer.dispose();
      reject(new CancelledError());
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Runs tasks one after another; a failing task does not stop the next. */
export class Sequencer {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task, task);
    this.tail = result.catch(() => undefined);
    return result;
  }
}
