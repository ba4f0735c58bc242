import { l10n } from 'vscode';
import type { CommandId } from '../contributions';
import type { Job } from '../jobs/api';
import { formatCount } from './format';
import { groupAsJob } from './presentGroup';
import { countTexts, stateText } from './jobTexts';
import { hasResults, isActive, tally } from './jobTraits';

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
  /** What the command is called with: a job's id, or a group as the tree has it. */
  readonly target?: unknown;
}

/** What a person thinks of as one batch. */
interface Unit {
  /** Of a split submission: what its parts add up to. */
  readonly job: Job;
  /** Of a split submission; empty otherwise. */
  readonly parts: readonly Job[];
}

/**
 * Words for jobs that ended together: one job by name, several as a count. The parts of a split submission are one, told of when the
 * last of them has ended. Undefined when there is nothing to tell yet.
 * @param all the jobs of the list, among which the other parts are found
 */
export function announce(ended: readonly Job[], all: readonly Job[]): Announcement | undefined {
  const units = unitsOf(ended, all);
  const [first] = units;
  if (first === undefined) return undefined;
  return units.length === 1 ? announceOne(first) : announceSeveral(units);
}

function unitsOf(ended: readonly Job[], all: readonly Job[]): readonly Unit[] {
  const singles = ended.filter(({ group }) => group === undefined).map((job): Unit => ({ job, parts: [] }));
  const groups = new Set(ended.flatMap(({ group }) => group?.id ?? []));
  const whole = [...groups].flatMap((id): Unit[] => {
    const parts = all.filter(({ group }) => group?.id === id);
    const [lead] = parts.sort((a, b) => (a.group?.part ?? 0) - (b.group?.part ?? 0));
    return lead === undefined || parts.some(isActive) ? [] : [{ job: groupAsJob(parts, lead), parts }];
  });
  return [...singles, ...whole];
}

function announceOne(unit: Unit): Announcement {
  const { job, parts } = unit;
  const counts = countTexts(job).join(' · ');
  const actions = actionsFor(unit);
  const { good, bad } = tally(job);
  const name =
    parts.length === 0
      ? job.displayName
      : l10n.t('{0} ({1} parts)', job.displayName, formatCount(parts.length));
  switch (job.state) {
    case 'SUCCEEDED':
      if (bad === 0) {
        return {
          severity: 'information',
          message: l10n.t('Batch “{0}” is done: {1}.', name, counts),
          actions,
        };
      }
      return {
        severity: good === 0 ? 'error' : 'warning',
        message:
          good === 0
            ? l10n.t('Batch “{0}” ended, but every row failed ({1}).', name, formatCount(bad))
            : l10n.t('Batch “{0}” is done, but not every row is: {1}.', name, counts),
        actions,
      };
    case 'CANCELLED':
      return { severity: 'information', message: l10n.t('Batch “{0}” was cancelled.', name), actions };
    case 'EXPIRED':
      return {
        severity: 'warning',
        message: l10n.t('Batch “{0}” expired: the service did not finish it within 48 hours.', name),
        actions,
      };
    default: {
      const reason = job.error === undefined ? '' : ` ${job.error.message}`;
      return {
        severity: 'error',
        message: l10n.t('Batch “{0}”: {1}.{2}', name, stateText(job), reason),
        actions,
      };
    }
  }
}

function announceSeveral(units: readonly Unit[]): Announcement {
  const clean = units.filter(({ job }) => job.state === 'SUCCEEDED' && tally(job).bad === 0).length;
  const rest = units.length - clean;
  const message =
    rest === 0
      ? l10n.t('{0} batches are done.', formatCount(units.length))
      : l10n.t(
          '{0} batches ended: {1} without a failure, {2} to look at.',
          formatCount(units.length),
          formatCount(clean),
          formatCount(rest),
        );
  return { severity: rest === 0 ? 'information' : 'warning', message, actions: [showBatches()] };
}

/** One or two things to do next. */
function actionsFor({ job, parts }: Unit): readonly AnnouncementAction[] {
  const isGroup = parts.length > 0;
  const target = isGroup ? { kind: 'group', jobIds: parts.map(({ id }) => id) } : job.id;
  const actions: AnnouncementAction[] = [];
  if (hasResults(job)) {
    actions.push({ label: l10n.t('Open Results'), command: 'batchwright.openResults', target });
  } else if (job.state === 'EXPIRED' && job.requestFile !== undefined && !isGroup) {
    actions.push({ label: l10n.t('Submit Again'), command: 'batchwright.resubmitJob', target });
  }
  if (actions.length === 0) return [showBatches()];
  const canRetry = job.requestFile !== undefined && tally(job).bad > 0 && parts.concat(job).some(hasResults);
  return canRetry
    ? [...actions, { label: l10n.t('Retry Failed'), command: 'batchwright.retryRows', target }]
    : actions;
}

/**
 * Words for submissions that a former session left half way and that cannot be finished without a person: one by name and with what
 * stopped it, several (the parts of a split submission are one) as a count. Undefined when there are none.
 */
export function announceStalled(stalled: readonly Job[]): Announcement | undefined {
  const units = [...new Map(stalled.map((job) => [job.group?.id ?? job.id, job])).values()];
  const [job] = units;
  if (job === undefined) return undefined;
  if (units.length > 1) {
    const message = l10n.t('{0} batches were not submitted to the end.', formatCount(units.length));
    return { severity: 'warning', message, actions: [showBatches()] };
  }
  const reason = job.waiting === undefined ? '' : ` ${job.waiting}`;
  const message = l10n.t('Batch “{0}” was not submitted to the end.{1}', job.displayName, reason);
  const resume: AnnouncementAction = {
    label: l10n.t('Resume Submission'),
    command: 'batchwright.resumeSubmission',
    target: job.id,
  };
  return { severity: 'warning', message, actions: [resume, showBatches()] };
}

function showBatches(): AnnouncementAction {
  return { label: l10n.t('Show Batches') };
}
