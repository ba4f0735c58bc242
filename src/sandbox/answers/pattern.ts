import type { SeededRandom } from '../random';

/** How often the unbounded quantifiers repeat. */
const freeRepeats = 3;
const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const word = `${lower}${lower.toUpperCase()}${digits}_`;
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

/**
 * A text that matches a regular expression as schemas use them: classes, groups, alternatives, quantifiers, anchors.
 * Undefined when the expression uses what is not read here (look-around, back references); the result is always checked.
 */
export function samplePattern(
  pattern: string,
  random: SeededRandom,
  limits: { readonly minLength: number; readonly maxLength: number },
): string | undefined {
  let check: RegExp;
  try {
    check = new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
  for (let tries = 0; tries < 20; tries++) {
    const text = new PatternSampler(pattern, random).run();
    if (text === undefined) return undefined;
    const fits = text.length >= limits.minLength && text.length <= limits.maxLength;
    if (fits && check.test(text)) return text;
  }
  return undefined;
}

/** Walks the expression once, writing as it goes. */
class PatternSampler {
  private at = 0;
  private unreadable = false;

  constructor(
    private readonly pattern: string,
    private readonly random: SeededRandom,
  ) {}

  run(): string | undefined {
    const text = this.alternatives();
    return this.unreadable || this.at < this.pattern.length ? undefined : text;
  }

  private alternatives(): string {
    const options = [this.sequence()];
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      options.push(this.sequence());
    }
    return this.random.pick(options) ?? '';
  }

  private sequence(): string {
    let text = '';
    while (this.at < this.pattern.length && !this.unreadable) {
      const next = this.pattern.charAt(this.at);
      if (next === '|' || next === ')') break;
      const start = this.at;
      let piece = this.atom();
      const end = this.at;
      const times = this.repeats();
      const after = this.at;
      // The atom is walked anew for every repeat, so that each draws its own characters.
      const pieces = times === 0 ? [] : [piece];
      for (let n = 1; n < times; n++) {
        this.at = start;
        piece = this.atom();
        pieces.push(piece);
        this.at = end;
      }
      this.at = after;
      text += pieces.join('');
    }
    return text;
  }

  private atom(): string {
    const next = this.pattern.charAt(this.at++);
    switch (next) {
      case '^':
      case '$':
        return '';
      case '.':
        return this.draw(word);
      case '[':
        return this.draw(this.characterClass());
      case '\\':
        return this.draw(this.escape());
      case '(':
        return this.group();
      default:
        return next;
    }
  }

  private group(): string {
    if (this.pattern.startsWith('?:', this.at)) this.at += 2;
    else {
      const named = /^\?<[A-Za-z]\w*>/.exec(this.pattern.slice(this.at))?.[0];
      if (named !== undefined) this.at += named.length;
      else if (this.pattern[this.at] === '?') this.unreadable = true;
    }
    const text = this.alternatives();
    this.at += 1;
    return text;
  }

  /** The characters that the escape after a backslash may stand for. */
  private escape(): string {
    const letter = this.pattern.charAt(this.at++);
    const sets: Readonly<Record<string, string>> = {
      d: digits,
      w: word,
      s: ' ',
      D: lower,
      W: '-',
      S: lower,
      n: '\n',
      t: '\t',
      b: '',
    };
    if (letter === 'p' || letter === 'P') {
      const name = /^\{[^}]*\}/.exec(this.pattern.slice(this.at))?.[0] ?? '';
      this.at += name.length;
      return name.includes('Lu') ? lower.toUpperCase() : name.includes('N') ? digits : lower;
    }
    if (/[1-9kuxcB]/.test(letter)) this.unreadable = true;
    return sets[letter] ?? letter;
  }

  private characterClass(): string {
    const negated = this.pattern[this.at] === '^';
    if (negated) this.at += 1;
    let members = '';
    while (this.at < this.pattern.length && this.pattern[this.at] !== ']') {
      const first = this.member();
      const isRange = this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']';
      if (!isRange || first.length !== 1) {
        members += first;
        continue;
      }
      this.at += 1;
      const last = this.member();
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code++)
        members += String.fromCharCode(code);
    }
    this.at += 1;
    return negated ? printable.filter((character) => !members.includes(character)).join('') : members;
  }

  private member(): string {
    const next = this.pattern.charAt(this.at++);
    return next === '\\' ? this.escape() : next;
  }

  private repeats(): number {
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.pattern.slice(this.at))?.[0];
    if (quantifier === undefined) return 1;
    this.at += quantifier.length;
    const [, from, comma, to] = /^\{(\d+)(,?)(\d*)\}/.exec(quantifier) ?? [];
    if (from !== undefined) {
      const least = Number(from);
      const most = comma === '' ? least : to === '' ? least + freeRepeats : Number(to);
      return this.random.integer(least, Math.max(least, most));
    }
    if (quantifier.startsWith('?')) return this.random.integer(0, 1);
    return this.random.integer(quantifier.startsWith('+') ? 1 : 0, freeRepeats + 1);
  }

  private draw(from: string): string {
    return from === '' ? '' : from.charAt(this.random.integer(0, from.length - 1));
  }
}
