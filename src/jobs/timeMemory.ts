import type { Job } from './api';

/** When a job may be done, judged by how long others took. */
export interface Forecast {
  /** Milliseconds since the epoch: by then half of the jobs like it were done. */
  readonly expectedAt: number;
  /** Nine of ten jobs like it were done by now, and it is late by more than a few minutes. */
  readonly longerThanUsual: boolean;
  /** How many jobs that is judged by. */
  readonly samples: number;
}

/** Fewer jobs than this say nothing. */
const fewest = 3;
/** The newest ones; the service gets faster and slower. */
const most = 50;
/** Jobs of up to this many times more or fewer rows are alike. */
const alikeFactor = 4;

/** Batches that take minutes one day take hours the next: less than this beyond the usual is no news. */
const leewayMs = 10 * 60_000;

interface Sample {
  readonly rows: number;
  readonly durationMs: number;
}

/** How long jobs took, per connection and model. Built anew when jobs changed; asking costs a look at a few dozen samples. */
export class TimeMemory {
  private readonly samples = new Map<string, Sample[]>();

  /** @param jobs newest first. */
  constructor(jobs: readonly Job[]) {
    for (const job of jobs) {
      if (job.state !== 'SUCCEEDED' || job.endedAt === undefined || job.endedAt < job.createdAt) continue;
      const key = keyOf(job);
      const samples = this.samples.get(key) ?? [];
      this.samples.set(key, samples);
      samples.push({ rows: job.counts.total, durationMs: job.endedAt - job.createdAt });
    }
  }

  /** Undefined for jobs that are not running at the service, and where too few like them have ended. */
  forecast(job: Job, now: number): Forecast | undefined {
    if (job.phase !== 'submitted' || (job.state !== 'PENDING' && job.state !== 'RUNNING')) return undefined;
    const all = this.samples.get(keyOf(job)) ?? [];
    const alike = all.filter(({ rows }) => isAlike(rows, job.counts.total));
    const chosen = (alike.length >= fewest ? alike : all).slice(0, most);
    if (chosen.length < fewest) return undefined;
    const durations = chosen.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
    const usualMs = quantile(durations, 0.5);
    return {
      expectedAt: job.createdAt + usualMs,
      longerThanUsual: now - job.createdAt > Math.max(quantile(durations, 0.9), usualMs + leewayMs),
      samples: chosen.length,
    };
  }
}

function keyOf({ connectionId, model }: Job): string {
  return `${connectionId} ${model}`;
}

function isAlike(a: number, b: number): boolean {
  return Math.max(a, 1) <= Math.max(b, 1) * alikeFactor && Math.max(b, 1) <= Math.max(a, 1) * alikeFactor;
}

/** Of ascending numbers, at least one; between two of them on the line that joins them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
