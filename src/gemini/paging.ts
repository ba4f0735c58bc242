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
 * The entries of all pages, or the first `limit`. A service that repeats a token, or answers with an empty one, ends the list
 * instead of making it endless; one that goes on without ever an entry is a ServiceError `protocol`.
 */
export async function allPages<T>(
  fetch: (pageToken: string | undefined) => Promise<Page<T>>,
  limit = Infinity,
): Promise<T[]> {
  const entries: T[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  let empty = 0;
  do {
    const page = await fetch(token);
    empty = page.entries.length > 0 ? 0 : empty + 1;
    if (empty > mostEmptyPages) throw endless();
    entries.push(...page.entries);
    token = page.next === '' || seen.has(page.next ?? '') ? undefined : page.next;
    if (token !== undefined) seen.add(token);
  } while (token !== undefined && entries.length < limit);
  return entries.length > limit ? entries.slice(0, limit) : entries;
}

function endless(): ServiceError {
  return new ServiceError(l10n.t('Could not read the list: the service sends empty pages without end.'), {
    kind: 'protocol',
    reason: 'ENDLESS_LIST',
    ambiguous: false,
    advice: l10n.t('The service has trouble of its own. Try again in a few minutes.'),
  });
}
