import { l10n } from 'vscode';
import type { Job, JobEngine } from '../../jobs/api';
import { UnconfirmedError } from '../../jobs/confirmation';
import { ServiceError } from '../../shared/serviceError';
import { CancelledError } from '../../util/async';
import { formatAge } from '../../views/format';
import type { CommandContext, CommandHandler } from '../context';
import { refusedLines, reportStep, submittedText } from './submission';
import { chooseJob, chooseJobs, nameOf } from '../targets';
import { forEachJob } from '../jobs/forEachJob';

/** Goes on with a submission that stopped half way; a job that reached the service is found again, not created twice. */
export const resumeSubmission: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const job = await chooseJob(context, engine, args, {
    title: l10n.t('Resume Which Submission?'),
    fits: isStopped,
    none: l10n.t('No submission is waiting to be resumed.'),
  });
  try {
    await resume(context, engine, job, false);
  } catch (error) {
    if (!(error instanceof UnconfirmedError)) throw error;
    await askToCreateAgain(context, job, error);
    await resume(context, engine, job, true);
  }
};

async function resume(
  context: CommandContext,
  engine: JobEngine,
  job: Job,
  createAgain: boolean,
): Promise<void> {
  try {
    const resumed = await context.ui.progress(l10n.t('Submitting “{0}”', job.displayName), (progress) =>
      engine.resume(job.id, {
        signal: progress.signal,
        onProgress: (step) => reportStep(progress, step),
        createAgain,
      }),
    );
    context.ui.flash(submittedText(job.displayName, [resumed]));
  } catch (error) {
    if (!(error instanceof ServiceError) || job.requestFile === undefined) throw error;
    throw await refusedLines(context, job.requestFile.path, error);
  }
}

/** Nobody but a person may decide that something is created, and perhaps paid for, a second time. */
async function askToCreateAgain(
  { ui, now }: CommandContext,
  { displayName, unconfirmed }: Job,
  { message }: UnconfirmedError,
): Promise<void> {
  const since = unconfirmed === undefined ? [] : [l10n.t('Sent {0}.', formatAge(unconfirmed.since, now()))];
  const answer = await ui.confirm({
    message: l10n.t('“{0}” may exist already. Submit it a second time?', displayName),
    detail: [message, ...since].join('\n\n'),
    // Enter chooses the first.
    answers: [l10n.t('Go On Looking'), l10n.t('Submit Again')],
  });
  if (answer === 0) throw new CancelledError();
}

/** Gives up submissions that stopped half way or wait. */
export const discardSubmission: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const jobs = await chooseJobs(context, engine, args, {
    title: l10n.t('Discard Which Submissions?'),
    fits: isStopped,
    none: l10n.t('No submission is waiting.'),
  });
  await discardSubmissions(context, engine, jobs);
};

/** Gives up these submissions, after a question. */
export async function discardSubmissions(
  context: CommandContext,
  engine: JobEngine,
  jobs: readonly Job[],
): Promise<void> {
  await context.ui.confirm({
    message: l10n.t('Discard {0}?', nameOf(jobs)),
    detail: l10n.t(
      'It will not be submitted. Should it have reached the service after all, it is cancelled there.',
    ),
    answers: [l10n.t('Discard')],
  });
  await forEachJob(context, jobs, {
    title: l10n.t('Discarding'),
    act: (job) => engine.discard(job.id),
    done: (count) =>
      count === 1 ? l10n.t('Discarded 1 submission.') : l10n.t('Discarded {0} submissions.', count),
    failed: (failed, all) => l10n.t('{0} of {1} submissions could not be discarded.', failed, all),
  });
}

/** Whether a job is a submission that stopped half way or waits. */
export function isStopped(job: Job): boolean {
  return job.phase === 'interrupted' || job.phase === 'queued';
}
