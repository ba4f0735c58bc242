import { locateKey } from '../dialects';

/** The lines of a document, as far as they are needed here. */
export interface Lines {
  readonly lineCount: number;
  line(index: number): string;
}

/**
 * Where the request that was `text` on line `guess` stands now: there, or wherever the very text moved to, or where its key
 * is. Undefined when it is gone.
 */
export function findRequest(lines: Lines, text: string, guess: number): number | undefined {
  if (lines.line(guess) === text) return guess;
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
