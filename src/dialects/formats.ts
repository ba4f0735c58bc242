const notBase64 = /[^A-Za-z0-9+/_-]/;

/** Whether protocol-buffer JSON reads it as bytes: standard or URL-safe alphabet, padding optional. */
export function isBase64(text: string): boolean {
  let end = text.length;
  if (text.endsWith('==')) end -= 2;
  else if (text.endsWith('=')) end -= 1;
  // Padding completes a group of four; without padding a single left-over character is no byte.
  if (end === text.length ? end % 4 === 1 : text.length % 4 !== 0) return false;
  const at = text.search(notBase64);
  return at === -1 || at >= end;
}

const dataUri = /^\s*data:([a-zA-Z0-9.+-]+\/[a-zA-Z0-9.+-]+)?(?:;[a-zA-Z0-9=._-]+)*;base64,\s*/i;

/** The MIME type (may be empty) and the length of a base64 data URI's prefix; undefined when it is none. */
export function dataUriPrefix(
  text: string,
): { readonly mimeType: string; readonly length: number } | undefined {
  const match = dataUri.exec(text.slice(0, 200));
  return match === null ? undefined : { mimeType: match[1] ?? '', length: match[0].length };
}

/** `1.5s`: seconds with at most nine decimals. */
export function isDuration(text: string): boolean {
  return /^-?\d{1,12}(\.\d{1,9})?s$/.test(text);
}

/** RFC 3339, e.g. `2026-01-31T12:00:00Z`. */
export function isTimestamp(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}

/** How the base64 of well-known kinds of files begins. */
const beginnings: readonly (readonly [begins: string, mimeType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['JVBERi0', 'application/pdf'],
  ['SUQz', 'audio/mpeg'],
  ['ZkxhQ', 'audio/flac'],
  ['T2dnUw', 'audio/ogg'],
];

/** What the bytes of a base64 text are, by their first ones; undefined when that does not tell. */
export function mediaTypeOf(base64: string): string | undefined {
  if (/^UklGR[A-Za-z0-9+/]{11}/.test(base64)) return riffType(base64);
  return beginnings.find(([begins]) => base64.startsWith(begins))?.[1];
}

/** RIFF files say behind their length what they are. */
function riffType(base64: string): string | undefined {
  const kind = atob(base64.slice(0, 16)).slice(8, 12);
  return kind === 'WEBP' ? 'image/webp' : kind === 'WAVE' ? 'audio/wav' : undefined;
}
