import * as l10n from '@vscode/l10n';
import { ServiceError } from '../shared/serviceError';

export interface Page<T> {
  readonly entries: readonly T[];
  /** Token of the page after this one; absent or empty on the last. */
  readonly next: string | undefined;
}

/** So many pages in a row without anything on them are no list any more. */
const mostEmptyPages = 1_000;

/**
 * The entries of all pages, or the first `limit`, each name once, as it came last: what is added meanwhile moves the rest on to the
 * next page. A service that repeats a token or a page, or answers with an empty token, ends the list instead of making it
 * endless; one that goes on without ever an entry is a ServiceError `protocol`.
 */
export async function allPages<T>(
  fetch: (pageToken: string | undefined) => Promise<Page<T>>,
  nameOf: (entry: T) => string,
  limit = Infinity,
): Promise<T[]> {
  const entries = new Map<string, T>();
  const seen = new Set<string>();
  let token: string | undefined;
  let empty = 0;
  do {
    const page = await fetch(token);
    empty = page.entries.length > 0 ? 0 : empty + 1;
    if (empty > mostEmptyPages) throw endless();
    const known = entries.size;
    for (const entry of page.entries) entries.set(nameOf(entry), entry);
    const repeats = page.entries.length > 0 && entries.size === known;
    token = page.next === '' || seen.has(page.next ?? '') || repeats ? undefined : page.next;
    if (token !== undefined) seen.add(token);
  } while (token !== undefined && entries.size < limit);
  return [...entries.values()].slice(0, limit);
}

/** What a page is asked for with. */
export interface PageQuery {
  readonly [name: string]: string | number | undefined;
  readonly pageSize?: number;
  readonly pageToken: string | undefined;
}

/**
 * The named things of a list whose pages `read` fetches. How large pages may be is not documented everywhere: where a size is
 * refused, the service decides.
 */
export function listed<
  P extends { readonly nextPageToken?: string | undefined },
  T extends { readonly name: string },
>(
  read: (query: PageQuery) => Promise<P>,
  entriesOf: (page: P) => readonly T[],
  { pageSize, limit }: { readonly pageSize: number; readonly limit?: number },
): Promise<T[]> {
  const fetch = async (pageToken: string | undefined): Promise<Page<T>> => {
    const page = await read({ pageSize, pageToken }).catch((error: unknown) => {
      if (!refusesPageSize(error)) throw error;
      return read({ pageToken });
    });
    return { entries: entriesOf(page), next: page.nextPageToken };
  };
  return allPages(fetch, ({ name }) => name, limit);
}

function refusesPageSize(error: unknown): boolean {
  return error instanceof ServiceError && error.kind === 'invalid' && /page.?size/i.test(error.message);
}

function endless(): ServiceError {
  return new ServiceError(l10n.t('Could not read the list: the service sends empty pages without end.'), {
    kind: 'protocol',
    reason: 'ENDLESS_LIST',
    ambiguous: false,
    advice: l10n.t('The service has trouble of its own. Try again in a few minutes.'),
  });
}
