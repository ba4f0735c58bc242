import { isObject } from './json';

/** Objects and lists may be nested this deep; the service's reader stops at a hundred. */
export const deepestNesting = 100;

/** What one pass over the text of a line tells that JSON.parse does not. */
export interface TextStructure {
  /** How many property names stand in the text, repeated ones included. */
  readonly names: number;
  readonly depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Counts property names and nesting. Meaningful for valid JSON only. Strings are jumped over with indexOf, so that megabytes of
 * base64 cost next to nothing.
 */
export function structureOf(text: string): TextStructure {
  let names = 0;
  let depth = 0;
  let deepest = 0;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = closingQuote(text, at);
        if (at === -1) return { names, depth: deepest };
        break;
      case 0x3a: // :
        names += 1;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        break;
      default:
    }
  }
  return { names, depth: deepest };
}

/** Where the string that begins with the quote at `open` ends; -1 when it does not. */
export function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return -1;
}

/** How many properties a parsed value has in all. Fewer than the text has names: some were given twice. */
export function propertyCount(value: unknown): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) {
      if (typeof element === 'object' && element !== null) count += propertyCount(element);
    }
  } else if (isObject(value)) {
    for (const name in value) {
      count += 1;
      const property = value[name];
      if (typeof property === 'object' && property !== null) count += propertyCount(property);
    }
  }
  return count;
}

const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** Whether a look at single characters is needed: the text may hold half of a surrogate pair, raw or escaped. */
export function maySplitSurrogates(text: string): boolean {
  return !text.isWellFormed() || (text.includes('\\u') && surrogateEscape.test(text));
}
