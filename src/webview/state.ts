import * as z from 'zod';
import {
  allRows,
  noSearch,
  rowQuery,
  searchQuery,
  type RowQuery,
  type SearchQuery,
} from '../shared/resultsMessages';

export const modes = ['rows', 'table', 'map', 'compare'] as const;
export type Mode = (typeof modes)[number];

/** What survives hiding and reloading: what the person looked at, and of what the files say only the key that finds it again. */
const savedState = z.object({
  query: rowQuery,
  search: searchQuery,
  mode: z.enum(modes),
  selected: z.number().int().optional(),
  /** The key of that row, which may be another line by then. */
  selectedKey: z.string().optional(),
  /** Share of the room that the list takes. */
  split: z.number().min(0.1).max(0.9),
  /** Whether the header shows more than counts and tokens. */
  unfolded: z.boolean(),
  /** Whether there is a comparison with another run, to be made again. */
  compared: z.boolean().default(false),
});
export type SavedState = z.infer<typeof savedState>;

const startState: SavedState = {
  query: allRows,
  search: noSearch,
  mode: 'rows',
  split: 0.5,
  unfolded: true,
  compared: false,
};

/**
 * The saved state, or the first one when there is none that this version reads.
 * @param roomy whether the window has room for more than the rows
 */
export function readState(saved: unknown, roomy = true): SavedState {
  const parsed = savedState.safeParse(saved);
  return parsed.success ? parsed.data : { ...startState, unfolded: roomy };
}

/** Whether the list shows less than everything. */
export function isFiltered(query: RowQuery, search: SearchQuery): boolean {
  return (
    query.outcomes.length > 0 ||
    query.reasons.length > 0 ||
    query.key !== '' ||
    query.trouble ||
    search.text !== ''
  );
}
