import type { Outcome } from '../shared/outcome';
import {
  allRows,
  noSearch,
  type ResultsMethod,
  type ResultsParams,
  type RowQuery,
} from '../shared/resultsMessages';
import type { HeaderActions } from './headerView';
import type { SavedState } from './state';
import type { ToolbarActions } from './toolbar';

/** What the header and the toolbar need of the page to filter its rows and to start something with them. */
export interface FilterTarget {
  readonly query: () => RowQuery;
  readonly change: (change: Partial<Pick<SavedState, 'query' | 'search'>>) => void;
  readonly run: <M extends ResultsMethod>(method: M, params: ResultsParams<M>) => void;
}

export function headerActions(
  { query, change, run }: FilterTarget,
  own: Pick<HeaderActions, 'fold'>,
): HeaderActions {
  return {
    ...own,
    filterOutcome: (outcome, add) =>
      change({ query: { ...query(), outcomes: flip<Outcome>(query().outcomes, outcome, add) } }),
    filterReason: (reason) =>
      change({ query: { ...query(), reasons: flip(query().reasons, reason, false) } }),
    searchFor: (text) => change({ search: { text, matchCase: true, regex: false } }),
    showTrouble: () => change({ query: { ...allRows, trouble: true } }),
    chooseRequests: () => run('chooseRequestFile', {}),
  };
}

export function toolbarActions(
  { query, change, run }: FilterTarget,
  own: Pick<ToolbarActions, 'mode' | 'compare'>,
): ToolbarActions {
  return {
    ...own,
    search: (search) => change({ search }),
    query: (part) => change({ query: { ...query(), ...part } }),
    export: (kind) => run('export', { kind }),
    retry: (outcomes) => run('retry', { outcomes: [...outcomes] }),
    dataWrangler: () => run('openInDataWrangler', {}),
    cancelSearch: () => change({ search: noSearch }),
    clear: () => change({ query: { ...allRows, sort: query().sort }, search: noSearch }),
  };
}

/** Takes an item out of a choice, adds it to it, or makes it the only one. */
function flip<T>(list: readonly T[], item: T, add: boolean): T[] {
  if (list.includes(item)) return list.filter((each) => each !== item);
  return add ? [...list, item] : [item];
}
