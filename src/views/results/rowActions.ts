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
import { prettyJson, type TextDocuments } from './textDocuments';

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
    const name = `${set.keyOf(row) ?? String(row)}.${what}.json`;
    await this.texts.show(this.texts.put(`row${row}`, name, prettyJson(text)), 'json');
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
    const proposed = await freePath(path.join(path.dirname(this.document.uri.fsPath), name));
    const target = await window.showSaveDialog({ defaultUri: Uri.file(proposed) });
    if (target === undefined) throw new CancelledError();
    await workspace.fs.writeFile(target, raw ? wavOf(mimeType, bytes) : bytes);
  }
}
