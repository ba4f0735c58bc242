import {
  allRows,
  noSearch,
  type ResultsEvent,
  type ResultsMethod,
  type ResultsParams,
  type ResultsSummary,
  type RowSummary,
  type WantedRow,
} from '../shared/resultsMessages';
import { CompareView } from './compareView';
import { DetailView } from './detailView';
import { h } from './dom';
import { headerActions, toolbarActions, type FilterTarget } from './filterActions';
import { HeaderView } from './headerView';
import { MapView } from './mapView';
import { spoken } from './rowElement';
import { RowLists, type ListInFront } from './rowLists';
import { RowSelection } from './rowSelection';
import { Host, HostError } from './rpc';
import { splitter } from './splitter';
import { isFiltered, readState, type Mode, type SavedState } from './state';
import { formatNumber, t } from './strings';
import { Toolbar } from './toolbar';
import { ViewPane } from './viewPane';

/** What VS Code gives a webview. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

const rowHeight = 24;
const detailPause = 60;
/** Numbers of requests begin anywhere: answers to a page that this one replaced must not be taken for answers to it. */
const firstRequest = () => Math.floor(Math.random() * 2 ** 40);

/** The results editor's browser side: one state, a handful of views of it, and questions to the host. */
export class App {
  private readonly host: Host;
  private state: SavedState;
  private summary: ResultsSummary | undefined;
  private viewing: AbortController | undefined;
  private readonly header: HeaderView;
  private readonly toolbar: Toolbar;
  private readonly lists: RowLists;
  private readonly map: MapView;
  private readonly compare: CompareView;
  private readonly detail: DetailView;
  private readonly selection: RowSelection;
  private readonly pane: ViewPane;
  private readonly spoken = h('p', { class: 'only-spoken', role: 'status' });

  constructor(
    private readonly root: HTMLElement,
    private readonly vscode: VsCodeApi,
  ) {
    this.state = readState(vscode.getState(), window.innerHeight > 480 && window.innerWidth > 480);
    this.host = new Host(
      (message) => vscode.postMessage(message),
      (event) => this.onEvent(event),
      firstRequest(),
    );
    window.addEventListener('message', (event) => this.host.receive(event.data));
    const filters: FilterTarget = {
      query: () => this.state.query,
      change: (change) => void this.change(change),
      run: (method, params) => this.run(method, params),
    };
    this.header = new HeaderView(headerActions(filters, { fold: () => this.fold() }));
    this.toolbar = new Toolbar(
      toolbarActions(filters, {
        mode: (mode) => void this.setMode(mode),
        compare: () => void this.runCompare(false),
      }),
    );
    this.lists = new RowLists(
      this.host,
      {
        select: (row, by) => this.selection.show(row, by),
        open: () => this.detail.element.focus(),
        isSelecting: () => this.selection.isLooking,
      },
      rowHeight,
    );
    this.map = new MapView({
      load: () => this.host.call('map', {}),
      select: (row) => void this.selection.goTo(row, 'user'),
    });
    this.compare = new CompareView(
      {
        compared: (changes, from, count) =>
          this.host.call('compared', { changes: [...changes], from, count }),
        diff: (key) => this.run('diff', { key }),
        select: (row) => void this.selection.goTo(row, 'user'),
      },
      rowHeight,
    );
    const { rows, table } = this.lists;
    this.pane = new ViewPane({ rows, table, map: this.map, compare: this.compare });
    this.detail = new DetailView({
      call: (method, params) => this.host.call(method, params),
      run: (method, params) => this.run(method, params),
      copyAnswer: (row) => void this.copyAnswer(row),
      showNear: (rows) => this.map.markNear(rows),
      goToRow: (row) => void this.selection.goTo(row, 'user', 'givesWay'),
      nextFailure: (backwards) => void this.nextFailure(backwards),
    });
    this.selection = this.makeSelection();
    this.assemble();
    document.addEventListener('keydown', (event) => this.onKey(event));
    window.addEventListener('focus', () => this.takeFocus());
  }

