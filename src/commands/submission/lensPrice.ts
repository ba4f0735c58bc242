import { l10n } from 'vscode';
import type { DocumentState } from '../../shared/lsp';
import { costOf, type PriceOverrides } from '../../shared/pricing';
import type { Connections, Memory } from '../context';
import { formatUsd } from '../../shared/usd';
import { lastModelKey } from './submitQuestions';

export interface LensPriceParts {
  readonly connections: Pick<Connections, 'current'>;
  readonly memory: Pick<Memory, 'get'>;
  readonly prices: PriceOverrides;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What the input of a request file costs at the batch rate of the model used last, for the line above the file; undefined where
 * nothing is paid, no model was used yet, or its price is not known.
 */
export function lensPrice(
  { kind, tokens }: Pick<DocumentState, 'kind' | 'tokens'>,
  { connections, memory, prices, now }: LensPriceParts,
): string | undefined {
  if (connections.current === 'sandbox' || kind === 'none' || kind === 'results') return undefined;
  const dialect = kind === 'gemini-bare' ? 'gemini' : kind;
  const model = memory.get(lastModelKey(connections.current, dialect));
  if (typeof model !== 'string') return undefined;
  const usage = { input: tokens, output: 0, thinking: 0, cached: 0 };
  const usd = costOf(model, usage, { at: now, overrides: prices });
  return usd === undefined ? undefined : l10n.t('input ≈ {0}', formatUsd(usd));
}
