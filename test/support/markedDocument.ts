import type { Position } from 'vscode-languageserver';
import { CheckedDocument } from '../../src/server/checkedDocument';
import { LineDocument } from '../../src/server/lineDocument';

/** A checked document and the place in its text where `|` stood, which is no part of it. */
export interface MarkedDocument {
  readonly checked: CheckedDocument;
  readonly position: Position;
}

export function markedDocument(marked: string, uri = 'file:///requests.jsonl'): MarkedDocument {
  const lines = marked.split('\n');
  const line = Math.max(
    0,
    lines.findIndex((text) => text.includes('|')),
  );
  const character = Math.max(0, lines[line]!.indexOf('|'));
  const checked = new CheckedDocument(new LineDocument(uri, 'jsonl', 1, marked.replace('|', '')));
  checked.checkSome(() => false);
  return { checked, position: { line, character } };
}

/** The text of a document after edits as LSP has them: all refer to the document before any. */
export function applyEdits(
  text: string,
  edits: readonly { range: { start: Position; end: Position }; newText: string }[],
): string {
  const document = new LineDocument('file:///x', 'jsonl', 1, text);
  const fromTheEnd = [...edits].sort(
    (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  );
  document.apply(
    fromTheEnd.map(({ range, newText }) => ({ range, text: newText })),
    2,
  );
  return document.getText();
}
