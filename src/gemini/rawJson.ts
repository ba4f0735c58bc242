import {
  quote,
  backslash,
  comma,
  colon,
  openBracket,
  closeBracket,
  openBrace,
  closeBrace,
} from './jsonBytes';

/**
 * The members of a JSON object with the text of their values exactly as it stands, so that what a person wrote can be sent on
 * byte for byte. Later members of the same name win, as in JSON.parse.
 *
 * `text` must be valid JSON; throws SyntaxError where it is not, or when it is no object.
 */
export function rawMembers(text: string): ReadonlyMap<string, string> {
  JSON.parse(text);
  return new Map([...byteMembers(Buffer.from(text))].map(([name, value]) => [name, value.toString('utf8')]));
}

/**
 * The same of bytes, for objects of megabytes: the values are views into `json`, nothing is copied or parsed. Throws SyntaxError
 * where `json` is no object or its outermost level is not well formed; what lies deeper is not looked at.
 */
export function byteMembers(json: Buffer): ReadonlyMap<string, Buffer> {
  const members = new Map<string, Buffer>();
  let at = skipSpace(json, expect(json, skipSpace(json, 0), openBrace));
  if (json[at] === closeBrace) return end(json, at, members);
  for (;;) {
    const nameEnd = skipString(json, expect(json, at, quote));
    const name = String(JSON.parse(json.toString('utf8', at, nameEnd)));
    const from = skipSpace(json, expect(json, skipSpace(json, nameEnd), colon));
    const to = skipValue(json, from);
    members.set(name, json.subarray(from, to));
    at = skipSpace(json, to);
    if (json[at] === closeBrace) return end(json, at, members);
    at = skipSpace(json, expect(json, at, comma));
  }
}

function end<T>(json: Buffer, at: number, members: T): T {
  if (skipSpace(json, at + 1) < json.length) throw broken(at + 1);
  return members;
}

/** The position after the byte at `at`, which must be `byte`. */
function expect(json: Buffer, at: number, byte: number): number {
  if (json[at] !== byte) throw broken(at);
  return at + 1;
}

function broken(at: number): SyntaxError {
  return new SyntaxError(`No JSON object: byte ${at} does not fit.`);
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (isSpace(json[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The position after the string whose first character is at `from`. Jumps from quote to quote: strings may be megabytes. */
function skipString(json: Buffer, from: number): number {
  for (let at = from; ;) {
    const next = json.indexOf(quote, at);
    if (next === -1) throw broken(json.length);
    let escapes = next;
    while (escapes > from && json[escapes - 1] === backslash) escapes -= 1;
    if ((next - escapes) % 2 === 0) return next + 1;
    at = next + 1;
  }
}

/** The position after the value that begins at `from`. */
function skipValue(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length;) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = skipString(json, at + 1);
    else if (
      byte === closeBrace ||
      byte === closeBracket ||
      (depth === 0 && (byte === comma || isSpace(byte)))
    ) {
      if (depth === 0) return requireSome(from, at);
      depth -= 1;
      at += 1;
    } else {
      if (byte === openBrace || byte === openBracket) depth += 1;
      at += 1;
      continue;
    }
    if (depth === 0) return at;
  }
  throw broken(json.length);
}

function requireSome(from: number, to: number): number {
  if (from === to) throw broken(from);
  return to;
}
