import { l10n } from 'vscode';
import { connectionLabel } from '../config/connectionLabel';
import type { Job } from '../jobs/api';
import { isKeptByService } from '../jobs/removal';
import type { Forecast } from '../jobs/timeMemory';
import { isFinalState } from '../shared/job';
import { countTexts, stateText } from './jobTexts';
import { hasResults, isActive, isAdoptable, mayHaveRowsToRetry, tally } from './jobTraits';
import { escapeMarkdown, formatAge, formatBytes, formatSpan, formatTime } from './format';
import type { RowPresentation } from './row';

/** What is known about a job beyond itself. */
export interface JobSurroundings {
  readonly forecast?: Forecast | undefined;
  /** Whether it is one of several runs over the same requests; see {@link isOneOfSeveralRuns}. */
  readonly oneOfSeveralRuns?: boolean;
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

/** Counts alone say enough of a job that runs or succeeded; every other state is named in front of them. */
function needsStateText(job: Job): boolean {
  return job.gone || job.phase !== 'submitted' || !['RUNNING', 'SUCCEEDED'].includes(job.state);
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
  if (longerThanUsual) return l10n.t('done by now, judging by {0} jobs like it', samples);
  return expectedAt > now
    ? l10n.t('done in about {0}, judging by {1} jobs like it', formatSpan(expectedAt - now), samples)
    : l10n.t('done about now, judging by {0} jobs like it', samples);
}

function elsewhereNote(job: Job): string | undefined {
  return job.origin === 'elsewhere' ? l10n.t('Created outside this extension.') : undefined;
}
