import type { CancellationToken } from 'vscode-languageserver';
import type { Turns } from './turns';

const sliceMs = 8;

/**
 * Calls `step` for 0 … count - 1 and lets waiting messages have a turn every few milliseconds. Resolves to false when the
 * client has lost interest, `isCurrent` says that what is being worked on has changed, or `isWanted` that it takes too long.
 */
export async function inSlices(
  count: number,
  step: (index: number) => void,
  { turns, token, isCurrent, isWanted }: SliceOptions,
): Promise<boolean> {
  let end = turns.now() + sliceMs;
  for (let index = 0; index < count; index += 1) {
    step(index);
    if (turns.now() < end) continue;
    await new Promise<void>((resolve) => turns.soon(resolve));
    if (token?.isCancellationRequested === true || isCurrent?.() === false) return false;
    if (isWanted?.() === false) return false;
    end = turns.now() + sliceMs;
  }
  return true;
}

export interface SliceOptions {
  readonly turns: Turns;
  readonly token?: CancellationToken | undefined;
  readonly isCurrent?: () => boolean;
  /** Whether it is still worth going on. */
  readonly isWanted?: () => boolean;
}
