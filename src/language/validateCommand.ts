import path from 'node:path';
import { commands, l10n, ProgressLocation, window, workspace, type Uri } from 'vscode';
import type { FileKind } from '../shared/dialect';
import type { ValidationSummary } from '../shared/lsp';
import { messageText } from '../shared/messageText';
import { isCancelled } from '../util/async';
import { formatApproximate, formatCount } from '../config/numbers';
import { kindLabel } from './fileKinds';
import type { ServerSession } from './serverSession';
import type { ValidationReports } from './validationReport';

/** As many as VS Code keeps of a file. */
const mostProblems = 1000;

/**
 * *Validate File*: checks a file of any size on disk with progress, shows what was found, and says it in a sentence with the
 * way to more. `kind` is what a person says that the file is. Resolves when the sentence is shown; silent when the person cancels.
 */
export async function validateAndReport(
  session: ServerSession,
  reports: ValidationReports,
  uri: Uri,
  kind: FileKind | undefined,
): Promise<void> {
  const name = messageText(path.basename(uri.path));
  if (uri.scheme !== 'file') throw new Error(l10n.t('“{0}” is not on disk. Save it first.', name));
  try {
    const summary = await withProgress(l10n.t('Checking “{0}”', name), (signal, onProgress) =>
      session.validateFile(uri.toString(), {
        maxProblems: mostProblems,
        hash: false,
        kind,
        signal,
        onProgress,
      }),
    );
    reports.publish(uri, summary);
    // Not awaited: a notification stays until somebody does something about it.
    void announce(reports, uri, summary);
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
}

async function announce(reports: ValidationReports, uri: Uri, summary: ValidationSummary): Promise<void> {
  const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  const unsaved =
    document?.isDirty === true ? ` ${l10n.t('Changes that are not saved were not looked at.')}` : '';
  const text = describeSummary(messageText(path.basename(uri.path)), summary) + unsaved;
  if (summary.errors + summary.warnings === 0) {
    await window.showInformationMessage(text);
    return;
  }
  const report = l10n.t('Open Report');
  const problems = l10n.t('Show Problems');
  const show = summary.errors > 0 ? window.showErrorMessage : window.showWarningMessage;
  const answer = await show(text, report, problems);
  if (answer === report) await reports.open(uri, summary);
  else if (answer === problems) await commands.executeCommand('workbench.actions.view.problems');
}

/** What checking a file found, in a sentence. */
export function describeSummary(
  name: string,
  { kind, rows, errors, warnings, estimatedTokens }: ValidationSummary,
): string {
  if (kind === 'none' || kind === 'results')
    return l10n.t('“{0}”: {1}. There is nothing to check.', name, kindLabel(kind));
  const found = l10n.t(
    '“{0}”: {1} requests, about {2} tokens.',
    name,
    formatCount(rows),
    formatApproximate(estimatedTokens),
  );
  if (errors + warnings === 0) return `${found} ${l10n.t('No mistakes found.')}`;
  const counts = l10n.t('Errors: {0}. Warnings: {1}.', formatCount(errors), formatCount(warnings));
  return `${found} ${counts}`;
}

function withProgress<T>(
  title: string,
  task: (signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<T>,
): Thenable<T> {
  const where = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(where, (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    let shown = 0;
    return task(controller.signal, (fraction) => {
      const percent = Math.floor(fraction * 100);
      if (percent <= shown) return;
      progress.report({ increment: percent - shown, message: `${percent} %` });
      shown = percent;
    });
  });
}
