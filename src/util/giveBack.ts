/** Node 20, which people may start our programs with, cannot. */
type Releasable = Partial<Pick<ArrayBuffer, 'transfer'>>;

/**
 * Gives the memory of a chunk that nobody needs any more back at once. The garbage collector sees only the small object in front
 * of it and lets a hundred megabytes pile up during a long transfer; taking new memory each time also costs more than all else.
 * A chunk that shares its memory with others is left to the garbage collector.
 */
export function giveBack(chunk: Buffer): void {
  const { buffer } = chunk;
  const alone = buffer.byteLength === chunk.length && chunk.length > 0;
  // eslint-disable-next-line no-restricted-properties -- only where it is there
  if (alone && buffer instanceof ArrayBuffer) (buffer as Releasable).transfer?.(0);
}
