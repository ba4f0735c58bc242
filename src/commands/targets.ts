import { l10n, type Uri } from 'vscode';
import type { Job, JobEngine } from '../jobs/api';
import { formatAge, formatCount } from '../views/format';
import { countTexts, stateText } from '../views/jobTexts';
import type { Choice, CommandContext } from './context';
import { Refusal } from './refusal';

/** How a command that acts on jobs finds them when nobody gave it any. */
export interface JobQuestion {
  readonly title: string;
  /** Whether the command makes sense for a job. */
  readonly fits: (job: Job) => boolean;
  /** What to say when it makes sense for none. */
  readonly none: string;
}

/**
 * The jobs that a command was given: tree nodes (with the whole selection), a job's id, or `{ selection: true }` from a key
 * binding of the view. Started from the palette it asks which, unless only one fits.
 */
export async function chooseJobs(
  context: CommandContext,
  engine: JobEngine,
  args: readonly unknown[],
  question: JobQuestion,
): Promise<readonly Job[]> {
  return chooseAmong(context, engine, await givenJobs(context, engine, args), question);
}

/** The rest of {@link chooseJobs}, for commands that look at the given jobs themselves first. */
export async function chooseAmong(
  context: CommandContext,
  engine: JobEngine,
  given: readonly Job[] | undefined,
  question: JobQuestion,
): Promise<readonly Job[]> {
  const fitting = (given ?? engine.jobs).filter(question.fits);
  if (fitting.length === 0) throw new Refusal(question.none, undefined, 'information');
  if (given !== undefined || fitting.length === 1) return fitting;
  return context.ui.pickMany(
    fitting.map((job) => jobChoice(job, context.now())),
    { title: question.title },
  );
}

/** Like {@link chooseJobs} for commands that make sense for one job at a time. */
export async function chooseJob(
  context: CommandContext,
  engine: JobEngine,
  args: readonly unknown[],
  question: JobQuestion,
): Promise<Job> {
  const given = await givenJobs(context, engine, args);
  const fitting = (given ?? engine.jobs).filter(question.fits);
  const [first] = fitting;
  if (first === undefined) throw new Refusal(question.none, undefined, 'information');
  if (given !== undefined || fitting.length === 1) return first;
  return context.ui.pick(
    fitting.map((job) => jobChoice(job, context.now())),
    { title: question.title },
  );
}

/** The jobs that a command was given; undefined when it was given none, and asks. */
export async function givenJobs(
  context: CommandContext,
  engine: JobEngine,
  args: readonly unknown[],
): Promise<readonly Job[] | undefined> {
  const [target, selection] = args;
  const nodes = Array.isArray(selection) && selection.length > 0 ? selection : [target];
  const pressed = isKeyPress(target);
  const ids = pressed ? await context.view.pressedJobIds() : nodes.flatMap(idsOf);
  if (ids.length === 0 && !pressed) return undefined;
  return [...new Set(ids)].flatMap((id) => engine.get(id) ?? []);
}

/** Ids of the jobs that a node, or an id itself, stands for. */
function idsOf(target: unknown): readonly string[] {
  if (typeof target === 'string') return [target];
  if (typeof target !== 'object' || target === null) return [];
  if ('jobId' in target && typeof target.jobId === 'string') return [target.jobId];
  if ('jobIds' in target && Array.isArray(target.jobIds)) {
    return target.jobIds.filter((id): id is string => typeof id === 'string');
  }
  return [];
}

function isKeyPress(target: unknown): boolean {
  return typeof target === 'object' && target !== null && 'selection' in target && target.selection === true;
}

function jobChoice(job: Job, now: number): Choice<Job> {
  return {
    label: job.displayName,
    description: [stateText(job), ...countTexts(job), formatAge(job.createdAt, now)].join(' · '),
    detail: [job.model, job.name].filter((text) => text !== undefined).join(' · '),
    value: job,
  };
}

/** The files that a command was given by the explorer, an editor or a code lens; undefined when it was given none. */
export function givenFiles(args: readonly unknown[]): readonly Uri[] | undefined {
  const [target, selection] = args;
  const all = Array.isArray(selection) ? selection.filter(isUri) : [];
  if (all.length > 0) return all;
  return isUri(target) ? [target] : undefined;
}

function isUri(value: unknown): value is Uri {
  return typeof value === 'object' && value !== null && 'scheme' in value && 'fsPath' in value;
}

const namesShown = 6;

/** For questions about several jobs: which they are, as one paragraph; nothing about one, whose name the question has. */
export function namesOf(jobs: readonly Job[]): string[] {
  if (jobs.length < 2) return [];
  const names = jobs.slice(0, namesShown).map(({ displayName }) => `• ${displayName}`);
  const rest = jobs.length - names.length;
  if (rest > 0) names.push(l10n.t('… and {0} more', formatCount(rest)));
  return [names.join('\n')];
}

/** For messages: one job by its name, several as a count. */
export function nameOf(jobs: readonly Job[]): string {
  const [first] = jobs;
  return jobs.length === 1 && first !== undefined
    ? l10n.t('“{0}”', first.displayName)
    : l10n.t('{0} jobs', formatCount(jobs.length));
}
