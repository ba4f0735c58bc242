/** What became of one request. */
export const outcomes = ['ok', 'failed', 'truncated', 'blocked', 'missing', 'unexpected'] as const;
export type Outcome = (typeof outcomes)[number];

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** Tokens that answers reported, summed. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly thinking: number;
  readonly cached: number;
}
