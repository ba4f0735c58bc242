import { l10n } from 'vscode';
import { formatCount } from '../config/numbers';
import type { FileKind } from '../shared/dialect';
import type { DocumentState } from '../shared/lsp';

/** What a kind of file is called, for people. */
export function kindLabel(kind: FileKind): string {
  switch (kind) {
    case 'gemini':
      return l10n.t('Gemini requests');
    case 'gemini-embed':
      return l10n.t('Gemini embedding requests');
    case 'openai':
      return l10n.t('OpenAI requests');
    case 'gemini-bare':
      return l10n.t('Gemini requests without keys');
    case 'results':
      return l10n.t('Batch results');
    case 'none':
      return l10n.t('Not a batch file');
  }
}

/** The kinds that a person may choose from. */
export const choosableKinds = [
  'gemini',
  'gemini-embed',
  'openai',
  'results',
  'none',
] as const satisfies readonly FileKind[];

/** `1,200 requests`, `3 errors`: what a request file amounts to. One that is no JSON Lines yet has no requests to count. */
export function countWords({ rows, errors }: Pick<DocumentState, 'rows' | 'errors'>): string[] {
  const words: string[] = [];
  if (rows > 0 || errors === 0)
    words.push(rows === 1 ? l10n.t('1 request') : l10n.t('{0} requests', formatCount(rows)));
  if (errors > 0) words.push(errors === 1 ? l10n.t('1 error') : l10n.t('{0} errors', formatCount(errors)));
  return words;
}
