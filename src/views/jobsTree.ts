import type { Job } from '../jobs/api';
import { formatDay, startOfDay } from './format';
import { isActive } from './jobTraits';

/**
 * What the Batches view shows, as values. Ids are stable from one build to the next, so that VS Code keeps what is expanded
 * and selected.
 */
export type TreeNode = ConnectionNode | SectionNode | GroupNode | JobNode | MoreNode | FactNode;

export interface ConnectionNode {
  readonly kind: 'connection';
  readonly id: string;
  readonly connectionId: string;
  readonly children: readonly TreeNode[];
}

export interface SectionNode {
  readonly kind: 'section';
  readonly id: string;
  /** `active`, or midnight of the day on which its jobs ended. */
  readonly section: 'active' | number;
  readonly count: number;
  readonly children: readonly TreeNode[];
}

/** The parts of a split submission. */
export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly jobIds: readonly string[];
  readonly children: readonly TreeNode[];
}

export interface JobNode {
  readonly kind: 'job';
  readonly id: string;
  readonly jobId: string;
}

/** Stands for finished jobs that are not shown yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly hidden: number;
}

/** A line under a job; see presentFacts. */
export interface FactNode {
  readonly kind: 'fact';
  readonly id: string;
  readonly jobId: string;
  readonly fact: string;
}

export type SortOrder = 'newest' | 'oldest' | 'name' | 'model';

export interface TreeOptions {
  readonly now: number;
  /** The connection in use; its jobs come first. */
  readonly connectionId: string;
  /** Words that must all occur in name, model, state or file; case does not matter. */
  readonly filter: string;
  readonly sort: SortOrder;
  /** How many finished jobs of a connection to show. */
  readonly limit: number;
}

/**
 * Puts jobs into sections: what is unfinished first, then finished jobs by the day on which they ended. A level per connection
 * comes on top where jobs of several connections exist.
 */
export function buildTree(jobs: readonly Job[], options: TreeOptions): readonly TreeNode[] {
  const shown = filterJobs(jobs, options.filter);
  const ids = [...new Set(shown.map((job) => job.connectionId))];
  const several = ids.length > 1 || (ids[0] !== undefined && ids[0] !== options.connectionId);
  if (!several) return sectionsOf(shown, options, '');
  const current = (id: string) => (id === options.connectionId ? 0 : 1);
  ids.sort((a, b) => current(a) - current(b) || a.localeCompare(b));
  return ids.map((connectionId) => {
    const id = `connection/${connectionId}`;
    const own = shown.filter((job) => job.connectionId === connectionId);
    return { kind: 'connection', id, connectionId, children: sectionsOf(own, options, `${id}/`) };
  });
}

