import type { Clock } from '../util/clock';

/**
 * Remembers which deliveries were seen, for as long as their signatures stay acceptable. Bounded: under a flood the oldest are
 * forgotten first, and a forgotten delivery costs one needless look at the service, nothing more.
 */
export class ReplayMemory {
  /** Id -> when it may be forgotten, milliseconds since the epoch. Insertion order is order of expiry. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly keepMs: number,
    private readonly capacity = 10_000,
  ) {}

  /** Whether `id` is new; from now on it is not. */
  admit(id: string): boolean {
    const now = this.clock.now();
    if ((this.seen.get(id) ?? 0) > now) return false;
    this.seen.delete(id);
    for (const [old, forgetAt] of this.seen) {
      if (forgetAt > now && this.seen.size < this.capacity) break;
      this.seen.delete(old);
    }
    this.seen.set(id, now + this.keepMs);
    return true;
  }
}
