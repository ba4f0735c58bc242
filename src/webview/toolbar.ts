import { contentKind } from '../shared/contentKinds';
import {
  exportKinds,
  sortKeys,
  type ResultsSummary,
  type RowQuery,
  type SearchQuery,
  type SortKey,
} from '../shared/resultsMessages';
import type { Outcome } from '../shared/outcome';
import { button, h } from './dom';
import { icon } from './icons';
import { menuButton, type MenuItem } from './menu';
import type { Mode } from './state';
import { formatNumber, t } from './strings';

export interface ToolbarActions {
  readonly search: (search: SearchQuery) => void;
  readonly query: (change: Partial<RowQuery>) => void;
  readonly mode: (mode: Mode) => void;
  readonly export: (kind: (typeof exportKinds)[number]) => void;
  readonly retry: (outcomes: readonly Outcome[]) => void;
  readonly compare: () => void;
  readonly dataWrangler: () => void;
  readonly cancelSearch: () => void;
  readonly clear: () => void;
}

export interface ToolbarState {
  readonly summary: ResultsSummary;
  readonly query: RowQuery;
  readonly search: SearchQuery;
  readonly mode: Mode;
  readonly total: number;
  readonly filtered: boolean;
  readonly compared: boolean;
}

/** How long typing must pause before it filters. */
const typingPause = 250;

