import { asObject, parseJson } from '../../util/json';
import { keyOf } from '../../results/resultLine';

/** What is needed of a document to look for a line; VS Code's TextDocument has it. */
export interface Lines {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

/** Lines that are longer are not parsed to find their key. */
const maxParsed = 4 << 20;
/** A line that begins as they are written: `{"key": "…"`. */
const leading = /^\s*\{\s*"(?:key|custom_id)"\s*:\s*("(?:[^"\\]|\\.)*")/;

/** The key of a request line, undefined when it has none or cannot be read. */
export function keyOfLine(text: string): string | undefined {
  const start = leading.exec(text)?.[1];
  if (start !== undefined) {
    const key = parseJson(start);
    if (typeof key === 'string') return key;
  }
  if (text.length > maxParsed) return undefined;
  const object = asObject(parseJson(text));
  return object === undefined ? undefined : keyOf(object);
}

/**
 * The line of a request in a document that may have been edited: the one with its key that is nearest to where it was.
 * Without a key, where it was.
 * @param expected the line it had when it was submitted
 */
export function lineOfKey(document: Lines, key: string | undefined, expected: number): number | undefined {
  if (key === undefined) return expected < document.lineCount ? expected : undefined;
  // Looking for the text first is ten times as fast as reading every key.
  const quoted = JSON.stringify(key);
  const has = (line: number) => {
    if (line < 0 || line >= document.lineCount) return false;
    const { text } = document.lineAt(line);
    return (text.includes(quoted) || text.includes(key) || text.includes('\\u')) && keyOfLine(text) === key;
  };
  for (let away = 0; away < document.lineCount + expected; away += 1) {
    if (has(expected + away)) return expected + away;
    if (has(expected - away)) return expected - away;
    if (expected - away < 0 && expected + away >= document.lineCount) return undefined;
  }
  return undefined;
}
