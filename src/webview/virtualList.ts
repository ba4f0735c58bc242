import { h } from './dom';
import {
  clampOffset,
  contentHeight,
  maxScrollHeight,
  offsetOf,
  offsetShowing,
  scrollHeight,
  topOf,
  visibleRows,
  type ScrollMap,
} from './scrollMap';

export interface VirtualListOptions<T> {
  /** What a screen reader calls the list. */
  readonly label: string;
  readonly rowHeight: number;
  /** Fetches rows. Rejections leave their places empty. */
  readonly fetch: (from: number, count: number) => Promise<readonly T[]>;
  /** Fills the element of a row that is there. */
  readonly render: (element: HTMLElement, item: T, position: number) => void;
  /** The selection moved, by key or mouse, or by `select`. */
  readonly onSelect: (position: number, item: T | undefined, by: 'user' | 'program') => void;
  /** Enter or double click. */
  readonly onOpen: (position: number) => void;
  /** Whether a row is about to be selected: else the focus selects the first one. */
  readonly isSelecting?: () => boolean;
  /** Name of the list's look. */
  readonly class: string;
}

const pageSize = 100;
const keptPages = 30;

let lists = 0;

/**
 * A list of any number of rows of one height. Only those in view are elements; their data comes in pages when they are looked
 * at. The scroll bar is scaled where the list is higher than an element can be; wheel and keys stay exact to the pixel.
 */
export class VirtualList<T> {
  readonly element: HTMLElement;
  private readonly layer: HTMLElement;
  private readonly spacer: HTMLElement;
  private readonly elements = new Map<number, HTMLElement>();
  private readonly pages = new Map<number, readonly T[]>();
  private readonly fetching = new Map<number, Promise<void>>();
  private readonly id = `list${(lists += 1)}`;
  private rows = 0;
  private offset = 0;
  private generation = 0;
  private expectedTop = 0;
  private frame = 0;
  selected = -1;

  constructor(private readonly options: VirtualListOptions<T>) {
    this.layer = h('div', { class: 'layer', role: 'presentation' });
    this.spacer = h('div', { class: 'spacer', role: 'presentation' });
    this.element = h(
      'div',
      {
        class: `virtual-list ${options.class}`,
        role: 'listbox',
        tabIndex: 0,
        aria: { label: options.label },
        on: {
          scroll: () => this.onScroll(),
          wheel: (event) => this.onWheel(event),
          keydown: (event) => this.onKey(event),
          mousedown: (event) => this.onMouse(event),
          dblclick: () => this.options.onOpen(this.selected),
          focus: () => this.onFocus(),
        },
      },
      this.layer,
      this.spacer,
    );
    new ResizeObserver(() => this.layout()).observe(this.element);
  }

  private get map(): ScrollMap {
    return { rows: this.rows, rowHeight: this.options.rowHeight, viewport: this.element.clientHeight };
  }

  get length(): number {
    return this.rows;
  }

  /** Shows another list, or the same grown longer; what is known of the rows is kept only with `grown`. */
  reset(rows: number, options: { readonly grown?: boolean; readonly selected?: number } = {}): void {
    this.rows = rows;
    if (options.grown !== true) {
      this.generation += 1;
      this.pages.clear();
      this.fetching.clear();
      for (const element of this.elements.values()) element.remove();
      this.elements.clear();
      this.selected = options.selected ?? -1;
      this.offset =
        this.selected === -1 ? 0 : offsetShowing(this.map, clampOffset(this.map, this.offset), this.selected);
    } else {
      // A page that was not full yet may be by now.
      for (const [page, items] of this.pages) if (items.length < pageSize) this.pages.delete(page);
    }
    this.layout();
  }

  item(position: number): T | undefined {
    return this.pages.get(Math.floor(position / pageSize))?.[position % pageSize];
  }

  /** Selects a row and brings it into view. */
  select(position: number, by: 'user' | 'program' = 'program'): void {
    if (this.rows === 0) return;
    const to = Math.min(Math.max(0, position), this.rows - 1);
    const changed = to !== this.selected;
    this.selected = to;
    this.scrollTo(offsetShowing(this.map, this.offset, to));
    if (!changed) return;
    void this.load(Math.floor(to / pageSize)).then(() => {
      if (this.selected === to) this.options.onSelect(to, this.item(to), by);
    });
  }

  private scrollTo(offset: number): void {
    this.offset = clampOffset(this.map, offset);
    this.layout();
  }

