/** ES2024, which every supported host has; without it, memory is only given back later. */
interface Releasable {
  transfer?(bytes: number): ArrayBuffer;
}

/**
 * Gives the memory of an array back at once; it must not be used again. The garbage collector knows nothing of how much hangs on
 * a small object and would let many such arrays pile up.
 */
export function giveBack(array: ArrayBufferView): void {
  (array.buffer as Releasable).transfer?.(0);
}
