import { l10n } from 'vscode';
import type { FileKind } from '../shared/dialect';

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

const numbers = new Intl.NumberFormat('en');

/** `1,200` */
export function formatCount(count: number): string {
  return numbers.format(count);
}

/** `840 k`, `1.3 M`: two or three digits that matter. */
export function formatRough(count: number): string {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))} ${unit}`;
}
