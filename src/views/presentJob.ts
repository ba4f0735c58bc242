import { l10n } from 'vscode';
import { connectionLabel } from '../config/connectionLabel';
import type { Job } from '../jobs/api';
import { isKeptByService } from '../jobs/removal';
import type { Forecast } from '../jobs/timeMemory';
import { isFinalState } from '../shared/job';
import { escapeMarkdown, formatAge, formatBytes, formatCount, formatSpan, formatTime } from './format';
import type { RowPresentation } from './row';

/** Whether the service, or we on the way to it, still have something to do for the job. */
export function isActive(job: Job): boolean {
  return !job.gone && (job.phase !== 'submitted' || !isFinalState(job.state));
}

/** What is known about a job beyond itself. */
export interface JobSurroundings {
  readonly forecast?: Forecast | undefined;
  /** Whether it is one of several runs over the same requests; see {@link isOneOfSeveralRuns}. */
  readonly oneOfSeveralRuns?: boolean;
}

/**
 * Whether there is more than one run whose results could be merged: retries, or the parts of a split submission.
 * @param parents ids of the jobs and groups that were retried
 */
export function isOneOfSeveralRuns(job: Job, parents: ReadonlySet<string>): boolean {
  return job.parentId !== undefined || job.group !== undefined || parents.has(job.id);
}

/** The jobs and groups that others are retries of. */
export function parentsOf(jobs: readonly Job[]): ReadonlySet<string> {
  return new Set(jobs.flatMap(({ parentId }) => parentId ?? []));
}

/** Decides how a job looks at the time `now` (milliseconds since the epoch). */
export function presentJob(
  job: Job,
  now: number,
  { forecast, oneOfSeveralRuns = false }: JobSurroundings = {},
): RowPresentation {
  const state = stateText(job);
  const counts = countTexts(job);
  const age = formatAge(isActive(job) ? job.createdAt : (job.endedAt ?? job.createdAt), now);
  const hints = hintTexts(job, now, forecast);
  const description = [
    ...(counts.length > 0 && !needsStateText(job) ? [] : [state]),
    ...counts,
    ...hints,
    age,
  ];
  return {
    label: job.displayName,
    description: description.join(' · '),
    icon: iconOf(job),
    tooltip: tooltipOf(job, now, state, counts, forecast),
    accessibleLabel: [job.displayName, state, ...counts, ...hints, age].join(', '),
    contextValue: ['job', ...flagsOf(job, oneOfSeveralRuns)].join('.'),
  };
}

/** The state in one word or a short phrase; the service's own text where we do not know it. */
export function stateText(job: Job): string {
  switch (job.phase) {
    case 'preparing':
      return l10n.t('preparing');
    case 'uploading':
      return job.progress === undefined
        ? l10n.t('uploading')
        : l10n.t('uploading {0} %', Math.floor(job.progress * 100));
    case 'creating':
      return l10n.t('creating');
    case 'queued':
      return l10n.t('waiting');
    case 'interrupted':
      return job.unconfirmed === undefined ? l10n.t('interrupted') : unconfirmedText(job.unconfirmed);
    case 'submitted':
      return job.gone ? l10n.t('no longer at the service') : submittedText(job.state);
  }
}

/** A creation without an answer: nobody knows whether there is a job. */
function unconfirmedText({ givenUp }: NonNullable<Job['unconfirmed']>): string {
  return givenUp ? l10n.t('given up · cancelled if it turns up') : l10n.t('unconfirmed · looking for it');
}

function submittedText(state: string): string {
  switch (state) {
    case 'PENDING':
      return l10n.t('pending');
    case 'RUNNING':
      return l10n.t('running');
    case 'SUCCEEDED':
      return l10n.t('succeeded');
    case 'FAILED':
      return l10n.t('failed');
    case 'CANCELLED':
      return l10n.t('cancelled');
    case 'EXPIRED':
      return l10n.t('expired');
    default:
      return state.toLowerCase().replaceAll('_', ' ');
  }
}

/** Counts alone say enough of a job that runs or succeeded; every other state is named in front of them. */
function needsStateText(job: Job): boolean {
  return job.gone || job.phase !== 'submitted' || !['RUNNING', 'SUCCEEDED'].includes(job.state);
}

