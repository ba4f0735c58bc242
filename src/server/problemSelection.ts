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
  private readonly severityOfRule = new Map<string, Severity | 'off'>();
  private total = 0;

  constructor(private readonly limit: number) {}

  add(unit: number, problem: Problem): void {
    this.total += 1;
    const { [problem.severity]: kept } = this.kept;
    if (kept.length < this.limit) kept.push({ unit, problem });
  }

  /** As {@link add} for a problem that costs something to make: one for which there is no room is only counted. */
  addMade(rule: string, unit: number, make: () => Problem | undefined): void {
    const severity = this.severityOfRule.get(rule);
    if (severity === 'off') return;
    if (severity !== undefined && this.kept[severity].length >= this.limit) {
      this.total += 1;
      return;
    }
    const problem = make();
    this.severityOfRule.set(rule, problem?.severity ?? 'off');
    if (problem !== undefined) this.add(unit, problem);
  }

  /** What was kept, in file order. Where not all have room, one place is left for a note that says so. */
  list(): ProblemList {
    const room = this.total > this.limit ? this.limit - 1 : this.limit;
    const problems: PlacedProblem[] = [];
    for (const severity of severities) problems.push(...this.kept[severity].slice(0, room - problems.length));
    problems.sort((a, b) => a.unit - b.unit || a.problem.start - b.problem.start);
    return { problems, omitted: this.total - problems.length };
  }
}
