import type { Problem, Severity } from '../../dialects';
import type { LineProblem } from '../../shared/lsp';
import type { Tally, WatchedLine } from './spreadWatch';

/** What was found in a segment so far: sums, and the first problems with their places. */
export class Findings implements Tally {
  readonly problems: LineProblem[] = [];
  rows = 0;
  errors = 0;
  warnings = 0;
  tokens = 0;
  private readonly before = { rows: 0, errors: 0, warnings: 0, tokens: 0 };

  /** @param places how many problems are wanted with their places; the rest is only counted */
  constructor(private readonly places: number) {}

  /** Whether no more places are wanted. */
  get isFull(): boolean {
    return this.problems.length >= this.places;
  }

  count(severity: Severity | 'off'): void {
    if (severity === 'error') this.errors += 1;
    else if (severity === 'warning') this.warnings += 1;
  }

  /** Takes a problem that is counted already. */
  place(
    severity: Severity,
    line: number,
    { code, start, end, message, related, lines }: Omit<Problem, 'severity'>,
  ): void {
    this.problems.push({
      ...{ line, start, end, severity, code, message },
      ...(lines !== undefined && { lastLine: line + lines - 1 }),
      ...(related && { related: related.map((place) => ({ line, ...place })) }),
    });
  }

  /** The next line begins. Called for each that could not be proved, so nothing is made here. */
  beginLine(): void {
    const { before } = this;
    before.rows = this.rows;
    before.errors = this.errors;
    before.warnings = this.warnings;
    before.tokens = this.tokens;
  }

  /** What the line that began last was counted as. */
  get ofLine(): Tally {
    const { before } = this;
    return {
      rows: this.rows - before.rows,
      errors: this.errors - before.errors,
      warnings: this.warnings - before.warnings,
      tokens: this.tokens - before.tokens,
    };
  }

  /** Forgets what was found in lines that follow each other. */
  takeBack(lines: readonly WatchedLine[]): void {
    for (const { counted } of lines) {
      this.rows -= counted.rows;
      this.errors -= counted.errors;
      this.warnings -= counted.warnings;
      this.tokens -= counted.tokens;
    }
    const first = lines[0]?.line ?? 0;
    const others = this.problems.filter(({ line }) => line < first || line >= first + lines.length);
    this.problems.splice(0, this.problems.length, ...others);
  }
}
