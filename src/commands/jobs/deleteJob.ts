import { l10n } from 'vscode';
import type { Job, JobEngine } from '../../jobs/api';
import { isKeptByService, planRemoval, type Removal } from '../../jobs/removal';
import type { CommandContext, CommandHandler, Question } from '../context';
import { formatCount } from '../../views/format';
import { describeFailure } from '../failure';
import { Refusal } from '../refusal';
import { discardSubmissions, isStopped } from '../submission/stoppedSubmissions';
import { chooseAmong, givenJobs, nameOf, namesOf } from '../targets';

/**
 * Deletes jobs at the service and from the list. Deleting neither stops a job nor spares its results, so the question offers to
 * cancel and to download first.
 */
export const deleteJob: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const given = await givenJobs(context, engine, args);
  // What has not reached the service is given up rather than deleted; who presses the key need not know.
  if (given !== undefined && given.length > 0 && given.every(isStopped)) {
    return discardSubmissions(context, engine, given);
  }
  const jobs = await chooseAmong(context, engine, given, {
    title: l10n.t('Delete Which Jobs?'),
    fits: (job) => job.phase === 'submitted' && !isKeptByService(job),
    none: l10n.t('There is no job that can be deleted.'),
  });
  const plan = deletionPlan(jobs);
  const careful = (await context.ui.confirm(plan.question)) === 0 && plan.careful;
  const removals = await remove(context, engine, jobs, careful);
  await account(context, jobs, removals);
};

async function remove(
  context: CommandContext,
  engine: JobEngine,
  jobs: readonly Job[],
  careful: boolean,
): Promise<readonly Removal[]> {
  const homeless = careful && planRemoval(jobs).unsaved.some((job) => job.requestFile === undefined);
  const directory = homeless
    ? await context.workbench.pickFolder(l10n.t('Folder for the Results'))
    : undefined;
  return context.ui.progress(l10n.t('Deleting'), ({ signal }) =>
    engine.deleteAll(
      jobs.map((job) => job.id),
      {
        cancelRunning: careful,
        saveResults: careful,
        signal,
        ...(directory === undefined ? {} : { directory }),
      },
    ),
  );
}

/** Says what was done, and with what it was not. */
async function account(
  context: CommandContext,
  jobs: readonly Job[],
  removals: readonly Removal[],
): Promise<void> {
  const count = (what: (removal: Removal) => boolean) => removals.filter(what).length;
  const deleted = count((removal) => removal.deleted);
  const cancelled = count((removal) => removal.cancelled);
  const saved = count((removal) => removal.saved !== undefined);
  const more = [
    ...(cancelled > 0 ? [l10n.t('Cancelled first: {0}.', formatCount(cancelled))] : []),
    ...(saved > 0 ? [l10n.t('Results downloaded: {0}.', formatCount(saved))] : []),
  ];
  const failed = removals.find((removal) => removal.error !== undefined);
  if (failed?.error === undefined) {
    const text = deleted === 1 ? l10n.t('Deleted 1 job.') : l10n.t('Deleted {0} jobs.', formatCount(deleted));
    const said = [text, ...more].join(' ');
    // What was done with several is more than a glance at the status bar takes in.
    if (jobs.length > 1 && more.length > 0) await context.ui.notify('information', said);
    else context.ui.flash(said);
    return;
  }
  if (jobs.length === 1) throw failed.error;
  for (const { displayName, error } of removals) {
    if (error !== undefined) context.log.warn(`Deleting “${displayName}”: ${error.message}`);
  }
  const reason = describeFailure(failed.error)?.message ?? '';
  const text = l10n.t(
    'Deleted {0} of {1} jobs. “{2}”: {3}',
    formatCount(deleted),
    formatCount(jobs.length),
    failed.displayName,
    reason,
  );
  throw new Refusal([text, ...more].join(' '), {
    kind: 'command',
    label: l10n.t('Show Log'),
    command: 'batchwright.showLog',
  });
}

/** The question before a deletion. */
export interface DeletionPlan {
  readonly question: Question;
  /** Whether the first answer means to cancel and download before deleting. */
  readonly careful: boolean;
}

/** What is to be asked before these jobs are deleted. */
export function deletionPlan(jobs: readonly Job[]): DeletionPlan {
  const plan = planRemoval(jobs);
  const running = plan.running.length;
  const unsaved = plan.unsaved.length;
  const details = namesOf(jobs);
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
  if (running + unsaved === 0) {
    details.push(
      jobs.length === 1
        ? l10n.t('The job is removed at the service and from the list. Files on this machine stay.')
        : l10n.t('They are removed at the service and from the list. Files on this machine stay.'),
    );
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
