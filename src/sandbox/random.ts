import { createHash, randomBytes } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** An id as the service makes them: lower-case letters and digits. */
export function randomId(length: number): string {
  let id = '';
  while (id.length < length)
    for (const byte of randomBytes(length))
      // 252 = 7 × 36: bytes above would make some letters likelier.
      if (byte < 252 && id.length < length) id += letters.charAt(byte % 36);
  return id;
}

/** Random numbers that are the same for the same seed: what makes answers reproducible. */
export class SeededRandom {
  private state: number;

  constructor(seed: string) {
    this.state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  }

  /** In [0, 1). (mulberry32) */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(items: readonly [T, ...T[]]): T;
  pick<T>(items: readonly T[]): T | undefined;
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.integer(0, items.length - 1)];
  }

  id(length: number): string {
    return Array.from({ length }, () => letters.charAt(this.integer(0, 35))).join('');
  }
}

/** ISO 8601 with nine digits of seconds, as operations carry it. The digits below a millisecond follow from those above. */
export function nanoTime(ms: number): string {
  const below = (Math.imul(ms % 2 ** 31, 0x9e3779b1) >>> 0) % 1_000_000;
  return `${new Date(ms).toISOString().slice(0, -1)}${String(below).padStart(6, '0')}Z`;
}

/** ISO 8601 with six digits of seconds, as files carry it. */
export function microTime(ms: number): string {
  return `${nanoTime(ms).slice(0, -4)}Z`;
}
