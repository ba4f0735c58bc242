/** What an account may have enqueued, by how much it has paid. */
export const tiers = ['tier1', 'tier2', 'tier3'] as const;
export type Tier = (typeof tiers)[number];

/** When the table was read off the service's page on rate limits. */
export const enqueuedTokensAsOf = '2026-09-12';

const million = 1_000_000;
const [m5, m10, m3] = [
  [5 * million, 500 * million, 1_000 * million],
  [10 * million, 500 * million, 1_000 * million],
  [3 * million, 400 * million, 1_000 * million],
] as const;

/** Batch input tokens that may be enqueued per model and tier. */
const table: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ['gemini-3.1-pro-preview', m5],
  ['gemini-3.5-flash-lite', m10],
  ['gemini-3.1-flash-lite', m10],
  ['gemini-3.1-flash-lite-preview', m10],
  ['gemini-3.6-flash', m3],
  ['gemini-3.5-flash', m3],
  ['gemini-2.5-pro', m5],
  ['gemini-2.5-pro-preview-tts', [25_000, 100_000, million]],
  ['gemini-2.5-flash', m3],
  ['gemini-2.5-flash-image', m3],
  ['gemini-2.5-flash-preview-tts', [100_000, 100_000, 4 * million]],
  ['gemini-2.5-flash-lite', m10],
  ['gemini-2.0-flash', [10 * million, 1_000 * million, 5_000 * million]],
  ['gemini-2.0-flash-preview-image-generation', m3],
  ['gemini-2.0-flash-lite', [10 * million, 1_000 * million, 5_000 * million]],
  ['gemini-3.1-flash-image-preview', [million, 250 * million, 750 * million]],
  ['gemini-3.1-flash-lite-image', [2 * million, 270 * million, 1_000 * million]],
  ['gemini-3-pro-image-preview', [2 * million, 270 * million, 1_000 * million]],
  ['gemini-embedding-001', [500_000, 5 * million, 10 * million]],
]);

/** How many input tokens may be enqueued for a model; undefined when nobody knows. */
export function enqueuedTokenLimit(model: string, tier: Tier): number | undefined {
  return table.get(model)?.[tiers.indexOf(tier)];
}
