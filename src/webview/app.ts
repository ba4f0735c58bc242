import type { Outcome } from '../shared/outcome';
import {
  allRows,
  noSearch,
  type ResultsEvent,
  type ResultsMethod,
  type ResultsParams,
  type ResultsSummary,
  type RowSummary,
} from '../shared/resultsMessages';
import { CompareView } from './compareView';
import { DetailView } from './detailView';
import { h } from './dom';
import { HeaderView } from './headerView';
import { MapView } from './mapView';
import { renderRow } from './rowElement';
import { Host, HostError } from './rpc';
import { splitter } from './splitter';
import { isFiltered, readState, type Mode, type SavedState } from './state';
import { t } from './strings';
import { TableView } from './tableView';
import { Toolbar } from './toolbar';
import { VirtualList } from './virtualList';

/** What VS Code gives a webview. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

const rowHeight = 24;
/** Holding an arrow key down must not open every row on the way. */
const detailPause = 60;

/** The results editor's browser side: one state, a handful of views of it, and questions to the host. */
export class App {
  private readonly host: Host;
  private state: SavedState;
  private summary: ResultsSummary | undefined;
  private total = 0;
  private view = 0;
  private viewing: AbortController | undefined;
  private detailTimer = 0;
  private readonly header: HeaderView;
  private readonly toolbar: Toolbar;
  private readonly rows: VirtualList<RowSummary>;
  private readonly table: TableView;
  private readonly map: MapView;
  private readonly compare: CompareView;
  private readonly detail: DetailView;
  private readonly pane = h('div', { class: 'pane', role: 'tabpanel' });
  private readonly empty = h('p', { class: 'placeholder' });

  constructor(
    private readonly root: HTMLElement,
    private readonly vscode: VsCodeApi,
  ) {
    this.state = readState(vscode.getState());
    // A comparison lives as long as the page; what it was made with has to be asked for again.
    if (this.state.mode === 'compare') this.state = { ...this.state, mode: 'rows' };
    this.host = new Host(
      (message) => vscode.postMessage(message),
      (event) => this.onEvent(event),
    );
    window.addEventListener('message', (event) => this.host.receive(event.data));
    this.header = this.makeHeader();
    this.toolbar = this.makeToolbar();
    this.rows = this.makeRows();
    this.table = this.makeTable();
    this.map = new MapView({
      load: () => this.host.call('map', {}),
      select: (row) => this.choose(row, 'user'),
    });
    this.compare = new CompareView(
      {
        compared: (changes, from, count) =>
          this.host.call('compared', { changes: [...changes], from, count }),
        diff: (key) => this.run('diff', { key }),
        select: (row) => this.choose(row, 'user'),
      },
      rowHeight,
    );
    this.detail = new DetailView({
      call: (method, params) => this.host.call(method, params),
      run: (method, params) => this.run(method, params),
      goToRow: (row) => void this.goToRow(row),
      nextFailure: (backwards) => void this.nextFailure(backwards),
    });
    this.assemble();
    document.addEventListener('keydown', (event) => this.onKey(event));
  }

  private assemble(): void {
    const main = h('main', { class: 'panes' });
    const bar = splitter({
      container: main,
      share: this.state.split,
      onChange: (split) => this.save({ split }),
    });
    main.append(this.pane, bar, this.detail.element);
    this.root.replaceChildren(this.header.element, this.toolbar.element, main);
  }

  /** Asks for everything and shows what was looked at last. */
  async start(): Promise<void> {
    const { summary } = await this.host.call('ready', {});
    this.summary = summary;
    await this.refreshView();
    if (this.state.selected !== undefined) await this.goToRow(this.state.selected);
  }

  private save(change: Partial<SavedState>): void {
    this.state = { ...this.state, ...change };
    this.vscode.setState(this.state);
  }

  private run<M extends ResultsMethod>(method: M, params: ResultsParams<M>): void {
    this.host.call(method, params).catch((error: unknown) => this.tell(error));
  }

