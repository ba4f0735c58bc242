import {
  oddFactProblem,
  severityOf,
  type CommonFact,
  type LineCheck,
  type Problem,
  type RuleSettings,
  type Severity,
  type Span,
} from '../dialects';
import type { LineRecord } from './lineRecord';

/** The lines of a document, as far as this needs them. */
export interface CheckedLines {
  readonly records: readonly (LineRecord | undefined)[];
  text(line: number): string;
  readonly rules: RuleSettings | undefined;
}

/** Keeps count of something that all lines must have in common, and tells of those that have it otherwise than the first. */
export class CommonValue {
  private readonly lines = new Map<string, number>();

  constructor(private readonly fact: CommonFact) {}

  clear(): void {
    this.lines.clear();
  }

  count(check: LineCheck, step: 1 | -1): void {
    const value = this.fact.of(check);
    if (value === undefined) return;
    const lines = (this.lines.get(value) ?? 0) + step;
    if (lines === 0) this.lines.delete(value);
    else this.lines.set(value, lines);
  }

  severity(rules: RuleSettings | undefined): Severity | 'off' {
    return severityOf(this.fact.rule, rules);
  }

  /** How many lines are odd and told of. */
  odd(lines: CheckedLines): number {
    if (this.lines.size < 2 || this.severity(lines.rules) === 'off') return 0;
    const first = this.valueOf(lines, this.firstIn(lines));
    let odd = 0;
    for (const [value, count] of this.lines) if (value !== first) odd += count;
    return odd;
  }

  problem(lines: CheckedLines, line: number): Problem | undefined {
    const own = this.lines.size > 1 ? this.valueOf(lines, line) : undefined;
    if (own === undefined) return undefined;
    const first = this.firstIn(lines);
    const value = this.valueOf(lines, first);
    if (value === undefined || value === own) return undefined;
    const place = { line: first, value, ...this.span(lines, first) };
    return oddFactProblem(this.fact, own, this.span(lines, line), place, lines.rules);
  }

  private firstIn({ records }: CheckedLines): number {
    return records.findIndex((record) => valueIn(this.fact, record) !== undefined);
  }

  private valueOf({ records }: CheckedLines, line: number): string | undefined {
    return valueIn(this.fact, records[line]);
  }

  private span(lines: CheckedLines, line: number): Span {
    return this.fact.locate(lines.text(line)) ?? { start: 0, end: 1 };
  }
}

function valueIn(fact: CommonFact, record: LineRecord | undefined): string | undefined {
  return record === undefined || record.hidden ? undefined : fact.of(record.check);
}
