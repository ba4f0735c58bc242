import * as l10n from '@vscode/l10n';
import { endsEarly, textAfterEnd } from './ends';
import { rewrite, type SyntaxFault } from './fault';
import { nulFault } from './nul';
import { escapedQuotes, readString } from './strings';
import { StructureReader } from './structureReader';
import { isLiteral, requoted, wordFault } from './words';

/** More faults than this in one line say nothing new. */
const mostFaults = 20;

const byteOrderMark = 0xfeff;

/**
 * Everything that keeps `text` from being one JSON value, in order. What is meant beyond doubt (a trailing comma, a comment,
 * single quotes, True) is reported and read as meant; at the first thing that is in doubt the search ends. Does not recurse.
 */
export function syntaxFaults(text: string): readonly SyntaxFault[] {
  const nul = text.indexOf('\u0000');
  return nul === -1 ? new SyntaxReader(text).read() : [nulFault(text, nul)];
}

class SyntaxReader extends StructureReader {
  /** Where the last string began. */
  private lastString = -1;

  constructor(text: string) {
    super(text, text.charCodeAt(0) === byteOrderMark ? 1 : 0);
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
}
