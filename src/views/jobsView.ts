import {
  EventEmitter,
  l10n,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeDataProvider,
} from 'vscode';
import { connectionLabel } from '../config/connectionLabel';
import type { Job, JobsChange } from '../jobs/api';
import type { Forecast } from '../jobs/timeMemory';
import type { Disposable } from '../util/disposable';
import { formatCount } from './format';
import {
  buildTree,
  changedContainers,
  childrenOf,
  sectionLabel,
  type FactNode,
  type GroupNode,
  type SectionNode,
  type SortOrder,
  type TreeNode,
} from './jobsTree';
import { presentFacts, type Fact } from './presentFacts';
import { isActive, isOneOfSeveralRuns, parentsOf } from './jobTraits';
import { presentJob } from './presentJob';
import { rowItem, type RowPresentation } from './row';
import { groupName, presentGroup } from './presentGroup';

/** Where the tree takes its jobs from; the engine, or nothing until there is one. */
export interface JobSource {
  readonly jobs: readonly Job[];
  get(id: string): Job | undefined;
  /** When a running job may be done. */
  forecast(id: string): Forecast | undefined;
}

const pageSize = 100;

/** The Batches view's data: keeps node objects alive across builds, and tells VS Code only of those that changed. */
export class JobsTree implements TreeDataProvider<TreeNode>, Disposable {
  private readonly emitter = new EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;

  private roots: readonly TreeNode[] = [];
  private readonly nodes = new Map<string, TreeNode>();
  private readonly parents = new Map<string, TreeNode | undefined>();
  /** Ids of the jobs and groups that a person opened: VS Code forgets it of a node that moves to another section. */
  private readonly expanded = new Set<string>();
  /** What was last drawn for a job, so that a minute that changes nothing draws nothing. */
  private readonly drawn = new Map<string, string>();
  /** Jobs and groups that have retries. */
  private retried: ReadonlySet<string> = new Set();
  /** Ids of the jobs that were unfinished when the tree was built. */
  private active: ReadonlySet<string> = new Set();
  private source: JobSource = { jobs: [], get: () => undefined, forecast: () => undefined };
  private connectionId = '';
  private limit = pageSize;
  private filterText = '';
  private sortOrder: SortOrder = 'newest';

  constructor(private readonly now: () => number) {}

  get filter(): string {
    return this.filterText;
  }
  get sort(): SortOrder {
    return this.sortOrder;
  }

  /** Shows the jobs of `source`, those of the connection first. */
  show(source: JobSource, connectionId: string): void {
    this.source = source;
    this.connectionId = connectionId;
    this.rebuild();
  }

  setFilter(filter: string): void {
    this.filterText = filter.trim();
    this.rebuild();
  }

  setSort(sort: SortOrder): void {
    this.sortOrder = sort;
    this.rebuild();
  }

  /** Whether there are finished jobs that are not shown yet. */
  get hasMore(): boolean {
    return [...this.nodes.values()].some(({ kind }) => kind === 'more');
  }

  /** Shows twice as many of the finished jobs. */
  loadMore(): void {
    this.limit *= 2;
    this.rebuild();
  }

  /** Remembers what a person opened or closed. */
  keepExpanded({ id }: TreeNode, expanded: boolean): void {
    if (expanded) this.expanded.add(id);
    else this.expanded.delete(id);
  }

  /** Takes over what the engine says has changed. */
  update(change: JobsChange): void {
    for (const id of change.removed) this.expanded.delete(`job/${id}`);
    if (!this.staysInPlace(change)) this.rebuild();
    for (const id of change.changed) this.redraw(`job/${id}`);
  }

  /** Whether nothing moves: jobs that run and go on running keep their places, whatever they say. */
  private staysInPlace({ added, changed, removed }: JobsChange): boolean {
    if (changed.length === 0 || added.length + removed.length > 0 || this.filterText !== '') return false;
    return changed.every((id) => {
      const job = this.source.get(id);
      return job !== undefined && this.active.has(id) && isActive(job);
    });
  }

  /** Draws the jobs again whose words changed with time alone; called once a minute. */
  tick(): void {
    for (const [id, before] of [...this.drawn]) {
      const job = this.source.get(id);
      if (job === undefined) this.drawn.delete(id);
      else if (this.present(job).description !== before) this.redraw(`job/${id}`);
    }
  }

  /** The node of a job, so that the view can reveal it. */
  nodeOf(jobId: string): TreeNode | undefined {
    return this.nodes.get(`job/${jobId}`);
  }

