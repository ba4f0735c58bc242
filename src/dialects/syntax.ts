import type { Mend, TextEdit } from './problem';
import type { RuleCode } from './rules';
import { deepestNesting } from './structure';
import { isLiteral, nulAdvice, requoted, wordFault } from './syntaxWords';

/** Something that keeps a text from being one JSON value. Offsets are UTF-16 units of the text. */
export interface SyntaxFault {
  readonly code: RuleCode;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly mend?: Mend;
}

/** More faults than this in one line say nothing new. */
const mostFaults = 20;

const byteOrderMark = 0xfeff;

type Expected = 'value' | 'firstValue' | 'name' | 'firstName' | 'colon' | 'comma' | 'end';

/**
 * Everything that keeps `text` from being one JSON value, in order. What is meant beyond doubt (a trailing comma, a comment,
 * single quotes, True) is reported and read as meant; at the first thing that is in doubt the search ends. Does not recurse.
 */
export function syntaxFaults(text: string): readonly SyntaxFault[] {
  return new SyntaxReader(text).read();
}

class SyntaxReader {
  private readonly faults: SyntaxFault[] = [];
  private readonly open: ('{' | '[')[] = [];
  private expected: Expected = 'value';
  private at: number;
  private lastComma = -1;
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
    if (this.expected !== 'end') this.endsEarly();
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
    if (
      this.expected === 'comma' &&
      this.text.charAt(this.at - 1) === '"' &&
      /[^\s,:{}[\]"]/.test(character)
    ) {
      // A word that sticks to a closing quote: the quote was meant to be part of the text.
      this.halt(
        'json-quotes',
        this.at - 1,
        this.at,
        'This quote ends the string, but the text goes on. Write a quote inside a string as \\".',
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
        this.comment();
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

  private opening(character: '{' | '['): void {
    if (!this.beginValue(1)) return;
    this.open.push(character);
    if (this.open.length > deepestNesting) {
      this.halt(
        'json-nesting',
        this.at,
        this.at + 1,
        `Values are nested deeper than ${deepestNesting} levels, which the service does not read. Flatten them.`,
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
          ? `Nothing is open that "${character}" could close.`
          : `Here must be "${wanted}", not "${character}".`,
      );
      return;
    }
    if (this.expected === 'colon' || (this.expected === 'value' && opener === '{')) {
      this.halt('json-syntax', this.at, this.at + 1, 'A value is missing before this bracket.');
      return;
    }
    if ((this.expected === 'name' || this.expected === 'value') && this.lastComma !== -1) {
      const comma = this.lastComma;
      this.fault('json-trailing-comma', comma, comma + 1, 'A comma before a closing bracket. Remove it.', {
        title: 'Remove the comma',
        edits: [{ start: comma, end: comma + 1, newText: '' }],
      });
    }
    this.open.pop();
    this.at += 1;
    this.valueRead();
  }

  private comma(): void {
    if (this.expected !== 'comma') {
      const twice = this.lastComma !== -1 && this.text.slice(this.lastComma + 1, this.at).trim() === '';
      if (!twice) {
        this.halt('json-syntax', this.at, this.at + 1, 'Something is missing before this comma.');
        return;
      }
      this.fault('json-trailing-comma', this.at, this.at + 1, 'Two commas in a row. Remove one.', {
        title: 'Remove the comma',
        edits: [{ start: this.at, end: this.at + 1, newText: '' }],
      });
      this.at += 1;
      return;
    }
    this.lastComma = this.at;
    this.at += 1;
    this.expected = this.open.at(-1) === '{' ? 'name' : 'value';
  }

  private colon(): void {
    if (this.expected !== 'colon') {
      this.halt('json-syntax', this.at, this.at + 1, 'A colon can only stand between a name and its value.');
      return;
    }
    this.at += 1;
    this.expected = 'value';
    this.lastComma = -1;
  }

  /** Whether a value of `length` may begin here; puts in a forgotten comma and goes on. */
  private beginValue(length: number): boolean {
    if (this.expected === 'comma') {
      this.missingComma();
      this.expected = this.open.at(-1) === '{' ? 'name' : 'value';
    }
    if (this.expected === 'name' || this.expected === 'firstName') {
      this.halt('json-syntax', this.at, this.at + length, 'Here must be a property name in double quotes.');
      return false;
    }
    if (this.expected === 'colon') {
      this.fault('json-syntax', this.at, this.at + length, 'The colon after the name is missing.', {
        title: 'Insert a colon',
        edits: [{ start: this.at, end: this.at, newText: ':' }],
      });
    }
    return true;
  }

  private missingComma(): void {
    let before = this.at;
    while (/\s/.test(this.text.charAt(before - 1))) before -= 1;
    this.fault('json-syntax', this.at, this.at + 1, 'A comma is missing before this.', {
      title: 'Insert a comma',
      edits: [{ start: before, end: before, newText: ',' }],
    });
  }

  private valueRead(): void {
    this.lastComma = -1;
    this.expected = this.open.length === 0 ? 'end' : 'comma';
  }

  /** A string or word of that length was read where a name or a value may stand. */
  private scalarRead(start: number, end: number): boolean {
    this.at = start;
    if (this.expected === 'comma') {
      this.missingComma();
      this.expected = this.open.at(-1) === '{' ? 'name' : 'value';
    }
    if (this.expected === 'name' || this.expected === 'firstName') {
      this.expected = 'colon';
    } else if (this.beginValue(end - start)) {
      this.valueRead();
    } else {
      return false;
    }
    this.at = end;
    return true;
  }

  private string(): void {
    const start = this.at;
    const { text } = this;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.scalarRead(start, at + 1);
        return;
      }
      if (code === 0x5c) at = this.escape(at);
      else if (code < 0x20) this.controlCharacter(at, code);
      else if (code >= 0xd800 && code <= 0xdfff) at = this.rawSurrogate(at, code);
    }
    this.halt(
      'json-incomplete',
      start,
      text.length,
      'The line ends inside this string. Close it; if the request goes on in the next line, write it on one.',
    );
  }

  /** Reads the escape at the backslash; returns its last character's offset. */
  private escape(at: number): number {
    const { text } = this;
    const kind = text.charAt(at + 1);
    if (kind === 'u') {
      const code = hexAt(text, at + 2);
      if (code === undefined) {
        const digits = /^[0-9a-fA-F]*/.exec(text.slice(at + 2, at + 5))?.[0].length ?? 0;
        this.fault('json-escape', at, at + 2 + digits, '"\\u" needs four hexadecimal digits after it.');
        return at + 1;
      }
      if (code >= 0xdc00 && code <= 0xdfff) this.lone(at, at + 6);
      if (code < 0xd800 || code > 0xdbff) return at + 5;
      const low =
        text.charAt(at + 6) === '\\' && text.charAt(at + 7) === 'u' ? hexAt(text, at + 8) : undefined;
      if (low !== undefined && low >= 0xdc00 && low <= 0xdfff) return at + 11;
      this.lone(at, at + 6);
      return at + 5;
    }
    if (kind !== '' && !'"\\/bfnrt'.includes(kind)) {
      this.fault(
        'json-escape',
        at,
        at + 2,
        kind === "'"
          ? 'A single quote needs no backslash in JSON. Remove it.'
          : `JSON knows no escape "\\${kind}". A backslash itself is written "\\\\".`,
        kind === "'"
          ? { title: 'Remove the backslash', edits: [{ start: at, end: at + 1, newText: '' }] }
          : { title: 'Double the backslash', edits: [{ start: at, end: at, newText: '\\' }] },
      );
    }
    return at + 1;
  }

  private rawSurrogate(at: number, code: number): number {
    const next = this.text.charCodeAt(at + 1);
    if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) return at + 1;
    this.lone(at, at + 1);
    return at;
  }

