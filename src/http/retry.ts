import { delay, throwIfCancelled } from '../util/async';
import { systemClock, type Clock } from '../util/clock';

/** How often and how long a call is tried again. */
export interface RetryPolicy {
  /** Tries altogether, the first one included. */
  readonly attempts: number;
  /** Before the second try; doubled for each further one. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** No further try begins later than this after the first one. */
  readonly totalMs: number;
}

/** For calls that may be sent as often as one likes. */
export const patientPolicy: RetryPolicy = {
  attempts: 6,
  firstDelayMs: 500,
  maxDelayMs: 30_000,
  totalMs: 120_000,
};

/** For calls whose refusal a person or the queue should hear of soon. */
export const briefPolicy: RetryPolicy = {
  attempts: 3,
  firstDelayMs: 1_000,
  maxDelayMs: 10_000,
  totalMs: 20_000,
};

/** What retrying needs from outside. `random` gives numbers from 0 to below 1. */
export interface RetryContext {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** What to do about a failure: whether to try again, and how long the service asked to wait. */
export interface RetryVerdict {
  readonly again: boolean;
  readonly afterMs?: number | undefined;
}

/**
 * Runs `attempt` until it resolves, its failure is not worth another try, or the policy is used up; then rejects with the last
 * failure. Waits between tries grow exponentially with jitter and are never shorter than the service asked for: where that is
 * longer than the time left, the failure is passed on at once. Rejects with CancelledError as soon as `signal` fires.
 * @param attempt gets the number of the try, from 1.
 */
export async function withRetry<T>(
  attempt: (number: number) => Promise<T>,
  judge: (error: unknown) => RetryVerdict,
  policy: RetryPolicy,
  context: RetryContext = {},
): Promise<T> {
  const clock = context.clock ?? systemClock;
  const started = clock.now();
  for (let number = 1; ; number += 1) {
    throwIfCancelled(context.signal);
    try {
      return await attempt(number);
    } catch (error) {
      const verdict = judge(error);
      if (!verdict.again || number >= policy.attempts) throw error;
      const wait = backoff(number, policy, context.random ?? Math.random, verdict.afterMs);
      if (clock.now() - started + wait > policy.totalMs) throw error;
      await delay(wait, context.signal, clock);
    }
  }
}

/** Milliseconds to wait after try `number`: between half and the whole of the exponential step, or a little over `afterMs`. */
export function backoff(
  number: number,
  policy: Pick<RetryPolicy, 'firstDelayMs' | 'maxDelayMs'>,
  random: () => number,
  afterMs = 0,
): number {
  const step = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (number - 1));
  const wait = step / 2 + (random() * step) / 2;
  // Many clients that were told the same time to wait must not all come back at the same moment.
  return Math.round(afterMs > wait ? afterMs + (random() * step) / 4 : wait);
}
