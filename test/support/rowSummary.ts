import type { RowSummary } from '../../src/shared/resultsMessages';

/** Row 0 of a list of results, ok and without anything to say, changed where a test wants it. */
export function makeRowSummary(change: Partial<RowSummary> = {}): RowSummary {
  return {
    row: 0,
    outcome: 'ok',
    reason: '',
    errorCode: 0,
    preview: '',
    kinds: 0,
    input: 0,
    output: 0,
    thinking: 0,
    bytes: 0,
    duplicate: false,
    broken: false,
    request: 0,
    ...change,
  };
}
