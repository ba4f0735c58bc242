import type { Position, Range } from 'vscode-languageserver';
import { requestScheme } from '../shared/lsp';
import type { LineDocument } from './lineDocument';

/** How a document holds its requests: one a line, or a single one laid out over many lines (*Edit as JSON*). */
export type Layout = 'lines' | 'whole';

export function layoutOf(document: LineDocument): Layout {
  return document.uri.startsWith(`${requestScheme}:`) ? 'whole' : 'lines';
}

/** A stretch of a document that is one JSON text, with the way between its offsets and the document's positions. */
export interface JsonUnit {
  readonly text: string;
  readonly firstLine: number;
  readonly lastLine: number;
  positionAt(offset: number): Position;
  /** Undefined for positions outside. */
  offsetAt(position: Position): number | undefined;
}

export function unitAt(document: LineDocument, line: number): JsonUnit {
  return layoutOf(document) === 'whole' ? wholeUnit(document) : lineUnit(document, line);
}

function lineUnit(document: LineDocument, line: number): JsonUnit {
  const text = document.line(line);
  return {
    text,
    firstLine: line,
    lastLine: line,
    positionAt: (offset) => ({ line, character: clampTo(offset, text.length) }),
    offsetAt: (position) => (position.line === line ? clampTo(position.character, text.length) : undefined),
  };
}

function wholeUnit(document: LineDocument): JsonUnit {
  const text = document.getText();
  const starts = lineStarts(document);
  return {
    text,
    firstLine: 0,
    lastLine: document.lineCount - 1,
    positionAt(offset) {
      const at = clampTo(offset, text.length);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= at) low = middle;
        else high = middle - 1;
      }
      const character = Math.min(at - (starts[low] ?? 0), document.lineLength(low));
      return { line: low, character };
    },
    offsetAt(position) {
      const { line, character } = document.clamp(position);
      return (starts[line] ?? 0) + character;
    },
  };
}

function lineStarts(document: LineDocument): number[] {
  const starts = [0];
  let offset = 0;
  for (let line = 0; line < document.lineCount - 1; line += 1) {
    offset += document.rawLength(line);
    starts.push(offset);
  }
  return starts;
}

export function rangeIn(unit: JsonUnit, start: number, end: number): Range {
  return { start: unit.positionAt(start), end: unit.positionAt(end) };
}

function clampTo(offset: number, length: number): number {
  return Math.min(Math.max(offset, 0), length);
}
