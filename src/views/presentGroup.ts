import { l10n } from 'vscode';
import type { Job } from '../jobs/api';
import { isActive, presentJob } from './presentJob';
import type { RowPresentation } from './row';

/** The parts of a split submission as one line: their counts summed, the state of what matters most. */
export function presentGroup(parts: readonly Job[], now: number): RowPresentation {
  const [lead] = parts;
  if (lead === undefined) throw new RangeError('A group has at least one part.');
  const whole = presentJob(summed(parts, lead), now);
  const label = lead.displayName.replace(/ \(\d+\/\d+\)$/, '');
  const size = l10n.t('{0} parts', lead.group?.of ?? parts.length);
  return {
    ...whole,
    label,
    description: `${size} · ${whole.description}`,
    accessibleLabel: `${label}, ${size}, ${whole.accessibleLabel}`,
    contextValue: ['group', ...whole.contextValue.split('.').filter((flag) => groupFlags.has(flag))].join(
      '.',
    ),
  };
}

/** What can be done to all parts at once. */
const groupFlags: ReadonlySet<string> = new Set(['active', 'cancellable', 'deletable']);

function summed(parts: readonly Job[], lead: Job): Job {
  const add = (pick: (job: Job) => number) => parts.reduce((sum, job) => sum + pick(job), 0);
  // The part that still has most to do speaks for the group; among finished ones, the one that went worst.
  const speaker = parts.find(isActive) ?? parts.find((job) => job.state !== 'SUCCEEDED') ?? lead;
  return {
    ...speaker,
    displayName: lead.displayName,
    createdAt: Math.min(...parts.map((job) => job.createdAt)),
    counts: {
      total: add((job) => job.counts.total),
      succeeded: add((job) => job.counts.succeeded),
      failed: add((job) => job.counts.failed),
      pending: add((job) => job.counts.pending),
    },
  };
}
