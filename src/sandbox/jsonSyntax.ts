import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

/**
 * JSON as the service's front end reads it: text in single quotes and commas before a closing bracket pass too, and its own
 * guide has them in commands to copy. Throws SyntaxError.
 */
export function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const strict = strictForm(text);
    if (strict === text) throw error;
    return JSON.parse(strict);
  }
}

function strictForm(text: string): string {
  const pieces = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|,(?=\s*[}\]])/gs;
  return text.replace(pieces, (piece: string, single: string | undefined) => {
    if (piece === ',') return '';
    if (single === undefined) return piece;
    return `"${single.replace(/\\'|"/g, (quote) => (quote === '"' ? '\\"' : "'"))}"`;
  });
}

/** Where a text stops being JSON. Offsets are UTF-16 units from the start of the text. */
export interface SyntaxFault {
  readonly offset: number;
  /** As the service writes it, e.g. `unexpected character: '['; expected '{'`. */
  readonly reason: string;
}

/** By jsonc-parser's names of its errors. */
const expectations: Readonly<Record<string, string>> = {
  PropertyNameExpected: "'\"'",
  ColonExpected: "':'",
  CommaExpected: "','",
  CloseBraceExpected: "'}'",
  CloseBracketExpected: "']'",
  EndOfFileExpected: 'end of line',
};

/** The first syntax fault of a text that JSON.parse refused. */
export function firstSyntaxFault(text: string): SyntaxFault {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const first = errors[0];
  const offset = Math.min(first?.offset ?? 0, text.length);
  const atStart = offset === 0 ? "'{'" : undefined;
  const expected =
    atStart ?? expectations[first === undefined ? '' : printParseErrorCode(first.error)] ?? 'a value';
  const found = text.codePointAt(offset);
  return {
    offset,
    reason:
      found === undefined
        ? `unexpected end of line; expected ${expected}`
        : `unexpected character: ${quoteCharacter(found)}; expected ${expected}`,
  };
}

/** A character in single quotes, unprintable ones as `\x00`. */
export function quoteCharacter(codePoint: number): string {
  const printable = codePoint >= 0x20 && codePoint !== 0x7f && codePoint !== 0xfeff;
  if (printable) return `'${String.fromCodePoint(codePoint)}'`;
  const bytes = Buffer.from(String.fromCodePoint(codePoint));
  return `'${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`;
}
