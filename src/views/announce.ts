import { l10n } from 'vscode';
import type { CommandId } from '../contributions';
import type { Job } from '../jobs/api';
import { formatCount } from './format';
import { countTexts, hasResults, stateText, tally } from './presentJob';

/** One notification about jobs that ended. */
export interface Announcement {
  readonly severity: 'information' | 'warning' | 'error';
  readonly message: string;
  readonly actions: readonly AnnouncementAction[];
}

/** A button of the notification; without a command it shows the Batches view. */
export interface AnnouncementAction {
  readonly label: string;
  readonly command?: CommandId;
  readonly jobId?: string;
}

/** Words for jobs that ended together: one job by name, several as a count. */
export function announce(jobs: readonly Job[]): Announcement | undefined {
  const [first] = jobs;
  if (first === undefined) return undefined;
  return jobs.length === 1 ? announceOne(first) : announceSeveral(jobs);
}

function announceOne(job: Job): Announcement {
  const counts = countTexts(job).join(' · ');
  const actions = actionsFor(job);
  const { good, bad } = tally(job);
  switch (job.state) {
    case 'SUCCEEDED':
      if (bad === 0) {
        return {
          severity: 'information',
          message: l10n.t('Batch “{0}” is done: {1}.', job.displayName, counts),
          actions,
        };
      }
      return {
        severity: good === 0 ? 'error' : 'warning',
        message:
          good === 0
            ? l10n.t('Batch “{0}” ended, but every row failed ({1}).', job.displayName, formatCount(bad))
            : l10n.t('Batch “{0}” is done, but not every row is: {1}.', job.displayName, counts),
        actions,
      };
    case 'CANCELLED':
      return {
        severity: 'information',
        message: l10n.t('Batch “{0}” was cancelled.', job.displayName),
        actions,
      };
    case 'EXPIRED':
      return {
        severity: 'warning',
        message: l10n.t(
          'Batch “{0}” expired: the service did not finish it within 48 hours.',
          job.displayName,
        ),
        actions,
      };
    default: {
      const reason = job.error === undefined ? '' : ` ${job.error.message}`;
      return {
        severity: 'error',
        message: l10n.t('Batch “{0}”: {1}.{2}', job.displayName, stateText(job), reason),
        actions,
      };
    }
  }
}

function announceSeveral(jobs: readonly Job[]): Announcement {
  const clean = jobs.filter((job) => job.state === 'SUCCEEDED' && tally(job).bad === 0).length;
  const rest = jobs.length - clean;
  const message =
    rest === 0
      ? l10n.t('{0} batches are done.', jobs.length)
      : l10n.t('{0} batches ended: {1} without a failure, {2} to look at.', jobs.length, clean, rest);
  return { severity: rest === 0 ? 'information' : 'warning', message, actions: [showBatches()] };
}

function actionsFor(job: Job): readonly AnnouncementAction[] {
  const again: AnnouncementAction[] =
    job.requestFile !== undefined && tally(job).bad > 0
      ? [{ label: l10n.t('Retry Failed'), command: 'batchwright.retryRows', jobId: job.id }]
      : [];
  if (!hasResults(job)) return [showBatches()];
  return [{ label: l10n.t('Open Results'), command: 'batchwright.openResults', jobId: job.id }, ...again];
}

function showBatches(): AnnouncementAction {
  return { label: l10n.t('Show Batches') };
}
