import * as l10n from '@vscode/l10n';
import { rewrite, type SyntaxFault, type TextMend } from './fault';

/** What stands in a line outside of strings and brackets: numbers, literals, and words that are none. */

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
  const fault = (code: SyntaxFault['code'], message: string, mend?: TextMend): SyntaxFault => ({
    code,
    start,
    end,
    message,
    ...(mend && { mend: { kind: 'text', ...mend } }),
  });
  const changeTo = (text: string) => rewrite(start, end, text, l10n.t('Change to {0}', text));
  const literal = Object.hasOwn(literals, word) ? literals[word] : undefined;
  if (literal !== undefined) {
    return fault('json-literal', l10n.t('JSON has no {0}. Write {1}.', word, literal), changeTo(literal));
  }
  if (/^[+-]?(NaN|Infinity|inf|nan)$/.test(word)) {
    return fault('json-literal', l10n.t('JSON has no {0}. Leave the value out or write a number.', word), {
      ...changeTo('null'),
      careful: true,
    });
  }
  const number = mendedNumber(word);
  if (number !== undefined) {
    return fault(
      'json-syntax',
      l10n.t('JSON numbers are not written like this. Write {0}.', number),
      changeTo(number),
    );
  }
  return /^[\p{L}_$]/u.test(word)
    ? fault('json-quotes', l10n.t('Text is written in double quotes, "…".'))
    : fault('json-syntax', l10n.t('This is no JSON: {0}.', JSON.stringify(word.slice(0, 20))));
}

/** `+1`, `.5`, `1.`, `007`, `0x1F` as JSON writes them. */
function mendedNumber(word: string): string | undefined {
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return String(Number(word));
  const match = /^([+-]?)0*(\d*)(\.\d*)?([eE][+-]?\d+)?$/.exec(word);
  if (match === null || !/\d/.test(word)) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = match;
  const decimals = fraction === '.' ? '' : fraction;
  return `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${decimals}${exponent}`;
}
