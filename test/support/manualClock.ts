import type { Clock } from '../../src/util/clock';
import { toDisposable, type Disposable } from '../../src/util/disposable';

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time: number;
  private timers: { at: number; callback: () => void }[] = [];

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.time = start;
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.timers.length;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): Disposable {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return toDisposable(() => (this.timers = this.timers.filter((other) => other !== timer)));
  }

  /** Moves on by `ms` and runs what became due, in order of time, including what those callbacks schedule. */
  advance(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.callback();
    }
    this.time = until;
  }
}
