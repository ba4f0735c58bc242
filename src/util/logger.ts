/**
 * Where a room writes what happened. Never pass a key, a prompt, an answer or an upload URL: messages may end up in a
 * file that the user shares.
 */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
