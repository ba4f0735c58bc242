import type { RowSummary } from '../shared/resultsMessages';
import { foreign, h } from './dom';
import { icon, outcomeIcon } from './icons';
import { contentKind } from '../shared/contentKinds';
import { formatBytes, formatNumber, formatShort, t } from './strings';

/** Fills the element of one row of the list. */
export function renderRow(element: HTMLElement, row: RowSummary): void {
  const tokens = row.input + row.output + row.thinking;
  const exact = `${formatNumber(row.input)} ${t('tokensIn')}, ${formatNumber(row.output)} ${t('tokensOut')}, ${formatNumber(row.thinking)} ${t('tokensThinking')}`;
  element.classList.toggle('not-ok', row.outcome !== 'ok');
  element.setAttribute('aria-label', spoken(row));
  element.replaceChildren(
    h('span', { class: 'cell-outcome', title: t(row.outcome) }, outcomeIcon(row.outcome)),
    h(
      'span',
      { class: 'cell-key', dir: 'auto' },
      row.key === undefined ? h('em', {}, t('noKey')) : foreign(row.key.slice(0, 200)),
    ),
    h('span', { class: 'cell-preview', dir: 'auto' }, ...kindIcons(row), foreign(previewText(row))),
    h('span', { class: 'cell-marks' }, ...marks(row)),
    h('span', { class: 'cell-tokens', title: exact }, tokens > 0 ? formatShort(tokens) : ''),
    h('span', { class: 'cell-size' }, row.bytes > 0 ? formatBytes(row.bytes) : ''),
  );
}

function previewText(row: RowSummary): string {
  if (row.outcome === 'missing') return t('missingExplained');
  return row.preview.slice(0, 400);
}

function kindIcons({ kinds }: RowSummary): SVGElement[] {
  const shown: SVGElement[] = [];
  if ((kinds & contentKind.image) !== 0) shown.push(icon('image', 'kind'));
  if ((kinds & contentKind.audio) !== 0) shown.push(icon('sound', 'kind'));
  if ((kinds & contentKind.functionCall) !== 0) shown.push(icon('call', 'kind'));
  if ((kinds & contentKind.embedding) !== 0) shown.push(icon('point', 'kind'));
  return shown;
}

/** Finish reasons that say no more than the outcome are left out. */
const plain = new Set(['', 'STOP', 'stop']);

function marks(row: RowSummary): HTMLElement[] {
  const list: HTMLElement[] = [];
  if (row.duplicate) list.push(h('span', { class: 'badge warn' }, t('duplicate')));
  if (row.broken) list.push(h('span', { class: 'badge warn' }, t('broken')));
  if (!plain.has(row.reason)) list.push(h('span', { class: 'badge quiet' }, foreign(row.reason)));
  else if (row.errorCode !== 0) list.push(h('span', { class: 'badge quiet' }, String(row.errorCode)));
  return list;
}

/** What a screen reader says of a row. */
export function spoken(row: RowSummary): string {
  const words = [row.key ?? t('noKey'), t(row.outcome)];
  if (!plain.has(row.reason)) words.push(row.reason);
  if (row.duplicate) words.push(t('duplicate'));
  words.push(previewText(row).slice(0, 120));
  return words.filter((word) => word !== '').join(', ');
}
