import * as l10n from '@vscode/l10n';
import { applyEdits } from '../fixes/textEdits';
import { tryParse } from '../json';
import { rewrite, type ReportFault, type TextMend } from './fault';

/** What may stand at the end of an object, a list or a line: too much, too little, or the wrong thing. */

/** Puts the bracket that is wanted in place of the one at `at`, or before it: whichever makes the text JSON. */
export function bracketMend(text: string, at: number, wanted: string): TextMend | undefined {
  return [
    rewrite(at, at + 1, wanted, l10n.t('Change to "{0}"', wanted)),
    rewrite(at, at, wanted, l10n.t('Insert "{0}"', wanted)),
  ].find(({ edits }) => tryParse(applyEdits(text, edits)) !== undefined);
}

/** Where reading goes on behind a fault: at another value, or nowhere. */
export interface GoesOn {
  readonly at: number;
  readonly expects: 'value' | 'end';
}

/**
 * Reports what follows when the line's value has ended; undefined when reading ends there too.
 * @param at the first character that follows
 */
export function textAfterEnd(text: string, at: number, report: ReportFault): GoesOn | undefined {
  const isComma = text.charAt(at) === ',';
  if (isComma && text.slice(at + 1).trim() === '') {
    report(
      'json-trailing-comma',
      at,
      at + 1,
      l10n.t('The line ends with a comma, as in a list. Lines stand by themselves: remove it.'),
      rewrite(at, text.length, '', l10n.t('Remove the comma')),
    );
    return { at: text.length, expects: 'end' };
  }
  const second = isComma ? at + 1 + (/\S/.exec(text.slice(at + 1))?.index ?? 0) : at;
  if (text.charAt(second) === '{') {
    report(
      'json-two-values',
      second,
      second + 1,
      l10n.t('A second object on the same line. Give it a line of its own.'),
      rewrite(at, second, '\n', l10n.t('Put it on a line of its own')),
    );
    return { at: second, expects: 'value' };
  }
  const end = text.trimEnd().length;
  const isLitter = /^[\s,;)}\]]+$/.test(text.slice(at));
  report('json-two-values', at, end, l10n.t('The line goes on after its object has ended. Remove this.'), {
    ...rewrite(at, end, '', l10n.t('Remove what follows the object')),
    ...(!isLitter && { careful: true }),
  });
  return undefined;
}

/**
 * Reports that a line ends too early.
 * @param open the brackets that are open, outermost first
 * @param isBetween whether it ends behind a whole value, so that nothing but the brackets is missing
 */
export function endsEarly(
  text: string,
  open: readonly ('{' | '[')[],
  isBetween: boolean,
  report: ReportFault,
): void {
  const end = text.trimEnd().length;
  const closers = open.map((opener) => (opener === '{' ? '}' : ']')).reverse();
  const mend = {
    ...rewrite(end, end, closers.join(''), l10n.t('Close the brackets')),
    careful: true,
  } as const;
  report(
    'json-incomplete',
    Math.max(0, end - 1),
    end,
    openWords(open.length),
    isBetween && open.length > 0 ? mend : undefined,
  );
}

function openWords(depth: number): string {
  switch (depth) {
    case 0:
      return l10n.t('The line holds no value.');
    case 1:
      return l10n.t(
        'The line ends while a bracket is open. Close it; if the request goes on in the next line, write it on one.',
      );
    default:
      return l10n.t(
        'The line ends while {0} brackets are open. Close them; if the request goes on in the next line, write it on one.',
        depth,
      );
  }
}
