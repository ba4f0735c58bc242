import path from 'node:path';
import { l10n } from 'vscode';
import type { CommandId } from '../contributions';
import type { Job } from '../jobs/api';
import { formatBytes, formatCount, formatSpan, formatTime } from './format';
import { rowsText } from './jobTexts';
import { hasResults, isActive, tally } from './jobTraits';

/** A line under a job in the tree. */
export interface Fact {
  /** Stable within the job. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** What a screen reader says for the line. */
  readonly accessibleLabel: string;
  readonly icon: string;
  /** What a click does; it gets the job's id. */
  readonly command?: CommandId;
}

/** As the parts of this file make them: what is heard follows from what is seen, unless that says too little. */
type Draft = Omit<Fact, 'accessibleLabel'> & Partial<Pick<Fact, 'accessibleLabel'>>;

/**
 * What there is to know about a job, in the order in which a person asks.
 * @param parentName of the job or group whose requests it asks again, where that is known
 */
export function presentFacts(job: Job, now: number, parentName?: string): readonly Fact[] {
  const drafts = [
    troubleFact(job),
    parentFact(job, parentName),
    requestsFact(job),
    resultsFact(job),
    failedFact(job),
    { id: 'model', label: l10n.t('Model'), description: job.model, icon: 'symbol-misc' },
    usageFact(job),
    timeFact(job, now),
    nameFact(job),
  ].filter((fact) => fact !== undefined);
  return drafts.map((draft: Draft) => ({ ...draft, accessibleLabel: draft.accessibleLabel ?? heard(draft) }));
}

/** The dots that separate words for the eye become commas, which a screen reader pauses at. */
function heard({ label, description }: Draft): string {
  return [label, description?.replaceAll(' · ', ', ')].filter((text) => text !== undefined).join(', ');
}

function troubleFact(job: Job): Draft | undefined {
  const message = job.error?.message ?? job.waiting ?? job.warning;
  if (message === undefined) return undefined;
  const mild = job.waiting === undefined ? 'warning' : 'info';
  return {
    id: 'trouble',
    label: message.replace(/\s+/g, ' '),
    icon: job.error === undefined ? mild : 'error',
  };
}

function parentFact(job: Job, name: string | undefined): Draft | undefined {
  if (job.parentId === undefined) return undefined;
  return {
    id: 'parent',
    label: l10n.t('Asks again'),
    description: name ?? l10n.t('an earlier batch'),
    icon: 'debug-rerun',
  };
}

function requestsFact(job: Job): Draft | undefined {
  if (job.requestFile === undefined) return undefined;
  const { path: file, rows, sizeBytes } = job.requestFile;
  return {
    id: 'requests',
    label: path.basename(file),
    description: [l10n.t('requests'), rowsText(formatCount(rows)), formatBytes(sizeBytes)].join(' · '),
    icon: 'file-code',
    command: 'batchwright.openRequestFile',
  };
}

function resultsFact(job: Job): Draft | undefined {
  if (!hasResults(job)) return undefined;
  if (job.results === undefined) {
    return {
      id: 'results',
      label: l10n.t('Results'),
      description: l10n.t('at the service; open to download'),
      icon: 'cloud-download',
      command: 'batchwright.openResults',
    };
  }
  const { path: file, sizeBytes } = job.results;
  return {
    id: 'results',
    label: path.basename(file),
    description: [l10n.t('results'), formatBytes(sizeBytes)].join(' · '),
    icon: 'output',
    command: 'batchwright.openResults',
  };
}

function failedFact(job: Job): Draft | undefined {
  const { bad } = tally(job);
  if (bad === 0 || !hasResults(job)) return undefined;
  return {
    id: 'failed',
    label: bad === 1 ? l10n.t('1 row needs attention') : l10n.t('{0} rows need attention', formatCount(bad)),
    icon: 'warning',
    command: 'batchwright.openResults',
  };
}

function usageFact(job: Job): Draft | undefined {
  if (job.usage === undefined) return undefined;
  const { input, output, thinking } = job.usage;
  const texts = [l10n.t('{0} in', formatCount(input)), l10n.t('{0} out', formatCount(output))];
  if (thinking > 0) texts.push(l10n.t('{0} thinking', formatCount(thinking)));
  return { id: 'usage', label: l10n.t('Tokens'), description: texts.join(' · '), icon: 'graph' };
}

function timeFact(job: Job, now: number): Draft {
  const created = formatTime(job.createdAt);
  if (job.endedAt !== undefined) {
    const took = l10n.t('took {0}', formatSpan(job.endedAt - job.createdAt));
    return { id: 'time', label: l10n.t('Created'), description: `${created} · ${took}`, icon: 'watch' };
  }
  const left = job.expiresAt - now;
  const expires = left > 0 ? l10n.t('expires in {0}', formatSpan(left)) : l10n.t('overdue');
  const description = isActive(job) && job.phase === 'submitted' ? `${created} · ${expires}` : created;
  return { id: 'time', label: l10n.t('Created'), description, icon: 'watch' };
}

function nameFact(job: Job): Draft | undefined {
  if (job.name === undefined) return undefined;
  return {
    id: 'name',
    label: job.name,
    accessibleLabel: l10n.t('Name at the service, {0}', job.name),
    icon: 'tag',
    command: 'batchwright.copyJobName',
  };
}
