import type { Turns } from '../../src/server/turns';
import { toDisposable } from '../../src/util/disposable';

interface Waiting {
  readonly at: number;
  readonly callback: () => void;
}

/** Turns that are taken when a test says so, on a clock that it moves. */
export class ManualTurns implements Turns {
  private time = 0;
  private waiting: Waiting[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void) {
    const item = { at: this.time + ms, callback };
    this.waiting.push(item);
    return toDisposable(() => {
      this.waiting = this.waiting.filter((other) => other !== item);
    });
  }

  soon(callback: () => void) {
    return this.after(0, callback);
  }

  /** Lets time pass inside a callback, as work does. */
  spend(ms: number): void {
    this.time += ms;
  }

  /** Runs what is due now; what that asks for waits for the next turn. @returns how many ran */
  turn(): number {
    const due = this.waiting.filter(({ at }) => at <= this.time);
    this.waiting = this.waiting.filter((item) => !due.includes(item));
    for (const { callback } of due) callback();
    return due.length;
  }

  /** Turns until nothing is due. */
  settle(): void {
    for (let turns = 0; this.turn() > 0; turns += 1) if (turns > 10_000) throw new Error('It never settles.');
  }
}
