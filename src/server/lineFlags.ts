/** A mark for each line, packed so that the next marked one of very many is found at once. */
export class LineFlags {
  private bytes = new Uint8Array(64);
  private count = 0;

  /** Starts over with so many lines, none of them marked. */
  reset(count: number): void {
    this.bytes = new Uint8Array(count + 64);
    this.count = count;
  }

  set(line: number, marked: boolean): void {
    this.bytes[line] = marked ? 1 : 0;
  }

  /** The first marked line from `start` on; -1 when there is none. */
  next(start: number): number {
    const found = this.bytes.indexOf(1, start);
    return found < this.count ? found : -1;
  }

  /** Replaces `removed` lines from `start` on by `inserted` ones that are not marked. */
  splice(start: number, removed: number, inserted: number): void {
    const end = start + removed;
    const count = this.count + inserted - removed;
    if (count > this.bytes.length) {
      // Room for half as many again, so that typing new lines seldom copies.
      const larger = new Uint8Array(count + (count >> 1));
      larger.set(this.bytes.subarray(0, this.count));
      this.bytes = larger;
    }
    this.bytes.copyWithin(start + inserted, end, this.count);
    this.bytes.fill(0, start, start + inserted);
    if (count < this.count) this.bytes.fill(0, count, this.count);
    this.count = count;
  }
}
