import path from 'node:path';
import { commands, l10n, Uri, ViewColumn, window } from 'vscode';
import { ResultSet } from '../../results/resultSet';
import type { ResultsSession } from '../../results/session';
import { clipText, messageText } from '../../shared/messageText';
import type { ResultsResult } from '../../shared/resultsMessages';
import { CancelledError } from '../../util/async';
import type { Disposable } from '../../util/disposable';
import { exists } from '../../util/files';
import { withProgress } from './exports';
import type { DocumentParts, ResultsDocument } from './resultsDocument';
import { documentLimit, prettyJson, type TextDocuments } from './textDocuments';

type Compared = ResultsResult<'compare'>;

/** The comparison of one results editor with an earlier run. It outlives the page, which VS Code throws away when it is hidden. */
export class RunComparison implements Disposable {
  private earlier: ResultSet | undefined;
  /** What came of it, and for which session; another session has other rows. */
  private last: { readonly session: ResultsSession; readonly result: Compared } | undefined;

  constructor(
    private readonly document: ResultsDocument,
    private readonly session: () => ResultsSession,
    private readonly texts: TextDocuments,
    private readonly parts: DocumentParts,
  ) {}

  /** @param again with the file of last time, also in an earlier window; with an empty name where there is none any more */
  async run(again: boolean, signal: AbortSignal): Promise<Compared> {
    const session = this.session();
    if (again && this.last?.session === session) return this.last.result;
    const file = again ? await this.remembered() : await this.ask();
    if (file === undefined) return { name: '', counts: nothing };
    const { scanner, cache, earlierRuns } = this.parts;
    const earlier = await ResultSet.open({ results: file, scanner, cache });
    this.earlier?.dispose();
    this.earlier = earlier;
    const name = path.basename(file);
    const counts = await withProgress(l10n.t('Comparing with {0}', messageText(name)), (options) =>
      session.compare(earlier, AbortSignal.any([signal, options.signal]), options.onProgress),
    );
    const result = { name, counts };
    this.last = { session, result };
    await earlierRuns.set(this.document.uri.fsPath, file);
    return result;
  }

  private async remembered(): Promise<string | undefined> {
    const file = this.parts.earlierRuns.get(this.document.uri.fsPath);
    return file !== undefined && (await exists(file)) ? file : undefined;
  }

  private async ask(): Promise<string> {
    const [chosen] =
      (await window.showOpenDialog({
        title: l10n.t('Results of the Earlier Run'),
        defaultUri: Uri.file(path.dirname(this.document.uri.fsPath)),
        filters: { 'JSON Lines': ['jsonl', 'ndjson'] },
      })) ?? [];
    if (chosen === undefined) throw new CancelledError();
    return chosen.fsPath;
  }

  /** VS Code's diff of a row in both runs; a run without it is empty. */
  async diff(key: string): Promise<void> {
    const { earlier } = this;
    if (earlier === undefined) return;
    const left = this.texts.put('before', `${key}.json`, await lineOf(earlier, key));
    const right = this.texts.put('after', `${key}.json`, await lineOf(this.document.set, key));
    const title = l10n.t('{0}: earlier run ↔ this run', clipText(key, 80));
    await commands.executeCommand('vscode.diff', left, right, title, { viewColumn: ViewColumn.Active });
  }

  dispose(): void {
    this.earlier?.dispose();
  }
}

const nothing = { better: 0, worse: 0, changed: 0, same: 0, added: 0, removed: 0 };

async function lineOf(set: ResultSet, key: string): Promise<string> {
  const row = set.rowOfKey(key);
  if (row === undefined || row < 0) return '';
  const text = prettyJson(await set.resultLines.text(set.results.span(row)));
  if (text.length <= documentLimit) return text;
  throw new Error(l10n.t('This row is too large for an editor of VS Code (more than 50 MB).'));
}
