import type {
  DetailCandidate,
  Neighbour,
  RequestDetail,
  ResultsMethod,
  ResultsParams,
  ResultsResult,
  RowDetail,
} from '../shared/resultsMessages';
import { bannersOf } from './banners';
import { append, button, clip, foreign, h } from './dom';
import { icon, outcomeIcon } from './icons';
import { linkOrText, partViews, type PartContext } from './partView';
import { HostError } from './rpc';
import { formatNumber, t } from './strings';

/** What the detail view asks of the rest. */
export interface DetailActions {
  readonly call: <M extends ResultsMethod>(method: M, params: ResultsParams<M>) => Promise<ResultsResult<M>>;
  /** Like `call`, with failures told to the person. */
  readonly run: <M extends ResultsMethod>(method: M, params: ResultsParams<M>) => void;
  readonly copyAnswer: (row: number) => void;
  /** Rows that are like the selected one, to be marked wherever rows are drawn. */
  readonly showNear: (rows: readonly number[]) => void;
  readonly goToRow: (row: number) => void;
  readonly nextFailure: (backwards: boolean) => void;
}

/** The API gives at most eight. */
const maxCandidates = 20;
/** Sources, settings, violations and the like of one answer. */
const maxItems = 200;

/** Everything about the selected row: what was asked, what came back, and what is wrong with it. */
export class DetailView {
  readonly element = h('section', { class: 'detail', tabIndex: -1, aria: { label: t('details') } });
  private releases: (() => void)[] = [];
  private shown: number | undefined;

  constructor(private readonly actions: DetailActions) {
    this.clear();
  }

  private release(): void {
    for (const release of this.releases.splice(0)) release();
  }

  clear(): void {
    this.release();
    this.shown = undefined;
    this.element.replaceChildren(h('p', { class: 'placeholder' }, t('selectRow')));
  }

  get row(): number | undefined {
    return this.shown;
  }

  problem(message: string): void {
    this.release();
    this.shown = undefined;
    this.element.replaceChildren(h('p', { class: 'banner bad', role: 'alert' }, foreign(message)));
  }

  show(detail: RowDetail): void {
    this.release();
    const { summary } = detail;
    this.shown = summary.row;
    this.element.replaceChildren(
      this.head(detail),
      ...this.banners(detail),
      ...detail.candidates
        .slice(0, maxCandidates)
        .map((candidate, index) => this.candidate(candidate, index, detail)),
    );
    if (detail.embedding !== undefined) append(this.element, this.embedding(detail.embedding, summary.row));
    if (detail.brokenLine !== undefined) {
      append(
        this.element,
        h('pre', { class: 'code', tabIndex: 0, dir: 'ltr' }, foreign(detail.brokenLine.text)),
      );
    }
    if (detail.request !== undefined) append(this.element, this.request(detail.request, detail));
    append(this.element, facts(detail));
    this.element.scrollTop = 0;
  }

  private head({ summary, request, candidates }: RowDetail): HTMLElement {
    const { run } = this.actions;
    const { row, key } = summary;
    const hasAnswer = candidates.some(({ parts }) =>
      parts.some((part) => part.kind === 'text' && !part.thought),
    );
    return h(
      'header',
      { class: 'detail-head' },
      outcomeIcon(summary.outcome),
      h(
        'h2',
        { class: 'key', dir: 'auto', title: t('key') },
        key === undefined ? t('noKey') : foreign(key, 300),
      ),
      h('span', { class: `badge outcome-${summary.outcome}` }, t(summary.outcome)),
      summary.reason !== '' &&
        h('span', { class: 'badge quiet', title: summary.reason }, foreign(summary.reason, 60)),
      summary.duplicate && h('span', { class: 'badge warn' }, t('duplicate')),
      h(
        'span',
        { class: 'head-actions' },
        request !== undefined &&
          button(t('goToRequest'), () => run('revealRequest', { row, focus: true }), { icon: icon('goTo') }),
        row >= 0 &&
          button(t('rawResult'), () => run('openRaw', { row, what: 'result' }), { icon: icon('json') }),
        hasAnswer && button(t('copyAnswer'), () => this.actions.copyAnswer(row), { icon: icon('copy') }),
        button(t('previousFailure'), () => this.actions.nextFailure(true), { icon: icon('up') }),
        button(t('nextFailure'), () => this.actions.nextFailure(false), { icon: icon('down') }),
      ),
    );
  }

