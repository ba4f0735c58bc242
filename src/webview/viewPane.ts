import type { RowSummary } from '../shared/resultsMessages';
import type { CompareView } from './compareView';
import { h } from './dom';
import type { MapView } from './mapView';
import type { Mode } from './state';
import { t } from './strings';
import type { TableView } from './tableView';
import type { VirtualList } from './virtualList';

export interface Views {
  readonly rows: VirtualList<RowSummary>;
  readonly table: TableView;
  readonly map: MapView;
  readonly compare: CompareView;
}

/** What there is to show. */
export interface Shown {
  readonly total: number;
  readonly complete: boolean;
  readonly filtered: boolean;
}

/** The side on which the rows are: as a list, a table, a map or a comparison, one at a time. */
export class ViewPane {
  readonly element = h('div', { class: 'pane', role: 'tabpanel' });
  private readonly empty = h('p', { class: 'placeholder', role: 'status' });

  constructor(private readonly views: Views) {}

  /** Rejects when the view's data cannot be had. */
  async show(mode: Mode, shown: Shown): Promise<void> {
    const { rows, table, map, compare } = this.views;
    const titles = { rows: 'viewRows', table: 'viewTable', map: 'viewMap', compare: 'viewCompare' } as const;
    this.element.setAttribute('aria-label', t(titles[mode]));
    if (mode === 'compare' && compare.hasResult) {
      this.put(compare.element);
    } else if (mode === 'map') {
      this.put(map.element);
      await map.load();
    } else if (mode === 'table') {
      this.put(table.element);
      await table.reset(shown.total, rows.selected);
    } else if (shown.total === 0 && shown.complete) {
      this.empty.textContent = shown.filtered ? t('noRowsFiltered') : t('noRows');
      this.put(this.empty);
    } else this.put(rows.element);
  }

  /** Putting an element where it is already would take the focus from it. */
  private put(view: HTMLElement): void {
    if (view.parentElement !== this.element) this.element.replaceChildren(view);
  }
}
