/** An element may be at most about 33.5 million device pixels high; this leaves room for 400 % zoom. */
export const maxScrollHeight = 8_000_000;

/**
 * Maps a list of any length onto a scroll bar of bounded height. The list's own offset is exact in pixels; the scroll bar shows
 * where in the whole that is.
 */
export interface ScrollMap {
  readonly rows: number;
  readonly rowHeight: number;
  readonly viewport: number;
}

/** Height of the whole list in its own pixels. */
export function contentHeight(map: ScrollMap): number {
  return map.rows * map.rowHeight;
}

/** Height of the element that makes the scroll bar. */
export function scrollHeight(map: ScrollMap): number {
  return Math.min(contentHeight(map), maxScrollHeight);
}

/** The furthest that the list can be scrolled. */
export function maxOffset(map: ScrollMap): number {
  return Math.max(0, contentHeight(map) - map.viewport);
}

function maxTop(map: ScrollMap): number {
  return Math.max(0, scrollHeight(map) - map.viewport);
}

export function clampOffset(map: ScrollMap, offset: number): number {
  return Math.min(Math.max(0, offset), maxOffset(map));
}

/** Where the scroll bar stands at an offset of the list. */
export function topOf(map: ScrollMap, offset: number): number {
  if (contentHeight(map) <= maxScrollHeight) return clampOffset(map, offset);
  const furthest = maxOffset(map);
  return furthest === 0 ? 0 : (clampOffset(map, offset) / furthest) * maxTop(map);
}

/** The offset that a place of the scroll bar means. */
export function offsetOf(map: ScrollMap, top: number): number {
  if (contentHeight(map) <= maxScrollHeight) return clampOffset(map, top);
  const furthest = maxTop(map);
  return furthest === 0 ? 0 : clampOffset(map, (top / furthest) * maxOffset(map));
}

/** The rows that are at least partly in view. */
export function visibleRows(
  map: ScrollMap,
  offset: number,
): { readonly first: number; readonly count: number } {
  const first = Math.min(Math.floor(offset / map.rowHeight), Math.max(0, map.rows - 1));
  const last = Math.ceil((offset + map.viewport) / map.rowHeight);
  return { first, count: Math.max(0, Math.min(map.rows, last) - first) };
}

/** The offset nearest to `offset` at which a row is wholly in view. */
export function offsetShowing(map: ScrollMap, offset: number, row: number): number {
  const top = row * map.rowHeight;
  if (top < offset) return clampOffset(map, top);
  if (top + map.rowHeight > offset + map.viewport)
    return clampOffset(map, top + map.rowHeight - map.viewport);
  return offset;
}