/** Search, filters, order, views, and what can be done with all of it. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly text: HTMLInputElement;
  private readonly key: HTMLInputElement;
  private readonly matchCase: HTMLButtonElement;
  private readonly regex: HTMLButtonElement;
  private readonly status = h('span', { class: 'status', role: 'status' });
  private readonly stop: HTMLButtonElement;
  private readonly clear: HTMLButtonElement;
  private readonly tabs = h('div', { class: 'segments', role: 'tablist', aria: { label: t('views') } });
  private readonly retry: HTMLElement;
  private state: ToolbarState | undefined;
  private timer = 0;

  constructor(private readonly actions: ToolbarActions) {
    this.text = h('input', {
      type: 'text',
      class: 'input',
      title: t('searchHint'),
      aria: { label: t('search') },
    });
    this.text.placeholder = t('searchHint');
    this.key = h('input', {
      type: 'text',
      class: 'input key-input',
      title: t('keyFilter'),
      aria: { label: t('keyFilter') },
    });
    this.key.placeholder = t('keyFilter');
    for (const input of [this.text, this.key]) {
      input.spellcheck = false;
      input.addEventListener('keydown', (event) => this.onKey(event, input));
    }
    this.text.addEventListener('input', () => this.later(() => this.submit()));
    this.key.addEventListener('input', () => this.later(() => actions.query({ key: this.key.value })));
    this.matchCase = this.toggle(t('matchCase'), 'case');
    this.regex = this.toggle(t('regex'), 'regex');
    this.stop = button(t('cancel'), actions.cancelSearch, { class: 'link' });
    this.stop.hidden = true;
    this.clear = button(t('clearFilters'), actions.clear, { class: 'link' });
    this.retry = menuButton(t('retry'), { icon: 'retry', text: true }, () => this.retryItems());
    // Until the first rows are there, there is nothing to clear and nothing to retry.
    this.clear.hidden = true;
    this.retry.hidden = true;
    this.element = h(
      'div',
      { class: 'toolbar', role: 'toolbar', aria: { label: t('list') } },
      h('div', { class: 'search' }, icon('search'), this.text, this.matchCase, this.regex),
      this.key,
      menuButton(t('sort'), { icon: 'down', text: true }, () => this.sortItems()),
      this.tabs,
      h('div', { class: 'status-line' }, this.status, this.stop, this.clear),
      this.retry,
      menuButton(t('export'), { icon: 'export', text: true }, () => this.exportItems()),
    );
  }

  focusSearch(): void {
    this.text.focus();
    this.text.select();
  }

  show(state: ToolbarState): void {
    this.state = state;
    // What somebody is typing is newer than any state.
    if (document.activeElement !== this.text) this.text.value = state.search.text;
    if (document.activeElement !== this.key) this.key.value = state.query.key;
    this.matchCase.setAttribute('aria-pressed', String(state.search.matchCase));
    this.regex.setAttribute('aria-pressed', String(state.search.regex));
    this.clear.hidden = !state.filtered;
    this.retry.hidden = !state.summary.job.canRetry || this.retryable(state.summary).length === 0;
    this.showTabs(state);
    this.showCount(state);
  }

  private showCount({ total, summary, filtered }: ToolbarState): void {
    const all = summary.resultRows + summary.counts.missing;
    this.stop.hidden = true;
    this.status.textContent = filtered
      ? t('rowsOf', formatNumber(total), formatNumber(all))
      : t('rows', formatNumber(total));
  }

  progress(fraction: number, found: number): void {
    this.stop.hidden = false;
    this.status.textContent = t('searching', Math.round(fraction * 100), formatNumber(found));
  }

  /** Says something for a moment, where the number of rows stands. */
  tell(message: string): void {
    this.stop.hidden = true;
    this.status.textContent = message;
  }

  private toggle(label: string, name: 'case' | 'regex'): HTMLButtonElement {
    const element = button(
      label,
      () => {
        element.setAttribute('aria-pressed', String(element.getAttribute('aria-pressed') !== 'true'));
        this.submit();
      },
      { icon: icon(name), class: 'toggle' },
    );
    element.setAttribute('aria-pressed', 'false');
    return element;
  }

  private later(run: () => void): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(run, typingPause);
  }

  private submit(): void {
    window.clearTimeout(this.timer);
    this.actions.search({
      text: this.text.value,
      matchCase: this.matchCase.getAttribute('aria-pressed') === 'true',
      regex: this.regex.getAttribute('aria-pressed') === 'true',
    });
  }

  private onKey(event: KeyboardEvent, input: HTMLInputElement): void {
    if (event.key === 'Enter') {
      window.clearTimeout(this.timer);
      if (input === this.text) this.submit();
      else this.actions.query({ key: input.value });
    } else if (event.key === 'Escape' && input.value !== '') {
      input.value = '';
      if (input === this.text) this.submit();
      else this.actions.query({ key: '' });
    } else return;
    event.stopPropagation();
    event.preventDefault();
  }

  private sortItems(): MenuItem[][] {
    const { state } = this;
    if (state === undefined) return [];
    const { query } = state;
    const labels: Record<SortKey, string> = {
      request: t('sortRequest'),
      file: t('sortFile'),
      key: t('sortKey'),
      outcome: t('sortOutcome'),
      reason: t('sortReason'),
      input: t('sortInput'),
      output: t('sortOutput'),
      thinking: t('sortThinking'),
      size: t('sortSize'),
    };
    const keys = sortKeys.filter((key) => key !== 'request' || state.summary.requestRows !== undefined);
    const choose = (change: Partial<RowQuery>) => () => this.actions.query(change);
    return [
      keys.map((key) => ({ label: labels[key], checked: query.sort === key, run: choose({ sort: key }) })),
      [
        { label: t('ascending'), checked: !query.descending, run: choose({ descending: false }) },
        { label: t('descending'), checked: query.descending, run: choose({ descending: true }) },
      ],
    ];
  }

  private retryable({ counts }: ResultsSummary): Outcome[] {
    return (['failed', 'truncated', 'blocked', 'missing'] as const).filter((outcome) => counts[outcome] > 0);
  }

  private retryItems(): MenuItem[][] {
    const { state } = this;
    if (state === undefined) return [];
    const { counts } = state.summary;
    const list = this.retryable(state.summary);
    const sum = list.reduce((total, outcome) => total + counts[outcome], 0);
    const all = { label: t('retryAll', formatNumber(sum)), run: () => this.actions.retry(list) };
    return [
      [all],
      list.map((outcome) => ({
        label: t('retryOutcome', formatNumber(counts[outcome]), t(outcome)),
        run: () => this.actions.retry([outcome]),
      })),
    ];
  }

  private exportItems(): MenuItem[][] {
    const { state } = this;
    if (state === undefined) return [];
    const { kinds, complete, counts, job } = state.summary;
    const labels = {
      merged: t('exportMerged'),
      csv: t('exportCsv'),
      failed: t('exportFailed'),
      images: t('exportImages'),
      embeddings: t('exportEmbeddings'),
    };
    const possible = {
      merged: true,
      csv: true,
      failed: counts.failed + counts.truncated + counts.blocked + counts.missing > 0,
      images: (kinds & contentKind.image) !== 0,
      embeddings: (kinds & contentKind.embedding) !== 0,
    };
    const entries = exportKinds
      .filter((kind) => possible[kind])
      .map((kind) => ({ label: labels[kind], disabled: !complete, run: () => this.actions.export(kind) }));
    const compare = { label: t('compareWith'), disabled: !complete, run: this.actions.compare };
    const wrangler = { label: t('openInDataWrangler'), disabled: !complete, run: this.actions.dataWrangler };
    return [entries, [compare], ...(job.hasDataWrangler ? [[wrangler]] : [])];
  }

  private showTabs({ summary, mode, compared }: ToolbarState): void {
    const tabs: [Mode, string, boolean][] = [
      ['rows', t('viewRows'), true],
      ['table', t('viewTable'), (summary.kinds & contentKind.json) !== 0],
      ['map', t('viewMap'), (summary.kinds & contentKind.embedding) !== 0],
      ['compare', t('viewCompare'), compared],
    ];
    const shown = tabs.filter(([, , possible]) => possible);
    this.tabs.hidden = shown.length < 2;
    const focused = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(
      ...shown.map(([each, label]) =>
        h(
          'button',
          {
            type: 'button',
            class: 'button text segment',
            role: 'tab',
            tabIndex: each === mode ? 0 : -1,
            aria: { selected: each === mode },
            on: {
              click: () => this.actions.mode(each),
              keydown: (event) => this.onTabKey(event, shown, each),
            },
          },
          label,
        ),
      ),
    );
    if (focused) this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  private onTabKey(event: KeyboardEvent, shown: readonly [Mode, string, boolean][], mode: Mode): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = shown.findIndex(([each]) => each === mode);
    const next = shown.at((at + step) % shown.length);
    if (next !== undefined) this.actions.mode(next[0]);
    event.preventDefault();
    event.stopPropagation();
  }
}
