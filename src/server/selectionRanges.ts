import type { Position, Range, SelectionRange } from 'vscode-languageserver';
import { nodesAt, parseJsonTree } from './jsonTree';
import { rangeIn, unitAt } from './jsonUnit';
import type { LineDocument } from './lineDocument';

/** What *Expand Selection* grows through: the text of a string, the value, the property, … the line, the document. */
export function selectionRanges(document: LineDocument, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionRange(document, document.clamp(position)));
}

function selectionRange(document: LineDocument, position: Position): SelectionRange {
  const unit = unitAt(document, position.line);
  const offset = unit.offsetAt(position) ?? 0;
  const ranges: Range[] = [document.fullRange(), rangeIn(unit, 0, unit.text.length)];
  for (const node of nodesAt(parseJsonTree(unit.text), offset)) {
    const end = node.offset + node.length;
    ranges.push(rangeIn(unit, node.offset, end));
    const isInside = node.offset < offset && offset < end;
    if (isInside && (node.type === 'object' || node.type === 'array' || node.type === 'string')) {
      ranges.push(rangeIn(unit, node.offset + 1, end - 1));
    }
  }
  let selection: SelectionRange | undefined;
  for (const range of ranges) {
    if (selection !== undefined && sameRange(selection.range, range)) continue;
    selection = selection === undefined ? { range } : { range, parent: selection };
  }
  return selection ?? { range: document.fullRange() };
}

function sameRange(a: Range, b: Range): boolean {
  return samePosition(a.start, b.start) && samePosition(a.end, b.end);
}

function samePosition(a: Position, b: Position): boolean {
  return a.line === b.line && a.character === b.character;
}
