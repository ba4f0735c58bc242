import { locateKey } from '../dialects';
import { stringEnd } from '../util/jsonText';

/** The lines of a document, as far as they are needed here. */
export interface Lines {
  readonly lineCount: number;
  line(index: number): string;
}

/** An edit of a document; lines and characters count from 0. */
export interface LineChange {
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
  readonly text: string;
}

/**
 * Where a line of `length` characters is after edits, which apply one after the other. Undefined when one of them took all of
 * it away, or put something else in its place.
 */
export function lineAfter(line: number, length: number, changes: readonly LineChange[]): number | undefined {
  let at = line;
  for (const { range, text } of changes) {
    const { start, end } = range;
    const isBehind = start.line > at || (start.line === at && start.character >= length);
    if (isBehind) continue;
    const fromStart = start.line < at || start.character === 0;
    const toEnd = end.line > at || (end.line === at && end.character >= length);
    if (fromStart && toEnd) return undefined;
    const added = text.split('\n').length - 1;
    // What stands behind the edit moves with its end; what stands before it stays.
    if (fromStart) at += start.line + added - Math.min(end.line, at);
  }
  return at;
}

/**
 * Where the request that was `text` on line `guess` stands now: there, or wherever the very text moved to, or where its key
 * is. Undefined when it is gone.
 * @param isKnown whether `guess` is its line for certain, because every edit since was followed
 */
export function findRequest(lines: Lines, text: string, guess: number, isKnown = false): number | undefined {
  if (isKnown || lines.line(guess) === text) return guess;
  const key = locateKey(text)?.value;
  if (key !== undefined && locateKey(lines.line(guess))?.value === key) return guess;
  const moved = find(lines, (line) => line === text);
  if (moved !== undefined) return moved;
  // A line without a key has nothing but its place.
  if (key === undefined) return guess < lines.lineCount ? guess : undefined;
  const quoted = JSON.stringify(key);
  return find(lines, (line) => line.includes(quoted) && locateKey(line)?.value === key);
}

function find(lines: Lines, matches: (line: string) => boolean): number | undefined {
  for (let index = 0; index < lines.lineCount; index += 1) {
    if (matches(lines.line(index))) return index;
  }
  return undefined;
}

/** The offset in `to` that is the same place as `offset` in `from`: one JSON text, laid out in two ways. */
export function samePlace(from: string, offset: number, to: string): number {
  let count = 0;
  for (const { start, end } of pieces(from)) {
    if (start >= offset) break;
    count += Math.min(end, offset) - start;
  }
  for (const { start, end } of pieces(to)) {
    if (count < end - start) return start + count;
    count -= end - start;
  }
  return to.length;
}

/** The stretches of a JSON text that are no white space between tokens: strings, and single characters. */
function* pieces(text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    const end = character === '"' ? stringEnd(text, at) : at + 1;
    if (character.trim() !== '') yield { start: at, end };
    at = end;
  }
}
