import { nextKey, variantOfKey } from '../dialects';
import type { CheckedDocument } from './checkedDocument';

/** How many lines before a new one say what form its key has. */
const linesLookedAt = 200;

/** A key for the line, of the form that the lines before it have, that no other line has. */
export function nextKeyAt(checked: CheckedDocument, line: number): string {
  const before = checked.keysBetween(line - linesLookedAt, line);
  const near = before.length > 0 ? before : checked.keysBetween(line + 1, line + 1 + linesLookedAt);
  let key = nextKey(near);
  // A line in the middle of a file: count on from the end of what is taken.
  for (let tries = 0; checked.hasKey(key); tries += 1) {
    key = tries === 0 ? nextKey(checked.keysBetween(0, checked.document.lineCount)) : nextKey([key]);
  }
  return key;
}

/** What a line may be called whose key another line has: after that key. */
export function freeVariant(checked: CheckedDocument, key: string): string {
  let variant = variantOfKey(key);
  while (checked.hasKey(variant)) variant = nextKey([variant]);
  return variant;
}
