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
 * order, and how many there are in all. `hashes`: one for each line, NaN for none. Needs as much memory again as `hashes`.
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

/** The values that occur more than once, ascending. */
function repeatedValues(values: Float64Array): Float64Array {
  // NaN sorts to the end and equals nothing, itself included.
  const sorted = values.slice().sort();
  let kept = 0;
  for (let at = 1; at < sorted.length; at += 1) {
    const value = sorted[at] ?? NaN;
    if (value !== sorted[at - 1] || (kept > 0 && sorted[kept - 1] === value)) continue;
    sorted[kept] = value;
    kept += 1;
  }
  return sorted.slice(0, kept);
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
