import {
  commands,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  window,
  type TextEditor,
  type TextEditorSelectionChangeEvent,
  type ViewColumn,
} from 'vscode';
import type { ResultSet } from '../../results/resultSet';
import type { RowId } from '../../results/rowOrder';
import type { Disposable } from '../../util/disposable';
import type { RequestPlace } from './askedDefinition';
import { keyOfLine, lineOfKey } from './requestLines';
import { RequestWindow } from './requestWindow';
import { documentLimit, type TextDocuments } from './textDocuments';

/** Holding an arrow key down in the request file must not read a row per line. */
const pauseMs = 80;

/**
 * Keeps the editor of the request file and the results in step. Lines are found by their key, so that it works as well when
 * the file has been edited since; where keys do not tell lines apart, the number of the line does.
 */
export class RequestEditor implements Disposable {
  private readonly uri: Uri | undefined;
  private readonly window: RequestWindow | undefined;
  private readonly listening: Disposable;
  private timer: NodeJS.Timeout | undefined;
  /** Where we put the selection ourselves: hearing of it is no reason to answer. */
  private own: string | undefined;

  constructor(
    private readonly set: ResultSet,
    documents: TextDocuments,
    private readonly onRow: (row: RowId) => void,
    /** Where the file opens when it is not shown: not over the results. */
    private readonly column: () => ViewColumn,
  ) {
    const { requestLines, requestsStamp } = set;
    this.uri = requestLines === undefined ? undefined : Uri.file(requestLines.path);
    if (requestsStamp !== undefined && requestsStamp.sizeBytes > documentLimit) {
      this.window = new RequestWindow(documents, set, column);
    }
    this.listening = window.onDidChangeTextEditorSelection((event) => this.onSelection(event));
  }

  /** Brings the request of a row into view where its file is shown; with `open`, opens it and gives it the focus. */
  async reveal(row: RowId, open: boolean): Promise<void> {
    const request = this.set.requestOf(row);
    if (request < 0 || this.uri === undefined) return;
    if (this.window !== undefined) {
      await this.window.reveal(request, open);
      return;
    }
    const editor = this.editor ?? (open ? await this.open() : undefined);
    if (editor === undefined) return;
    const line = lineOfKey(editor.document, this.set.keyOf(row), request);
    if (line === undefined) return;
    const selection = new Selection(line, 0, line, 0);
    this.own = place(editor, selection);
    editor.selection = selection;
    editor.revealRange(new Range(line, 0, line, 0), TextEditorRevealType.InCenterIfOutsideViewport);
    if (open)
      await window.showTextDocument(editor.document, {
        viewColumn: editor.viewColumn ?? this.column(),
        selection,
      });
  }

  private get editor(): TextEditor | undefined {
    const uri = this.uri?.toString();
    return window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
  }

  private async open(): Promise<TextEditor | undefined> {
    await commands.executeCommand('vscode.open', this.uri, { viewColumn: this.column(), preview: false });
    return this.editor;
  }

  private onSelection({ textEditor, kind }: TextEditorSelectionChangeEvent): void {
    const isWindow = textEditor === this.window?.editor;
    if (!isWindow && textEditor.document.uri.toString() !== this.uri?.toString()) return;
    const here = place(textEditor, textEditor.selection);
    if (here === this.own) return;
    this.own = undefined;
    // Selections that no person made, such as those of a restored window, follow nobody.
    if (kind === undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.follow(textEditor, isWindow), pauseMs);
  }

  private follow(editor: TextEditor, isWindow: boolean): void {
    const { line } = editor.selection.active;
    const row =
      isWindow && this.window !== undefined
        ? this.set.rowOfRequest(this.window.rowAt(line))
        : this.rowOf({ document: editor.document, line });
    if (row !== undefined) this.onRow(row);
  }

  /** The row of a line of the request file, once the rows are joined. */
  rowOf({ document, line }: RequestPlace): RowId | undefined {
    const key = keyOfLine(document.lineAt(line).text);
    // The line's number first: among several requests with one key it is this one that is meant.
    const byNumber = this.set.rowOfRequest(line);
    if (byNumber !== undefined && (key === undefined || this.set.requestKey(line) === key)) return byNumber;
    return key === undefined ? undefined : this.set.rowOfKey(key);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listening.dispose();
  }
}

function place(editor: TextEditor, selection: Selection): string {
  return `${editor.document.uri.toString()}#${selection.active.line}:${selection.active.character}`;
}
