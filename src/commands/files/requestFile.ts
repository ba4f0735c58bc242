import path from 'node:path';
import { l10n, type Uri } from 'vscode';
import type { ValidationSummary } from '../../shared/lsp';
import type { Choice, CommandContext } from '../context';
import { Refusal } from '../refusal';

/**
 * The file in front. Where there is none, as while a walkthrough is read: the one request file that is open, else one that the
 * person picks among those that are open and those of the workspace.
 */
export async function fileInFront(context: CommandContext): Promise<Uri> {
  const active = context.workbench.activeFile();
  if (active !== undefined) return active;
  const open = context.workbench.openRequestFiles();
  if (open.length === 1 && open[0] !== undefined) return open[0];
  const others = (await context.workbench.findRequestFiles(500)).filter(
    (uri) => !open.some((one) => one.toString() === uri.toString()),
  );
  if (open.length + others.length === 0) {
    throw new Refusal(l10n.t('No file is open. Open a JSON Lines file with one request a line.'), {
      kind: 'command',
      label: l10n.t('Open a Sample'),
      command: 'batchwright.openSample',
    });
  }
  const choices = [...fileChoices(open, l10n.t('Open')), ...fileChoices(others, l10n.t('In the workspace'))];
  return context.ui.pick(choices, { title: l10n.t('Submit Batch: File') });
}

function fileChoices(files: readonly Uri[], heading: string): Choice<Uri>[] {
  return files
    .map((uri) => ({ label: path.basename(uri.fsPath), description: path.dirname(uri.fsPath), value: uri }))
    .sort((a, b) => a.label.localeCompare(b.label))
    .map((choice, index) => (index === 0 ? { ...choice, heading } : choice));
}

/** The file as it is on disk, saved first where it is not. Only what is on disk can be sent. */
export async function saved(context: CommandContext, given: Uri): Promise<Uri> {
  const name = path.basename(given.fsPath);
  if (given.scheme !== 'file' && given.scheme !== 'untitled') {
    throw new Refusal(
      l10n.t(
        '“{0}” is not on this machine’s disk ({1}). Save a copy on disk and submit that.',
        name,
        given.scheme,
      ),
    );
  }
  if (!context.workbench.isUnsaved(given)) return given;
  await context.ui.confirm({
    message: l10n.t('Save “{0}” before it is submitted?', name),
    detail: l10n.t('It has changes that are not on disk, and what is on disk is what will be sent.'),
    answers: [l10n.t('Save and Go On')],
    severity: 'information',
  });
  const uri = await context.workbench.save(given);
  if (uri === undefined)
    throw new Refusal(l10n.t('“{0}” was not saved, so it was not submitted.', name), undefined, 'warning');
  return uri;
}

/** Streams the file through the language server's checks. */
export async function validate(context: CommandContext, file: string): Promise<ValidationSummary> {
  const language = await context.language();
  return context.ui.progress(l10n.t('Checking “{0}”', path.basename(file)), ({ report, signal }) =>
    language.validateFile(context.workbench.uriOf(file).toString(), {
      maxProblems: 50,
      signal,
      onProgress: (fraction) => report('', fraction),
    }),
  );
}