  private tell(error: unknown): void {
    if (error instanceof HostError && error.cancelled) return;
    this.toolbar.problem(t('problem', error instanceof Error ? error.message : String(error)));
  }

  private makeHeader(): HeaderView {
    const flip = <T>(list: readonly T[], item: T, add: boolean): T[] => {
      if (list.includes(item)) return list.filter((each) => each !== item);
      return add ? [...list, item] : [item];
    };
    return new HeaderView({
      filterOutcome: (outcome, add) =>
        void this.change({
          query: { ...this.state.query, outcomes: flip<Outcome>(this.state.query.outcomes, outcome, add) },
        }),
      filterReason: (reason) =>
        void this.change({
          query: { ...this.state.query, reasons: flip(this.state.query.reasons, reason, false) },
        }),
      searchFor: (text) => void this.change({ search: { text, matchCase: true, regex: false } }),
      showTrouble: () => void this.change({ query: { ...allRows, trouble: true } }),
      chooseRequests: () => this.run('chooseRequestFile', {}),
      fold: () => {
        this.save({ unfolded: !this.state.unfolded });
        this.paint();
      },
    });
  }

  private makeToolbar(): Toolbar {
    return new Toolbar({
      search: (search) => void this.change({ search }),
      query: (change) => void this.change({ query: { ...this.state.query, ...change } }),
      mode: (mode) => void this.setMode(mode),
      export: (kind) => this.run('export', { kind }),
      retry: (outcomes) => this.run('retry', { outcomes: [...outcomes] }),
      compare: () => void this.runCompare(),
      dataWrangler: () => this.run('openInDataWrangler', {}),
      cancelSearch: () => void this.change({ search: noSearch }),
      clear: () => void this.change({ query: { ...allRows, sort: this.state.query.sort }, search: noSearch }),
    });
  }

  private makeRows(): VirtualList<RowSummary> {
    return new VirtualList<RowSummary>({
      label: t('list'),
      class: 'results',
      rowHeight,
      fetch: async (from, count) => (await this.host.call('rows', { view: this.view, from, count })).rows,
      render: renderRow,
      onSelect: (_position, row, by) => {
        if (row !== undefined) this.showDetail(row.row, by);
      },
      onOpen: () => this.detail.element.focus(),
    });
  }

  private makeTable(): TableView {
    return new TableView(
      {
        columns: async () => (await this.host.call('columns', {})).columns,
        cells: async (from, count, columns) =>
          (await this.host.call('cells', { view: this.view, from, count, columns: [...columns] })).rows,
        copy: async (columns) =>
          (
            await this.host.call('copyTable', {
              from: 0,
              count: Math.max(1, this.total),
              columns: [...columns],
            })
          ).rows,
        select: (row, _position, by) => this.showDetail(row, by),
        open: () => this.detail.element.focus(),
      },
      rowHeight,
    );
  }

  /** Filters, search or order changed: asks for the new view and shows it with the selected row in it, if it still is. */
  private async change(change: Partial<Pick<SavedState, 'query' | 'search'>>): Promise<void> {
    this.save(change);
    if (this.summary !== undefined) this.header.show(this.summary, this.state.query, this.state.unfolded);
    await this.refreshView();
  }

