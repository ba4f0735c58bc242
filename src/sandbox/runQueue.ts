import { CancelledError } from '../util/async';

/** What decides whose turn it is; read anew each time, because a priority can be changed. */
export interface Rank {
  /** Higher goes first. */
  readonly priority: number;
  /** Lower goes first among equals. */
  readonly sequence: number;
}

interface Waiting {
  readonly rank: () => Rank;
  readonly admit: () => void;
}

/** The places in which jobs run; those that find none wait for their turn. */
export class RunQueue {
  private taken = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly places: () => number) {}

  /** Resolves when it is the job's turn; its place is then taken until {@link leave}. Rejects with CancelledError. */
  enter(rank: () => Rank, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new CancelledError());
        return;
      }
      const stop = () => {
        this.waiting.delete(waiting);
        reject(new CancelledError());
      };
      const waiting: Waiting = {
        rank,
        admit: () => {
          signal.removeEventListener('abort', stop);
          resolve();
        },
      };
      signal.addEventListener('abort', stop, { once: true });
      this.waiting.add(waiting);
      this.settle();
    });
  }

  /** Takes a place for what runs already, whether there is one or not. */
  hold(): void {
    this.taken += 1;
  }

  leave(): void {
    this.taken -= 1;
    this.settle();
  }

  /** Lets in whoever has a turn; also to be called when there may be more places than before. */
  settle(): void {
    while (this.taken < this.places()) {
      const [next] = [...this.waiting].sort((a, b) => before(a.rank(), b.rank()));
      if (next === undefined) return;
      this.waiting.delete(next);
      this.taken += 1;
      next.admit();
    }
  }
}

function before(a: Rank, b: Rank): number {
  return b.priority - a.priority || a.sequence - b.sequence;
}
