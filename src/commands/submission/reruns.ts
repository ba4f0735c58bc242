import path from 'node:path';
import { l10n } from 'vscode';
import type { Job, JobEngine } from '../../jobs/api';
import type { RetryableOutcome } from '../../jobs/rows/retryFile';
import type { RetryFile } from '../../jobs/runs';
import { isFinalState } from '../../shared/job';
import { formatCount } from '../../views/format';
import { isOneOfSeveralRuns, mayHaveRowsToRetry, parentsOf, tally } from '../../views/jobTraits';
import type { Choice, CommandContext, CommandHandler } from '../context';
import { Refusal } from '../refusal';
import { subjectOf, type Subject } from '../subject';
import { retryName, submitFile } from './submission';
import { askModel } from './submitQuestions';
import { chooseJob } from '../targets';
import { usableService } from '../connections/usableService';
import { download } from '../results/download';

const retryable = [
  'failed',
  'missing',
  'truncated',
  'blocked',
] as const satisfies readonly RetryableOutcome[];

/** Writes the rows of a job that went wrong to a new request file, and offers to submit it. */
export const retryRows: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const job = await chooseJob(context, engine, args, {
    title: l10n.t('Retry the Rows of Which Job?'),
    fits: mayHaveRowsToRetry,
    none: l10n.t('No finished job has rows to retry.'),
  });
  const subject = subjectOf(args, job);
  const outcomes =
    givenOutcomes(args) ?? (await askOutcomes(context, await looked(context, engine, subject)));
  await retry(context, engine, subject, outcomes);
};

/** The requests of the first run, which all later ones ask again in part; what is known of it where runs were deleted. */
function firstRequests(engine: JobEngine, { job, requests }: Subject): string | undefined {
  const seen = new Set([job.id]);
  let first = job.group?.path ?? requests;
  for (let id = job.parentId; id !== undefined && !seen.has(id);) {
    seen.add(id);
    const part = engine.jobs.find(({ group }) => group?.id === id);
    const parent = engine.get(id) ?? part;
    first = part?.group?.path ?? parent?.requestFile?.path ?? first;
    id = parent?.parentId;
  }
  return first;
}

/** The job with its outcomes, so that a person can choose among them: looked at now where nobody did before. */
async function looked(
  context: CommandContext,
  engine: JobEngine,
  { job, name, isGroup }: Subject,
): Promise<Job> {
  if (isGroup || job.outcomes !== undefined) return job;
  return context.ui.progress(l10n.t('Looking at the results of “{0}”', name), async ({ signal }) => {
    // Of a part, the engine keeps the results with the others.
    if (job.group === undefined) await download(context, engine, job, { signal });
    return engine.learnOutcomes(job.id, { signal });
  });
}

/** Makes the file with the rows of these outcomes, opens it, and submits it if the person wants to. */
async function retry(
  context: CommandContext,
  engine: JobEngine,
  subject: Subject,
  outcomes: readonly RetryableOutcome[],
): Promise<void> {
  const { job } = subject;
  const file = await makeRetryFile(context, engine, subject, outcomes);
  await context.workbench.open(file.path);
  const rows = file.rows === 1 ? l10n.t('1 request') : l10n.t('{0} requests', formatCount(file.rows));
  const chosen = await context.ui.notify(
    'information',
    l10n.t(
      'To ask again: {0}, in “{1}”. Change what you like before you submit it.',
      rows,
      path.basename(file.path),
    ),
    l10n.t('Submit'),
  );
  if (chosen === undefined) return;
  await submitFile(context, {
    file: file.path,
    connectionId: job.connectionId,
    model: job.model,
    proposedName: retryName(subject.name),
    parentId: file.parentId,
  });
}

async function makeRetryFile(
  context: CommandContext,
  engine: JobEngine,
  { id, job, name }: Subject,
  outcomes: readonly RetryableOutcome[],
): Promise<RetryFile> {
  try {
    return await context.ui.progress(l10n.t('Collecting the rows of “{0}”', name), ({ signal }) =>
      engine.createRetryFile(id, new Set(outcomes), { signal }),
    );
  } catch (error) {
    // Looking for rows to ask again also finds out that there are none.
    const now = engine.get(job.id);
    if (now?.outcomes === undefined || tally(now).bad > 0) throw error;
    throw new Refusal(
      l10n.t('Every row of “{0}” is ok: there is nothing to ask again.', name),
      undefined,
      'information',
    );
  }
}

