import { contentKind } from '../shared/contentKinds';
import type { RowSummary } from '../shared/resultsMessages';
import { t } from './strings';

const shown = 400;
/** What a row may hold without anybody having got an answer. */
const noAnswer = contentKind.thought | contentKind.grounding | contentKind.candidates;

/** What the list says of a row: the beginning of its answer, or why there is none. The reason by its name stands beside it. */
export function previewText(row: RowSummary): string {
  const { outcome, preview, reason } = row;
  if (outcome === 'missing') return t('missingExplained');
  // Of a prompt that was refused, the reason is all that there is to preview.
  if (outcome === 'blocked' && preview === reason && preview !== '') return t('promptRefused');
  const empty = preview === '' && row.errorCode === 0 && !row.broken && (row.kinds & ~noAnswer) === 0;
  if (!empty) return preview.slice(0, shown);
  return t(outcome === 'blocked' ? 'answerWithheld' : 'answerEmpty');
}
