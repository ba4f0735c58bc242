const fence = '```';

/**
 * What stands inside a Markdown fence around a whole text, as models like to write JSON; any other text as it is. Looks at the
 * first and the last line only: an expression over all of it can be made to take for ever.
 */
export function unfenced(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith(fence) || !trimmed.endsWith(fence)) return trimmed;
  const end = trimmed.indexOf('\n');
  if (end === -1 || end > trimmed.length - fence.length) return trimmed;
  const language = trimmed.slice(fence.length, end).trim().toLowerCase();
  return language === '' || language === 'json' ? trimmed.slice(end + 1, -fence.length).trim() : trimmed;
}

export interface JsonLayout {
  /** Objects and lists inside one another. */
  readonly depth: number;
  /** About how many characters the text has when it is laid out, two spaces a level. */
  readonly size: number;
}

/**
 * How deep and how large JSON is when it is laid out, from its text alone: a few thousand brackets are enough to exhaust the
 * stack of whoever lays them out, and a list far inside makes gigabytes of indentation.
 */
export function jsonLayout(text: string): JsonLayout {
  let depth = 0;
  let deepest = 0;
  let size = text.length;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === backslash) at += 1;
      else if (code === quote) quoted = false;
      continue;
    }
    if (code === quote) quoted = true;
    else if (code === openBrace || code === openBracket) {
      depth += 1;
      deepest = Math.max(deepest, depth);
      size += 1 + 2 * depth;
    } else if (code === closeBrace || code === closeBracket) {
      depth = Math.max(0, depth - 1);
      size += 1 + 2 * depth;
    } else if (code === comma) size += 1 + 2 * depth;
  }
  return { depth: deepest, size };
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
