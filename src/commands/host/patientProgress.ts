import { CancelledError } from '../../util/async';
import type { Clock } from '../../util/clock';
import type { ProgressReport } from '../context';

/** Work that ends within this many milliseconds is over before anybody could read what it is. */
export const patienceMs = 400;
/** VS Code leaves a sign of progress on the screen for 800 ms at least, whatever the work does; a little more is safe. */
export const leastShownMs = 850;

/** A sign on the screen that work goes on. */
export interface ProgressSign {
  report(message: string, fraction?: number): void;
  close(): void;
}

export interface ProgressSurface {
  readonly clock: Clock;
  /** Shows the sign; `cancel` is for its button. */
  readonly open: (cancel: () => void) => ProgressSign;
}

/**
 * Runs a task with a sign of its progress, which comes only when the task takes a while. Settles when the sign is off the screen
 * again, so that whatever is said next, a question or a refusal, stands there alone.
 */
export async function patiently<T>(
  { clock, open }: ProgressSurface,
  task: (progress: ProgressReport) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let sign: ProgressSign | undefined;
  let openedAt = 0;
  let latest: Parameters<ProgressReport['report']> | undefined;
  const timer = clock.after(patienceMs, () => {
    openedAt = clock.now();
    sign = open(() => abort.abort(new CancelledError()));
    if (latest !== undefined) sign.report(...latest);
  });
  const report: ProgressReport['report'] = (...news) => {
    latest = news;
    sign?.report(...news);
  };
  try {
    return await task({ report, signal: abort.signal });
  } finally {
    timer.dispose();
    sign?.close();
    const left = sign === undefined || abort.signal.aborted ? 0 : openedAt + leastShownMs - clock.now();
    if (left > 0) await new Promise<void>((resolve) => clock.after(left, resolve));
  }
}
