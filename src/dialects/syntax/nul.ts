import * as l10n from '@vscode/l10n';
import type { TextEdit } from '../problem';
import type { SyntaxFault } from './fault';

/** A line with more NUL characters than this is better saved again than mended. */
const mostNuls = 10_000;

/** One fault for all of a line's NUL characters: where there is one, there is mostly one behind every other. */
export function nulFault(text: string, first: number): SyntaxFault {
  const edits: TextEdit[] = [];
  for (const { index, 0: run } of text.matchAll(/\0+/g)) {
    edits.push({ start: index, end: index + run.length, newText: '' });
    if (edits.length > mostNuls) break;
  }
  return {
    code: 'nul-character',
    start: first,
    end: first + (/^\0+/.exec(text.slice(first))?.[0].length ?? 1),
    message: l10n.t(
      'A NUL character. The file was probably saved as UTF-16; save it as UTF-8 (in VS Code: Save with Encoding).',
    ),
    ...(edits.length <= mostNuls && {
      mend: { kind: 'text', title: l10n.t('Remove the NUL characters'), edits },
    }),
  };
}
