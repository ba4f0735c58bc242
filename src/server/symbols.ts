import * as l10n from '@vscode/l10n';
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import { locateKey } from '../dialects';
import type { CheckedDocument } from './checkedDocument';
import { layoutOf } from './jsonUnit';
import { beginningOf } from './promptText';
import { inSlices, type SliceOptions } from './slices';

/** An outline of more entries is no help to anybody, and VS Code slows down on it. */
const mostSymbols = 10_000;

/** One entry a line: its key, and how its prompt begins. */
export async function documentSymbols(
  checked: CheckedDocument,
  options: SliceOptions,
): Promise<DocumentSymbol[]> {
  const { document } = checked;
  const symbols: DocumentSymbol[] = [];
  // An editor of a single request has VS Code's own JSON outline.
  if (checked.kind === 'none' || checked.layout !== 'lines' || layoutOf(document) === 'whole') return symbols;
  const { version } = document;
  await inSlices(
    Math.min(document.lineCount, mostSymbols),
    (line) => {
      const text = document.line(line);
      if (text.trim() !== '') symbols.push(symbolOf(line, text));
    },
    { ...options, isCurrent: () => document.version === version },
  );
  return symbols;
}

function symbolOf(line: number, text: string): DocumentSymbol {
  const key = locateKey(text);
  const detail = beginningOf(parsed(text));
  const range = { start: { line, character: 0 }, end: { line, character: text.length } };
  return {
    name: key === undefined || key.value.trim() === '' ? l10n.t('Line {0}', line + 1) : key.value,
    ...(detail !== '' && { detail }),
    kind: SymbolKind.Key,
    range,
    selectionRange:
      key === undefined
        ? range
        : { start: { line, character: key.start }, end: { line, character: key.end } },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