  private banners(detail: RowDetail): HTMLElement[] {
    return bannersOf(detail).map(({ look, lines }) =>
      h('div', { class: `banner ${look}` }, ...lines.map((line) => h('p', { dir: 'auto' }, foreign(line)))),
    );
  }

  private candidate(candidate: DetailCandidate, index: number, detail: RowDetail): HTMLElement {
    const context = this.contextOf(detail.summary.row, false);
    const several = detail.candidates.length > 1;
    return h(
      'section',
      {
        class: 'candidate',
        aria: { label: several ? t('candidate', index + 1, detail.candidates.length) : t('answer') },
      },
      several &&
        h(
          'h3',
          {},
          t('candidate', index + 1, detail.candidates.length),
          candidate.finishReason !== '' && ' · ',
          foreign(candidate.finishReason, 60),
        ),
      ...partViews(candidate.parts, context),
      schemaVerdict(candidate.schema),
      candidate.sources.length > 0 &&
        h(
          'div',
          { class: 'part' },
          h('div', { class: 'part-label' }, t('sources')),
          h(
            'ol',
            { class: 'sources' },
            ...candidate.sources
              .slice(0, maxItems)
              .map(({ title, uri }) => h('li', {}, linkOrText(title, uri, context))),
          ),
        ),
      candidate.searches.length > 0 &&
        h('p', { class: 'note' }, `${t('searches')}: `, foreign(candidate.searches.join(' · '))),
      safety(candidate),
    );
  }

  private contextOf(row: number, request: boolean): PartContext {
    const { call, run } = this.actions;
    return {
      media: (media) => call('media', { row, media, request }),
      save: (media) => run('saveMedia', { row, media, request }),
      openRaw: () => run('openRaw', { row, what: request ? 'request' : 'result' }),
      openLink: (uri) => run('openLink', { uri }),
      whenShown: (fetch) => fetch(),
      onLeave: (release) => this.releases.push(release),
    };
  }

  private request(request: RequestDetail, detail: RowDetail): HTMLElement {
    const { row } = detail.summary;
    const folded = h('details', { class: 'section' });
    folded.open = row < 0;
    const context: PartContext = {
      ...this.contextOf(row, true),
      whenShown: (fetch) =>
        folded.open ? fetch() : folded.addEventListener('toggle', fetch, { once: true }),
    };
    append(
      folded,
      h(
        'summary',
        {},
        t('request'),
        ' ',
        h('span', { class: 'quiet' }, t('requestLine', formatNumber(request.line + 1))),
      ),
      request.broken ? h('p', { class: 'note' }, t('brokenRequest')) : undefined,
      ...request.turns
        .slice(0, maxItems)
        .map((turn) =>
          h(
            'div',
            { class: 'turn' },
            h('div', { class: 'part-label' }, turn.role === 'system' ? t('system') : foreign(turn.role, 60)),
            ...partViews(turn.parts, context),
          ),
        ),
      request.settings.length > 0 && pairs(request.settings),
      h('div', { class: 'actions' }, button(t('rawRequest'), context.openRaw, { class: 'link' })),
    );
    return folded;
  }

