import * as l10n from '@vscode/l10n';
import { rewrite, type ReportFault, type TextMend } from './fault';

/** Reads the string that begins with the quote at `start`; returns what follows its closing quote, -1 when it has none. */
export function readString(text: string, start: number, report: ReportFault): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code === 0x5c) at = escape(text, at, report);
    else if (code < 0x20 && code !== 0) controlCharacter(at, code, report);
    else if (code >= 0xd800 && code <= 0xdfff) at = rawSurrogate(text, at, code, report);
  }
  return -1;
}

/** Reads the escape at the backslash; returns its last character's offset. */
function escape(text: string, at: number, report: ReportFault): number {
  const kind = text.charAt(at + 1);
  if (kind === 'u') return unicodeEscape(text, at, report);
  if (kind === "'") {
    report(
      'json-escape',
      at,
      at + 2,
      l10n.t('A single quote needs no backslash in JSON. Remove it.'),
      rewrite(at, at + 1, '', l10n.t('Remove the backslash')),
    );
  } else if (kind !== '' && !'"\\/bfnrt'.includes(kind)) {
    report(
      'json-escape',
      at,
      at + 2,
      l10n.t('JSON knows no escape "{0}". A backslash itself is written "{1}".', `\\${kind}`, '\\\\'),
      rewrite(at, at, '\\', l10n.t('Double the backslash')),
    );
  }
  return at + 1;
}

function unicodeEscape(text: string, at: number, report: ReportFault): number {
  const code = hexAt(text, at + 2);
  if (code === undefined) {
    const digits = /^[0-9a-fA-F]*/.exec(text.slice(at + 2, at + 5))?.[0].length ?? 0;
    report(
      'json-escape',
      at,
      at + 2 + digits,
      l10n.t('"{0}" needs four hexadecimal digits after it.', '\\u'),
    );
    return at + 1;
  }
  if (code < 0xd800 || code > 0xdfff) return at + 5;
  const low = text.startsWith('\\u', at + 6) ? hexAt(text, at + 8) : undefined;
  if (code <= 0xdbff && low !== undefined && low >= 0xdc00 && low <= 0xdfff) return at + 11;
  loneSurrogate(at, at + 6, report);
  return at + 5;
}

function rawSurrogate(text: string, at: number, code: number, report: ReportFault): number {
  const next = text.charCodeAt(at + 1);
  if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) return at + 1;
  loneSurrogate(at, at + 1, report);
  return at;
}

function loneSurrogate(start: number, end: number, report: ReportFault): void {
  report(
    'json-surrogate',
    start,
    end,
    l10n.t('Half of a surrogate pair is no character; a text was cut in the middle of one. Remove it.'),
    rewrite(start, end, '', l10n.t('Remove it')),
  );
}

function controlCharacter(at: number, code: number, report: ReportFault): void {
  const escaped = JSON.stringify(String.fromCharCode(code)).slice(1, -1);
  report(
    'json-control-character',
    at,
    at + 1,
    l10n.t('A raw control character in a string. Write it as {0}.', escaped),
    rewrite(at, at + 1, escaped, l10n.t('Write as {0}', escaped)),
  );
}

function hexAt(text: string, at: number): number | undefined {
  const digits = text.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** Quotes of a text that one may have forgotten to escape before its end. */
const mostInnerQuotes = 20;
/** In a longer text, trying where a string was meant to end would hold up whoever types in it. */
const longestTried = 100_000;

/**
 * Escapes the quotes inside of a string that was meant to go on: up to the first quote that, with all before it escaped, makes
 * the whole text JSON. Undefined when none does.
 * @param open where the string begins
 */
export function escapedQuotes(text: string, open: number): TextMend | undefined {
  if (text.length > longestTried) return undefined;
  const quotes: number[] = [];
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    if (text.charAt(at - 1) === '\\') continue;
    if (quotes.length > 0 && /^\s*[,}\]]/.test(text.slice(at + 1, at + 50)) && parsesWith(text, quotes)) {
      const edits = quotes.map((quote) => ({ start: quote, end: quote, newText: '\\' }));
      return { title: l10n.t('Escape the quotes inside'), edits, careful: true };
    }
    quotes.push(at);
    if (quotes.length > mostInnerQuotes) return undefined;
  }
  return undefined;
}

function parsesWith(text: string, escaped: readonly number[]): boolean {
  let mended = '';
  let from = 0;
  for (const quote of escaped) {
    mended += `${text.slice(from, quote)}\\`;
    from = quote;
  }
  try {
    JSON.parse(mended + text.slice(from));
    return true;
  } catch {
    return false;
  }
}
