import type { RowDetail } from '../shared/resultsMessages';
import { codeName } from './errorCodes';
import { formatNumber, t } from './strings';

interface Banner {
  readonly look: 'bad' | 'warn' | 'info';
  readonly lines: readonly string[];
}

/** What is wrong with a row and what it means, in sentences. */
export function bannersOf(detail: RowDetail): Banner[] {
  const { summary, error, blockReason, candidates } = detail;
  const banners: Banner[] = [];
  if (error !== undefined) {
    const code = error.code === undefined ? [] : [t('errorCode', codeName(error.code))];
    banners.push({ look: 'bad', lines: [...code, ...(error.message === '' ? [] : [error.message])] });
  }
  if (summary.broken) banners.push({ look: 'bad', lines: [t('brokenExplained')] });
  if (summary.outcome === 'missing') banners.push({ look: 'warn', lines: [t('missingExplained')] });
  if (summary.outcome === 'unexpected') banners.push({ look: 'warn', lines: [t('unexpectedExplained')] });
  if (blockReason !== undefined) banners.push({ look: 'warn', lines: [t('blockedPrompt', blockReason)] });
  else if (summary.outcome === 'blocked')
    banners.push({ look: 'warn', lines: [t('blockedAnswer', summary.reason)] });
  if (summary.outcome === 'truncated') {
    const byThinking = summary.thinking > summary.output;
    const thinking = t('truncatedByThinking', formatNumber(summary.thinking), formatNumber(summary.output));
    banners.push({
      look: 'warn',
      lines: [t('truncatedExplained', summary.reason), ...(byThinking ? [thinking] : [])],
    });
  }
  const empty = candidates.length > 0 && candidates.every((candidate) => candidate.parts.length === 0);
  if (
    summary.outcome === 'failed' &&
    error === undefined &&
    !summary.broken &&
    (empty || candidates.length === 0)
  ) {
    banners.push({ look: 'bad', lines: [t('emptyAnswer')] });
  }
  for (const { finishMessage } of candidates) {
    if (finishMessage !== undefined && finishMessage !== '')
      banners.push({ look: 'info', lines: [finishMessage] });
  }
  return banners;
}
