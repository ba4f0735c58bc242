import type { ModelLines } from './protocol';

/** Which models the lines of a segment name. */
export class ModelTally {
  private readonly models = new Map<string, { model: string; count: number; firstLines: number[] }>();
  private last: { model: string; count: number; firstLines: number[] } | undefined;

  /** @param most lines that are remembered of each model */
  constructor(private readonly most: number) {}

  add(model: string, line: number): void {
    if (this.last?.model !== model) {
      this.last = this.models.get(model) ?? { model, count: 0, firstLines: [] };
      this.models.set(model, this.last);
    }
    this.last.count += 1;
    if (this.last.firstLines.length < this.most) this.last.firstLines.push(line);
  }

  /** Lines with the model that was added last. @param hashes of their keys, NaN for a blank line */
  addProved(firstLine: number, hashes: Float64Array): void {
    const { last } = this;
    if (last === undefined) return;
    hashes.forEach((hash, index) => {
      if (Number.isNaN(hash)) return;
      last.count += 1;
      if (last.firstLines.length < this.most) last.firstLines.push(firstLine + index);
    });
  }

  all(): ModelLines[] {
    return [...this.models.values()];
  }
}
