import {
  commonFacts,
  duplicateKeyProblem,
  locateKey,
  severityOf,
  spreadProblem,
  type Problem,
  type Severity,
  type Span,
} from '../dialects';
import { CommonValue, type CheckedLines } from './commonValue';
import { KeyIndex } from './keyIndex';
import type { LineRecord } from './lineRecord';
import type { ProblemSelection } from './problemSelection';
import type { PlacedSpread, Spreads } from './spreads';

/**
 * What is wrong between the lines of a document: keys that repeat, values that all lines must have in common and do not, and
 * objects over several lines. Is told of every line that comes and goes, so that it is known at once whether there is anything.
 */
export class BetweenLines {
  private readonly keys = new KeyIndex();
  private readonly common = Object.values(commonFacts).map((fact) => new CommonValue(fact));

  constructor(
    private readonly lines: CheckedLines,
    private readonly spreads: Spreads,
  ) {}

  clear(): void {
    this.keys.clear();
    for (const value of this.common) value.clear();
  }

  add(record: LineRecord): void {
    const { check } = record;
    for (const value of this.common) value.count(check, 1);
    if (check.key !== undefined) this.keys.add(check.key, record);
  }

  remove(record: LineRecord): void {
    const { check } = record;
    for (const value of this.common) value.count(check, -1);
    if (check.key !== undefined) this.keys.remove(check.key, record);
  }

  hasKey(key: string): boolean {
    return this.keys.get(key).size > 0;
  }

  /** Lines with this key, in order. */
  linesWithKey(key: string): number[] {
    const wanted = this.keys.get(key);
    const { records } = this.lines;
    const lines: number[] = [];
    for (let line = 0; wanted.size > lines.length && line < records.length; line += 1) {
      const record = records[line];
      if (record !== undefined && wanted.has(record)) lines.push(line);
    }
    return lines;
  }

  /** How many problems there are, by what they are about. */
  get counts(): readonly { readonly severity: Severity | 'off'; readonly count: number }[] {
    const { rules } = this.lines;
    return [
      { severity: severityOf('duplicate-key', rules), count: this.keys.repeated },
      { severity: severityOf('object-over-lines', rules), count: this.spreads.all.length },
      ...this.common.map((value) => ({ severity: value.severity(rules), count: value.odd(this.lines) })),
    ].filter(({ severity }) => severity !== 'off');
  }

  /** What is wrong between one line and others. */
  problemsOn(line: number, record: LineRecord): Problem[] {
    if (record.hidden) {
      const placed = this.spreads.at(line);
      return placed === undefined ? [] : asList(this.spreadProblem(placed));
    }
    const { key } = record.check;
    const [first = line] = record.duplicated && key !== undefined ? this.linesWithKey(key) : [];
    return [
      ...(first === line ? [] : this.repeatedKey(line, record, first)),
      ...this.common.flatMap((value) => asList(value.problem(this.lines, line))),
    ];
  }

  /**
   * What adds the problems of each line that it is given, in file order; those of objects over several lines are not among them.
   * Undefined where there is nothing to add.
   */
  collector(selection: ProblemSelection): ((line: number, record: LineRecord) => void) | undefined {
    const { rules } = this.lines;
    const firstOfKey = new Map<string, number>();
    const hasRoomForKeys = () => selection.hasRoom(severityOf('duplicate-key', rules));
    const keys = this.keys.repeated > 0 && hasRoomForKeys();
    const common = this.common.filter((value) => value.odd(this.lines) > 0);
    if (!keys && common.length === 0) return undefined;
    return (line, record) => {
      const { key } = record.check;
      if (keys && record.duplicated && key !== undefined) {
        const first = firstOfKey.get(key);
        if (first === undefined) firstOfKey.set(key, line);
        else if (hasRoomForKeys()) {
          for (const problem of this.repeatedKey(line, record, first)) selection.add(line, problem);
        }
      }
      for (const value of common) {
        if (!selection.hasRoom(value.severity(rules))) continue;
        for (const problem of asList(value.problem(this.lines, line))) selection.add(line, problem);
      }
    };
  }

  spreadProblem({ start, spread }: PlacedSpread): Problem | undefined {
    const first = this.lines.text(start);
    const last = this.lines.text(start + spread.lines - 1);
    const span = { start: first.length - first.trimStart().length, end: last.trimEnd().length };
    return spreadProblem(spread, span, this.lines.rules);
  }

  /** What is wrong with a line whose key `first` has already. */
  private repeatedKey(line: number, record: LineRecord, first: number): Problem[] {
    const { key } = record.check;
    const firstRecord = this.lines.records[first];
    if (key === undefined || firstRecord === undefined) return [];
    const place = { line: first, ...this.keySpan(first, firstRecord) };
    return asList(duplicateKeyProblem(key, this.keySpan(line, record), place, this.lines.rules));
  }

  private keySpan(line: number, record: LineRecord): Span {
    record.keySpan ??= locateKey(this.lines.text(line)) ?? { start: 0, end: 1 };
    return record.keySpan;
  }
}

function asList<T>(item: T | undefined): T[] {
  return item === undefined ? [] : [item];
}
