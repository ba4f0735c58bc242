import { minifyJson } from '../util/jsonText';
import { tryParse } from './json';

/**
 * JSON Lines out of a text that holds the same objects in one list, or one after the other over several lines: each on a line
 * of its own, numbers and escapes as they were. Undefined when any of it is no JSON.
 */
export function toJsonLines(text: string): string | undefined {
  const body = text.replace(/^\ufeff/, '');
  const whole = body.trim();
  const values =
    whole.startsWith('[') && whole.endsWith(']') ? topLevelValues(whole.slice(1, -1)) : topLevelValues(whole);
  const lines: string[] = [];
  for (const value of values) {
    if (tryParse(value) === undefined) return undefined;
    lines.push(minifyJson(value));
  }
  return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
}

/** The stretches between brackets that nothing is around; commas between them are dropped, anything else is a value too. */
export function topLevelValues(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let start = -1;
  const end = (at: number) => {
    if (start !== -1) values.push(text.slice(start, at).trim());
    start = -1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (depth === 0 && (character === ',' || /\s/.test(character))) {
      end(at);
      continue;
    }
    if (start === -1) start = at;
    if (character === '"') at = stringEnd(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) end(at + 1);
    }
  }
  end(text.length);
  return values;
}

function stringEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') return at;
  }
  return text.length;
}
