import * as l10n from '@vscode/l10n';
import type { TextEdit } from '../problem';
import type { RuleCode } from '../rules';
import { deepestNesting } from '../structure';
import { bracketMend, endsEarly, textAfterEnd } from './ends';
import { rewrite, type ReportFault, type SyntaxFault, type TextMend } from './fault';
import { escapedQuotes, readString } from './strings';
import { isLiteral, requoted, wordFault } from './words';

/** More faults than this in one line say nothing new. */
const mostFaults = 20;

/** A line with more NUL characters than this is better saved again than mended. */
const mostNuls = 10_000;

const byteOrderMark = 0xfeff;

type Expected = 'value' | 'firstValue' | 'name' | 'firstName' | 'colon' | 'comma' | 'end';

/**
 * Everything that keeps `text` from being one JSON value, in order. What is meant beyond doubt (a trailing comma, a comment,
 * single quotes, True) is reported and read as meant; at the first thing that is in doubt the search ends. Does not recurse.
 */
export function syntaxFaults(text: string): readonly SyntaxFault[] {
  const nul = text.indexOf('\u0000');
  return nul === -1 ? new SyntaxReader(text).read() : [nulFault(text, nul)];
}

/** One fault for all of a line's NUL characters: where there is one, there is mostly one behind every other. */
function nulFault(text: string, first: number): SyntaxFault {
  const edits: TextEdit[] = [];
  for (const { index, 0: run } of text.matchAll(/\0+/g)) {
    edits.push({ start: index, end: index + run.length, newText: '' });
    if (edits.length > mostNuls) break;
  }
  return {
    code: 'nul-character',
    start: first,
    end: first + (/^\0+/.exec(text.slice(first))?.[0].length ?? 1),
    message: l10n.t(
      'A NUL character. The file was probably saved as UTF-16; save it as UTF-8 (in VS Code: Save with Encoding).',
    ),
    ...(edits.length <= mostNuls && {
      mend: { kind: 'text', title: l10n.t('Remove the NUL characters'), edits },
    }),
  };
}

class SyntaxReader {
  private readonly faults: SyntaxFault[] = [];
  private readonly open: ('{' | '[')[] = [];
  private expected: Expected = 'value';
  private at: number;
  private lastComma = -1;
  /** Where the last string began. */
  private lastString = -1;
  private halted = false;

  constructor(private readonly text: string) {
    this.at = text.charCodeAt(0) === byteOrderMark ? 1 : 0;
  }

  read(): readonly SyntaxFault[] {
    for (;;) {
      this.skipBlanks();
      if (this.halted || this.faults.length >= mostFaults) return this.faults;
      if (this.at >= this.text.length) break;
      this.token(this.text.charAt(this.at));
    }
    if (this.expected !== 'end') {
      const isBetween = this.expected === 'comma' || this.expected.startsWith('first');
      endsEarly(this.text, this.open, isBetween, this.fault);
    }
    return this.faults;
  }

