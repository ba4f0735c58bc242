import { outcomes, type Outcome } from '../shared/outcome';
import type { ResultsSummary, RowQuery } from '../shared/resultsMessages';
import { formatUsd } from '../shared/usd';
import { button, foreign, h } from './dom';
import { codeName } from './errorCodes';
import { icon, outcomeIcon } from './icons';
import { formatDuration, formatNumber, formatShort, t } from './strings';

export interface HeaderActions {
  /** Shows only these outcomes, or all again. */
  readonly filterOutcome: (outcome: Outcome, add: boolean) => void;
  readonly filterReason: (reason: string) => void;
  readonly searchFor: (text: string) => void;
  readonly showTrouble: () => void;
  readonly chooseRequests: () => void;
  readonly fold: () => void;
}

/** The verdict on the whole batch: outcomes, why answers ended, tokens, money, time. */
export class HeaderView {
  readonly element = h('header', { class: 'summary', aria: { label: t('outcomes') } });

  constructor(private readonly actions: HeaderActions) {}

  show(summary: ResultsSummary, query: RowQuery, unfolded: boolean): void {
    // Focus must survive a redraw, which comes whenever more is known.
    const focused = this.element.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.focus
      : undefined;
    const more = [...this.details(summary, query), ...this.notes(summary)];
    this.element.replaceChildren(
      h(
        'div',
        { class: 'line' },
        this.chips(summary, query),
        facts(summary, more.length > 0 && this.foldButton(unfolded)),
      ),
      bar(summary),
      ...(summary.complete ? [] : [progress(summary)]),
      ...(unfolded ? more : []),
    );
    if (focused !== undefined)
      this.element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  private foldButton(unfolded: boolean): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'fold',
        title: t('moreDetails'),
        data: { focus: 'fold' },
        aria: { expanded: unfolded, label: t('moreDetails') },
        on: { click: this.actions.fold },
      },
      icon('chevron'),
    );
  }

  private chips({ counts }: ResultsSummary, query: RowQuery): HTMLElement {
    const shown = outcomes.filter(
      (outcome) => counts[outcome] > 0 || outcome === 'ok' || outcome === 'failed',
    );
    return h(
      'div',
      { class: 'chips', role: 'group', aria: { label: t('outcomes') } },
      ...shown.map((outcome) => {
        const pressed = query.outcomes.includes(outcome);
        const chip = h(
          'button',
          {
            type: 'button',
            class: `chip outcome-${outcome}`,
            title: t('showOnly', t(outcome)),
            data: { focus: `outcome-${outcome}` },
            aria: { pressed },
            on: {
              click: (event) =>
                this.actions.filterOutcome(outcome, event.ctrlKey || event.metaKey || event.shiftKey),
            },
          },
          outcomeIcon(outcome),
          h('strong', {}, formatNumber(counts[outcome])),
          ` ${t(outcome)}`,
        );
        chip.disabled = counts[outcome] === 0;
        return chip;
      }),
    );
  }

  private details(summary: ResultsSummary, query: RowQuery): HTMLElement[] {
    const list: HTMLElement[] = [];
    const [only] = summary.reasons;
    // One reason for all rows needs no chart.
    if (summary.reasons.length > 1 || (only !== undefined && only.rows < summary.resultRows)) {
      list.push(this.reasonChart(summary, query));
    }
    if (summary.failures.length > 0) list.push(this.failureList(summary));
    return list;
  }

  private reasonChart({ reasons }: ResultsSummary, query: RowQuery): HTMLElement {
    const most = reasons[0]?.rows ?? 1;
    return h(
      'div',
      { class: 'chart', role: 'group', aria: { label: t('reasonsChart') } },
      ...reasons.slice(0, 8).map(({ name, rows }) => {
        const item = h(
          'button',
          {
            type: 'button',
            class: 'reason',
            title: t('showOnly', name),
            data: { focus: `reason-${name}` },
            aria: { pressed: query.reasons.includes(name) },
            on: { click: () => this.actions.filterReason(name) },
          },
          h('span', { class: 'reason-name' }, foreign(name, 60)),
          h('span', { class: 'reason-bar', aria: { hidden: true } }),
          h('span', { class: 'reason-rows' }, formatNumber(rows)),
        );
        item.style.setProperty('--size', `${Math.max(1, (rows / most) * 100)}%`);
        return item;
      }),
    );
  }

  private failureList({ failures }: ResultsSummary): HTMLElement {
    return h(
      'div',
      { class: 'failures', role: 'group', aria: { label: t('failures') } },
      ...failures.map((failure) => this.failure(failure)),
    );
  }

  private failure({ message, code, search, rows }: ResultsSummary['failures'][number]): HTMLElement {
    const unsaid = code === 0 ? t('noMessage') : t('errorCode', codeName(code));
    const element = h(
      'button',
      {
        type: 'button',
        class: 'failure',
        title: search === '' ? unsaid : t('failureSearch'),
        data: { focus: `failure-${code}-${message}` },
        on: { click: () => this.actions.searchFor(search) },
      },
      icon('failed', 'outcome-failed'),
      h('span', { class: 'failure-text' }, message === '' ? h('em', {}, unsaid) : foreign(message)),
      h('span', { class: 'badge quiet' }, formatNumber(rows)),
    );
    element.disabled = search === '';
    return element;
  }

  private notes(summary: ResultsSummary): HTMLElement[] {
    const { actions } = this;
    const notes: HTMLElement[] = [];
    const note = (text: string, action?: HTMLElement) =>
      notes.push(
        h('p', { class: 'notice' }, icon('unexpected', 'outcome-truncated'), h('span', {}, text), action),
      );
    if (summary.gone) note(t('resultsGone'));
    if (summary.complete && summary.requestRows === undefined) {
      note(t('noRequests'), button(t('chooseRequests'), actions.chooseRequests, { class: 'link' }));
    }
    if (summary.joinedBy === 'position') note(t('joinedByPosition'));
    if (summary.job.requestsChanged) note(t('requestsChanged'));
    const duplicates = summary.duplicateRequests + summary.duplicateResults;
    const show = () => button(t('showThem'), actions.showTrouble, { class: 'link' });
    if (duplicates > 0) {
      note(
        t('duplicates', formatNumber(summary.duplicateRequests), formatNumber(summary.duplicateResults)),
        show(),
      );
    }
    if (summary.brokenRows > 0) note(t('brokenLines', formatNumber(summary.brokenRows)), show());
    return notes;
  }
}

