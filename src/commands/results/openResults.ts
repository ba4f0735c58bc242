import { l10n } from 'vscode';
import { hasResults } from '../../views/jobTraits';
import type { CommandHandler } from '../context';
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
