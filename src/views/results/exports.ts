import path from 'node:path';
import { commands, extensions, l10n, ProgressLocation, Uri, window } from 'vscode';
import type * as z from 'zod';
import { columnTitle } from '../../results/answerTable';
import { exportEmbeddings } from '../../results/export/exportEmbeddings';
import { exportImages } from '../../results/export/exportImages';
import { csvColumns, exportCsv, exportMerged, type CsvColumn } from '../../results/export/exportRows';
import type { ResultsSession } from '../../results/session';
import type { resultsMethods } from '../../shared/resultsMessages';
import { messageText } from '../../shared/messageText';
import { CancelledError, isCancelled } from '../../util/async';
import { freePath } from '../../util/files';
import { dataWrangler, wayIntoDataWrangler } from './dataWrangler';

export type ExportKind = z.infer<(typeof resultsMethods)['export']['params']>['kind'];

/** Runs `work` with a notification that shows progress and can cancel it. */
export function withProgress<T>(
  title: string,
  work: (options: {
    readonly signal: AbortSignal;
    readonly onProgress: (fraction: number) => void;
  }) => Promise<T>,
): Promise<T> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    window.withProgress(options, (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      let percent = 0;
      return work({
        signal: stop.signal,
        onProgress: (fraction) => {
          const now = Math.floor(fraction * 100);
          if (now <= percent) return;
          progress.report({ increment: now - percent, message: `${now} %` });
          percent = now;
        },
      });
    }),
  );
}

/** Asks where to, writes, and says what came of it. Never in the place of an existing file. */
export async function runExport(session: ResultsSession, kind: ExportKind): Promise<void> {
  await session.set.ready;
  switch (kind) {
    case 'merged':
      return exportJsonl(session, session.rowsInView, 'merged.jsonl');
    case 'failed':
      return exportJsonl(session, session.rowsNotOk(), 'failed.jsonl');
    case 'csv':
      return exportTable(session);
    case 'images':
      return exportPictures(session);
    case 'embeddings':
      return exportVectors(session);
  }
}

/** `a.results.jsonl` → `a.<ending>` beside it, under a name that is free. */
function proposal(session: ResultsSession, ending: string): Promise<string> {
  const { dir, base } = path.parse(session.set.resultLines.path);
  const stem = base.replace(/\.results\.(?:jsonl|ndjson)$|\.[^.]*$/i, '');
  return freePath(path.join(dir, `${stem}.${ending}`));
}

/** The place that a person chooses. A file that is there stays: the next free name is taken instead. */
async function askWhere(session: ResultsSession, ending: string, title: string): Promise<string> {
  const chosen = await window.showSaveDialog({
    title,
    defaultUri: Uri.file(await proposal(session, ending)),
  });
  if (chosen === undefined) throw new CancelledError();
  return freePath(chosen.fsPath);
}

async function tellWritten(target: string, rows: number): Promise<void> {
  const open = l10n.t('Open');
  const message = l10n.t('{0} rows written to {1}.', rows.toLocaleString(), nameOf(target));
  if ((await window.showInformationMessage(message, open)) === open) {
    await commands.executeCommand('vscode.open', Uri.file(target));
  }
}

async function exportJsonl(session: ResultsSession, rows: Int32Array, ending: string): Promise<void> {
  const target = await askWhere(session, ending, l10n.t('Export Requests and Results'));
  const count = await withProgress(l10n.t('Writing {0}', nameOf(target)), (options) =>
    exportMerged(session.set, rows, target, options),
  );
  void tellWritten(target, count);
}

async function exportTable(session: ResultsSession): Promise<void> {
  const { columns, answers } = await askColumns(session);
  const target = await askWhere(session, 'csv', l10n.t('Export as CSV'));
  const count = await withProgress(l10n.t('Writing {0}', nameOf(target)), (options) =>
    exportCsv(session.set, session.rowsInView, target, columns, answers, options),
  );
  void tellWritten(target, count);
}

