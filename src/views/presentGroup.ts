import { l10n } from 'vscode';
import type { Job } from '../jobs/api';
import { outcomes, type Outcome, type OutcomeCounts } from '../shared/outcome';
import { defined } from '../util/defined';
import { isActive } from './jobTraits';
import { presentJob } from './presentJob';
import type { RowPresentation } from './row';

/** The parts of a split submission as one line: their counts summed, the state of what matters most. */
export function presentGroup(parts: readonly Job[], now: number): RowPresentation {
  const [lead] = parts;
  if (lead === undefined) throw new RangeError('A group has at least one part.');
  const whole = presentJob(groupAsJob(parts, lead), now, { oneOfSeveralRuns: true });
  const size = l10n.t('{0} parts', lead.group?.of ?? parts.length);
  return {
    ...whole,
    description: `${size} · ${whole.description}`,
    accessibleLabel: `${whole.accessibleLabel}, ${size}`,
    contextValue: ['group', ...whole.contextValue.split('.').filter((flag) => groupFlags.has(flag))].join(
      '.',
    ),
  };
}

/** What can be done to all parts at once. */
const groupFlags: ReadonlySet<string> = new Set([
  'active',
  'results',
  'requests',
  'finished',
  'cancellable',
  'deletable',
  'retryable',
  'failures',
  'mergeable',
]);

/** What the parts add up to, as if they were one job. @param lead the first part */
export function groupAsJob(parts: readonly Job[], lead: Job): Job {
  const add = (pick: (job: Job) => number) => parts.reduce((sum, job) => sum + pick(job), 0);
  // The part that still has most to do speaks for the group; among finished ones, the one that went worst.
  const speaker = parts.find(isActive) ?? parts.find((job) => job.state !== 'SUCCEEDED') ?? lead;
  const looked = parts.flatMap(({ outcomes: one }) => one ?? []);
  return defined({
    ...speaker,
    // Of single parts, which nobody asked for.
    name: undefined,
    results: undefined,
    output: parts.find(({ output }) => output !== undefined)?.output,
    requestFile: wholeFile(parts, lead),
    displayName: groupName(lead),
    createdAt: Math.min(...parts.map((job) => job.createdAt)),
    counts: {
      total: add((job) => job.counts.total),
      succeeded: add((job) => job.counts.succeeded),
      failed: add((job) => job.counts.failed),
      pending: add((job) => job.counts.pending),
    },
    // Of some parts only, they would not add up to the group.
    outcomes: looked.length === parts.length ? sumOutcomes(looked) : undefined,
  });
}

/** The file that was split, not the piece that a part was made from. */
function wholeFile(parts: readonly Job[], { group, requestFile }: Job): Job['requestFile'] {
  if (requestFile === undefined) return undefined;
  const add = (pick: (file: NonNullable<Job['requestFile']>) => number) =>
    parts.reduce((sum, part) => sum + (part.requestFile === undefined ? 0 : pick(part.requestFile)), 0);
  return {
    ...requestFile,
    path: group?.path ?? requestFile.path,
    sizeBytes: add(({ sizeBytes }) => sizeBytes),
    rows: add(({ rows }) => rows),
  };
}

/** The name of a split submission, without which part it is. */
export function groupName({ displayName }: Job): string {
  return displayName.replace(/ \(\d+\/\d+\)$/, '');
}

function sumOutcomes(all: readonly OutcomeCounts[]): OutcomeCounts {
  const sum = (outcome: Outcome) => all.reduce((total, counts) => total + counts[outcome], 0);
  return Object.fromEntries(outcomes.map((outcome) => [outcome, sum(outcome)])) as OutcomeCounts;
}
