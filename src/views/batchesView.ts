import { l10n, StatusBarAlignment, window, type StatusBarItem, type TreeView } from 'vscode';
import type { ContextKeys } from '../config/contextKeys';
import type { Job, JobEngine } from '../jobs/api';
import type { Clock } from '../util/clock';
import { DisposableStore, toDisposable, type Disposable } from '../util/disposable';
import { countActive, JobsTree } from './jobsView';
import type { SortOrder, TreeNode } from './jobsTree';

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
    this.owned.add(this.view.onDidChangeVisibility(({ visible }) => visible && this.tree.tick()));
    this.owned.add(toDisposable(() => this.statusBar?.dispose()));
    this.owned.add(this.everyMinute());
  }

  /** Fires when a person opens or closes the view. */
  get onDidChangeVisibility() {
    return this.view.onDidChangeVisibility;
  }

  /** Jobs that are selected; commands that get no node from their caller act on them. */
  get selectedJobIds(): readonly string[] {
    return this.view.selection.flatMap((node) =>
      node.kind === 'group' ? node.jobIds : 'jobId' in node ? [node.jobId] : [],
    );
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

  /** Selects a job, without taking the focus or opening the view where a person closed it. */
  async reveal(job: Job): Promise<void> {
    const node = this.tree.nodeOf(job.id);
    if (node !== undefined && this.view.visible) await this.view.reveal(node, { select: true, focus: false });
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** Badge, status bar and the line above the tree: what all jobs add up to. */
  private showSummary(): void {
    const active = countActive(this.engine?.jobs ?? []);
    const text = active === 1 ? l10n.t('1 batch is running') : l10n.t('{0} batches are running', active);
    // The value 0 removes the badge; undefined would leave a stale one in some versions.
    this.view.badge = active === 0 ? { value: 0, tooltip: '' } : { value: active, tooltip: text };
    this.showStatusBar(active, text);
    this.view.message = this.messageFor(this.engine?.trouble.get(this.connectionId));
  }

  /** The line above the tree: what a person must know to read the list rightly. */
  private messageFor(trouble: Error | undefined): string {
    if (trouble !== undefined) return l10n.t('The list may be out of date: {0}', trouble.message);
    return this.tree.filter === '' ? '' : l10n.t('Filtered by “{0}”', this.tree.filter);
  }

  private showStatusBar(active: number, text: string): void {
    if (active === 0) {
      this.statusBar?.hide();
      return;
    }
    this.statusBar ??= window.createStatusBarItem('batchwright.running', StatusBarAlignment.Left, 10);
    this.statusBar.name = l10n.t('Running Batches');
    this.statusBar.text = `$(sync~spin) ${active === 1 ? l10n.t('1 batch') : l10n.t('{0} batches', active)}`;
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
