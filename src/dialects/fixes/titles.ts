import * as l10n from '@vscode/l10n';
import { placeName } from '../issue';
import type { Mend, Problem } from '../problem';

/** What a mend does, for a menu. */
export function titleOf(mend: Mend, problem: Problem): string {
  const last = problem.path?.at(-1);
  const name = typeof last === 'string' ? last : '';
  switch (mend.kind) {
    case 'rename':
      return l10n.t('Rename to "{0}"', mend.name);
    case 'move':
      return mend.to.length === 0
        ? l10n.t('Move "{0}" to the request', name)
        : l10n.t('Move "{0}" to {1}', name, placeName(mend.to));
    case 'moveIntoList':
      return l10n.t('Move "{0}" to {1}', name, placeName(mend.to));
    case 'unnest':
      return l10n.t('Take the inner "{0}" out', name);
    case 'hoist':
      return l10n.t('Move its fields to where they belong');
    case 'remove':
      if (problem.code === 'empty-text' || problem.code === 'empty-part') return l10n.t('Remove the part');
      if (typeof mend.at?.at(-1) === 'string') return l10n.t('Remove "{0}"', String(mend.at.at(-1)));
      return name === '' ? l10n.t('Remove the element') : l10n.t('Remove "{0}"', name);
    case 'insert':
      return l10n.t('Add "{0}": {1}', mend.name, mend.json);
    case 'unwrap':
      return l10n.t('Take it out of its list');
    case 'wrapLine':
      return l10n.t('Wrap in key and request');
    case 'newKey':
      return l10n.t('Give the line a key of its own');
    case 'systemTurn':
      return l10n.t('Move to systemInstruction');
    case 'splitPart':
      return l10n.t('Make two parts of it');
    case 'dataUri':
      return l10n.t('Strip the data URI prefix');
    case 'convert':
      return mend.to === 'gemini' ? l10n.t('Convert to a Gemini line') : l10n.t('Convert to an OpenAI line');
    default:
      return mend.title;
  }
}