  private async refreshView(): Promise<void> {
    this.viewing?.abort();
    const viewing = new AbortController();
    this.viewing = viewing;
    const { query, search, selected } = this.state;
    const keep = selected === undefined ? {} : { keep: selected };
    try {
      const { view, total, position } = await this.host.call(
        'view',
        { query, search, ...keep },
        viewing.signal,
      );
      if (this.viewing !== viewing) return;
      this.view = view;
      this.total = total;
      this.rows.reset(total, { selected: position });
      await this.showPane();
      this.paint();
    } catch (error) {
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
      total: this.total,
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

  private async showPane(): Promise<void> {
    const { mode } = this.state;
    if (mode === 'compare' && this.compare.hasResult) {
      this.pane.replaceChildren(this.compare.element);
    } else if (mode === 'map') {
      this.pane.replaceChildren(this.map.element);
      await this.map.load();
    } else if (mode === 'table') {
      this.pane.replaceChildren(this.table.element);
      await this.table.reset(this.total, this.rows.selected);
    } else if (this.total === 0 && this.summary?.complete === true) {
      const filtered = isFiltered(this.state.query, this.state.search);
      this.empty.textContent = filtered ? t('noRowsFiltered') : t('noRows');
      this.pane.replaceChildren(this.empty);
    } else if (this.rows.element.parentElement !== this.pane) {
      this.pane.replaceChildren(this.rows.element);
    }
  }

  private choose(row: number, by: 'user' | 'program'): void {
    void this.host.call('positionOf', { row }).then(
      ({ position }) => {
        if (position === -1) this.showDetail(row, by);
        else this.rows.select(position, by);
        if (position === this.rows.selected) this.showDetail(row, by);
      },
      (error: unknown) => this.tell(error),
    );
  }

  /** Selects a row wherever it is; a filter that hides it gives way. */
  private async goToRow(row: number): Promise<void> {
    try {
      const { position } = await this.host.call('positionOf', { row });
      if (position === -1 && isFiltered(this.state.query, this.state.search)) {
        this.save({ selected: row });
        await this.change({ query: { ...allRows, sort: this.state.query.sort }, search: noSearch });
      } else if (position !== -1) this.rows.select(position);
      this.showDetail(row, 'program');
    } catch (error) {
      this.tell(error);
    }
  }

  private async nextFailure(backwards: boolean): Promise<void> {
    try {
      const from = this.rows.selected === -1 && backwards ? this.total : this.rows.selected;
      const { position } = await this.host.call('nextFailure', { from, backwards });
      if (position === -1) this.toolbar.problem(t('noFailure'));
      else if (this.state.mode === 'table') this.table.list.select(position, 'user');
      else this.rows.select(position, 'user');
    } catch (error) {
      this.tell(error);
    }
  }

  private showDetail(row: number, by: 'user' | 'program'): void {
    this.save({ selected: row });
    this.map.mark(row);
    if (this.detail.row === row) return;
    window.clearTimeout(this.detailTimer);
    this.detailTimer = window.setTimeout(() => void this.loadDetail(row, by), detailPause);
  }

  private async loadDetail(row: number, by: 'user' | 'program'): Promise<void> {
    try {
      const detail = await this.host.call('detail', { row });
      if (this.state.selected !== row) return;
      this.detail.show(detail);
      if (by === 'user' && detail.request !== undefined) this.run('revealRequest', { row, focus: false });
    } catch (error) {
      this.detail.problem(error instanceof Error ? error.message : String(error));
    }
  }

  private async runCompare(): Promise<void> {
    try {
      const result = await this.host.call('compare', {});
      if (result.name === '') return;
      this.compare.show(result);
      await this.setMode('compare');
    } catch (error) {
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
        this.toolbar.progress(event.fraction, event.found);
        break;
      case 'select':
        void this.goToRow(event.row);
        break;
      case 'reset':
        this.summary = event.summary;
        this.map.forget();
        this.detail.clear();
        void this.refreshView();
        break;
      case 'focusSearch':
        this.toolbar.focusSearch();
        break;
      case 'compare':
        void this.runCompare();
        break;
    }
  }

  private onGrown(view: number, total: number): void {
    if (view !== this.view) return;
    const joined = this.summary?.complete === true;
    this.total = total;
    // The join may put rows in another order; until then they only become more.
    if (joined) void this.refreshView();
    else this.rows.reset(total, { grown: true });
    void this.showPane().catch((error: unknown) => this.tell(error));
    this.paint();
  }

  private onKey(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement;
    if ((event.ctrlKey || event.metaKey) && event.key === 'f') this.toolbar.focusSearch();
    else if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    else if (event.key === '/') this.toolbar.focusSearch();
    else if (event.key === 'f') void this.nextFailure(false);
    else if (event.key === 'F') void this.nextFailure(true);
    else if (event.key === 'Escape' && this.detail.element.contains(document.activeElement))
      this.rows.element.focus();
    else return;
    event.preventDefault();
  }
}