function facts({ usage, job }: ResultsSummary, fold: HTMLElement | false): HTMLElement {
  const fact = (value: string, label: string, exact: string) =>
    h('span', { class: 'fact', title: exact }, h('strong', {}, value), ` ${label}`);
  const tokens = (count: number, label: string) =>
    fact(formatShort(count), label, `${formatNumber(count)} ${label}`);
  return h(
    'div',
    { class: 'facts' },
    tokens(usage.input, t('tokensIn')),
    tokens(usage.output, t('tokensOut')),
    usage.thinking > 0 && tokens(usage.thinking, t('tokensThinking')),
    usage.cached > 0 && tokens(usage.cached, t('tokensCached')),
    job.cost !== undefined && fact(`≈ ${formatUsd(job.cost)}`, '', t('costHint', job.cost.toFixed(6))),
    job.duration !== undefined && fact(formatDuration(job.duration), '', t('duration')),
    job.model !== undefined && h('span', { class: 'fact', title: t('model') }, foreign(job.model, 100)),
    fold,
  );
}

/** One bar for all rows, a stretch per outcome. */
function bar({ counts }: ResultsSummary): HTMLElement {
  const total = outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
  const element = h('div', { class: 'outcome-bar', role: 'presentation' });
  for (const outcome of outcomes) {
    if (counts[outcome] === 0) continue;
    const stretch = h('span', {
      class: `stretch outcome-${outcome}`,
      title: `${formatNumber(counts[outcome])} ${t(outcome)}`,
    });
    // Never too thin to be seen: three failures among a million are what the person is looking for.
    stretch.style.flexGrow = String(Math.max(counts[outcome] / Math.max(1, total), 0.004));
    element.append(stretch);
  }
  return element;
}

function progress(summary: ResultsSummary): HTMLElement {
  const percent = Math.round(summary.progress * 100);
  const inner = h('span', {});
  inner.style.width = `${percent}%`;
  return h(
    'div',
    {
      class: 'progress-line',
      role: 'progressbar',
      aria: { label: t('indexing', percent), valuenow: percent, valuemin: 0, valuemax: 100 },
    },
    inner,
  );
}
