import { changes, type Change, type ComparedRow, type ResultsResult } from '../shared/resultsMessages';
import { attributeText, button, foreign, h } from './dom';
import { icon, outcomeIcon } from './icons';
import { formatNumber, t } from './strings';
import { VirtualList } from './virtualList';

export interface CompareActions {
  readonly compared: (
    changes: readonly Change[],
    from: number,
    count: number,
  ) => Promise<ResultsResult<'compared'>>;
  readonly diff: (key: string) => void;
  readonly select: (row: number) => void;
}

/** What became of the same keys in two runs. */
export class CompareView {
  readonly element = h('section', { class: 'compare-view', aria: { label: t('viewCompare') } });
  private readonly list: VirtualList<ComparedRow>;
  private readonly head = h('div', { class: 'compare-head' });
  private counts: ResultsResult<'compare'>['counts'] | undefined;
  private name = '';
  private shown: Change[] = [];

  constructor(
    private readonly actions: CompareActions,
    rowHeight: number,
  ) {
    this.list = new VirtualList<ComparedRow>({
      label: t('viewCompare'),
      class: 'compared',
      rowHeight,
      fetch: async (from, count) => (await actions.compared(this.shown, from, count)).rows,
      render: (element, row) => this.render(element, row),
      onSelect: (_position, row) => {
        if (row?.row !== undefined) actions.select(row.row);
      },
      onOpen: (position) => {
        const row = this.list.item(position);
        if (row !== undefined) actions.diff(row.key);
      },
    });
    this.element.append(this.head, this.list.element);
  }

  get hasResult(): boolean {
    return this.counts !== undefined;
  }

  show({ name, counts }: ResultsResult<'compare'>): void {
    this.counts = counts;
    this.name = name;
    // What stayed the same is what nobody asks for.
    this.shown = changes.filter((change) => change !== 'same' && counts[change] > 0);
    this.paint();
  }

  private paint(): void {
    const { counts } = this;
    if (counts === undefined) return;
    const labels: Record<Change, string> = {
      better: t('better'),
      worse: t('worse'),
      changed: t('changed'),
      same: t('same'),
      added: t('added'),
      removed: t('removed'),
    };
    this.head.replaceChildren(
      h('p', { class: 'note' }, t('comparedWith'), ' ', h('strong', {}, foreign(this.name))),
      h(
        'div',
        { class: 'chips', role: 'group', aria: { label: t('viewCompare') } },
        ...changes.map((change) => {
          const chip = h(
            'button',
            {
              type: 'button',
              class: `chip change-${change}`,
              aria: { pressed: this.shown.includes(change) },
              on: { click: () => this.toggle(change) },
            },
            h('strong', {}, formatNumber(counts[change])),
            ` ${labels[change]}`,
          );
          chip.disabled = counts[change] === 0;
          return chip;
        }),
      ),
    );
    const total = this.shown.reduce((sum, change) => sum + counts[change], 0);
    this.list.reset(this.shown.length === 0 ? 0 : total);
  }

  private toggle(change: Change): void {
    this.shown = this.shown.includes(change)
      ? this.shown.filter((each) => each !== change)
      : [...this.shown, change];
    this.paint();
  }

  private render(element: HTMLElement, row: ComparedRow): void {
    const side = (outcome: ComparedRow['before'], label: string) =>
      h(
        'span',
        { class: 'side', title: label },
        outcome === undefined ? '–' : outcomeIcon(outcome),
        outcome === undefined ? '' : ` ${t(outcome)}`,
      );
    const outcomes = [row.before, row.after].map((each) => (each === undefined ? '–' : t(each)));
    const words = [row.key, t(row.change), outcomes.join(' → ')];
    element.setAttribute('aria-label', attributeText(words.join(', ')));
    // An option holds no controls: for the keyboard and for screen readers it is Enter.
    const diff = button(t('diff'), () => this.actions.diff(row.key), { icon: icon('compare') });
    diff.tabIndex = -1;
    diff.setAttribute('aria-hidden', 'true');
    element.replaceChildren(
      h('span', { class: `badge change-${row.change}` }, t(row.change)),
      h('span', { class: 'cell-key', dir: 'auto' }, foreign(row.key.slice(0, 200))),
      side(row.before, t('before')),
      icon('goTo', 'small'),
      side(row.after, t('after')),
      h('span', { class: 'spring' }),
      diff,
    );
  }
}
