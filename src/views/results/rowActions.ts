import path from 'node:path';
import { env, l10n, Uri, window, workspace } from 'vscode';
import { extensionOf, FileNames } from '../../results/export/exportImages';
import { readResultLine } from '../../results/resultLine';
import { answerText } from '../../results/rowDetail';
import type { RowId } from '../../results/rowOrder';
import type { ResultsSession } from '../../results/session';
import { isRawAudio, wavOf } from '../../shared/rawAudio';
import type { ResultsParams } from '../../shared/resultsMessages';
import { CancelledError } from '../../util/async';
import { freePath } from '../../util/files';
import type { ResultsDocument } from './resultsDocument';
import { documentLimit, prettyJson, type TextDocuments } from './textDocuments';

/** What takes a row out of the webview: into an editor, onto the clipboard, into a file. */
export class RowActions {
  constructor(
    private readonly document: ResultsDocument,
    private readonly session: () => ResultsSession,
    private readonly texts: TextDocuments,
  ) {}

  /** Shows the whole line of a row as JSON. */
  async openRaw(row: RowId, what: 'result' | 'request'): Promise<void> {
    const { set } = this.document;
    const session = this.session();
    const text =
      what === 'result' ? await session.resultText(row) : await session.requestText(set.requestOf(row));
    if (text === undefined) throw new Error(l10n.t('There is no such line.'));
    const key = set.keyOf(row) ?? String(row);
    const pretty = prettyJson(text);
    if (pretty.length > documentLimit) {
      await this.offerToSave(`${key}.${what}`, pretty);
      return;
    }
    await this.texts.show(this.texts.put(`row${row}`, `${key}.${what}.json`, pretty), 'json');
  }

  /** A row that no editor takes can still become a file. */
  private async offerToSave(name: string, text: string): Promise<void> {
    const save = l10n.t('Save…');
    const question = l10n.t('This row is too large for an editor of VS Code (more than 50 MB).');
    if ((await window.showInformationMessage(question, save)) !== save) throw new CancelledError();
    await this.save(new FileNames().next(name, 'json'), Buffer.from(text));
  }

  private async save(name: string, bytes: Uint8Array): Promise<void> {
    const proposed = await freePath(path.join(path.dirname(this.document.uri.fsPath), name));
    const target = await window.showSaveDialog({ defaultUri: Uri.file(proposed) });
    if (target === undefined) throw new CancelledError();
    await workspace.fs.writeFile(target, bytes);
  }

  /**
   * Puts the whole answer of a row on the clipboard, however much of it is shown; several candidates one after the other.
   * @returns its length in characters
   */
  async copyAnswer(row: RowId): Promise<number> {
    const line = readResultLine((await this.session().resultText(row)) ?? '');
    const answers = line?.candidates.map(answerText).filter((text) => text !== '') ?? [];
    const text = answers.join('\n\n');
    await env.clipboard.writeText(text);
    return text.length;
  }

  /** Saves inline data where the person wants it; bare samples as a file that players open. */
  async saveMedia(params: ResultsParams<'saveMedia'>): Promise<void> {
    const { mimeType, bytes } = await this.session().media(params);
    const raw = isRawAudio(mimeType);
    const extension = raw ? 'wav' : extensionOf(mimeType);
    const name = new FileNames().next(this.document.set.keyOf(params.row) ?? 'media', extension);
    await this.save(name, raw ? wavOf(mimeType, bytes) : bytes);
  }
}