  private embedding(embedding: NonNullable<RowDetail['embedding']>, row: number): HTMLElement {
    const found = h('div', { role: 'status' });
    const find = button(t('findNeighbours'), () => {
      find.disabled = true;
      found.replaceChildren(h('p', { class: 'quiet' }, t('working')));
      void this.actions.call('neighbours', { row }).then(
        ({ neighbours }) => {
          this.actions.showNear(neighbours.map((each) => each.row));
          found.replaceChildren(neighbourList(neighbours, (other) => this.actions.goToRow(other)));
        },
        (error: unknown) => {
          find.disabled = false;
          const cancelled = error instanceof HostError && error.cancelled;
          found.replaceChildren(
            cancelled ? '' : h('p', {}, foreign(error instanceof Error ? error.message : String(error))),
          );
        },
      );
    });
    return h(
      'section',
      { class: 'part' },
      h('div', { class: 'part-label' }, t('embedding')),
      pairs([
        { name: t('dimension'), value: formatNumber(embedding.dimension) },
        { name: t('norm'), value: embedding.norm.toFixed(6) },
        { name: t('firstValues'), value: embedding.first.map((value) => value.toPrecision(5)).join(', ') },
      ]),
      bars(embedding.first),
      find,
      found,
    );
  }
}

/** Rows like the shown one, nearest first, each with what it asked: keys alone do not say whether they make sense. */
function neighbourList(neighbours: readonly Neighbour[], goTo: (row: number) => void): HTMLElement {
  const items = neighbours.map(({ row, key, similarity, text }) =>
    h(
      'li',
      {},
      h('span', { class: 'mono' }, similarity.toFixed(4)),
      ' ',
      button(clip(key ?? t('noKey'), 200), () => goTo(row), { class: 'link' }),
      ' ',
      h('span', { class: 'quiet', dir: 'auto' }, foreign(text, 160)),
    ),
  );
  return h('div', {}, h('p', { class: 'note' }, t('nearness')), h('ol', { class: 'neighbours' }, ...items));
}

function schemaVerdict(schema: DetailCandidate['schema']): HTMLElement | undefined {
  if (schema === undefined) return undefined;
  if (schema.unreadable) return h('div', { class: 'banner warn' }, t('schemaUnreadable'));
  if (schema.violations.length === 0) {
    return h('p', { class: 'note verdict' }, icon('check', 'outcome-ok'), ' ', t('schemaOk'));
  }
  return h(
    'div',
    { class: 'banner warn' },
    h('p', {}, t('schemaBroken', schema.violations.length)),
    h(
      'ul',
      {},
      ...schema.violations
        .slice(0, maxItems)
        .map(({ path, message }) => h('li', {}, h('code', {}, foreign(path)), ' ', foreign(message))),
    ),
  );
}

function safety(candidate: DetailCandidate): HTMLElement | undefined {
  if (candidate.safety.length === 0) return undefined;
  return h(
    'details',
    { class: 'section' },
    h('summary', {}, t('safety')),
    pairs(
      candidate.safety.map(({ category, probability, blocked }) => ({
        name: category,
        value: blocked ? `${probability} · ${t('blocked')}` : probability,
      })),
    ),
  );
}

function pairs(list: readonly { readonly name: string; readonly value: string }[]): HTMLElement {
  return h(
    'dl',
    { class: 'pairs' },
    ...list
      .slice(0, maxItems)
      .flatMap(({ name, value }) => [
        h('dt', {}, foreign(name, 100)),
        h('dd', { dir: 'auto' }, foreign(value, 1000)),
      ]),
  );
}

/** The first numbers of an embedding as bars above and below a line. */
function bars(values: readonly number[]): HTMLElement {
  const largest = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const chart = h('div', { class: 'bars', role: 'img', aria: { label: t('firstValues') } });
  for (const value of values) {
    const bar = h('span', { class: value < 0 ? 'bar negative' : 'bar', title: String(value) });
    bar.style.setProperty('--size', `${(Math.abs(value) / largest) * 50}%`);
    chart.append(bar);
  }
  return chart;
}

function facts(detail: RowDetail): HTMLElement | undefined {
  const list = [
    ...detail.usage.map(({ name, value }) => ({ name, value: formatNumber(Number(value)) })),
    ...(detail.model === undefined ? [] : [{ name: t('model'), value: detail.model }]),
    ...(detail.responseId === undefined ? [] : [{ name: t('responseId'), value: detail.responseId }]),
  ];
  if (list.length === 0) return undefined;
  const section = h('details', { class: 'section' }, h('summary', {}, t('usage')), pairs(list));
  section.open = true;
  return section;
}
