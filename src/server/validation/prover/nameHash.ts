const multiplier = 0x9e3779b97f4a7c15n;
const secondMultiplier = 0x2545f4914f6cdd1dn;

/** The hash by which assembly/names.ts looks names up: over the first sixteen bytes and the length. */
export function nameHash(text: Uint8Array): number {
  const block = new DataView(new ArrayBuffer(16));
  new Uint8Array(block.buffer).set(text.subarray(0, 16));
  const low = block.getBigUint64(0, true);
  const high = block.getBigUint64(8, true);
  const hash = (low ^ BigInt.asUintN(64, high * secondMultiplier)) * multiplier + BigInt(text.length);
  return Number(BigInt.asUintN(24, BigInt.asUintN(64, hash) >> 40n));
}
