export interface Page<T> {
  readonly entries: readonly T[];
  /** Token of the page after this one; absent or empty on the last. */
  readonly next: string | undefined;
}

/**
 * The entries of all pages, or the first `limit`. A service that repeats a token, or answers with an empty one, ends the list
 * instead of making it endless.
 */
export async function allPages<T>(
  fetch: (pageToken: string | undefined) => Promise<Page<T>>,
  limit = Infinity,
): Promise<T[]> {
  const entries: T[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await fetch(token);
    entries.push(...page.entries);
    token = page.next === '' || seen.has(page.next ?? '') ? undefined : page.next;
    if (token !== undefined) seen.add(token);
  } while (token !== undefined && entries.length < limit);
  return entries.length > limit ? entries.slice(0, limit) : entries;
}
