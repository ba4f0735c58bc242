import { GrowingNumbers } from './growingNumbers';

export interface RepeatedKeys {
  readonly count: number;
  readonly first: readonly { readonly line: number; readonly earlier: number }[];
}

/** Bits of the first sieve for each key: one key in sixteen then seems to be a repetition and is not. */
const bitsPerKey = 8;
const fewestBits = 1 << 16;
const mostBits = 2 ** 28;

/**
 * Numbers of the lines whose hash some line before has too, each with the number of the first such line; the first `most` in
 * order, and how many there are in all. A sieve of bits first tells which hashes may be there twice; only those get a place in a
 * table. So it takes little memory beyond the hashes themselves: about two bytes for each, more only where many repeat.
 * @param parts hashes of the lines in order, cut anywhere; NaN for none
 */
export function repeatedHashes(parts: readonly Float64Array[], most: number): RepeatedKeys {
  const table = new FirstLines(suspects(parts));
  const first: { line: number; earlier: number }[] = [];
  let count = 0;
  let line = 0;
  for (const part of parts) {
    for (const hash of part) {
      const earlier = table.firstOrSet(hash, line);
      if (earlier !== -1) {
        count += 1;
        if (first.length < most) first.push({ line, earlier });
      }
      line += 1;
    }
  }
  return { count, first };
}

/** Hashes that fall on a bit that one before has set: all that are repeated, and a few more, some several times. */
function suspects(parts: readonly Float64Array[]): Float64Array {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  const wanted = 2 ** Math.ceil(Math.log2(total * bitsPerKey + 1));
  const bits = Math.min(mostBits, Math.max(fewestBits, wanted));
  const sieve = new Int32Array(bits / 32);
  const found = new GrowingNumbers();
  let last = NaN;
  for (const part of parts) {
    for (const hash of part) {
      // NaN is equal to nothing, not even to itself.
      if (hash !== hash) continue;
      const bit = (hash >>> 0) & (bits - 1);
      const word = sieve[bit >>> 5] ?? 0;
      const mask = 1 << (bit & 31);
      if ((word & mask) === 0) {
        sieve[bit >>> 5] = word | mask;
      } else if (hash !== last) {
        // A file in which all keys are the same has one suspect and not millions.
        found.push(hash);
        last = hash;
      }
    }
  }
  return found.toArray();
}

/** Of certain hashes the first line that has each. */
class FirstLines {
  private readonly hashes: Float64Array;
  /** Line + 1; 0: none yet. */
  private readonly lines: Uint32Array;
  private readonly mask: number;

  constructor(wanted: Float64Array) {
    const slots = 2 ** Math.ceil(Math.log2(wanted.length * 2 + 2));
    this.mask = slots - 1;
    this.hashes = new Float64Array(slots).fill(NaN);
    this.lines = new Uint32Array(slots);
    for (const hash of wanted) this.hashes[this.slotOf(hash)] = hash;
  }

  /** The first line with that hash; -1 when this is the first, or when the hash is none of those that are wanted. */
  firstOrSet(hash: number, line: number): number {
    if (hash !== hash) return -1;
    const slot = this.slotOf(hash);
    if (this.hashes[slot] !== hash) return -1;
    const earlier = this.lines[slot] ?? 0;
    if (earlier === 0) this.lines[slot] = line + 1;
    return earlier - 1;
  }

  /** Where the hash is, or where it would be. */
  private slotOf(hash: number): number {
    // All bits have a say: suspects have those that the sieve went by in common with others.
    const mixed = Math.imul((hash >>> 0) ^ (hash / 2 ** 32), 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & this.mask;
    for (let there = this.hashes[slot]; there !== hash && there === there; there = this.hashes[slot]) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }
}
