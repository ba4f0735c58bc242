import type { ValueLines } from './protocol';

/** What the lines of a segment name as something that all must have in common: the model, the endpoint. */
export class ValueTally {
  private readonly values = new Map<string, { value: string; count: number; firstLines: number[] }>();
  private last: { value: string; count: number; firstLines: number[] } | undefined;

  /** @param most lines that are remembered of each value */
  constructor(private readonly most: number) {}

  add(value: string, line: number): void {
    if (this.last?.value !== value) {
      this.last = this.values.get(value) ?? { value, count: 0, firstLines: [] };
      this.values.set(value, this.last);
    }
    this.last.count += 1;
    if (this.last.firstLines.length < this.most) this.last.firstLines.push(line);
  }

  /** Lines with the value that was added last. @param hashes of their keys, NaN for a blank line */
  addProved(firstLine: number, hashes: Float64Array): void {
    const { last } = this;
    if (last === undefined) return;
    hashes.forEach((hash, index) => {
      if (Number.isNaN(hash)) return;
      last.count += 1;
      if (last.firstLines.length < this.most) last.firstLines.push(firstLine + index);
    });
  }

  all(): ValueLines[] {
    return [...this.values.values()];
  }
}