async function askColumns(session: ResultsSession): Promise<{ columns: CsvColumn[]; answers: string[] }> {
  const found = await session.columns();
  const own = csvColumns.map((column) => ({ label: column, picked: true, column }));
  const json = found.columns.map(({ path: answer }) => ({
    label: columnTitle(answer) || l10n.t('JSON of the answer'),
    description: l10n.t('from the answers'),
    picked: answer !== '',
    answer,
  }));
  const picks: readonly { label: string; picked: boolean; column?: CsvColumn; answer?: string }[] = [
    ...own,
    ...json,
  ];
  const chosen = await window.showQuickPick(picks, {
    title: l10n.t('Columns of the CSV'),
    canPickMany: true,
    matchOnDescription: true,
  });
  if (chosen === undefined || chosen.length === 0) throw new CancelledError();
  return {
    columns: chosen.flatMap(({ column }) => (column === undefined ? [] : [column])),
    answers: chosen.flatMap(({ answer }) => (answer === undefined ? [] : [answer])),
  };
}

async function exportPictures(session: ResultsSession): Promise<void> {
  const [parent] =
    (await window.showOpenDialog({
      title: l10n.t('Export Images: Where Shall Their Folder Be?'),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t('Export Here'),
    })) ?? [];
  if (parent === undefined) throw new CancelledError();
  const name = path.basename(await proposal(session, 'images')).replace(/\.images$/, ' images');
  const folder = await freePath(path.join(parent.fsPath, name));
  const count = await withProgress(l10n.t('Writing images'), (options) =>
    exportImages(session.set, session.rowsInView, folder, options),
  );
  const reveal = l10n.t('Show Folder');
  const message = l10n.t('{0} images written to {1}.', count.toLocaleString(), nameOf(folder));
  void window.showInformationMessage(message, reveal).then((chosen) => {
    if (chosen === reveal) void commands.executeCommand('revealFileInOS', Uri.file(folder));
  });
}

async function exportVectors(session: ResultsSession): Promise<void> {
  const array = await askWhere(session, 'npy', l10n.t('Export Embeddings'));
  const keys = await freePath(array.replace(/(?:\.npy)?$/i, '.keys.jsonl'));
  const { rows, leftOut } = await withProgress(l10n.t('Writing {0}', nameOf(array)), (options) =>
    exportEmbeddings(session.set, session.rowsInView, { array, keys }, options),
  );
  const written = l10n.t(
    '{0} embeddings written to {1}, their keys to {2}.',
    rows,
    nameOf(array),
    nameOf(keys),
  );
  const more = leftOut === 0 ? '' : ` ${l10n.t('{0} of another dimension were left out.', leftOut)}`;
  void window.showInformationMessage(written + more);
}

/** Writes a CSV of everything beside the results and hands it to Data Wrangler. */
export async function openInDataWrangler(session: ResultsSession): Promise<void> {
  const extension = extensions.getExtension(dataWrangler);
  const way = wayIntoDataWrangler(extension?.packageJSON);
  if (way === undefined) throw new Error(l10n.t('This version of Data Wrangler cannot be given a file.'));
  await session.set.ready;
  const { columns } = await session.columns();
  const target = await proposal(session, 'csv');
  await withProgress(l10n.t('Writing {0}', nameOf(target)), (options) =>
    exportCsv(
      session.set,
      session.rowsInView,
      target,
      csvColumns,
      columns.map((column) => column.path),
      // It runs no formulas, and is to show what was answered.
      { ...options, formulas: 'asWritten' },
    ),
  );
  const uri = Uri.file(target);
  if (way.kind === 'editor') await commands.executeCommand('vscode.openWith', uri, way.id);
  else await commands.executeCommand(way.id, uri);
}

/** Says what went wrong; nothing for what somebody cancelled. */
export function tellFailure(error: unknown): void {
  if (isCancelled(error)) return;
  void window.showErrorMessage(messageText(error instanceof Error ? error.message : String(error)));
}

/** The name of a file for a message, which is not to take anything in it for a link. */
function nameOf(file: string): string {
  return messageText(path.basename(file));
}
