import { minifyJson } from '../util/jsonText';
import { isObject, tryParse } from './json';

/** An object of more lines or characters is taken for brackets that went wrong, not for a request. */
const mostLines = 2000;
const mostCharacters = 4 << 20;
/** Deeper than the service reads is no request either. */
const deepest = 100;

export type SpreadState = 'open' | 'closed' | 'broken';

type Before = 'start' | 'opening' | 'comma' | 'colon' | 'name' | 'value';

/**
 * Reads an object line by line: whether it goes on after a line, has ended with it, or is none. It tells one request over several
 * lines from several requests that are broken, so it looks at how tokens follow each other; trailing commas, single quotes and
 * words that are no JSON are left to those who look at the object when it is on one line.
 */
export class SpreadObject {
  /** Whether a text of it has line breaks. */
  breaksText = false;
  lines = 0;
  private characters = 0;
  private readonly open: ('{' | '[')[] = [];
  private before: Before = 'start';
  /** The quote of a text that the last line did not end. */
  private quote = '';
  private text = '';
  private at = 0;

  /** Whether the line that comes next begins inside of a text. */
  get isInText(): boolean {
    return this.quote !== '';
  }

  add(line: string): SpreadState {
    this.lines += 1;
    this.characters += line.length;
    if (this.lines > mostLines || this.characters > mostCharacters) return 'broken';
    this.text = line;
    this.at = this.lines === 1 && line.charCodeAt(0) === 0xfeff ? 1 : 0;
    if (this.quote !== '' && !this.endOfText()) return 'broken';
    while (this.quote === '' && this.skipBlanks()) {
      if (!this.token(this.text.charAt(this.at))) return 'broken';
    }
    if (this.open.length > 0) return 'open';
    return this.before === 'value' ? 'closed' : 'broken';
  }

  /** Goes to the next token of the line; false when there is none. */
  private skipBlanks(): boolean {
    while (this.at < this.text.length && isBlank(this.text.charCodeAt(this.at))) this.at += 1;
    return this.at < this.text.length;
  }

  /** Reads a token; false when it cannot stand there. */
  private token(character: string): boolean {
    const { open, before } = this;
    if (open.length === 0 && !(before === 'start' && character === '{')) {
      // Behind the object may be the comma of a list that it was taken from.
      this.at += 1;
      return before === 'value' && character === ',' && !this.skipBlanks();
    }
    switch (character) {
      case '{':
      case '[':
        return this.opening(character);
      case '}':
      case ']':
        this.at += 1;
        if (before === 'name' || before === 'colon') return false;
        this.before = 'value';
        return open.pop() === (character === '}' ? '{' : '[');
      case ',':
        this.at += 1;
        this.before = 'comma';
        return before === 'value';
      case ':':
        this.at += 1;
        this.before = 'colon';
        return before === 'name';
      default:
        return this.scalar(character);
    }
  }

  private opening(character: '{' | '['): boolean {
    const mayStand = this.open.at(-1) === '{' ? this.before === 'colon' : this.mayBegin();
    this.open.push(character);
    this.before = 'opening';
    this.at += 1;
    return mayStand && this.open.length <= deepest;
  }

  private scalar(character: string): boolean {
    if (!this.mayBegin()) return false;
    this.before = this.open.at(-1) === '{' && this.before !== 'colon' ? 'name' : 'value';
    if (character === '"' || character === "'") {
      this.quote = character;
      this.at += 1;
      return this.endOfText();
    }
    word.lastIndex = this.at;
    const length = word.exec(this.text)?.[0].length ?? 0;
    this.at += length;
    return length > 0;
  }

  private mayBegin(): boolean {
    return this.before !== 'value' && this.before !== 'name';
  }

  /** Reads on in a text; false when it ends in the middle of an escape. */
  private endOfText(): boolean {
    const { text, quote } = this;
    for (let end = text.indexOf(quote, this.at); end !== -1; end = text.indexOf(quote, end + 1)) {
      if (backslashesBefore(text, end, this.at) % 2 === 1) continue;
      this.quote = '';
      this.at = end + 1;
      return true;
    }
    this.breaksText = true;
    return this.before === 'value' && backslashesBefore(text, text.length, this.at) % 2 === 0;
  }
}

const word = /[^\s,:{}[\]"'/]+/y;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

function backslashesBefore(text: string, end: number, from: number): number {
  let count = 0;
  while (end - count > from && text.charCodeAt(end - count - 1) === 0x5c) count += 1;
  return count;
}

/** Whether a text that is no JSON is the beginning of an object that goes on behind its end. */
export function opensObject(text: string): boolean {
  return new SpreadObject().add(text) === 'open';
}

/** Lines that together are one object. */
export interface SpreadLines {
  readonly lines: number;
  /** Whether a text of it has line breaks. */
  readonly breaksText: boolean;
}

/** The object that begins with the first of these lines; undefined when they are none, or it goes on behind them. */
export function spreadObject(lines: Iterable<string>): SpreadLines | undefined {
  const object = new SpreadObject();
  return readLines(object, lines) === 'closed' ? object : undefined;
}

/** How many lines, from the first of these on, are one object, or may be the beginning of one; 1 when the first is on its own. */
export function linesTogether(lines: Iterable<string>): number {
  const object = new SpreadObject();
  return readLines(object, lines) === 'broken' ? 1 : object.lines;
}

function readLines(object: SpreadObject, lines: Iterable<string>): SpreadState {
  for (const line of lines) {
    const state = object.add(line);
    if (state !== 'open') return state;
  }
  return 'open';
}

/** The object that the lines are, on one line; line breaks in texts become escapes. A comma behind it is dropped. */
export function joinLines(lines: readonly string[]): string {
  const object = new SpreadObject();
  let joined = '';
  lines.forEach((line, index) => {
    const wasInText = object.isInText;
    object.add(line);
    const start = wasInText ? line : line.trimStart();
    const piece = object.isInText ? start : start.trimEnd();
    if (index > 0) joined += wasInText ? '\\n' : ' ';
    joined += piece;
  });
  const text = joined.replace(/,$/, '');
  return isObject(tryParse(text)) ? minifyJson(text) : text;
}
