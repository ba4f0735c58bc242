/** What decides when a connection is asked next. */
export interface PollFacts {
  /** Between two looks at a job of ordinary age. */
  readonly baseMs: number;
  /** Of the youngest unfinished job, milliseconds. */
  readonly youngestAgeMs: number;
  /** Calls that failed in a row. */
  readonly failures: number;
  /** How long the service asked to wait. */
  readonly retryAfterMs?: number;
  readonly focused: boolean;
  /** 0 ≤ r < 1. */
  readonly random: number;
}

const minute = 60_000;
const floorMs = 1_000;
const ceilingMs = 15 * minute;
/** Small jobs end within a minute or two, large ones after hours: the share of the base that an age deserves. */
const shares: readonly { readonly untilMs: number; readonly share: number }[] = [
  { untilMs: minute, share: 0.1 },
  { untilMs: 5 * minute, share: 1 / 3 },
  { untilMs: 60 * minute, share: 1 },
  { untilMs: 6 * 60 * minute, share: 2 },
  { untilMs: Number.POSITIVE_INFINITY, share: 4 },
];
const unfocusedFactor = 3;
/** Windows and machines that began together drift apart. */
const jitter = 0.15;

/** How long to wait before the next list call, milliseconds. */
export function nextPollMs(facts: PollFacts): number {
  const share = shares.find(({ untilMs }) => facts.youngestAgeMs < untilMs)?.share ?? 1;
  // A failing service is left alone for longer whatever the age of the job.
  const start =
    facts.failures > 0 ? facts.baseMs * 2 ** Math.min(facts.failures - 1, 10) : facts.baseMs * share;
  const wanted = start * (facts.focused ? 1 : unfocusedFactor);
  const spread = 1 - jitter + 2 * jitter * facts.random;
  const bounded = Math.min(ceilingMs, Math.max(floorMs, wanted)) * spread;
  return Math.round(Math.max(bounded, facts.retryAfterMs ?? 0));
}
