import {
  l10n,
  Range,
  window,
  workspace,
  WorkspaceEdit,
  type QuickPickItem,
  type TextEditor,
  type Uri,
} from 'vscode';
import { convertedLines, lspMethods, type ConvertedLines } from '../shared/lsp';
import { messageText } from '../shared/messageText';
import { pricedModels } from '../shared/pricing';
import { formatCount } from '../config/numbers';
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

/** The models that are there to choose from, for embeddings or for anything else. Does not reject. */
export type OfferedModels = (embeds: boolean) => Promise<readonly string[]>;

/** Turns the lines of a file into another dialect, in one undo step, and says what could not be carried over. */
export async function convertLines(
  session: ServerSession,
  uri: Uri,
  to: 'gemini' | 'openai',
  models?: OfferedModels,
): Promise<void> {
  const { document } = await editorOf(uri);
  const embeds = session.stateOf(uri)?.kind === 'gemini-embed';
  const model = to === 'openai' ? await pickModel(embeds, models) : undefined;
  if (to === 'openai' && model === undefined) return;
  const answer = await session.request(lspMethods.convertLines, { uri: uri.toString(), to, model });
  const { version, lines, notes, models: named } = convertedLines.parse(answer);
  if (document.version !== version) {
    throw new Error(l10n.t('The file changed while it was being converted. Try again.'));
  }
  const edit = new WorkspaceEdit();
  for (const { line, text } of lines) edit.replace(uri, document.lineAt(line).range, text);
  if (lines.length > 0) await workspace.applyEdit(edit);
  const said = messageText(sayWhatChanged(lines.length, notes, named));
  void (notes.length > 0 ? window.showWarningMessage(said) : window.showInformationMessage(said));
}

/** OpenAI lines name their model, Gemini lines do not. Undefined when the person backs out. */
async function pickModel(embeds: boolean, offered?: OfferedModels): Promise<string | undefined> {
  const other = l10n.t('Other Model…');
  const title = l10n.t('Which model are the lines for?');
  const items = (offered?.(embeds) ?? Promise.resolve([])).then((models) => [
    ...modelItems(models, embeds),
    { label: other, alwaysShow: true },
  ]);
  const placeHolder = l10n.t('A model, or “{0}” to type its name', other);
  const picked = (await window.showQuickPick(items, { title, placeHolder }))?.label;
  if (picked !== other) return picked;
  const typed = await window.showInputBox({
    title,
    prompt: l10n.t('The name of the model, as the service that gets the file calls it.'),
    validateInput: (name) => (name.trim() === '' ? l10n.t('Type the name of a model.') : undefined),
  });
  return typed?.trim();
}

/** The models of the connection in use, then those that there is a price for. */
export function modelItems(inUse: readonly string[], embeds: boolean): QuickPickItem[] {
  const description = l10n.t('connection in use');
  const others = pricedModels.filter(
    (model) => model.includes('embedding') === embeds && !inUse.includes(model),
  );
  return [...inUse.map((label) => ({ label, description })), ...others.map((label) => ({ label }))];
}

/** As many as fit into a notification. */
const mostRemarks = 4;

/** What came of a conversion: how many lines, what was lost where, and which model to choose now. */
export function sayWhatChanged(
  count: number,
  notes: ConvertedLines['notes'],
  models: ConvertedLines['models'],
): string {
  const sentences = [l10n.t('Lines converted: {0}.', formatCount(count))];
  if (models.length > 0) sentences.push(l10n.t('Choose the model when you submit: {0}.', models.join(', ')));
  for (const { line, message } of notes.slice(0, mostRemarks)) {
    sentences.push(l10n.t('Line {0}: {1}', line + 1, message));
  }
  const left = notes.length - mostRemarks;
  if (left > 0) sentences.push(l10n.t('Further remarks: {0}.', formatCount(left)));
  return sentences.join(' ');
}

async function editorOf(uri: Uri): Promise<TextEditor> {
  const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  return shown ?? (await window.showTextDocument(uri));
}
