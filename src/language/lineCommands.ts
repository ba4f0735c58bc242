import { l10n, Range, window, workspace, WorkspaceEdit, type TextEditor, type Uri } from 'vscode';
import { convertedLines, lspMethods } from '../shared/lsp';
import type { ServerSession } from './serverSession';

/** Takes the white space out of the selected lines, or of every line where nothing is selected; one undo step. */
export async function formatLines(session: ServerSession, uri: Uri): Promise<void> {
  const editor = await editorOf(uri);
  const { document, selection } = editor;
  const range = selection.isEmpty
    ? new Range(0, 0, document.lineCount, 0)
    : new Range(selection.start.line, 0, selection.end.line, selection.end.character);
  const edits = await session.formattingEdits(uri, range);
  if (edits.length === 0) return;
  const edit = new WorkspaceEdit();
  edit.set(uri, edits);
  await workspace.applyEdit(edit);
}

/** Turns the lines of a file into another dialect, in one undo step, and says what could not be carried over. */
export async function convertLines(session: ServerSession, uri: Uri, to: 'gemini' | 'openai'): Promise<void> {
  const { document } = await editorOf(uri);
  const answer = await session.request(lspMethods.convertLines, { uri: uri.toString(), to });
  const { version, lines, notes } = convertedLines.parse(answer);
  if (document.version !== version) {
    throw new Error(l10n.t('The file changed while it was being converted. Try again.'));
  }
  const edit = new WorkspaceEdit();
  for (const { line, text } of lines) edit.replace(uri, document.lineAt(line).range, text);
  if (lines.length > 0) await workspace.applyEdit(edit);
  const [first] = notes;
  if (first === undefined) return;
  const more = notes.length === 1 ? '' : ` ${l10n.t('There are {0} such remarks.', notes.length)}`;
  void window.showWarningMessage(l10n.t('Line {0}: {1}', first.line + 1, first.message) + more);
}

async function editorOf(uri: Uri): Promise<TextEditor> {
  const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  return shown ?? (await window.showTextDocument(uri));
}
