import { l10n } from 'vscode';
import type { Job } from '../jobs/api';
import { formatCount } from './format';
import { isActive } from './jobTraits';

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
      return job.offline === true ? l10n.t('waiting for the network') : l10n.t('waiting');
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
