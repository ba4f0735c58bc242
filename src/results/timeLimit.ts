import { createContext, runInContext } from 'node:vm';

/** Thrown where somebody's expression took too long. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/**
 * Does some synchronous work and throws {@link TooSlow} when it is not done after `ms` milliseconds. There are expressions which
 * take longer than the universe lasts on a text that was made for them, and nothing else in this process would run meanwhile;
 * only V8's own time limit reaches into a running expression.
 */
export function withinMs<T>(ms: number, work: () => T): T {
  try {
    return runInContext('work()', createContext({ work }), { timeout: ms }) as T;
  } catch (error) {
    // The error comes out of the context, so it is no instance of this one's classes.
    const { code } = error as { readonly code?: unknown };
    throw code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new TooSlow(`Not done after ${ms} ms.`) : error;
  }
}
