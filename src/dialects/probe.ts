import type { FileKind } from '../shared/dialect';
import { isObject, tryParse } from './json';
import { lineKindOf, textKindOf } from './lineKind';
import type { LineKind } from './problem';
import { joinLines, linesTogether, opensObject } from './spread';
import { topLevelValues } from './toJsonLines';

/** Lines with something on them that are looked at; a batch file shows its nature long before. */
const mostLines = 200;
/** Characters of a line, and of the whole sample, that are looked at when it is no JSON. */
const mostCharacters = 1 << 16;

/**
 * What a file is, by its content. A broken line counts by the names that stand in it, so a file stays recognised while somebody
 * types in it, and so do requests in a list or spread over several lines. Any other JSON Lines file is `none`.
 */
export function detectKind(lines: readonly string[]): FileKind {
  const votes = new Map<LineKind, number>();
  let looked = 0;
  let unread = '';
  let foreign = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    let text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
    let value = tryParse(text);
    const together = value === undefined && opensObject(text) ? linesTogether(lines.slice(index)) : 1;
    if (together > 1) {
      // An object over several lines has one vote, like one on a single line.
      text = joinLines(lines.slice(index, index + together));
      value = tryParse(text);
      index += together - 1;
    }
    let kind: LineKind;
    if (value === undefined) {
      kind = textKindOf(text);
      if (kind === 'other' && unread.length < mostCharacters) unread += `${text.slice(0, mostCharacters)}\n`;
    } else {
      kind = Array.isArray(value) ? lineKindOf(value[0]) : lineKindOf(value);
      if (kind === 'other' && typeof value === 'object') foreign += 1;
    }
    votes.set(kind, (votes.get(kind) ?? 0) + 1);
    looked += 1;
    if (looked >= mostLines) break;
  }
  const winner = mostVotes(votes);
  if (winner !== undefined) return winner;
  // No line says anything by itself: together they may be one request spread over lines, unless the file is of another kind.
  const whole = foreign === 0 ? textKindOf(unread) : 'other';
  return whole === 'other' ? 'none' : whole;
}

/** The kind of most lines; of kinds with as many, the one that came first. Bare lines beside whole ones are slips. */
function mostVotes(votes: ReadonlyMap<LineKind, number>): Exclude<LineKind, 'other'> | undefined {
  let best: Exclude<LineKind, 'other'> | undefined;
  let most = 0;
  let ours = 0;
  for (const [kind, count] of votes) {
    if (kind === 'other') continue;
    ours += count;
    if (count > most) {
      best = kind;
      most = count;
    }
  }
  // A stray line that looks like ours does not make a file of ours.
  return ours * 10 >= (votes.get('other') ?? 0) ? best : undefined;
}

/** How a file is laid out. */
export type FileLayout = 'lines' | 'array' | 'pretty';

/**
 * Whether a file of ours has one request a line. `text`: its beginning, 64 KB are enough.
 * A single broken line is no other layout: that takes a first line that cannot stand alone and does not want to.
 */
export function detectLayout(text: string): FileLayout {
  const start = text.replace(/^\ufeff?\s*/, '');
  if (start.startsWith('[')) return 'array';
  if (!start.startsWith('{')) return 'lines';
  const end = start.indexOf('\n');
  if (end === -1) return 'lines';
  const first = start.slice(0, end).trim();
  if (/^\{\s*("(key|custom_id|request|contents|body)"\s*:\s*("[^"]*",?|\{|\[)?)?$/.test(first)) {
    // `{` or `{"key": "a",` alone, and the next line goes on with it instead of beginning anew.
    const next = start.slice(end).trimStart();
    return next.startsWith('"') || next.startsWith('}') || (next.startsWith('{') && first.endsWith('['))
      ? 'pretty'
      : 'lines';
  }
  if (tryParse(first) !== undefined) return 'lines';
  // However it is broken up: lines that together are one object.
  const [whole = ''] = topLevelValues(start);
  return whole.includes('\n') && isObject(tryParse(whole)) ? 'pretty' : 'lines';
}
