import * as l10n from '@vscode/l10n';
import { ResponseError, type Position, type Range, type TextEdit } from 'vscode-languageserver';
import { LSPErrorCodes } from 'vscode-languageserver';
import { locateKey, type Span } from '../dialects';
import type { CheckedDocument } from './checkedDocument';
import { unitAt, type JsonUnit, rangeIn } from './jsonUnit';

/** The key of a line, when `position` is on it. */
export interface KeyAtPosition {
  readonly key: string;
  /** The text between the quotes. */
  readonly range: Range;
}

export function keyAt(checked: CheckedDocument, position: Position): KeyAtPosition | undefined {
  if (checked.kind === 'none' || checked.layout !== 'lines') return undefined;
  const unit = unitAt(checked.document, position.line);
  const located = locateKey(unit.text);
  const offset = unit.offsetAt(position);
  if (located === undefined || offset === undefined) return undefined;
  if (offset < located.start || offset > located.end || unit.text[located.start] !== '"') return undefined;
  return { key: located.value, range: innerRange(unit, located) };
}

function innerRange(unit: JsonUnit, located: Span): Range {
  return rangeIn(unit, located.start + 1, located.end - 1);
}

/** The edit that gives the key at `position` another name. Throws a ResponseError that says why where it cannot. */
export function renameKey(checked: CheckedDocument, position: Position, newName: string): TextEdit[] {
  const found = keyAt(checked, position);
  if (found === undefined) return [];
  if (newName.trim() === '') throw refusal(l10n.t('A key cannot be empty: results are told apart by it.'));
  if (newName === found.key) return [];
  const [taken] = checked.linesWithKey(newName);
  if (taken !== undefined) {
    throw refusal(
      l10n.t('Line {0} has the key "{1}" already. Keys must differ within a file.', taken + 1, newName),
    );
  }
  return [{ range: found.range, newText: JSON.stringify(newName).slice(1, -1) }];
}

function refusal(message: string): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}
