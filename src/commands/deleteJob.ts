import { l10n } from 'vscode';
import type { Job, JobEngine } from '../jobs/api';
import { ServiceError } from '../shared/serviceError';
import { isActive } from '../views/presentJob';
import type { CommandContext, CommandHandler, Question } from './context';
import { download } from './download';
import { forEachJob } from './forEachJob';
import { chooseJobs, nameOf } from './targets';

/**
 * Deletes jobs at the service and from the list. Deleting neither stops a job nor spares its results, so the question offers to
 * cancel and to download first.
 */
export const deleteJob: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const jobs = await chooseJobs(context, engine, args, {
    title: l10n.t('Delete Which Jobs?'),
    fits: (job) => job.phase === 'submitted',
    none: l10n.t('There is no job to delete.'),
  });
  const plan = deletionPlan(jobs);
  const careful = (await context.ui.confirm(plan.question)) === 0 && plan.careful;
  await forEachJob(context, jobs, {
    title: l10n.t('Deleting'),
    act: (job, signal) => deleteOne(context, engine, job, careful, signal),
    done: (count) => (count === 1 ? l10n.t('Deleted 1 job.') : l10n.t('Deleted {0} jobs.', count)),
    failed: (failed, all) => l10n.t('{0} of {1} jobs could not be deleted.', failed, all),
  });
};

/** The question before a deletion. */
export interface DeletionPlan {
  readonly question: Question;
  /** Whether the first answer means to cancel and download before deleting. */
  readonly careful: boolean;
}

/** What is to be asked before these jobs are deleted. */
export function deletionPlan(jobs: readonly Job[]): DeletionPlan {
  const running = jobs.filter((job) => isActive(job)).length;
  const unsaved = jobs.filter(hasUnsavedResults).length;
  const details: string[] = [];
  if (running > 0) {
    details.push(
      l10n.t(
        'Running: {0}. Deleting does not stop a job; it goes on and is paid for, but nobody can read its results.',
        running,
      ),
    );
  }
  if (unsaved > 0) {
    details.push(
      l10n.t('Results not downloaded yet: {0}. Deleting removes them at the service for good.', unsaved),
    );
  }
  if (details.length === 0) {
    details.push(l10n.t('The job is removed at the service and from the list. Files on this machine stay.'));
  }
  return {
    careful: running + unsaved > 0,
    question: {
      message: l10n.t('Delete {0}?', nameOf(jobs)),
      detail: details.join('\n\n'),
      answers: carefulAnswer(running, unsaved),
    },
  };
}

function carefulAnswer(running: number, unsaved: number): Question['answers'] {
  if (running > 0 && unsaved > 0) return [l10n.t('Cancel and Download First'), l10n.t('Delete Only')];
  if (running > 0) return [l10n.t('Cancel, Then Delete'), l10n.t('Delete Only')];
  if (unsaved > 0) return [l10n.t('Download, Then Delete'), l10n.t('Delete Only')];
  return [l10n.t('Delete')];
}

function hasUnsavedResults(job: Job): boolean {
  return !job.gone && job.output !== undefined && job.results === undefined;
}

async function deleteOne(
  context: CommandContext,
  engine: JobEngine,
  job: Job,
  careful: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (careful && isActive(job)) await ignoringFinished(engine.cancel(job.id));
  // It must be on this machine before it goes at the service: a failed download stops the deletion of this job.
  if (careful && hasUnsavedResults(job)) await download(context, engine, job, { signal });
  await engine.delete(job.id);
}

/** Cancelling a job that has just ended is refused by the service; for a deletion that is as good as cancelled. */
async function ignoringFinished(cancelling: Promise<void>): Promise<void> {
  try {
    await cancelling;
  } catch (error) {
    if (!(error instanceof ServiceError) || (error.kind !== 'invalid' && error.kind !== 'notFound'))
      throw error;
  }
}
