import type { ResultsResult, TableColumn } from '../shared/resultsMessages';
import { attributeText, button, foreign, h } from './dom';
import { icon, outcomeIcon } from './icons';
import { menuButton } from './menu';
import { formatNumber, t } from './strings';
import { VirtualList } from './virtualList';

type Cells = ResultsResult<'cells'>['rows'][number];

export interface TableActions {
  readonly columns: () => Promise<readonly TableColumn[]>;
  readonly cells: (from: number, count: number, columns: readonly string[]) => Promise<readonly Cells[]>;
  readonly copy: (columns: readonly string[]) => Promise<number>;
  readonly select: (row: number, position: number, by: 'user' | 'program') => void;
  readonly open: () => void;
}

const maxShown = 40;

/** JSON answers as a table: a line per row, a column per member. */
export class TableView {
  readonly element = h('section', { class: 'table-view', aria: { label: t('viewTable') } });
  private readonly head = h('div', { class: 'table-head', role: 'presentation' });
  private readonly bar = h('div', { class: 'table-bar' });
  readonly list: VirtualList<Cells>;
  private all: readonly TableColumn[] = [];
  private shown: string[] = [];

  constructor(
    private readonly actions: TableActions,
    rowHeight: number,
  ) {
    this.list = new VirtualList<Cells>({
      label: t('viewTable'),
      class: 'answers',
      rowHeight,
      fetch: (from, count) => actions.cells(from, count, this.shown),
      render: (element, cells) => this.render(element, cells),
      onSelect: (position, cells, by) => {
        if (cells !== undefined) actions.select(cells.row, position, by);
      },
      onOpen: () => actions.open(),
    });
    const copied = h('span', { class: 'quiet', role: 'status' });
    this.bar.append(
      menuButton(t('columns'), { icon: 'compare', text: true }, () => [
        this.all.map(({ path, rows }) => ({
          label: `${titleOf(path)} (${formatNumber(rows)})`,
          checked: this.shown.includes(path),
          run: () => this.toggle(path),
        })),
      ]),
      button(
        t('copyTable'),
        () =>
          void actions.copy(this.shown).then(
            (rows) => (copied.textContent = t('copied', formatNumber(rows))),
            (error: unknown) => (copied.textContent = error instanceof Error ? error.message : String(error)),
          ),
        { icon: icon('copy'), text: true },
      ),
      copied,
    );
  }

  /** Shows the rows of a new view, and finds the columns that its answers have. */
  async reset(total: number, selected: number): Promise<void> {
    const columns = await this.actions.columns();
    const known = new Set(this.all.map(({ path }) => path));
    this.all = columns;
    if (!columns.some(({ path }) => known.has(path)))
      this.shown = columns.slice(0, maxShown).map(({ path }) => path);
    this.paint(total, selected);
  }

  private toggle(path: string): void {
    const wanted = new Set(this.shown);
    if (!wanted.delete(path)) wanted.add(path);
    this.shown = this.all.map((column) => column.path).filter((each) => wanted.has(each));
    this.paint(this.list.length, this.list.selected);
  }

  private paint(total: number, selected: number): void {
    if (this.all.length === 0) {
      this.element.replaceChildren(h('p', { class: 'placeholder' }, t('noColumns')));
      return;
    }
    this.element.style.setProperty('--columns', String(this.shown.length));
    this.head.replaceChildren(
      h('span', { class: 'cell-outcome' }),
      h('span', { class: 'cell-key' }, t('key')),
      ...this.shown.map((path) => h('span', { class: 'cell', title: titleOf(path) }, foreign(titleOf(path)))),
    );
    if (this.list.element.parentElement === null) {
      this.element.replaceChildren(
        this.bar,
        h('div', { class: 'table-scroll' }, this.head, this.list.element),
      );
    }
    this.list.reset(total, { selected });
  }

  private render(element: HTMLElement, { key, outcome, cells }: Cells): void {
    const titles = this.shown.map(titleOf);
    const spoken = cells.map((cell, at) => `${titles[at] ?? ''}: ${cell.slice(0, 80)}`);
    element.setAttribute('aria-label', attributeText([key ?? t('noKey'), t(outcome), ...spoken].join(', ')));
    element.replaceChildren(
      h('span', { class: 'cell-outcome', title: t(outcome) }, outcomeIcon(outcome)),
      h('span', { class: 'cell-key', dir: 'auto' }, foreign((key ?? t('noKey')).slice(0, 200))),
      ...cells.map((cell) =>
        h('span', { class: 'cell', dir: 'auto', title: cell.slice(0, 400) }, foreign(cell.slice(0, 200))),
      ),
    );
  }
}

function titleOf(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.length === 0
    ? t('answer')
    : steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}
