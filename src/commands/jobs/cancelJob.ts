import { l10n } from 'vscode';
import type { Job } from '../../jobs/api';
import { isActive } from '../../views/jobTraits';
import type { CommandHandler } from '../context';
import { forEachJob } from './forEachJob';
import { chooseJobs, nameOf, namesOf } from '../targets';

/** Asks the service to stop jobs, or gives up submissions that have not reached it. */
export const cancelJob: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const jobs = await chooseJobs(context, engine, args, {
    title: l10n.t('Cancel Which Jobs?'),
    fits: isActive,
    none: l10n.t('No job is running.'),
  });
  await context.ui.confirm({
    message: l10n.t('Cancel {0}?', nameOf(jobs)),
    detail: [...namesOf(jobs), cancelDetail(jobs)].join('\n\n'),
    answers: [jobs.length === 1 ? l10n.t('Cancel Job') : l10n.t('Cancel Jobs')],
    dismiss: jobs.some(({ phase }) => phase === 'submitted')
      ? l10n.t('Keep Running')
      : l10n.t('Keep Waiting'),
  });
  await forEachJob(context, jobs, {
    title: l10n.t('Cancelling'),
    act: (job) => engine.cancel(job.id),
    done: (count) =>
      count === 1 ? l10n.t('Asked to cancel 1 job.') : l10n.t('Asked to cancel {0} jobs.', count),
    failed: (failed, all) => l10n.t('{0} of {1} jobs could not be cancelled.', failed, all),
  });
};

function cancelDetail(jobs: readonly Job[]): string {
  const atService = jobs.filter((job) => job.phase === 'submitted').length;
  if (atService === 0) return l10n.t('It has not reached the service yet, so nothing has been paid for.');
  return l10n.t(
    'The service stops when it can: a job that is almost done may still succeed. Rows that were already answered are paid for, and their answers may be kept.',
  );
}
