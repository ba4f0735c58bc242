import { lineFeed, openBrace, space } from './jsonBytes';
import { byteMembers } from './rawJson';

/** Shorter pieces of a line are copied together, longer ones are views into the item. */
const shortBytes = 4096;

/**
 * The line that a result file has for an inline result: `{"response":…,"metadata":{"key":…}}` becomes `{"key":…,"response":…}`,
 * the values as received. With its line break, and in pieces: an item may be megabytes of a picture, so nothing long is copied.
 * Throws SyntaxError where the item is no object.
 */
export function resultLine(item: Buffer): readonly Buffer[] {
  const members = byteMembers(item);
  const around = members.get('metadata');
  const metadata = around?.[0] === openBrace ? byteMembers(around) : undefined;
  const key = members.get('key') ?? metadata?.get('key');
  const onlyKey = metadata?.size === 1 && metadata.has('key');
  const rest = [...members].filter(([name]) => name !== 'key' && !(name === 'metadata' && onlyKey));
  const pieces: Buffer[] = [];
  let before = '{';
  for (const [name, value] of [...(key === undefined ? [] : [['key', key] as const]), ...rest]) {
    pieces.push(Buffer.from(`${before}${JSON.stringify(name)}:`), ...withoutBreaks(value));
    before = ',';
  }
  pieces.push(Buffer.from(before === '{' ? '{}\n' : '}\n'));
  return joined(pieces);
}

/**
 * A value without line breaks: they stand only between the tokens of JSON, never within its strings, so that they can go with
 * what indents.
 */
function withoutBreaks(value: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < value.length;) {
    const next = value.indexOf(lineFeed, at);
    const to = next === -1 ? value.length : next;
    pieces.push(value.subarray(at, to));
    at = to + 1;
    while (at < value.length && (value[at] ?? 0) <= space) at += 1;
  }
  return pieces;
}

/** The same bytes in few pieces. */
function joined(pieces: readonly Buffer[]): Buffer[] {
  const out: Buffer[] = [];
  let short: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.length < shortBytes) {
      short.push(piece);
      continue;
    }
    out.push(Buffer.concat(short), piece);
    short = [];
  }
  return [...out, Buffer.concat(short)];
}
