import * as z from 'zod';
import { readLineBatches } from '../util/lines';

/** How much of a line is shown: what VS Code itself colours. Images make lines of megabytes. */
const shownCharacters = 20_000;

/** Which lines of which file a window shows. */
export const fileWindow = z.object({
  /** URI of the file. */
  source: z.string(),
  /** Zero-based. */
  first: z.number().int().nonnegative(),
  count: z.number().int().positive(),
});

/**
 * Some lines of a file of any size, streamed up to them. Very long lines are cut, and say so. Rejects with the file system's
 * error or CancelledError.
 */
export async function readWindow(
  file: string,
  first: number,
  count: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLineBatches(file, signal === undefined ? {} : { signal })) {
    for (const { index, bytes } of batch) {
      if (index < first) continue;
      if (lines.length === count) return lines;
      lines.push(shorten(bytes));
    }
    if (lines.length === count) break;
  }
  return lines;
}

function shorten(bytes: Buffer): string {
  // A character takes at most four bytes; the rest need not be decoded.
  const text = bytes.subarray(0, shownCharacters * 4).toString('utf8');
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)} …`;
}
