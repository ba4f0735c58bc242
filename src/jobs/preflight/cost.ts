import * as l10n from '@vscode/l10n';
import type { Dialect } from '../../shared/dialect';
import { costOf, priceOf, pricesAsOf, type PriceOverrides } from '../../shared/pricing';
import type { Job } from '../api';
import type { TokenEstimate } from './tokens';

/** Output tokens, thinking included, of all requests. */
export interface OutputEstimate {
  /** What answers of this model took so far, times the rows; absent without a history. */
  readonly expected?: number;
  /** What the requests' own `maxOutputTokens` allow; absent when a sampled request sets none. */
  readonly atMost?: number;
  /** Rows of finished jobs that `expected` comes from. */
  readonly historyRows: number;
}

export interface PriceEstimate {
  /** USD for the input alone. */
  readonly inputUsd: number;
  /** USD with the expected output. */
  readonly expectedUsd?: number;
  /** USD if every request takes all the output it allows. */
  readonly atMostUsd?: number;
  /** USD per million tokens at the batch rate. */
  readonly rates: { readonly input: number; readonly output: number };
  /** Where the rates come from, for a person. */
  readonly source: string;
  /** The service's own pages contradict each other about this model's batch rate. */
  readonly uncertain: boolean;
}

/** What the answers will take, from jobs of the same model that were joined to their requests, and from the requests' own limits. */
export function estimateOutput(
  request: {
    readonly model: string;
    readonly dialect: Dialect;
    readonly rows: number;
    readonly sample: readonly string[];
  },
  jobs: readonly Job[],
): OutputEstimate {
  if (request.dialect === 'gemini-embed') return { expected: 0, atMost: 0, historyRows: 0 };
  let historyRows = 0;
  let historyTokens = 0;
  for (const job of jobs) {
    if (job.model !== request.model || job.usage === undefined || job.results === undefined) continue;
    historyRows += job.results.rows;
    historyTokens += job.usage.output + job.usage.thinking;
  }
  const limit = averageLimit(request.sample);
  return {
    historyRows,
    ...(historyRows > 0 && { expected: Math.round((historyTokens / historyRows) * request.rows) }),
    ...(limit !== undefined && { atMost: Math.round(limit * request.rows) }),
  };
}

/** What a submission costs at the batch rate; undefined when nobody knows the price of the model. Thinking counts as output. */
export function estimatePrice(
  model: string,
  input: TokenEstimate,
  output: OutputEstimate,
  options: { readonly at: number; readonly overrides?: PriceOverrides },
): PriceEstimate | undefined {
  const price = priceOf(model, options);
  if (price === undefined) return undefined;
  const cost = (outputTokens: number) =>
    costOf(model, { input: input.tokens, output: outputTokens, thinking: 0, cached: 0 }, options) ?? 0;
  const isOwn = options.overrides?.[model.replace(/^models\//, '')] !== undefined;
  return {
    inputUsd: cost(0),
    ...(output.expected !== undefined && { expectedUsd: cost(output.expected) }),
    ...(output.atMost !== undefined && { atMostUsd: cost(output.atMost) }),
    rates: { input: price.input, output: price.output },
    source: isOwn ? l10n.t('your settings') : l10n.t('the price list of {0}', pricesAsOf),
    uncertain: price.uncertain === true,
  };
}

const limitField = /"(?:maxOutputTokens|max_output_tokens|max_completion_tokens|max_tokens)"\s*:\s*"?(\d+)/;

/** The mean of the output limits that requests set; undefined when one of them sets none. */
function averageLimit(lines: readonly string[]): number | undefined {
  let sum = 0;
  for (const line of lines) {
    const limit = limitField.exec(line)?.[1];
    if (limit === undefined) return undefined;
    sum += Number(limit);
  }
  return lines.length === 0 ? undefined : sum / lines.length;
}
