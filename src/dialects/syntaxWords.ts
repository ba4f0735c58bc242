import type { SyntaxFault } from './syntax';

/** What stands in a line outside of strings and brackets: numbers, literals, and words that are none. */

export const nulAdvice =
  'A NUL character. The file was probably saved as UTF-16; save it as UTF-8 (in VS Code: Save with Encoding).';

/** Whether a word is a JSON number, true, false or null. */
export function isLiteral(word: string): boolean {
  return (
    word === 'true' ||
    word === 'false' ||
    word === 'null' ||
    /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word)
  );
}

/** What a string in other quotes is as JSON: its own escapes of quotes are no longer needed, double quotes need one. */
export function requoted(inner: string): string {
  const plain = inner.replace(/\\(['"])/g, '$1').replace(/"/g, '\\"');
  return `"${plain.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1))}"`;
}

/** Words of other languages -> JSON's. */
const literals: Readonly<Record<string, string>> = {
  True: 'true',
  TRUE: 'true',
  False: 'false',
  FALSE: 'false',
  None: 'null',
  Null: 'null',
  NULL: 'null',
  nil: 'null',
  undefined: 'null',
};

/** What is wrong with a word that is no JSON, and what was probably meant. */
export function wordFault(word: string, start: number, end: number): SyntaxFault {
  const literal = Object.hasOwn(literals, word) ? literals[word] : undefined;
  if (literal !== undefined) {
    return {
      code: 'json-literal',
      start,
      end,
      message: `JSON has no ${word}. Write ${literal}.`,
      mend: { kind: 'text', title: `Change to ${literal}`, edits: [{ start, end, newText: literal }] },
    };
  }
  if (/^[+-]?(NaN|Infinity|inf|nan)$/.test(word)) {
    return {
      code: 'json-literal',
      start,
      end,
      message: `JSON has no ${word}. Leave the value out or write a number.`,
    };
  }
  if (word === '\u0000') return { code: 'nul-character', start, end, message: nulAdvice };
  const number = mendedNumber(word);
  if (number !== undefined) {
    return {
      code: 'json-syntax',
      start,
      end,
      message: `JSON numbers are not written like this. Write ${number}.`,
      mend: { kind: 'text', title: `Change to ${number}`, edits: [{ start, end, newText: number }] },
    };
  }
  return {
    code: /^[\p{L}_$]/u.test(word) ? 'json-quotes' : 'json-syntax',
    start,
    end,
    message: /^[\p{L}_$]/u.test(word)
      ? 'Text is written in double quotes, "…".'
      : `This is no JSON: ${JSON.stringify(word.slice(0, 20))}.`,
  };
}

/** `+1`, `.5`, `1.`, `007` as JSON writes them. */
function mendedNumber(word: string): string | undefined {
  const match = /^([+-]?)0*(\d*)(\.\d*)?([eE][+-]?\d+)?$/.exec(word);
  if (match === null || !/\d/.test(word)) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = match;
  const decimals = fraction === '.' ? '' : fraction;
  return `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${decimals}${exponent}`;
}