  private assemble(): void {
    const main = h('main', { class: 'panes' });
    const bar = splitter({
      container: main,
      share: this.state.split,
      onChange: (split) => this.save({ split }),
    });
    main.append(this.pane.element, bar, this.detail.element);
    this.root.replaceChildren(this.header.element, this.toolbar.element, main, this.spoken);
  }

  /** Asks for everything and shows what was looked at last. */
  async start(): Promise<void> {
    const { summary, wanted } = await this.host.call('ready', {});
    this.summary = summary;
    await this.refreshView();
    // Where it has to be looked for, that waits for all rows to be indexed; the rest of the page does not.
    if (wanted === undefined) void this.selection.restore();
    else await this.goTo(wanted);
    if (this.state.compared) await this.runCompare(true);
    if (document.hasFocus()) this.takeFocus();
  }

  /** Whoever comes here by keyboard can go on with the arrow keys. */
  private takeFocus(): void {
    if (document.activeElement === document.body) this.list.element.focus({ preventScroll: true });
  }

  private save(change: Partial<SavedState>): void {
    this.state = { ...this.state, ...change };
    this.vscode.setState(this.state);
  }

  private fold(): void {
    this.save({ unfolded: !this.state.unfolded });
    this.paint();
  }

  private run<M extends ResultsMethod>(method: M, params: ResultsParams<M>): void {
    this.host.call(method, params).catch((error: unknown) => this.tell(error));
  }

  private tell(error: unknown): void {
    if (error instanceof HostError && error.cancelled) return;
    this.toolbar.tell(t('problem', error instanceof Error ? error.message : String(error)));
  }

  private makeSelection(): RowSelection {
    return new RowSelection(
      {
        host: this.host,
        detail: this.detail,
        select: (position, by) => this.list.select(position, by),
        unfilter: (row) => {
          this.save({ selected: row, selectedKey: undefined });
          return this.change({ query: { ...allRows, sort: this.state.query.sort }, search: noSearch });
        },
        onSelected: (row) => {
          if (row !== this.state.selected) this.save({ selected: row, selectedKey: undefined });
          if (row !== undefined) this.map.mark(row);
        },
        onShown: (row) => {
          this.save({ selectedKey: row.key });
          this.speak(row);
        },
        later: (run) => {
          const timer = window.setTimeout(run, detailPause);
          return () => window.clearTimeout(timer);
        },
        tell: (error) => this.tell(error),
      },
      this.state.selected === undefined
        ? undefined
        : { row: this.state.selected, key: this.state.selectedKey },
    );
  }

  /** Lists tell of their own rows while they have the focus; of others somebody must. */
  private speak(row: RowSummary): void {
    const heard = this.pane.element.contains(document.activeElement);
    this.spoken.textContent = heard || !document.hasFocus() ? '' : spoken(row);
  }

  private get list(): ListInFront {
    return this.lists.inFront(this.state.mode);
  }

  private async copyAnswer(row: number): Promise<void> {
    try {
      const { characters } = await this.host.call('copyAnswer', { row });
      this.toolbar.tell(t('answerCopied', formatNumber(characters)));
    } catch (error) {
      this.tell(error);
    }
  }

  /** Filters, search or order changed: asks for the new view and shows it with the selected row in it, if it still is. */
  private async change(change: Partial<Pick<SavedState, 'query' | 'search'>>): Promise<void> {
    this.save(change);
    this.paint();
    await this.refreshView();
  }

  private async refreshView(): Promise<void> {
    this.viewing?.abort();
    const viewing = new AbortController();
    this.viewing = viewing;
    const { query, search, selected } = this.state;
    const { toKeep } = this.selection;
    const keep = toKeep === undefined ? {} : { keep: toKeep };
    try {
      const { view, total, position } = await this.host.call(
        'view',
        { query, search, ...keep },
        viewing.signal,
      );
      if (this.viewing !== viewing) return;
      this.viewing = undefined;
      this.lists.show(view, total, position);
      // Somebody chose another row meanwhile.
      if (this.state.selected !== selected) await this.selection.relocate();
      await this.showPane();
      this.paint();
    } catch (error) {
      if (this.viewing === viewing) this.viewing = undefined;
      this.tell(error);
    }
  }

