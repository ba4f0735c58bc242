import type { TextDocument } from 'vscode';

/**
 * Whether a document may hold JSON Lines, so that the language client is worth loading: it is of that language, or it is a
 * `.json` file whose first line is a whole object although more lines follow.
 */
export function holdsJsonLines(document: Pick<TextDocument, 'languageId' | 'lineCount' | 'lineAt'>): boolean {
  if (document.languageId === 'jsonl') return true;
  if (document.languageId !== 'json' || document.lineCount < 2) return false;
  return /^\s*\{.*\}\s*$/.test(document.lineAt(0).text);
}
