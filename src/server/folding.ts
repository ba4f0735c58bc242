import type { FoldingRange } from 'vscode-languageserver';
import { stringEnd } from '../util/jsonText';
import type { CheckedDocument } from './checkedDocument';
import { layoutOf } from './jsonUnit';

/** Beyond this many lines nothing is folded: bracket by bracket through a large file would be felt. */
const mostLines = 200_000;

/**
 * Objects and arrays that reach over several lines. In a proper request file there are none; they are in one that is laid out
 * over many lines, which is exactly where folding helps.
 */
export function foldingRanges(checked: CheckedDocument): FoldingRange[] {
  const { document, kind, layout } = checked;
  const hasStructure = layoutOf(document) === 'whole' || layout !== 'lines';
  if (kind === 'none' || !hasStructure || document.lineCount > mostLines) return [];
  const open: number[] = [];
  const ranges: FoldingRange[] = [];
  for (let line = 0; line < document.lineCount; line += 1) {
    const text = document.line(line);
    for (let index = 0; index < text.length; index += 1) {
      const char = text.charAt(index);
      if (char === '"') index = stringEnd(text, index) - 1;
      else if (char === '{' || char === '[') open.push(line);
      else if (char === '}' || char === ']') {
        const startLine = open.pop();
        // The line of the closing bracket stays in sight, as VS Code does it for JSON.
        if (startLine !== undefined && line - 1 > startLine) ranges.push({ startLine, endLine: line - 1 });
      }
    }
  }
  return ranges;
}