  private layout(): void {
    const { map } = this;
    this.offset = clampOffset(map, this.offset);
    this.spacer.style.height = `${scrollHeight(map)}px`;
    this.layer.style.height = `${map.viewport}px`;
    const top = topOf(map, this.offset);
    if (Math.abs(this.element.scrollTop - top) >= 1) {
      this.element.scrollTop = top;
      this.expectedTop = this.element.scrollTop;
    }
    this.paint();
  }

  private onFocus(): void {
    if (this.selected === -1 && this.options.isSelecting?.() === true) return;
    this.select(Math.max(0, this.selected), 'user');
  }

  private onScroll(): void {
    // The echo of our own setting says less exactly where the list is than we know.
    if (Math.abs(this.element.scrollTop - this.expectedTop) < 1) return;
    this.expectedTop = this.element.scrollTop;
    this.offset = offsetOf(this.map, this.element.scrollTop);
    this.schedule();
  }

  private onWheel(event: WheelEvent): void {
    if (event.ctrlKey || contentHeight(this.map) <= maxScrollHeight) return;
    // On a scaled scroll bar one notch would be thousands of rows.
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? this.options.rowHeight : 1;
    this.scrollTo(this.offset + event.deltaY * unit);
  }

  private schedule(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  /** Puts the elements of the rows in view where they belong. */
  private paint(): void {
    const { map } = this;
    const { first, count } = visibleRows(map, this.offset);
    for (const [position, element] of this.elements) {
      if (position >= first && position < first + count) continue;
      element.remove();
      this.elements.delete(position);
    }
    for (let position = first; position < first + count; position += 1) this.paintRow(position);
    for (let page = Math.floor(first / pageSize); page * pageSize < first + count; page += 1)
      void this.load(page);
    if (this.selected === -1) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', this.idOf(this.selected));
  }

  private paintRow(position: number): void {
    let element = this.elements.get(position);
    if (element === undefined) {
      element = h('div', {
        class: 'row',
        role: 'option',
        id: this.idOf(position),
        data: { position: String(position) },
        aria: { posinset: position + 1 },
      });
      element.style.height = `${this.options.rowHeight}px`;
      this.elements.set(position, element);
      this.layer.appendChild(element);
    }
    element.style.transform = `translateY(${position * this.options.rowHeight - this.offset}px)`;
    element.setAttribute('aria-setsize', String(this.rows));
    const isSelected = position === this.selected;
    element.setAttribute('aria-selected', String(isSelected));
    element.classList.toggle('selected', isSelected);
    const item = this.item(position);
    if (item === undefined || element.dataset.filled === 'yes') return;
    element.dataset.filled = 'yes';
    this.options.render(element, item, position);
  }

  private idOf(position: number): string {
    return `${this.id}-${position}`;
  }

  /** Resolves when the page is there, or will not be. */
  private load(page: number): Promise<void> {
    if (this.pages.has(page)) return Promise.resolve();
    const running = this.fetching.get(page) ?? this.fetchPage(page);
    this.fetching.set(page, running);
    return running;
  }

  private async fetchPage(page: number): Promise<void> {
    const { generation } = this;
    const from = page * pageSize;
    try {
      const items = await this.options.fetch(from, Math.min(pageSize, this.rows - from));
      if (generation !== this.generation) return;
      this.keep(page, items);
    } catch {
      // The list changed meanwhile, and the new one asks for itself; or the places stay empty.
    } finally {
      if (generation === this.generation) {
        this.fetching.delete(page);
        this.schedule();
      }
    }
  }

  private keep(page: number, items: readonly T[]): void {
    this.pages.set(page, items);
    for (const [position, element] of this.elements) {
      if (Math.floor(position / pageSize) === page) delete element.dataset.filled;
    }
    const oldest = this.pages.keys().next().value;
    if (this.pages.size > keptPages && oldest !== undefined) this.pages.delete(oldest);
  }

  private onMouse(event: MouseEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-position]');
    if (row !== null && event.button === 0) this.select(Number(row.dataset.position), 'user');
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const perPage = Math.max(1, Math.floor(this.element.clientHeight / this.options.rowHeight) - 1);
    const target: Partial<Record<string, number>> = {
      ArrowDown: this.selected + 1,
      ArrowUp: this.selected - 1,
      PageDown: this.selected + perPage,
      PageUp: this.selected - perPage,
      Home: 0,
      End: this.rows - 1,
    };
    const to = target[event.key];
    if (to !== undefined) this.select(to, 'user');
    else if (event.key === 'Enter') this.options.onOpen(this.selected);
    else return;
    event.preventDefault();
  }
}