/** `812 ok`, `3 failed`, `185 left`: what is known of the rows, zeros left out. Outcomes of the join win over the service's counts. */
export function countTexts(job: Job): string[] {
  const texts: string[] = [];
  const add = (count: number, text: (count: string) => string) => {
    if (count > 0) texts.push(text(formatCount(count)));
  };
  if (job.outcomes !== undefined) {
    add(job.outcomes.ok, (n) => l10n.t('{0} ok', n));
    add(job.outcomes.failed, (n) => l10n.t('{0} failed', n));
    add(job.outcomes.truncated, (n) => l10n.t('{0} truncated', n));
    add(job.outcomes.blocked, (n) => l10n.t('{0} blocked', n));
    add(job.outcomes.missing, (n) => l10n.t('{0} missing', n));
    add(job.outcomes.unexpected, (n) => l10n.t('{0} unexpected', n));
    return texts;
  }
  const { total, succeeded, failed, pending } = job.counts;
  const untouched = succeeded === 0 && failed === 0;
  add(succeeded, (n) => l10n.t('{0} ok', n));
  add(failed, (n) => l10n.t('{0} failed', n));
  if (untouched) add(total > 0 ? total : (job.requestFile?.rows ?? 0), rowsText);
  else if (isActive(job)) add(pending, (n) => l10n.t('{0} left', n));
  return texts;
}

/** `1 row`, `1,000 rows`. @param count formatted */
export function rowsText(count: string): string {
  return count === '1' ? l10n.t('1 row') : l10n.t('{0} rows', count);
}

/** What asks for attention: soon lost, or slow. */
function hintTexts(job: Job, now: number, forecast: Forecast | undefined): string[] {
  if (!isActive(job) || job.phase !== 'submitted') return [];
  const left = job.expiresAt - now;
  const soon = 12 * 60 * 60 * 1000;
  if (left > 0 && left < soon) return [l10n.t('expires in {0}', formatSpan(left))];
  return forecast?.longerThanUsual === true ? [l10n.t('longer than usual')] : [];
}

const red = 'testing.iconFailed';
const orange = 'list.warningForeground';
const green = 'testing.iconPassed';
const blue = 'charts.blue';

function iconOf(job: Job): RowPresentation['icon'] {
  if (job.gone) return { id: 'circle-slash', color: 'disabledForeground' };
  switch (job.phase) {
    case 'preparing':
    case 'creating':
      return { id: 'loading~spin' };
    case 'uploading':
      return { id: 'cloud-upload', color: blue };
    case 'queued':
      return { id: 'watch' };
    case 'interrupted':
      return { id: job.unconfirmed === undefined ? 'debug-disconnect' : 'warning', color: orange };
    case 'submitted':
      return submittedIcon(job);
  }
}

function submittedIcon(job: Job): RowPresentation['icon'] {
  switch (job.state) {
    case 'PENDING':
      // VS Code's “clock” and “history” are the same picture.
      return { id: 'circle-large-outline' };
    case 'RUNNING':
      return { id: 'sync~spin', color: blue };
    case 'SUCCEEDED': {
      // The service says SUCCEEDED even when every row failed; the icon tells the truth.
      const { good, bad } = tally(job);
      if (bad === 0 && job.warning === undefined) return { id: 'pass', color: green };
      return good === 0 ? { id: 'error', color: red } : { id: 'warning', color: orange };
    }
    case 'FAILED':
      return { id: 'error', color: red };
    case 'CANCELLED':
      return { id: 'circle-slash', color: 'disabledForeground' };
    case 'EXPIRED':
      return { id: 'history', color: orange };
    default:
      return { id: 'question' };
  }
}

/** Rows that have a good answer and rows that want a second look. */
export function tally(job: Job): { readonly good: number; readonly bad: number } {
  const { outcomes, counts } = job;
  if (outcomes === undefined) return { good: counts.succeeded, bad: counts.failed };
  return {
    good: outcomes.ok,
    bad: outcomes.failed + outcomes.truncated + outcomes.blocked + outcomes.missing,
  };
}

/** Whether there is, or may be, something to read. */
export function hasResults(job: Job): boolean {
  return job.results !== undefined || (!job.gone && job.output !== undefined);
}

/**
 * Whether rows of a job may have to be asked again. Of results that nobody has looked at only the service's counts are known, and
 * an answer that was cut off or blocked counts as a success there.
 */
