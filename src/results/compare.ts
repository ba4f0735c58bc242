import type { Outcome } from '../shared/outcome';
import { changes, type Change, type ComparedRow } from '../shared/resultsMessages';
import { throwIfCancelled } from '../util/async';
import { readResultLine } from './resultLine';
import type { ResultSet } from './resultSet';
import type { RowId } from './rowOrder';
import { WindowedLines } from './rowPieces';

export interface CompareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** Two runs over the same keys, row by row. */
export interface Comparison {
  readonly counts: Readonly<Record<Change, number>>;
  readonly rows: readonly ComparedRow[];
}

/**
 * What changed from one run to another: by outcome (better: ok now and not before; worse: the other way round), and between
 * two ok answers by their content, whatever ids and token counts they came with. Both sets must be ready.
 */
export async function compareRuns(
  before: ResultSet,
  after: ResultSet,
  options: CompareOptions = {},
): Promise<Comparison> {
  const rows: ComparedRow[] = [];
  const linesBefore = new WindowedLines(before.resultLines);
  const linesAfter = new WindowedLines(after.resultLines);
  const seen = new Set<string>();
  const contentChanged = async (old: RowId, now: RowId) => {
    const a = (await linesBefore.bytes(before.results.span(old))).toString('utf8');
    const b = (await linesAfter.bytes(after.results.span(now))).toString('utf8');
    return contentOf(a) !== contentOf(b);
  };
  const total = after.results.rows;
  for (let row = 0; row < total; row += 1) {
    if (row % 500 === 0) {
      throwIfCancelled(options.signal);
      options.onProgress?.(row / total);
    }
    const key = after.keyOf(row);
    if (key === undefined || seen.has(key)) continue;
    seen.add(key);
    const now = ownOutcome(after, row);
    const old = before.rowOfKey(key);
    if (old === undefined || old < 0) {
      rows.push({ row, key, change: 'added', after: now });
      continue;
    }
    const was = ownOutcome(before, old);
    const change = changeOf(was, now) ?? ((await contentChanged(old, row)) ? 'changed' : 'same');
    rows.push({ row, key, change, before: was, after: now });
  }
  for (let row = 0; row < before.results.rows; row += 1) {
    const key = before.keyOf(row);
    if (key === undefined || seen.has(key)) continue;
    seen.add(key);
    rows.push({ key, change: 'removed', before: ownOutcome(before, row) });
  }
  const counts = Object.fromEntries(changes.map((change) => [change, 0])) as Record<Change, number>;
  for (const { change } of rows) counts[change] += 1;
  return { counts, rows };
}

/** Whether a request of either run exists matters not here: only what the service answered. */
function ownOutcome(set: ResultSet, row: number): Outcome {
  return set.answerOutcomeOf(row);
}

/** What outcomes alone say; undefined when the contents have to. */
export function changeOf(before: Outcome, after: Outcome): Change | undefined {
  if (before !== 'ok' && after === 'ok') return 'better';
  if (before === 'ok' && after !== 'ok') return 'worse';
  return before === after ? undefined : 'changed';
}

/** The part of a line that a person would compare, with its members in an order of their own. */
export function contentOf(text: string): string {
  const line = readResultLine(text);
  if (line === undefined) return text;
  const parts = line.candidates.map((candidate) =>
    candidate.parts.map((part) => Object.entries(part).filter(([name]) => name !== 'thoughtSignature')),
  );
  return JSON.stringify([line.error?.code, line.error?.message, line.blockReason, parts, line.embedding]);
}
