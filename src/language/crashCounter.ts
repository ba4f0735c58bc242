/** Counts failures within a sliding time. */
export class CrashCounter {
  private times: number[] = [];

  constructor(private readonly limit: { readonly count: number; readonly withinMs: number }) {}

  /** Whether this failure, at `now` in milliseconds, is one that may be answered with another start. */
  add(now: number): boolean {
    this.times = this.times.filter((time) => now - time < this.limit.withinMs);
    this.times.push(now);
    return this.times.length <= this.limit.count;
  }
}