  private lone(start: number, end: number): void {
    this.fault(
      'json-surrogate',
      start,
      end,
      'Half of a surrogate pair is no character; a text was cut in the middle of one. Remove it.',
      { title: 'Remove it', edits: [{ start, end, newText: '' }] },
    );
  }

  private controlCharacter(at: number, code: number): void {
    if (code === 0) {
      this.fault('nul-character', at, at + 1, nulAdvice);
      return;
    }
    const escape = JSON.stringify(String.fromCharCode(code)).slice(1, -1);
    this.fault(
      'json-control-character',
      at,
      at + 1,
      `A raw control character in a string. Write it as ${escape}.`,
      {
        title: `Write as ${escape}`,
        edits: [{ start: at, end: at + 1, newText: escape }],
      },
    );
  }

  private comment(): void {
    const { text, at: start } = this;
    const kind = text.charAt(start + 1);
    if (kind !== '/' && kind !== '*') {
      this.halt('json-syntax', start, start + 1, 'A slash cannot stand outside of a string.');
      return;
    }
    const close = kind === '/' ? -1 : text.indexOf('*/', start + 2);
    const end = close === -1 ? text.length : close + 2;
    this.fault('json-comment', start, end, 'JSON has no comments. Remove it.', {
      title: 'Remove the comment',
      edits: [{ start, end, newText: '' }],
    });
    this.at = end;
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
        'Strings are written in double quotes, and this one does not end.',
      );
      return;
    }
    end += 1;
    const json = requoted(text.slice(start + 1, end - 1));
    this.fault('json-quotes', start, end, 'Strings and names are written in double quotes, "…".', {
      title: 'Change to double quotes',
      edits: [{ start, end, newText: json }],
    });
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
    if (asName && /^[\w$-]+$/.test(word)) {
      this.fault('json-quotes', start, end, `Names are written in double quotes: "${word}".`, {
        title: 'Put quotes around it',
        edits: [{ start, end, newText: `"${word}"` }],
      });
    } else if (!isLiteral(word)) {
      const fault = wordFault(word, start, end);
      this.faults.push(fault);
      if (fault.mend === undefined && fault.code !== 'json-literal') {
        this.halted = true;
        return;
      }
    }
    this.scalarRead(start, end);
  }

  private afterEnd(character: string): void {
    const { text, at } = this;
    const rest = text.slice(at + 1).trim();
    if (character === ',' && rest === '') {
      this.fault(
        'json-trailing-comma',
        at,
        at + 1,
        'The line ends with a comma, as in a list. Lines stand by themselves: remove it.',
        {
          title: 'Remove the comma',
          edits: [{ start: at, end: text.length, newText: '' }],
        },
      );
      this.at = text.length;
      return;
    }
    if (character === '/' && '/*'.includes(text.charAt(at + 1)) && rest !== '') {
      this.comment();
      return;
    }
    const second = character === ',' ? at + 1 + (/\S/.exec(text.slice(at + 1))?.index ?? 0) : at;
    if (text.charAt(second) === '{') {
      const edits: TextEdit[] = [{ start: at, end: second, newText: '\n' }];
      this.fault(
        'json-two-values',
        second,
        second + 1,
        'A second object on the same line. Give it a line of its own.',
        {
          title: 'Put it on a line of its own',
          edits,
        },
      );
      this.at = second;
      this.expected = 'value';
      return;
    }
    this.halt(
      'json-two-values',
      at,
      text.trimEnd().length,
      'The line goes on after its object has ended. Remove this.',
    );
  }

  private endsEarly(): void {
    const end = this.text.trimEnd().length;
    const depth = this.open.length;
    const message =
      depth === 0
        ? 'The line holds no value.'
        : `The line ends while ${depth === 1 ? 'a bracket is' : `${depth} brackets are`} open. Close ${depth === 1 ? 'it' : 'them'}; if the request goes on in the next line, write it on one.`;
    this.faults.push({ code: 'json-incomplete', start: Math.max(0, end - 1), end, message });
  }

  private fault(
    code: RuleCode,
    start: number,
    end: number,
    message: string,
    mend?: { readonly title: string; readonly edits: readonly TextEdit[] },
  ): void {
    this.faults.push({ code, start, end, message, ...(mend && { mend: { kind: 'text', ...mend } }) });
  }

  private halt(code: RuleCode, start: number, end: number, message: string): void {
    this.faults.push({ code, start, end, message });
    this.halted = true;
  }
}

function hexAt(text: string, at: number): number | undefined {
  const digits = text.slice(at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