/** Submits all requests of a job once more, on the same model or another. */
export const resubmitJob: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const job = await chooseJob(context, engine, args, {
    title: l10n.t('Submit Which Job Again?'),
    fits: (one) => isFinished(one) && one.requestFile !== undefined,
    none: l10n.t('No finished job was submitted from a file on this machine.'),
  });
  const service = await usableService(context, job.connectionId);
  const model =
    job.dialect === 'openai'
      ? job.model
      : await askModel(context, service, job.dialect, {
          title: l10n.t('Submit Again: Model'),
          first: job.model,
        });
  const again = engine.resubmission(job.id, { model });
  await submitFile(context, {
    file: again.path,
    connectionId: again.connectionId,
    model: again.model,
    displayName: again.displayName,
    ...(again.parentId === undefined ? {} : { parentId: again.parentId }),
  });
};

/** Puts the answers of a job and of all its retries into one file, in the order of the requests. */
export const mergeResults: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const parents = parentsOf(engine.jobs);
  const job = await chooseJob(context, engine, args, {
    title: l10n.t('Merge the Results of Which Job?'),
    fits: (one) => isFinished(one) && one.requestFile !== undefined && isOneOfSeveralRuns(one, parents),
    none: l10n.t('No finished job has retries or parts whose results could be merged.'),
  });
  const subject = subjectOf(args, job);
  const merged = await context.ui.progress(
    l10n.t('Merging the results of “{0}”', subject.name),
    ({ signal }) => engine.mergeResults(subject.id, { signal }),
  );
  await context.workbench.openResults(merged.file.path, firstRequests(engine, subject));
  const { ok } = merged.counts;
  const [good, rows] = [formatCount(ok), formatCount(merged.file.rows)];
  const text =
    merged.runs === 1
      ? l10n.t('{0} of {1} rows are ok after one run.', good, rows)
      : l10n.t('{0} of {1} rows are ok after {2} runs.', good, rows, formatCount(merged.runs));
  const rest =
    merged.unfinished === 0 ? '' : ` ${l10n.t('Runs that are not finished yet: {0}.', merged.unfinished)}`;
  await context.ui.notify('information', text + rest);
};

/** The results editor says which outcomes it means; a tree's second argument is its selection. */
function givenOutcomes([, choice]: readonly unknown[]): readonly RetryableOutcome[] | undefined {
  if (typeof choice !== 'object' || choice === null || !('outcomes' in choice)) return undefined;
  const { outcomes } = choice;
  return Array.isArray(outcomes) ? retryable.filter((outcome) => outcomes.includes(outcome)) : undefined;
}

function isFinished(job: Job): boolean {
  return job.gone || (job.phase === 'submitted' && isFinalState(job.state));
}

/** Asks which outcomes to retry where there are several; where the answers cannot be looked at, everything that is not ok. */
async function askOutcomes(context: CommandContext, job: Job): Promise<readonly RetryableOutcome[]> {
  const { outcomes } = job;
  if (outcomes === undefined) return retryable;
  const texts: readonly (readonly [RetryableOutcome, string])[] = [
    ['failed', l10n.t('Failed')],
    ['missing', l10n.t('Missing')],
    ['truncated', l10n.t('Truncated')],
    ['blocked', l10n.t('Blocked')],
  ];
  const choices = texts
    .filter(([outcome]) => outcomes[outcome] > 0)
    .map(([value, label]): Choice<RetryableOutcome> => ({
      label,
      description: formatCount(outcomes[value]),
      picked: true,
      value,
    }));
  // Whoever collects none of the rows says so.
  if (choices.length === 0) return retryable;
  if (choices.length === 1) return choices.map(({ value }) => value);
  return context.ui.pickMany(choices, { title: l10n.t('Retry Which Rows of “{0}”?', job.displayName) });
}
