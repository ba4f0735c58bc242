/** A list of numbers that grows without boxing them. */
export class GrowingNumbers {
  private values = new Float64Array(1024);
  private length = 0;

  push(value: number): void {
    this.makeRoom(1);
    this.values[this.length] = value;
    this.length += 1;
  }

  pushAll(values: Float64Array): void {
    this.makeRoom(values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  /** Writes `value` in place of all from `start` up to but without `end`. */
  fill(value: number, start: number, end: number): void {
    this.values.fill(value, start, Math.min(end, this.length));
  }

  private makeRoom(more: number): void {
    if (this.length + more <= this.values.length) return;
    const grown = new Float64Array(Math.max(this.length * 2, this.length + more));
    grown.set(this.values);
    this.values = grown;
  }

  /** A copy of exactly what is in it. */
  toArray(): Float64Array {
    return this.values.slice(0, this.length);
  }
}
