import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something, and returns it.
 * @throws an Error that says what was waited for and what was last seen.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  options: { readonly timeout?: number; readonly seen?: () => Promise<unknown> } = {},
): Promise<T> {
  const timeout = options.timeout ?? 20_000;
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) {
      const seen = options.seen === undefined ? '' : ` Last seen: ${JSON.stringify(await options.seen())}`;
      throw new Error(`Waited ${timeout / 1000} s for ${what}.${seen}`);
    }
    await delay(100);
  }
}
