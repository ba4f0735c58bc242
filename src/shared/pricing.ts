import * as z from 'zod';
import type { TokenUsage } from './outcome';

/** What the table below says was read off the service's pricing page; a bill may differ. */
export const pricesAsOf = '2026-09';

/** USD per million tokens at the batch rate, which is half the standard one. Output includes thinking. */
export interface BatchPrice {
  readonly input: number;
  readonly output: number;
}

/** The price of a model at a time. */
export interface ModelPrice extends BatchPrice {
  /** Rates of requests whose prompt has more than 200,000 tokens. */
  readonly overLongPrompt?: BatchPrice;
  /** Rate of output tokens that are pictures, where it is another. */
  readonly imageOutput?: number;
  /** The service's pages contradict each other about this model's batch rate. */
  readonly uncertain?: boolean;
}

/** Prompts with more tokens than this cost {@link ModelPrice.overLongPrompt}. */
export const longPromptTokens = 200_000;

interface Entry extends ModelPrice {
  /** What applies from a day (ISO date, UTC) on. */
  readonly from?: { readonly day: string; readonly price: ModelPrice };
}

const introductory: Entry = {
  input: 0.375,
  output: 1.875,
  from: { day: '2027-01-01', price: { input: 0.75, output: 3.75 } },
};

const table: ReadonlyMap<string, Entry> = new Map(
  Object.entries<Entry>({
    'gemini-3.8-flash': introductory,
    'gemini-3.7-flash': introductory,
    'gemini-3.6-flash': introductory,
    'gemini-3.5-flash': { input: 0.75, output: 4.5 },
    'gemini-3.5-flash-lite': { input: 0.15, output: 1.25 },
    'gemini-3.1-flash-lite': { input: 0.125, output: 0.75 },
    'gemini-3.1-pro-preview': { input: 1, output: 6, overLongPrompt: { input: 2, output: 9 } },
    'gemini-3-flash-preview': { input: 0.25, output: 1.5 },
    'gemini-2.5-pro': { input: 0.625, output: 5, overLongPrompt: { input: 1.25, output: 7.5 } },
    'gemini-2.5-flash': { input: 0.15, output: 1.25 },
    'gemini-2.5-flash-lite': { input: 0.05, output: 0.2 },
    'gemini-2.0-flash': { input: 0.05, output: 0.2 },
    'gemini-2.0-flash-lite': { input: 0.0375, output: 0.15 },
    'gemini-2.5-flash-image': { input: 0.15, output: 15 },
    'gemini-3.1-flash-image': { input: 0.25, output: 1.5, imageOutput: 30 },
    'gemini-3-pro-image': { input: 1, output: 6, imageOutput: 60 },
    'gemini-3.1-flash-lite-image': { input: 0.125, output: 0.75, imageOutput: 15 },
    'gemini-2.5-flash-preview-tts': { input: 0.25, output: 5 },
    'gemini-2.5-pro-preview-tts': { input: 0.5, output: 10 },
    'gemini-embedding-001': { input: 0.075, output: 0 },
    'gemini-embedding-2': { input: 0.1, output: 0, uncertain: true },
  }),
);

/** The models that the table knows, newest first as far as it goes. */
export const pricedModels: readonly string[] = [...table.keys()];

/** Prices that a person sets, model → USD per million tokens at the batch rate; they win over the table. */
export const priceOverrides = z.record(
  z.string(),
  z.object({ batchInput: z.number().nonnegative(), batchOutput: z.number().nonnegative() }),
);
export type PriceOverrides = z.infer<typeof priceOverrides>;

export interface PriceOptions {
  /** Milliseconds since the epoch; rates change on set days. */
  readonly at: number;
  readonly overrides?: PriceOverrides;
}

/**
 * The batch price of a model, undefined when nobody knows it.
 * @param model with or without `models/`, also with a version behind it (`gemini-2.5-flash-001`)
 */
export function priceOf(model: string, options: PriceOptions): ModelPrice | undefined {
  const id = model.replace(/^models\//, '');
  const own = options.overrides?.[id];
  if (own !== undefined) return { input: own.batchInput, output: own.batchOutput };
  const entry =
    table.get(id) ?? table.get(id.replace(/-(?:\d{3}|preview-\d\d-\d\d(?:\d\d)?|preview-\d\d-\d{4})$/, ''));
  if (entry?.from === undefined) return entry;
  const { from, ...now } = entry;
  return options.at >= Date.parse(from.day) ? from.price : now;
}

/**
 * What the tokens cost in USD at the batch rate, undefined when the price is not known. Cached input counts in full: what the
 * service takes for it in a batch is not settled, so this is the most it can be.
 * @param usage of prompts of one class: `longPrompts` says which
 */
export function costOf(
  model: string,
  usage: TokenUsage,
  options: PriceOptions & { readonly longPrompts?: boolean },
): number | undefined {
  const price = priceOf(model, options);
  if (price === undefined) return undefined;
  const { input, output } = options.longPrompts === true ? (price.overLongPrompt ?? price) : price;
  return (usage.input * input + (usage.output + usage.thinking) * output) / 1_000_000;
}
