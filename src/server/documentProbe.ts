import { detectKind, detectLayout, type FileLayout } from '../dialects';
import type { FileKind } from '../shared/dialect';
import { layoutOf } from './jsonUnit';
import type { LineDocument } from './lineDocument';

/** How much of the beginning decides what a file is. */
const probe = { lines: 100, characters: 64 * 1024 };

/** What a document is, by its beginning. */
export interface DocumentProbe {
  readonly kind: FileKind;
  readonly layout: FileLayout;
  /** Lines from here on have no say in it. */
  readonly end: number;
}

/** @param known what a person says that it is, whatever it looks like */
export function probeDocument(document: LineDocument, known: FileKind | undefined): DocumentProbe {
  const lines: string[] = [];
  let characters = 0;
  while (lines.length < document.lineCount && lines.length < probe.lines && characters < probe.characters) {
    const line = document.line(lines.length);
    lines.push(line);
    characters += line.length;
  }
  const end = lines.length;
  if (layoutOf(document) === 'whole') {
    return { kind: known ?? detectKind([document.getText()]), layout: 'lines', end };
  }
  const kind = known ?? detectKind(lines);
  return { kind, layout: kind === 'none' ? 'lines' : detectLayout(lines.join('\n')), end };
}