export function mayHaveRowsToRetry(job: Job): boolean {
  const ended = job.phase === 'submitted' && (job.gone || isFinalState(job.state));
  if (!ended || job.requestFile === undefined || !hasResults(job)) return false;
  return tally(job).bad > 0 || job.outcomes === undefined;
}

/** Whether a job was created elsewhere and is not in our ledger: it is known by connection and name then. */
export function isAdoptable({ origin, gone, id, connectionId, name }: Job): boolean {
  return origin === 'elsewhere' && !gone && id === `${connectionId}:${name ?? ''}`;
}

function flagsOf(job: Job, oneOfSeveralRuns: boolean): string[] {
  const here = job.phase !== 'submitted';
  const finished = !here && isFinalState(job.state);
  const flags: [boolean, string][] = [
    [isActive(job), 'active'],
    [finished || job.gone, 'finished'],
    [job.phase !== 'interrupted' && !finished && !job.gone, 'cancellable'],
    [hasResults(job), 'results'],
    [!here && !isKeptByService(job), 'deletable'],
    [job.phase === 'interrupted', 'resumable'],
    [job.phase === 'interrupted', 'discardable'],
    [job.requestFile !== undefined, 'requests'],
    [job.name !== undefined, 'named'],
    [(finished || job.gone) && job.requestFile !== undefined, 'repeatable'],
    [(finished || job.gone) && job.requestFile !== undefined && oneOfSeveralRuns, 'mergeable'],
    [mayHaveRowsToRetry(job), 'retryable'],
    [tally(job).bad > 0, 'failures'],
    [isAdoptable(job), 'adoptable'],
  ];
  return flags.filter(([on]) => on).map(([, flag]) => flag);
}

function tooltipOf(
  job: Job,
  now: number,
  state: string,
  counts: readonly string[],
  forecast: Forecast | undefined,
): string {
  const rows: [string, string][] = [
    [l10n.t('State'), escapeMarkdown(state)],
    [l10n.t('Rows'), escapeMarkdown(counts.join(' · '))],
    [l10n.t('Model'), escapeMarkdown(job.model)],
    [l10n.t('Created'), escapeMarkdown(`${formatTime(job.createdAt)} (${formatAge(job.createdAt, now)})`)],
  ];
  if (job.endedAt !== undefined) {
    rows.push([l10n.t('Took'), escapeMarkdown(formatSpan(job.endedAt - job.createdAt))]);
  } else if (isActive(job) && job.phase === 'submitted') {
    rows.push([l10n.t('Expires'), escapeMarkdown(l10n.t('in {0}', formatSpan(job.expiresAt - now)))]);
  }
  if (forecast !== undefined && isActive(job))
    rows.push([l10n.t('Usually'), escapeMarkdown(forecastText(forecast, now))]);
  if (job.requestFile !== undefined) {
    const { path, sizeBytes } = job.requestFile;
    rows.push([l10n.t('Requests'), escapeMarkdown(`${path} (${formatBytes(sizeBytes)})`)]);
  }
  if (job.results !== undefined) rows.push([l10n.t('Results'), escapeMarkdown(job.results.path)]);
  rows.push([l10n.t('Connection'), escapeMarkdown(connectionLabel(job.connectionId))]);
  if (job.name !== undefined) rows.push([l10n.t('Name'), escapeMarkdown(job.name)]);
  const table = rows.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
  const notes = [job.error?.message, job.waiting, job.warning, elsewhereNote(job)].filter(
    (note) => note !== undefined,
  );
  return [`**${escapeMarkdown(job.displayName)}**`, ...notes.map(escapeMarkdown), table.join('  \n')].join(
    '\n\n',
  );
}

function forecastText({ expectedAt, longerThanUsual, samples }: Forecast, now: number): string {
  if (longerThanUsual) return l10n.t('done by now, as nine of ten of {0} jobs like it were', samples);
  return expectedAt > now
    ? l10n.t('done in about {0}, judging by {1} jobs like it', formatSpan(expectedAt - now), samples)
    : l10n.t('done about now, judging by {0} jobs like it', samples);
}

function elsewhereNote(job: Job): string | undefined {
  return job.origin === 'elsewhere' ? l10n.t('Created outside this extension.') : undefined;
}