  private skipBlanks(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return;
    }
  }

  private token(character: string): void {
    if (this.expected === 'end') {
      this.afterEnd(character);
      return;
    }
    if (this.otherSeparator(character)) return;
    const sticks = this.expected === 'comma' && this.text.charAt(this.at - 1) === '"';
    if (sticks && /[^\s,:{}[\]"]/.test(character)) {
      // A word that sticks to a closing quote: the quote was meant to be part of the text.
      this.halt(
        'json-quotes',
        this.at - 1,
        this.at,
        l10n.t(
          'This quote ends the string, but the text goes on. Write a quote inside a string as {0}.',
          '\\"',
        ),
        escapedQuotes(this.text, this.lastString),
      );
      return;
    }
    switch (character) {
      case '{':
      case '[':
        this.opening(character);
        return;
      case '}':
      case ']':
        this.closing(character);
        return;
      case ',':
        this.comma();
        return;
      case ':':
        this.colon();
        return;
      case '"':
        this.string();
        return;
      case '/':
      case '#':
        this.comment(character);
        return;
      case "'":
      case '\u2018':
      case '\u201c':
      case '\u201d':
      case '\u201e':
      case '\u00ab':
        this.otherQuotes(character);
        return;
      default:
        this.word();
    }
  }

  /** Reads a semicolon where a comma belongs, and an equals sign (or an arrow) where a colon does. */
  private otherSeparator(character: string): boolean {
    const wanted =
      this.expected === 'comma' && character === ';'
        ? ','
        : this.expected === 'colon' && character === '='
          ? ':'
          : undefined;
    if (wanted === undefined) return false;
    const end = this.at + (this.text.startsWith('=>', this.at) ? 2 : 1);
    this.fault(
      'json-syntax',
      this.at,
      end,
      l10n.t('JSON separates with "{0}" here.', wanted),
      rewrite(this.at, end, wanted, l10n.t('Change to "{0}"', wanted)),
    );
    this.lastComma = wanted === ',' ? this.at : -1;
    this.at = end;
    if (wanted === ',') this.afterComma();
    else this.expected = 'value';
    return true;
  }

  private opening(character: '{' | '['): void {
    if (!this.beginValue(1)) return;
    this.open.push(character);
    if (this.open.length > deepestNesting) {
      this.halt(
        'json-nesting',
        this.at,
        this.at + 1,
        l10n.t(
          'Values are nested deeper than {0} levels, which the service does not read. Flatten them.',
          deepestNesting,
        ),
      );
      return;
    }
    this.at += 1;
    this.expected = character === '{' ? 'firstName' : 'firstValue';
  }

  private closing(character: '}' | ']'): void {
    const opener = this.open.at(-1);
    const wanted = opener === '{' ? '}' : ']';
    if (opener === undefined || wanted !== character) {
      this.halt(
        'json-syntax',
        this.at,
        this.at + 1,
        opener === undefined
          ? l10n.t('Nothing is open that "{0}" could close.', character)
          : l10n.t('Here must be "{0}", not "{1}".', wanted, character),
        bracketMend(this.text, this.at, wanted),
      );
      return;
    }
    if (this.expected === 'colon' || (this.expected === 'value' && opener === '{')) {
      this.halt('json-syntax', this.at, this.at + 1, l10n.t('A value is missing before this bracket.'));
      return;
    }
    if ((this.expected === 'name' || this.expected === 'value') && this.lastComma !== -1) {
      this.needlessComma(this.lastComma, l10n.t('A comma before a closing bracket. Remove it.'));
    }
    this.open.pop();
    this.at += 1;
    this.valueRead();
  }

  private comma(): void {
    if (this.expected !== 'comma') {
      const twice = this.lastComma !== -1 && this.text.slice(this.lastComma + 1, this.at).trim() === '';
      if (!twice) {
        this.halt('json-syntax', this.at, this.at + 1, l10n.t('Something is missing before this comma.'));
        return;
      }
      this.needlessComma(this.at, l10n.t('Two commas in a row. Remove one.'));
      this.at += 1;
      return;
    }
    this.lastComma = this.at;
    this.at += 1;
    this.afterComma();
  }

  private needlessComma(at: number, message: string): void {
    this.fault(
      'json-trailing-comma',
      at,
      at + 1,
      message,
      rewrite(at, at + 1, '', l10n.t('Remove the comma')),
    );
  }

  private afterComma(): void {
    this.expected = this.open.at(-1) === '{' ? 'name' : 'value';
  }

  private colon(): void {
    if (this.expected !== 'colon') {
      this.halt(
        'json-syntax',
        this.at,
        this.at + 1,
        l10n.t('A colon can only stand between a name and its value.'),
      );
      return;
    }
    this.at += 1;
    this.expected = 'value';
    this.lastComma = -1;
  }

  /** Whether a value of `length` may begin here; puts in a forgotten comma and goes on. */
  private beginValue(length: number): boolean {
    this.forgottenComma();
    if (this.expected === 'name' || this.expected === 'firstName') {
      this.halt(
        'json-syntax',
        this.at,
        this.at + length,
        l10n.t('Here must be a property name in double quotes.'),
      );
      return false;
    }
    if (this.expected === 'colon') {
      this.fault(
        'json-syntax',
        this.at,
        this.at + length,
        l10n.t('The colon after the name is missing.'),
        rewrite(this.at, this.at, ':', l10n.t('Insert a colon')),
      );
    }
    return true;
  }

  private forgottenComma(): void {
    if (this.expected !== 'comma') return;
    let before = this.at;
    while (/\s/.test(this.text.charAt(before - 1))) before -= 1;
    this.fault(
      'json-syntax',
      this.at,
      this.at + 1,
      l10n.t('A comma is missing before this.'),
      rewrite(before, before, ',', l10n.t('Insert a comma')),
    );
    this.afterComma();
  }

  private valueRead(): void {
    this.lastComma = -1;
    this.expected = this.open.length === 0 ? 'end' : 'comma';
  }

  /** A string or word of that length was read where a name or a value may stand. */
  private scalarRead(start: number, end: number): void {
    this.at = start;
    this.forgottenComma();
    if (this.expected === 'name' || this.expected === 'firstName') this.expected = 'colon';
    else if (this.beginValue(end - start)) this.valueRead();
    else return;
    this.at = end;
  }

  private string(): void {
    const start = this.at;
    this.lastString = start;
    const end = readString(this.text, start, this.fault);
    if (end !== -1) {
      this.scalarRead(start, end);
      return;
    }
    this.halt(
      'json-incomplete',
      start,
      this.text.length,
      l10n.t(
        'The line ends inside this string. Close it; if the request goes on in the next line, write it on one.',
      ),
    );
  }

  private comment(mark: string): void {
    const { text, at: start } = this;
    const isBlock = mark === '/' && text.charAt(start + 1) === '*';
    if (mark === '/' && !isBlock && text.charAt(start + 1) !== '/') {
      this.halt('json-syntax', start, start + 1, l10n.t('A slash cannot stand outside of a string.'));
      return;
    }
    const close = isBlock ? text.indexOf('*/', start + 2) : -1;
    const end = close === -1 ? text.length : close + 2;
    const mend = rewrite(start, end, '', l10n.t('Remove the comment'));
    this.fault('json-comment', start, end, l10n.t('JSON has no comments. Remove it.'), mend);
    this.at = end;
    // A line of nothing but a comment lacks nothing.
    if (this.faults.length === 1 && text.slice(0, start).trim() === '' && text.slice(end).trim() === '') {
      this.halted = true;
    }
  }

  private otherQuotes(quote: string): void {
    const { text, at: start } = this;
    const closers = quote === "'" ? "'" : '\u2018\u2019\u201c\u201d\u201e\u00bb"';
    let end = start + 1;
    while (end < text.length && !closers.includes(text.charAt(end))) {
      end += text.charAt(end) === '\\' ? 2 : 1;
    }
    if (end >= text.length) {
      this.halt(
        'json-quotes',
        start,
        start + 1,
        l10n.t('Strings are written in double quotes, and this one does not end.'),
      );
      return;
    }
    end += 1;
    const json = requoted(text.slice(start + 1, end - 1));
    this.fault(
      'json-quotes',
      start,
      end,
      l10n.t('Strings and names are written in double quotes, "…".'),
      rewrite(start, end, json, l10n.t('Change to double quotes')),
    );
    this.scalarRead(start, end);
  }

  private word(): void {
    const { text, at: start } = this;
    const word =
      /^[^\s,:{}[\]"'/\u201c\u201d]+/.exec(text.slice(start, start + 200))?.[0] ?? text.charAt(start);
    const end = start + word.length;
    const asName =
      this.expected === 'name' ||
      this.expected === 'firstName' ||
      (this.expected === 'comma' && this.open.at(-1) === '{');
    if (asName && this.isDecimals(word)) {
      this.decimalComma(end);
      return;
    }
    if (asName && /^[\w$-]+$/.test(word)) {
      this.fault(
        'json-quotes',
        start,
        end,
        l10n.t('Names are written in double quotes: {0}.', `"${word}"`),
        rewrite(start, end, `"${word}"`, l10n.t('Put quotes around it')),
      );
    } else if (!isLiteral(word)) {
      const fault = wordFault(word, start, end);
      this.faults.push(fault);
      if (fault.mend === undefined) {
        this.halted = true;
        return;
      }
    }
    this.scalarRead(start, end);
  }

  /** Whether the word is what stands behind the comma of `0,7`. */
  private isDecimals(word: string): boolean {
    return /^\d+$/.test(word) && this.lastComma === this.at - 1 && /\d/.test(this.text.charAt(this.at - 2));
  }

  private decimalComma(end: number): void {
    const comma = this.lastComma;
    this.fault(
      'json-syntax',
      comma,
      comma + 1,
      l10n.t('Decimals stand behind a point in JSON, not behind a comma.'),
      rewrite(comma, comma + 1, '.', l10n.t('Change to a point')),
    );
    this.at = end;
    this.valueRead();
  }

  private afterEnd(character: string): void {
    const { text, at } = this;
    const isComment = character === '/' && '/*'.includes(text.charAt(at + 1)) && at + 1 < text.length;
    if (character === '#' || isComment) {
      this.comment(character);
      return;
    }
    const next = textAfterEnd(text, at, this.fault);
    if (next === undefined) {
      this.halted = true;
      return;
    }
    this.at = next.at;
    this.expected = next.expects;
  }

  private readonly fault: ReportFault = (code, start, end, message, mend) => {
    this.faults.push({ code, start, end, message, ...(mend && { mend: { kind: 'text', ...mend } }) });
  };

  private halt(code: RuleCode, start: number, end: number, message: string, mend?: TextMend): void {
    this.fault(code, start, end, message, mend);
    this.halted = true;
  }
}
