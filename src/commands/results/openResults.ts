import { l10n } from 'vscode';
import { hasResults } from '../../views/jobTraits';
import type { JobEngine } from '../../jobs/api';
import type { CommandContext, CommandHandler } from '../context';
import { subjectOf, type Subject } from '../subject';
import { download } from './download';
import { chooseJob } from '../targets';

/** Puts the results of a job beside its requests, downloading them first where they are not on this machine yet. */
export const openResults: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const job = await chooseJob(context, engine, args, {
    title: l10n.t('Open the Results of Which Job?'),
    fits: hasResults,
    none: l10n.t('There are no results to open yet.'),
  });
  const subject = subjectOf(args, job);
  if (subject.isGroup) return openWhole(context, engine, subject);
  const results = await context.ui.progress(
    l10n.t('Downloading the results of “{0}”', job.displayName),
    (progress) =>
      download(context, engine, job, {
        signal: progress.signal,
        onProgress: (fraction) => progress.report('', fraction),
      }),
  );
  await context.workbench.openResults(results.path, job.requestFile?.path);
};

/** The answers of all parts of a split submission, in the order of its requests: made once, then opened. */
async function openWhole(
  { ui, workbench }: CommandContext,
  engine: JobEngine,
  { id, name, requests }: Subject,
): Promise<void> {
  const { file, unfinished } = await ui.progress(
    l10n.t('Putting the results of “{0}” together', name),
    ({ signal }) => engine.mergeResults(id, { signal, reuse: true }),
  );
  await workbench.openResults(file.path, requests);
  if (unfinished > 0)
    await ui.notify('information', l10n.t('Parts that are not finished yet: {0}.', unfinished));
}
