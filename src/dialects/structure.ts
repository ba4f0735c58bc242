import type { JsonObject } from './json';

/** Objects and lists may be nested this deep; the service's reader stops at a hundred. */
export const deepestNesting = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** How many property names stand in a valid JSON text, repeated ones included. Strings are jumped over. */
export function nameCount(text: string): number {
  let names = 0;
  const { length } = text;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COLON) names += 1;
    else if (code === QUOTE) at = closingQuote(text, at);
  }
  return names;
}

/** Where the string that begins with the quote at `open` ends; the end of the text when it does not. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

/**
 * How many properties a parsed value has in all; -1 when it is nested too deeply to look. Fewer than the text has names: some
 * were given twice.
 */
export function propertyCount(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= deepestNesting) return -1;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) {
      const inner = propertyCount(element, depth + 1);
      if (inner === -1) return -1;
      count += inner;
    }
    return count;
  }
  for (const name in value as JsonObject) {
    const inner = propertyCount((value as JsonObject)[name], depth + 1);
    if (inner === -1) return -1;
    count += inner + 1;
  }
  return count;
}

/**
 * Whether a valid JSON text surely has no more than `properties` names, so that none is given twice. Native searches only; a
 * false answer means nothing but that {@link nameCount} must look.
 */
export function surelyNamesOnce(text: string, properties: number): boolean {
  // A name is a quote and a colon, unless there is a blank between them. A quote and a colon inside a text only add to the count.
  if ((text.includes('" ') || text.includes('"\t') || text.includes('"\r')) && /"\s+:/.test(text))
    return false;
  let names = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) names += 1;
  return names === properties;
}

const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** Whether a look at single characters is needed: the text may hold half of a surrogate pair, raw or escaped. */
export function maySplitSurrogates(text: string): boolean {
  return !text.isWellFormed() || (text.includes('\\u') && surrogateEscape.test(text));
}
