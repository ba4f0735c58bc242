import * as l10n from '@vscode/l10n';
import type { SearchQuery } from '../shared/resultsMessages';
import type { ResultIndex } from './lineIndex';
import type { LineReader } from './lineReader';
import { readPieces, type RowPiece } from './rowPieces';
import { parseWithCalls, readResultLine } from './resultLine';
import { searchableText } from './searchableText';
import { TooSlow, withinMs } from './timeLimit';

export interface SearchOptions {
  readonly signal?: AbortSignal;
  /** Called after every piece of the file with what is found so far. */
  readonly onProgress?: (done: number, found: number) => void;
  readonly chunkBytes?: number;
}

const searchChunk = 4 << 20;
/** How long an expression may take for one chunk; good ones take a hundredth of it. */
const pieceMs = 2000;

/** What searching for an impossible expression rejects with; its message is the engine's. */
export class InvalidSearch extends Error {
  override readonly name = 'InvalidSearch';
}

/** Whether a row's readable text answers the query. Throws {@link InvalidSearch}. */
export function matcherOf(query: SearchQuery): (text: string) => boolean {
  if (query.regex) {
    let expression: RegExp;
    try {
      expression = new RegExp(query.text, query.matchCase ? 'u' : 'iu');
    } catch (error) {
      throw new InvalidSearch(error instanceof Error ? error.message : String(error));
    }
    return (text) => expression.test(text);
  }
  if (query.matchCase) return (text) => text.includes(query.text);
  const wanted = query.text.toLowerCase();
  return (text) => text.toLowerCase().includes(wanted);
}

/**
 * An expression over the file's raw bytes (read as Latin-1) that matches wherever the text may be found in a JSON string: with
 * its characters as they are, as UTF-8, or escaped. It may find more than the text does, never less; only letters, digits and
 * spaces of ASCII are taken to be written as themselves, which is what every writer of JSON does.
 */
export function candidateExpression(query: SearchQuery): RegExp | undefined {
  if (query.regex || query.text === '') return undefined;
  // Characters whose lower case is longer than they are (İ) cannot be told apart this way; look at every row instead.
  if (!query.matchCase && query.text.toLowerCase().length !== query.text.length) return undefined;
  const source = Array.from(query.text, (character) => {
    if (/[\w ]/.test(character)) {
      const letter = !query.matchCase && /[a-z]/i.test(character);
      return letter ? `[${character.toLowerCase()}${character.toUpperCase()}]` : character;
    }
    const variants = query.matchCase
      ? [character]
      : [...new Set([character, character.toLowerCase(), character.toUpperCase()])];
    const spellings = new Set(variants.flatMap(spellingsOf));
    return spellings.size === 1 ? [...spellings].join('') : `(?:${[...spellings].join('|')})`;
  }).join('');
  return new RegExp(source, 'g');
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function spellingsOf(text: string): string[] {
  const spellings = [Buffer.from(text).toString('latin1')];
  const short = shortEscapes[text];
  if (short !== undefined) spellings.push(short);
  const units = Array.from({ length: text.length }, (_, at) =>
    text.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  // The hexadecimal digits of an escape come in either case.
  const escaped = units.map(
    (unit) => `\\\\u${unit.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`,
  );
  return [...spellings.map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')), escaped.join('')];
}

/**
 * Streams over the whole file and marks the rows whose readable text matches. Rows that come into question by their bytes
 * are parsed and looked at again, so field names and base64 match nothing.
 * @returns a bit map: 1 for every row found
 */
export async function searchResults(
  lines: LineReader,
  index: ResultIndex,
  query: SearchQuery,
  options: SearchOptions = {},
): Promise<Uint8Array> {
  const matches = matcherOf(query);
  const expression = candidateExpression(query);
  const found = new Uint8Array(index.rows);
  let count = 0;
  const pieces = { chunkBytes: options.chunkBytes ?? searchChunk, signal: options.signal };
  for await (const piece of readPieces(lines, index, pieces)) {
    const rows = [...candidates(index, piece, expression)];
    const texts = rows.map((row) => readableText(piece.text(row)));
    const matching = query.regex ? limited(() => texts.map(matches)) : texts.map(matches);
    for (const [at, row] of rows.entries()) {
      if (matching[at] !== true) continue;
      found[row] = 1;
      count += 1;
    }
    options.onProgress?.(piece.offset + piece.buffer.length, count);
  }
  return found;
}

function readableText(raw: string): string {
  const line = readResultLine(raw, parseWithCalls);
  return line === undefined ? raw : searchableText(line);
}

function limited<T>(work: () => T): T {
  try {
    return withinMs(pieceMs, work);
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    throw new InvalidSearch(l10n.t('The expression takes too long on these texts.'));
  }
}

function* candidates(index: ResultIndex, piece: RowPiece, expression?: RegExp): Generator<number> {
  if (expression === undefined) {
    for (let row = piece.fromRow; row < piece.toRow; row += 1) yield row;
    return;
  }
  const text = piece.buffer.toString('latin1');
  expression.lastIndex = 0;
  for (let hit = expression.exec(text); hit !== null; hit = expression.exec(text)) {
    const row = index.rowAt(piece.offset + hit.index);
    yield row;
    const { offset, bytes } = index.span(row);
    // One hit a row is enough.
    expression.lastIndex = offset + bytes - piece.offset;
  }
}
