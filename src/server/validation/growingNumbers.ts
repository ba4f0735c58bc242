/** A list of numbers that grows without boxing them. */
export class GrowingNumbers {
  private values = new Float64Array(1024);
  private length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length] = value;
    this.length += 1;
  }

  /** A copy of exactly what is in it. */
  toArray(): Float64Array {
    return this.values.slice(0, this.length);
  }
}
