import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import type { CompiledField } from '../compiled';
import type { Issue } from '../issue';
import type { JsonObject } from '../json';
import type { PathSegment } from '../problem';

/** Both spellings of one field, at the later one. */
export function duplicateField(
  path: readonly PathSegment[],
  { descriptor: { name, snake } }: CompiledField,
  owner: JsonObject,
): Issue {
  const other = path.at(-1) === name ? snake : name;
  return {
    code: 'duplicate-property',
    path,
    at: 'name',
    message: () => l10n.t('"{0}" and "{1}" are the same field, given twice. Keep one of them.', name, snake),
    related: { path: [...path.slice(0, -1), other], at: 'name', message: () => l10n.t('Given here too.') },
    // Where both say the same there is nothing to choose.
    mend: isDeepStrictEqual(owner[name], owner[snake])
      ? { kind: 'remove' }
      : { kind: 'remove', careful: true },
  };
}
