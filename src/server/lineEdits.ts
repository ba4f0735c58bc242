import type { Range, TextEdit } from 'vscode-languageserver';
import type { LineFix } from '../dialects';
import { rangeIn, type JsonUnit } from './jsonUnit';

/** The edit, if any, that makes `after` of a line: as small as can be, because a line may have megabytes. */
export function lineEdit(line: number, before: string, after: string): TextEdit[] {
  if (before === after) return [];
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail += 1;
  }
  const range: Range = {
    start: { line, character: start },
    end: { line, character: before.length - tail },
  };
  return [{ range, newText: after.slice(start, after.length - tail) }];
}

/** The edits of a fix, in the document. */
export function fixEdits(unit: JsonUnit, fix: LineFix): TextEdit[] {
  return fix.edits.map(({ start, end, newText }) => ({ range: rangeIn(unit, start, end), newText }));
}
