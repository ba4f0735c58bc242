/** A character that is shown by its number. */
export interface ControlCharacter {
  readonly label: string;
}

/**
 * Characters that make text read differently than it is written: embeddings, overrides and isolates of direction, invisible
 * joiners and separators, tag characters, and control characters other than tab and line breaks. Plain marks of direction (LRM,
 * RLM) stay, because ordinary Arabic and Hebrew use them.
 */
const hidden = new RegExp(
  [
    '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e',
    '\\u200b\\u2028\\u2029\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]+',
  ].join(''),
  'gu',
);

/** More of them in a row than this are one piece: whoever writes thousands wants them to be drawn. */
const longestRun = 8;

/** Texts between hidden characters, and those characters by name; a long run of them by its first one and its length. */
export function splitControls(text: string): (string | ControlCharacter)[] {
  const pieces: (string | ControlCharacter)[] = [];
  let from = 0;
  for (const { index, run } of runsOf(text)) {
    if (index > from) pieces.push(text.slice(from, index));
    pieces.push(...labelsOf(run).map((label) => ({ label })));
    from = index + run.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

/** The same as one string, for places that hold no elements. */
export function withVisibleControls(text: string): string {
  let shown = '';
  let from = 0;
  for (const { index, run } of runsOf(text)) {
    shown += text.slice(from, index);
    for (const label of labelsOf(run)) shown += `[${label}]`;
    from = index + run.length;
  }
  return from === 0 ? text : shown + text.slice(from);
}

function* runsOf(text: string): Generator<{ readonly index: number; readonly run: string }> {
  for (const match of text.matchAll(hidden)) yield { index: match.index, run: match[0] };
}

function labelsOf(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length <= longestRun) return characters.map(labelOf);
  return [`${labelOf(characters[0] ?? '')} … ×${characters.length}`];
}

function labelOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
