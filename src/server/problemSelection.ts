import type { Problem, Severity } from '../dialects';

/** A problem and the unit (line, or 0 for a document that is one request) that it is in. */
export interface PlacedProblem {
  readonly unit: number;
  readonly problem: Problem;
}

export interface ProblemList {
  readonly problems: readonly PlacedProblem[];
  /** How many more there are. */
  readonly omitted: number;
}

const severities = ['error', 'warning', 'information', 'hint'] as const satisfies readonly Severity[];

/** Takes problems in file order and keeps as many as there is room for, the grave ones first. */
export class ProblemSelection {
  private readonly kept: Record<Severity, PlacedProblem[]> = {
    error: [],
    warning: [],
    information: [],
    hint: [],
  };

  constructor(private readonly limit: number) {}

  /** Whether nothing that may still come can find room. */
  get isFull(): boolean {
    return this.kept.error.length >= this.limit;
  }

  hasRoom(severity: Severity | 'off'): boolean {
    return severity !== 'off' && this.kept[severity].length < this.limit;
  }

  add(unit: number, problem: Problem): void {
    const { [problem.severity]: kept } = this.kept;
    if (kept.length < this.limit) kept.push({ unit, problem });
  }

  /**
   * What was kept, in file order. Where not all have room, one place is left for a note that says so.
   * @param total how many problems there are altogether, given or not
   */
  list(total: number): ProblemList {
    const room = total > this.limit ? this.limit - 1 : this.limit;
    const problems: PlacedProblem[] = [];
    for (const severity of severities) problems.push(...this.kept[severity].slice(0, room - problems.length));
    problems.sort((a, b) => a.unit - b.unit || a.problem.start - b.problem.start);
    return { problems, omitted: total - problems.length };
  }
}
