import { GrowingNumbers } from './growingNumbers';

/**
 * 53 bits of hash over the UTF-8 bytes, as an exact number, so that ten million of them fit into 80 MB and sort natively. Two
 * different keys may share a hash: whoever finds equal hashes compares the keys. The prover computes the same.
 */
export function keyHash(key: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const byte of Buffer.from(key)) {
    high = Math.imul(high ^ byte, 0x9e3779b1);
    low = Math.imul(low ^ byte, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0);
}

/**
 * Numbers of the lines whose hash some line before has too, each with the number of the first such line; the first `most` in
 * order, and how many there are in all. `hashes`: one for each line, NaN for none.
 */
export function repeatedHashes(
  hashes: Float64Array,
  most: number,
): {
  readonly count: number;
  readonly first: readonly { readonly line: number; readonly earlier: number }[];
} {
  const repeated = repeatedValues(hashes);
  if (repeated.length === 0) return { count: 0, first: [] };
  const firstLine = new Float64Array(repeated.length).fill(-1);
  const first: { line: number; earlier: number }[] = [];
  let count = 0;
  for (let line = 0; line < hashes.length; line += 1) {
    const at = indexIn(repeated, hashes[line] ?? NaN);
    if (at === -1) continue;
    const earlier = firstLine[at] ?? -1;
    if (earlier === -1) {
      firstLine[at] = line;
      continue;
    }
    count += 1;
    if (first.length < most) first.push({ line, earlier });
  }
  return { count, first };
}

/** So many values are looked at together: their table then takes 32 MB at most. */
const valuesAtOnce = 1 << 20;
const mostSlots = 1 << 22;

/**
 * The values that occur more than once, ascending. Goes through the values once for each million of them and looks at one share
 * each time, in a table of that share only: memory does not grow with the file, and no copy is sorted.
 */
function repeatedValues(values: Float64Array): Float64Array {
  const shares = Math.max(1, Math.ceil(values.length / valuesAtOnce));
  const slots = Math.min(mostSlots, 2 ** Math.ceil(Math.log2(values.length * 2 + 2)));
  const table = new Float64Array(slots);
  const isRepeated = new Uint8Array(slots);
  const repeated = new GrowingNumbers();
  for (let share = 0; share < shares; share += 1) {
    table.fill(NaN);
    isRepeated.fill(0);
    for (const value of values) {
      // NaN is in no share, since it is equal to nothing.
      if (Math.floor(value / 2 ** 32) % shares !== share) continue;
      let slot = (value >>> 0) & (slots - 1);
      let there = table[slot] ?? NaN;
      while (there !== value && !Number.isNaN(there)) {
        slot = (slot + 1) & (slots - 1);
        there = table[slot] ?? NaN;
      }
      if (there !== value) {
        table[slot] = value;
      } else if (isRepeated[slot] === 0) {
        isRepeated[slot] = 1;
        repeated.push(value);
      }
    }
  }
  return repeated.toArray().sort();
}

/** Where `value` is in an ascending list; -1 when it is not. */
function indexIn(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = sorted[middle] ?? NaN;
    if (there === value) return middle;
    if (there < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