  private paint(): void {
    const { summary, state } = this;
    if (summary === undefined) return;
    this.header.show(summary, state.query, state.unfolded);
    this.toolbar.show({
      summary,
      query: state.query,
      search: state.search,
      mode: state.mode,
      total: this.lists.total,
      filtered: isFiltered(state.query, state.search),
      compared: this.compare.hasResult,
    });
  }

  private async setMode(mode: Mode): Promise<void> {
    this.save({ mode });
    this.paint();
    try {
      await this.showPane();
    } catch (error) {
      this.tell(error);
    }
  }

  private showPane(): Promise<void> {
    const { query, search, mode } = this.state;
    return this.pane.show(mode, {
      total: this.lists.total,
      complete: this.summary?.complete === true,
      filtered: isFiltered(query, search),
    });
  }

  private async nextFailure(backwards: boolean): Promise<void> {
    const { list } = this;
    try {
      const from = list.selected === -1 && backwards ? this.lists.total : list.selected;
      const { position } = await this.host.call('nextFailure', { from, backwards });
      if (position === -1) this.toolbar.tell(t('noFailure'));
      else list.select(position, 'user');
    } catch (error) {
      this.tell(error);
    }
  }

  /** Compares with a file that the person chooses or, after the page or the files came anew, with the same one as before. */
  private async runCompare(again: boolean): Promise<void> {
    try {
      const result = await this.host.call('compare', { again });
      if (result.name === '') return;
      this.compare.show(result);
      this.save({ compared: true });
      await this.setMode(again ? this.state.mode : 'compare');
    } catch (error) {
      if (again) {
        this.save({ compared: false });
        if (this.state.mode === 'compare') await this.setMode('rows');
      }
      this.tell(error);
    }
  }

  private onEvent(event: ResultsEvent): void {
    switch (event.name) {
      case 'summary':
        this.summary = event.summary;
        this.paint();
        break;
      case 'grown':
        this.onGrown(event.view, event.total);
        break;
      case 'searchProgress':
        // Of a search that was given up, the last words may still come.
        if (this.viewing !== undefined && this.state.search.text !== '')
          this.toolbar.progress(event.fraction, event.found);
        break;
      case 'select':
        void this.goTo(event);
        break;
      case 'reset':
        void this.onReset(event.summary);
        break;
      case 'focusSearch':
        this.toolbar.focusSearch();
        break;
      case 'compare':
        void this.runCompare(false);
        break;
    }
  }

  private goTo({ row, asked }: WantedRow): Promise<void> {
    return this.selection.goTo(row, 'program', asked ? 'givesWay' : 'stays');
  }

  /** The files changed: what was looked at is looked up again. */
  private async onReset(summary: ResultsSummary): Promise<void> {
    this.summary = summary;
    this.map.forget();
    await this.refreshView();
    await this.selection.find();
    if (this.state.compared) await this.runCompare(true);
  }

  private onGrown(view: number, total: number): void {
    if (view !== this.lists.view) return;
    const joined = this.summary?.complete === true;
    // The join may put rows in another order; until then they only become more.
    this.lists.grow(total, !joined);
    if (joined) void this.refreshView();
    void this.showPane().catch((error: unknown) => this.tell(error));
    this.paint();
    void this.selection.restore();
  }

  private onKey(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement;
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') this.toolbar.focusSearch();
    else if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    else if (event.key === '/') this.toolbar.focusSearch();
    else if (event.key === 'f') void this.nextFailure(false);
    else if (event.key === 'F') void this.nextFailure(true);
    else if (event.key === 'Escape' && this.detail.element.contains(document.activeElement))
      this.list.element.focus();
    else return;
    event.preventDefault();
  }
}
