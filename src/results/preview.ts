/** How many bytes of a value a preview looks at. */
export const previewBytes = 640;

/** The text of the first part of a JSON value, cut anywhere: a string's content, else the JSON itself. On one line. */
export function previewOf(bytes: Buffer): string {
  const text = bytes[0] === 0x22 ? stringContent(bytes) : jsonStart(bytes);
  return oneLine(text);
}

/** Runs of white space become one space; control characters that no list can show disappear. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
}

/** Characters of the string that `bytes` begin with, whether or not its end is among them. */
function stringContent(bytes: Buffer): string {
  let at = 1;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === 0x22) break;
    if (byte !== 0x5c) {
      at += 1;
      continue;
    }
    const escape = bytes[at + 1] === 0x75 ? 6 : 2;
    // An escape that is cut off is left out.
    if (at + escape > bytes.length) break;
    at += escape;
  }
  const raw = withoutCutCharacter(bytes, 1, at);
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

/** The object or array that `bytes` begin with, as far as it goes; anything else as it is. */
function jsonStart(bytes: Buffer): string {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth === 0) return bytes.toString('utf8', 0, at + 1);
    }
  }
  return withoutCutCharacter(bytes, 0, bytes.length);
}

function withoutCutCharacter(bytes: Buffer, from: number, to: number): string {
  let end = to;
  // Step back over the bytes of a character that the cut went through.
  if (to === bytes.length) {
    let back = to;
    while (back > from && to - back < 4 && ((bytes[back - 1] ?? 0) & 0xc0) === 0x80) back -= 1;
    const lead = back > from ? (bytes[back - 1] ?? 0) : 0;
    const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (needed > to - back + 1) end = back - 1;
  }
  return bytes.toString('utf8', from, Math.max(from, end));
}

/** The first numbers of an embedding as its JSON begins: `[0.1,0.2,…`. */
export function firstNumbers(json: string, count: number): string {
  return (
    json
      .slice(1)
      .split(/[,\]]/, count)
      // Behind the end of a short one there is nothing, which is no zero.
      .filter((number) => number.trim() !== '')
      .map((number) => Number(number))
      .filter((number) => Number.isFinite(number))
      .map((number) => number.toFixed(4))
      .join(', ')
  );
}
