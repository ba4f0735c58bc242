import { createScanner, type JSONScanner } from 'jsonc-parser';
import type { Span } from './problem';

/** A string in a line: its decoded value, and where it stands with its quotes. */
export interface LocatedString extends Span {
  readonly value: string;
}

// The scanner's token numbers; its enum is `const` and cannot be imported where files are compiled one by one.
const openBrace = 1;
const closeBrace = 2;
const openBracket = 3;
const closeBracket = 4;
const colon = 6;
const stringLiteral = 10;
const endOfFile = 17;

/** The key of a request or result line (`key`, else `custom_id`, else `metadata.key`), also in a line that is broken further on. */
export function locateKey(text: string): LocatedString | undefined {
  return (
    locateString(text, ['key']) ??
    locateString(text, ['custom_id']) ??
    locateString(text, ['metadata', 'key'])
  );
}

/** `body.model` of an OpenAI line. */
export function locateModel(text: string): LocatedString | undefined {
  return locateString(text, ['body', 'model']);
}

/** `url` of an OpenAI line. */
export function locateEndpoint(text: string): LocatedString | undefined {
  return locateString(text, ['url']);
}

/** The string at a path of property names; the last one where a property is given twice. */
function locateString(text: string, path: readonly string[]): LocatedString | undefined {
  const scanner = createScanner(text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text, true);
  return (scanner.scan() as number) === openBrace ? stringIn(scanner, path) : undefined;
}

/** Searches the object whose brace was just read. */
function stringIn(scanner: JSONScanner, [name, ...rest]: readonly string[]): LocatedString | undefined {
  let found: LocatedString | undefined;
  for (
    let token: number = scanner.scan();
    token !== endOfFile && token !== closeBrace;
    token = scanner.scan()
  ) {
    if (token !== stringLiteral) continue;
    const wanted = scanner.getTokenValue() === name;
    if ((scanner.scan() as number) !== colon) continue;
    const value: number = scanner.scan();
    if (wanted && rest.length === 0 && value === stringLiteral) {
      const start = scanner.getTokenOffset();
      found = { value: scanner.getTokenValue(), start, end: start + scanner.getTokenLength() };
    } else if (wanted && rest.length > 0 && value === openBrace) {
      found = stringIn(scanner, rest);
    } else if (value === openBrace || value === openBracket) {
      skipNested(scanner);
    }
  }
  return found;
}

function skipNested(scanner: JSONScanner): void {
  for (let depth = 1; depth > 0;) {
    const token: number = scanner.scan();
    if (token === endOfFile) return;
    if (token === openBrace || token === openBracket) depth += 1;
    else if (token === closeBrace || token === closeBracket) depth -= 1;
  }
}
