import path from 'node:path';
import { Range, window, workspace, type TextEditor, type Uri, type ViewColumn } from 'vscode';
import type { ResultSet } from '../../results/resultSet';
import type { TextDocuments } from './textDocuments';

/** Rows in one window. */
const windowRows = 200;
/** Characters of one line; VS Code draws no more of it anyway. */
const maxLine = 10_000;

/**
 * Windows of a request file that is too big for VS Code to hand to extensions: some rows around the one that is wanted, read-only,
 * in an editor that is replaced by the next window as the selection moves on.
 */
export class RequestWindow {
  private shown: Uri | undefined;
  private first = -1;

  constructor(
    private readonly documents: TextDocuments,
    private readonly set: ResultSet,
    private readonly column: () => ViewColumn,
  ) {}

  /** The editor that shows a window now. */
  get editor(): TextEditor | undefined {
    const shown = this.shown?.toString();
    return window.visibleTextEditors.find(({ document }) => document.uri.toString() === shown);
  }

  /** The request row at a line of the window. */
  rowAt(line: number): number {
    return this.first + line;
  }

  /** Brings a request row into view; `open` opens a window where none is shown. */
  async reveal(row: number, open: boolean): Promise<void> {
    const { editor } = this;
    if (editor === undefined && !open) return;
    const first = Math.floor(row / windowRows) * windowRows;
    if (first !== this.first || this.shown === undefined) this.shown = await this.read(first);
    this.first = first;
    const document = await workspace.openTextDocument(this.shown);
    const line = Math.min(row - first, document.lineCount - 1);
    await window.showTextDocument(document, {
      viewColumn: editor?.viewColumn ?? this.column(),
      preserveFocus: !open,
      preview: true,
      selection: new Range(line, 0, line, 0),
    });
  }

  private async read(first: number): Promise<Uri> {
    const { requests, requestLines } = this.set;
    const lines: string[] = [];
    const behind = Math.min(requests?.rows ?? 0, first + windowRows);
    for (let row = first; row < behind; row += 1) {
      if (requests === undefined || requestLines === undefined) break;
      const bytes = await requestLines.bytes(requests.span(row), 0, maxLine);
      lines.push(bytes.toString('utf8').split('\n', 1)[0]?.trimEnd() ?? '');
    }
    const file = requestLines?.path ?? '';
    const name = `${path.basename(file)} ${first + 1}–${behind}.jsonl`;
    return this.documents.put(`window${hashOf(file)}`, name, lines.join('\n'));
  }
}

/** Tells windows of files with the same name apart. */
function hashOf(text: string): string {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return hash.toString(36);
}