  getTreeItem(node: TreeNode): TreeItem {
    switch (node.kind) {
      case 'connection':
        return container(node.id, connectionLabel(node.connectionId), '', TreeItemCollapsibleState.Expanded);
      case 'section':
        return this.sectionItem(node);
      case 'group':
        return this.groupItem(node);
      case 'job':
        return this.jobItem(node.jobId);
      case 'more':
        return moreItem(node.id, node.hidden);
      case 'fact':
        return this.factItem(node);
    }
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) return [...this.roots];
    // A container may be an object of an earlier build; the newest with its id has the children of now.
    const current = this.nodes.get(node.id) ?? node;
    if (current.kind !== 'job') return [...childrenOf(current)];
    const job = this.source.get(current.jobId);
    if (job === undefined) return [];
    return this.facts(job).map((fact): TreeNode => {
      const made: FactNode = { kind: 'fact', id: `${current.id}/${fact.id}`, jobId: job.id, fact: fact.id };
      this.parents.set(made.id, current);
      return made;
    });
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.parents.get(node.id);
  }

  dispose(): void {
    this.emitter.dispose();
  }

  private rebuild(): void {
    const before = this.roots;
    const { jobs } = this.source;
    this.retried = parentsOf(jobs);
    this.active = new Set(jobs.filter(isActive).map(({ id }) => id));
    const next = buildTree(jobs, {
      now: this.now(),
      connectionId: this.connectionId,
      filter: this.filterText,
      sort: this.sortOrder,
      limit: this.limit,
    });
    const changed = changedContainers(before, next);
    // VS Code knows nodes by object: a node that was drawn before is told about by the object it was drawn with.
    const known = new Map(this.nodes);
    this.nodes.clear();
    this.parents.clear();
    this.roots = this.adopt(next, undefined, known);
    for (const node of changed) this.emitter.fire(node === undefined ? undefined : this.nodes.get(node.id));
  }

  /** Registers freshly built nodes, keeping the old object wherever a node says the same as before. */
  private adopt(
    fresh: readonly TreeNode[],
    parent: TreeNode | undefined,
    known: ReadonlyMap<string, TreeNode>,
  ): readonly TreeNode[] {
    return fresh.map((node) => {
      const old = known.get(node.id);
      const kept = old === undefined ? node : Object.assign(old, node);
      this.nodes.set(kept.id, kept);
      this.parents.set(kept.id, parent);
      if ('children' in kept) Object.assign(kept, { children: this.adopt(kept.children, kept, known) });
      return kept;
    });
  }

  private present(job: Job): RowPresentation {
    return presentJob(job, this.now(), {
      forecast: isActive(job) ? this.source.forecast(job.id) : undefined,
      oneOfSeveralRuns: isOneOfSeveralRuns(job, this.retried),
    });
  }

  private facts(job: Job): readonly Fact[] {
    return presentFacts(job, this.now(), this.nameOfParent(job));
  }

  private nameOfParent({ parentId }: Job): string | undefined {
    if (parentId === undefined) return undefined;
    const parent = this.source.get(parentId);
    if (parent !== undefined) return parent.displayName;
    const part = this.source.jobs.find(({ group }) => group?.id === parentId);
    return part && groupName(part);
  }

  private redraw(id: string): void {
    const node = this.nodes.get(id);
    if (node !== undefined) this.emitter.fire(node);
    const parent = this.parents.get(id);
    if (parent?.kind === 'group') this.emitter.fire(parent);
  }

  private sectionItem(node: SectionNode): TreeItem {
    const label = sectionLabel(node, this.now(), l10n.t('Active'));
    const item = container(node.id, label, formatCount(node.count), TreeItemCollapsibleState.Expanded);
    item.accessibilityInformation = {
      label:
        node.count === 1
          ? l10n.t('{0}, 1 job', label)
          : l10n.t('{0}, {1} jobs', label, formatCount(node.count)),
    };
    return item;
  }

  private groupItem(node: GroupNode): TreeItem {
    const jobs = node.jobIds.flatMap((id) => this.source.get(id) ?? []);
    return rowItem(node.id, presentGroup(jobs, this.now()), this.stateOf(node.id));
  }

  private jobItem(jobId: string): TreeItem {
    const job = this.source.get(jobId);
    // Between a removal and VS Code's next look it may still ask for the node.
    if (job === undefined) return container(`job/${jobId}`, jobId, '', TreeItemCollapsibleState.None);
    const presentation = this.present(job);
    this.drawn.set(jobId, presentation.description);
    return rowItem(`job/${jobId}`, presentation, this.stateOf(`job/${jobId}`));
  }

  private stateOf(id: string): TreeItemCollapsibleState {
    return this.expanded.has(id) ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
  }

  private factItem(node: FactNode): TreeItem {
    const job = this.source.get(node.jobId);
    const fact = job && this.facts(job).find((one) => one.id === node.fact);
    const item = container(
      node.id,
      fact?.label ?? '',
      fact?.description ?? '',
      TreeItemCollapsibleState.None,
    );
    if (fact === undefined) return item;
    item.iconPath = new ThemeIcon(fact.icon);
    item.tooltip = [fact.label, fact.description].filter(Boolean).join('\n');
    item.accessibilityInformation = { label: fact.accessibleLabel };
    if (fact.command !== undefined) {
      item.command = { command: fact.command, title: fact.label, arguments: [node.jobId] };
    }
    return item;
  }
}

/** How many jobs are unfinished, for badge and status bar. */
export function countActive(jobs: readonly Job[]): number {
  return jobs.filter(isActive).length;
}

function container(
  id: string,
  label: string,
  description: string,
  state: TreeItemCollapsibleState,
): TreeItem {
  const item = new TreeItem(label, state);
  item.id = id;
  item.description = description;
  return item;
}

function moreItem(id: string, hidden: number): TreeItem {
  const item = container(id, l10n.t('Show More'), formatCount(hidden), TreeItemCollapsibleState.None);
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: 'batchwright.loadMoreJobs', title: l10n.t('Show More') };
  return item;
}
