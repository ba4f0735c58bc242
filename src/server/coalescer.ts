import type { Disposable } from '../util/disposable';
import type { Turns } from './turns';

/** After a run it rests this many times what the run cost, so that dear runs never take most of the time. */
const restPerCost = 4;

/**
 * Runs a task soon after it was asked for, once for many askings: waiting messages have their turn first. Cheap runs follow
 * each other at once, dear ones keep a distance.
 */
export class Coalescer implements Disposable {
  private waiting: Disposable | undefined;
  private resting = false;
  private asked = false;
  private disposed = false;

  constructor(
    private readonly turns: Turns,
    private readonly task: () => void,
  ) {}

  ask(): void {
    this.asked = true;
    if (this.waiting === undefined && !this.disposed) this.waiting = this.turns.soon(() => this.run());
  }

  dispose(): void {
    this.disposed = true;
    this.waiting?.dispose();
  }

  private run(): void {
    this.waiting = undefined;
    if (!this.asked || this.resting) return;
    this.asked = false;
    const start = this.turns.now();
    try {
      this.task();
    } finally {
      const rest = (this.turns.now() - start) * restPerCost;
      if (rest >= 1) this.rest(rest);
    }
  }

  private rest(ms: number): void {
    this.resting = true;
    this.waiting = this.turns.after(ms, () => {
      this.resting = false;
      this.run();
    });
  }
}