/** The jobs in which every word of `filter` occurs somewhere a person can see it. */
export function filterJobs(jobs: readonly Job[], filter: string): readonly Job[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return jobs;
  return jobs.filter((job) => {
    const text = [
      job.displayName,
      job.model,
      job.phase,
      job.state,
      job.name,
      job.requestFile?.path,
      job.error?.message,
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function sectionsOf(jobs: readonly Job[], options: TreeOptions, prefix: string): readonly TreeNode[] {
  const units = unitsOf(jobs);
  const active = units.filter((unit) => unit.active);
  // The newest are shown whatever the order within a section; only those are looked at closely, for there may be thousands.
  const finished = units.filter((unit) => !unit.active).sort((a, b) => b.ended - a.ended);
  const visible = finished.slice(0, options.limit);
  const inOrder = (members: Unit[]) => members.sort((a, b) => compare(options.sort)(a.lead, b.lead));
  const sections: TreeNode[] = [];
  if (active.length > 0) sections.push(section('active', inOrder(active), prefix));
  for (const [day, members] of byDay(visible)) sections.push(section(day, inOrder(members), prefix));
  const hidden = finished.length - visible.length;
  if (hidden > 0) sections.push({ kind: 'more', id: `${prefix}more`, hidden });
  return sections;
}

/** What takes one line in a section: a job, or the parts of a split submission together. */
interface Unit {
  readonly jobs: readonly Job[];
  readonly lead: Job;
  readonly active: boolean;
  /** When the last of them ended. */
  readonly ended: number;
}

function unitsOf(jobs: readonly Job[]): Unit[] {
  const units: Unit[] = [];
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    if (job.group === undefined) {
      units.push({ jobs: [job], lead: job, active: isActive(job), ended: endOf(job) });
      continue;
    }
    const parts = groups.get(job.group.id);
    if (parts === undefined) groups.set(job.group.id, [job]);
    else parts.push(job);
  }
  for (const parts of groups.values()) {
    const [lead] = parts.sort((a, b) => (a.group?.part ?? 0) - (b.group?.part ?? 0));
    if (lead === undefined) continue;
    units.push({ jobs: parts, lead, active: parts.some(isActive), ended: Math.max(...parts.map(endOf)) });
  }
  return units;
}

function endOf({ endedAt, createdAt }: Job): number {
  return endedAt ?? createdAt;
}

function compare(sort: SortOrder): (a: Job, b: Job) => number {
  switch (sort) {
    case 'newest':
      return (a, b) => b.createdAt - a.createdAt;
    case 'oldest':
      return (a, b) => a.createdAt - b.createdAt;
    case 'name':
      return (a, b) => a.displayName.localeCompare(b.displayName) || b.createdAt - a.createdAt;
    case 'model':
      return (a, b) => a.model.localeCompare(b.model) || b.createdAt - a.createdAt;
  }
}

function byDay(units: readonly Unit[]): Map<number, Unit[]> {
  const days = new Map<number, Unit[]>();
  for (const unit of units) {
    const day = startOfDay(unit.ended);
    const members = days.get(day);
    if (members === undefined) days.set(day, [unit]);
    else members.push(unit);
  }
  return days;
}

function section(name: 'active' | number, units: readonly Unit[], prefix: string): SectionNode {
  const id = `${prefix}section/${String(name)}`;
  return { kind: 'section', id, section: name, count: units.length, children: units.map(nodeOf) };
}

function nodeOf(unit: Unit): TreeNode {
  const { group } = unit.lead;
  // One part alone is still shown as its group: a part that was deleted must not make the others change their place.
  if (group === undefined) return { kind: 'job', id: `job/${unit.lead.id}`, jobId: unit.lead.id };
  const children = unit.jobs.map((job): JobNode => ({ kind: 'job', id: `job/${job.id}`, jobId: job.id }));
  return { kind: 'group', id: `group/${group.id}`, jobIds: unit.jobs.map((job) => job.id), children };
}

/** The heading of a section. */
export function sectionLabel(node: SectionNode, now: number, activeLabel: string): string {
  return node.section === 'active' ? activeLabel : formatDay(node.section, now);
}

/** A node's children as far as the tree knows them; facts of a job are asked for only when it is expanded. */
export function childrenOf(node: TreeNode): readonly TreeNode[] {
  return 'children' in node ? node.children : [];
}

/** What of a node decides whether it must be drawn again, children apart. */
export function signatureOf(node: TreeNode): string {
  switch (node.kind) {
    case 'section':
      return `${String(node.section)} ${node.count}`;
    case 'more':
      return String(node.hidden);
    case 'group':
      return node.jobIds.join(' ');
    case 'connection':
    case 'job':
    case 'fact':
      return '';
  }
}

/**
 * Which nodes of `next` must be drawn again because of what changed since `previous` in the shape of the tree. Undefined stands
 * for the root. A container whose children are the same is left alone, so nothing flickers and nothing collapses.
 */
export function changedContainers(
  previous: readonly TreeNode[],
  next: readonly TreeNode[],
): readonly (TreeNode | undefined)[] {
  if (!sameIds(previous, next)) return [undefined];
  const changed: TreeNode[] = [];
  next.forEach((node, index) => {
    const before = previous[index];
    if (before === undefined) return;
    const was = childrenOf(before);
    const is = childrenOf(node);
    if (signatureOf(before) !== signatureOf(node) || !sameIds(was, is)) {
      changed.push(node);
      return;
    }
    for (const inner of changedContainers(was, is)) if (inner !== undefined) changed.push(inner);
  });
  return changed;
}

function sameIds(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
  return a.length === b.length && a.every((node, index) => node.id === b[index]?.id);
}
