import { commands, l10n, StatusBarAlignment, window, type StatusBarItem, type TreeView } from 'vscode';
import type { ContextKeys } from '../config/contextKeys';
import type { Job, JobEngine } from '../jobs/api';
import type { Clock } from '../util/clock';
import { DisposableStore, toDisposable, type Disposable } from '../util/disposable';
import { formatCount } from './format';
import { countActive, JobsTree } from './jobsView';
import { filterJobs, type SortOrder, type TreeNode } from './jobsTree';
import { needsPerson } from './jobTraits';

const minute = 60_000;

/** The Batches view with its badge and message, and the status bar item that shows only while something runs. */
export class BatchesView implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly tree: JobsTree;
  private readonly view: TreeView<TreeNode>;
  private statusBar: StatusBarItem | undefined;
  private engine: JobEngine | undefined;
  private connectionId = '';

  constructor(
    private readonly clock: Clock,
    private readonly contextKeys: ContextKeys,
  ) {
    this.tree = this.owned.add(new JobsTree(() => clock.now()));
    this.view = this.owned.add(
      window.createTreeView('batchwright.jobs', {
        treeDataProvider: this.tree,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.owned.add(this.view.onDidExpandElement(({ element }) => this.tree.keepExpanded(element, true)));
    this.owned.add(this.view.onDidCollapseElement(({ element }) => this.tree.keepExpanded(element, false)));
    this.owned.add(this.view.onDidChangeVisibility(({ visible }) => visible && this.tree.tick()));
    this.owned.add(toDisposable(() => this.statusBar?.dispose()));
    this.owned.add(this.everyMinute());
  }

  /** Fires when a person opens or closes the view. */
  get onDidChangeVisibility() {
    return this.view.onDidChangeVisibility;
  }

  /**
   * The jobs that a key pressed in the tree is meant for: those that are selected, or the one in focus where that is another. The
   * arrow keys move the focus only, and VS Code tells extensions of nothing but the selection. So the row in focus is put into the
   * selection (or out of it, where it was in), which shows which one it is, and then everything is put back.
   */
  async pressedJobIds(): Promise<readonly string[]> {
    const before = this.view.selection;
    const toggle = async () => commands.executeCommand('list.toggleSelection');
    await toggle();
    const added = this.view.selection.filter((node) => !before.includes(node));
    await toggle();
    return (added.length > 0 ? added : before).flatMap(jobIdsOf);
  }

  get filter(): string {
    return this.tree.filter;
  }

  get sort(): SortOrder {
    return this.tree.sort;
  }

  setSort(sort: SortOrder): void {
    this.tree.setSort(sort);
  }

  loadMore(): void {
    this.tree.loadMore();
  }

  /** Follows the engine from now on. */
  attach(engine: JobEngine, connectionId: string): void {
    this.engine = engine;
    this.connectionId = connectionId;
    this.tree.show(engine, connectionId);
    this.owned.add(
      engine.onDidChange((change) => {
        this.tree.update(change);
        this.showSummary();
      }),
    );
    this.showSummary();
  }

  /** Puts the jobs of another connection first. */
  useConnection(connectionId: string, label: string): void {
    this.connectionId = connectionId;
    this.view.description = label;
    if (this.engine !== undefined) this.tree.show(this.engine, connectionId);
    this.showSummary();
  }

  setFilter(filter: string): void {
    this.tree.setFilter(filter);
    this.contextKeys.set('batchwright.filtered', this.tree.filter !== '');
    this.showSummary();
  }

  /** Selects a job, or the group of a part, without taking the focus or opening anything that a person closed. */
  async reveal(job: Job): Promise<void> {
    const node = this.tree.nodeOf(job.id);
    if (node === undefined || !this.view.visible) return;
    const parent = this.tree.getParent(node);
    await this.view.reveal(parent?.kind === 'group' ? parent : node, { select: true, focus: false });
  }

  /** Selects a job, even one that the filter or the length of the list hides. */
  async find(job: Job): Promise<void> {
    if (this.tree.nodeOf(job.id) === undefined) this.setFilter('');
    while (this.tree.nodeOf(job.id) === undefined && this.tree.hasMore) this.tree.loadMore();
    await this.reveal(job);
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** Badge, status bar and the line above the tree: what all jobs add up to. */
  private showSummary(): void {
    const jobs = this.engine?.jobs ?? [];
    const running = countActive(jobs.filter((job) => !needsPerson(job)));
    const stopped = countActive(jobs.filter(needsPerson));
    const active = running + stopped;
    const text = summaryText(running, stopped);
    // The value 0 removes the badge; undefined would leave a stale one in some versions.
    this.view.badge = active === 0 ? { value: 0, tooltip: '' } : { value: active, tooltip: text };
    this.showStatusBar(running, stopped, text);
    this.view.message = this.messageFor(this.engine?.trouble.get(this.connectionId));
  }

  /** The line above the tree: what a person must know to read the list rightly. */
  private messageFor(trouble: Error | undefined): string {
    if (trouble !== undefined) return l10n.t('The list may be out of date: {0}', trouble.message);
    if (this.tree.filter === '') return '';
    const all = this.engine?.jobs ?? [];
    const shown = filterJobs(all, this.tree.filter).length;
    return shown === 0
      ? l10n.t('No job matches “{0}”.', this.tree.filter)
      : l10n.t(
          'Filtered by “{0}”: {1} of {2}',
          this.tree.filter,
          formatCount(shown),
          formatCount(all.length),
        );
  }

  private showStatusBar(running: number, stopped: number, text: string): void {
    if (running + stopped === 0) {
      this.statusBar?.hide();
      return;
    }
    this.statusBar ??= window.createStatusBarItem('batchwright.running', StatusBarAlignment.Left, 10);
    this.statusBar.name = l10n.t('Running Batches');
    this.statusBar.text = [
      ...(running === 0 ? [] : [`$(sync~spin) ${countText(running)}`]),
      ...(stopped === 0 ? [] : [`$(warning) ${l10n.t('{0} to look at', countText(stopped))}`]),
    ].join('  ');
    this.statusBar.tooltip = text;
    this.statusBar.accessibilityInformation = { label: text };
    this.statusBar.command = 'batchwright.jobs.focus';
    this.statusBar.show();
  }

  /** Ages in the tree grow old; one chained timer, which draws nothing while nobody looks. */
  private everyMinute(): Disposable {
    let timer = this.clock.after(minute, () => next());
    const next = () => {
      if (this.view.visible) this.tree.tick();
      this.showSummary();
      timer = this.clock.after(minute, () => next());
    };
    return toDisposable(() => timer.dispose());
  }
}

function jobIdsOf(node: TreeNode): readonly string[] {
  if (node.kind === 'group') return node.jobIds;
  return 'jobId' in node ? [node.jobId] : [];
}

function summaryText(running: number, stopped: number): string {
  const texts: string[] = [];
  if (running === 1) texts.push(l10n.t('1 batch is running'));
  else if (running > 0 || stopped === 0) texts.push(l10n.t('{0} batches are running', running));
  if (stopped === 1) texts.push(l10n.t('1 batch was not submitted to the end'));
  else if (stopped > 0) texts.push(l10n.t('{0} batches were not submitted to the end', stopped));
  return texts.join(', ');
}

function countText(count: number): string {
  return count === 1 ? l10n.t('1 batch') : l10n.t('{0} batches', count);
}
