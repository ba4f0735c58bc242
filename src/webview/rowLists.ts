import type { RowSummary } from '../shared/resultsMessages';
import { renderRow } from './rowElement';
import type { ChosenBy } from './rowSelection';
import type { Host } from './rpc';
import type { Mode } from './state';
import { t } from './strings';
import { TableView } from './tableView';
import { VirtualList } from './virtualList';

export interface RowListActions {
  readonly select: (row: number, by: ChosenBy) => void;
  /** Goes on to the row's detail. */
  readonly open: () => void;
  /** Whether a row is about to be selected: else the focus selects the first one. */
  readonly isSelecting: () => boolean;
}

/** A list of rows for those to whom it is all the same which one it is. */
export type ListInFront = Pick<VirtualList<unknown>, 'select' | 'selected' | 'element'>;

/** The rows of the view that the host made last, as a list and as a table of their answers. */
export class RowLists {
  readonly rows: VirtualList<RowSummary>;
  readonly table: TableView;
  private current = { view: 0, total: 0 };

  constructor(
    private readonly host: Pick<Host, 'call'>,
    actions: RowListActions,
    rowHeight: number,
  ) {
    this.rows = this.makeRows(actions, rowHeight);
    this.table = this.makeTable(actions, rowHeight);
  }

  /** The host's number of the view. */
  get view(): number {
    return this.current.view;
  }

  /** How many rows the view has. */
  get total(): number {
    return this.current.total;
  }

  /** The list of rows that is in front in a mode: the table has one of its own. */
  inFront(mode: Mode): ListInFront {
    return mode === 'table' ? this.table.list : this.rows;
  }

  /** Shows another view. The table follows when it is put in front. */
  show(view: number, total: number, selected: number): void {
    this.current = { view, total };
    this.rows.reset(total, { selected });
  }

  /** The view has more rows. @param inPlace whether those that it had are where they were; else a new view is to follow */
  grow(total: number, inPlace: boolean): void {
    this.current = { ...this.current, total };
    if (inPlace) this.rows.reset(total, { grown: true });
  }

  private makeRows(actions: RowListActions, rowHeight: number): VirtualList<RowSummary> {
    return new VirtualList<RowSummary>({
      label: t('list'),
      class: 'results',
      rowHeight,
      fetch: async (from, count) => (await this.host.call('rows', { view: this.view, from, count })).rows,
      render: renderRow,
      onSelect: (_position, row, by) => {
        if (row !== undefined) actions.select(row.row, by);
      },
      onOpen: () => actions.open(),
      isSelecting: () => actions.isSelecting(),
    });
  }

  private makeTable(actions: RowListActions, rowHeight: number): TableView {
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
        select: (row, _position, by) => actions.select(row, by),
        open: () => actions.open(),
      },
      rowHeight,
    );
  }
}
