import { setImmediate as nextTurn } from 'node:timers/promises';
import { GrowingNumbers } from './growingNumbers';

export interface RepeatedKeys {
  readonly count: number;
  readonly first: readonly { readonly line: number; readonly earlier: number }[];
}

/** Bits of a sieve for each hash that goes through it: one in sixteen then seems to be there already and is not. */
const bitsPerHash = 8;
const fewestBits = 16;
const mostBits = 28;

/**
 * Numbers of the lines whose hash some line before has too, each with the number of the first such line; the first `most` in
 * order, and how many there are in all. A sieve of bits first tells which hashes may be there twice; only those get a place in a
 * table. So it takes little memory beyond the hashes themselves: about two bytes for each, more only where many repeat. Others
 * have a turn after each part.
 * @param parts hashes of the lines in order, cut anywhere; NaN for none
 */
export async function repeatedHashes(parts: readonly Float64Array[], most: number): Promise<RepeatedKeys> {
  const table = new FirstLines(await suspects(parts));
  const first: { line: number; earlier: number }[] = [];
  let count = 0;
  let line = 0;
  for (const part of parts) {
    const words = wordsOf(part);
    for (let index = 0; index < part.length; index += 1, line += 1) {
      const earlier = table.firstOrSet(part[index] ?? NaN, mixed(words, index), line);
      if (earlier === -1) continue;
      count += 1;
      if (first.length < most) first.push({ line, earlier });
    }
    await nextTurn();
  }
  return { count, first };
}

/** Hashes that fall on a bit that one before has set: all that are repeated, and a few more, some several times. */
async function suspects(parts: readonly Float64Array[]): Promise<Float64Array> {
  const sieve = new Sieve(parts.reduce((sum, { length }) => sum + length, 0));
  const found = new GrowingNumbers();
  let last = NaN;
  for (const part of parts) {
    const words = wordsOf(part);
    for (let index = 0; index < part.length; index += 1) {
      const hash = part[index] ?? NaN;
      // NaN is equal to nothing. A file in which all keys are the same has one suspect and not millions.
      if (Number.isNaN(hash) || !sieve.add(mixed(words, index)) || hash === last) continue;
      found.push(hash);
      last = hash;
    }
    await nextTurn();
  }
  return found.toArray();
}

/** The numbers as pairs of words, which are quicker to reckon with than their values. */
function wordsOf({ buffer, byteOffset, length }: Float64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length * 2);
}

/** 32 bits in which all bits of the number at `index` have a say. */
function mixed(words: Uint32Array, index: number): number {
  const low = words[2 * index] ?? 0;
  const high = words[2 * index + 1] ?? 0;
  const product = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** A set of which it is sure what is not in it. */
class Sieve {
  private readonly words: Int32Array;
  private readonly shift: number;

  /** @param size how many it is for */
  constructor(size: number) {
    const bits = Math.min(mostBits, Math.max(fewestBits, Math.ceil(Math.log2(size * bitsPerHash + 1))));
    this.words = new Int32Array(2 ** (bits - 5));
    this.shift = 32 - bits;
  }

  /** Whether it may have been there already. */
  add(mix: number): boolean {
    const bit = mix >>> this.shift;
    const word = this.words[bit >>> 5] ?? 0;
    const mask = 1 << (bit & 31);
    this.words[bit >>> 5] = word | mask;
    return (word & mask) !== 0;
  }

  mayHave(mix: number): boolean {
    const bit = mix >>> this.shift;
    return ((this.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

/** Of certain hashes the first line that has each. */
class FirstLines {
  private readonly sieve: Sieve;
  private readonly hashes: Float64Array;
  /** Line + 1; 0: none yet. */
  private readonly lines: Uint32Array;
  private readonly mask: number;

  constructor(wanted: Float64Array) {
    const slots = 2 ** Math.ceil(Math.log2(wanted.length * 2 + 2));
    this.sieve = new Sieve(wanted.length);
    this.mask = slots - 1;
    this.hashes = new Float64Array(slots).fill(NaN);
    this.lines = new Uint32Array(slots);
    const words = wordsOf(wanted);
    wanted.forEach((hash, index) => {
      const mix = mixed(words, index);
      this.sieve.add(mix);
      this.hashes[this.slotOf(hash, mix)] = hash;
    });
  }

  /** The first line with that hash; -1 when this is the first, or when the hash is none of those that are wanted. */
  firstOrSet(hash: number, mix: number, line: number): number {
    if (!this.sieve.mayHave(mix)) return -1;
    const slot = this.slotOf(hash, mix);
    if (this.hashes[slot] !== hash) return -1;
    const earlier = this.lines[slot] ?? 0;
    if (earlier === 0) this.lines[slot] = line + 1;
    return earlier - 1;
  }

  /** Where the hash is, or where it would be. */
  private slotOf(hash: number, mix: number): number {
    let slot = mix & this.mask;
    for (let there = this.hashes[slot] ?? NaN; there !== hash && !Number.isNaN(there);) {
      slot = (slot + 1) & this.mask;
      there = this.hashes[slot] ?? NaN;
    }
    return slot;
  }
}
