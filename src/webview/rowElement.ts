import type { RowSummary } from '../shared/resultsMessages';
import { attributeText, foreign, h } from './dom';
import { codeName, shortCode } from './errorCodes';
import { icon, outcomeIcon } from './icons';
import { previewText } from './rowText';
import { contentKind } from '../shared/contentKinds';
import { formatBytes, formatNumber, formatShort, t } from './strings';

/** Fills the element of one row of the list. */
export function renderRow(element: HTMLElement, row: RowSummary): void {
  const tokens = row.input + row.output + row.thinking;
  const exact = `${formatNumber(row.input)} ${t('tokensIn')}, ${formatNumber(row.output)} ${t('tokensOut')}, ${formatNumber(row.thinking)} ${t('tokensThinking')}`;
  element.classList.toggle('not-ok', row.outcome !== 'ok');
  element.setAttribute('aria-label', attributeText(spoken(row)));
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

/** What an answer holds besides text, as an icon to see and a word to hear. */
const kindLooks = [
  [contentKind.image, 'image', 'image'],
  [contentKind.audio, 'sound', 'audio'],
  [contentKind.functionCall, 'call', 'functionCall'],
  [contentKind.embedding, 'point', 'embedding'],
] as const;

function kindsOf({ kinds }: RowSummary) {
  return kindLooks.filter(([bit]) => (kinds & bit) !== 0);
}

function kindIcons(row: RowSummary): SVGElement[] {
  return kindsOf(row).map(([, name]) => icon(name, 'kind'));
}

/** Finish reasons that say no more than the outcome are left out. */
const plain = new Set(['', 'STOP', 'stop']);

function marks(row: RowSummary): HTMLElement[] {
  const list: HTMLElement[] = [];
  if (row.duplicate) list.push(h('span', { class: 'badge warn' }, t('duplicate')));
  if (row.broken) list.push(h('span', { class: 'badge warn' }, t('broken')));
  if (!plain.has(row.reason))
    list.push(h('span', { class: 'badge quiet', title: row.reason }, foreign(row.reason, 60)));
  else if (row.errorCode !== 0) {
    const { errorCode } = row;
    list.push(h('span', { class: 'badge quiet', title: codeName(errorCode) }, shortCode(errorCode)));
  }
  return list;
}

/** What a screen reader says of a row. */
export function spoken(row: RowSummary): string {
  const words = [row.key ?? t('noKey'), t(row.outcome)];
  if (!plain.has(row.reason)) words.push(row.reason);
  else if (row.errorCode !== 0) words.push(shortCode(row.errorCode));
  if (row.duplicate) words.push(t('duplicate'));
  if (row.broken) words.push(t('broken'));
  words.push(...kindsOf(row).map(([, , word]) => t(word)));
  words.push(previewText(row).slice(0, 120));
  return words.filter((word) => word !== '').join(', ');
}
