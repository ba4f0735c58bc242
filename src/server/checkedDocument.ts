import {
  layoutProblem,
  LineChecker,
  sizeProblem,
  type CheckContext,
  type FileLayout,
  type LineCheck,
  type Problem,
  type RuleSettings,
  type Severity,
} from '../dialects';
import type { FileKind } from '../shared/dialect';
import { BetweenLines } from './betweenLines';
import type { CheckedLines } from './commonValue';
import { probeDocument } from './documentProbe';
import { layoutOf, unitAt } from './jsonUnit';
import { ProblemSelection, type ProblemList } from './problemSelection';
import { LineFlags } from './lineFlags';
import type { LineRecord } from './lineRecord';
import { covering, spliced, type LineDocument, type LineSplice } from './lineDocument';
import { Spreads, type PlacedSpread } from './spreads';

/** Lines that an edit brings are checked with it up to this many; a larger paste is checked in slices. */
const checkedAtOnce = 200;

export interface DocumentOptions {
  readonly rules?: RuleSettings;
  /** What a person says the file is, whatever it looks like. */
  readonly kind?: FileKind | undefined;
  readonly fileState?: CheckContext['fileState'];
}

/**
 * A document and everything that checking its lines found. Every edit costs the lines it touches, and the state after any
 * edits is the state of a document opened with the resulting text. Lines not yet checked are worked off in slices.
 */
export class CheckedDocument implements CheckedLines {
  private lines: (LineRecord | undefined)[] = [];
  /** Lines with problems of their own. */
  private readonly troubled = new LineFlags();
  private unchecked = 0;
  /** No unchecked line stands before this one. */
  private cursor = 0;
  private probeEnd = 0;
  private readonly spreadObjects = new Spreads();
  private readonly between = new BetweenLines(this, this.spreadObjects);
  private counts: Record<Severity, number> = { error: 0, warning: 0, information: 0, hint: 0 };
  private tokens = 0;
  private rows = 0;
  private fileKind: FileKind = 'none';
  private fileLayout: FileLayout = 'lines';
  private checker: LineChecker | undefined;

  constructor(
    readonly document: LineDocument,
    private options: DocumentOptions = {},
  ) {
    this.detect();
    this.reset();
  }

  get kind(): FileKind {
    return this.fileKind;
  }

  /** Anything but `lines` is a mistake of the whole file, and its lines are not checked. */
  get layout(): FileLayout {
    return this.fileLayout;
  }

  get records(): readonly (LineRecord | undefined)[] {
    return this.lines;
  }

  get rules(): RuleSettings | undefined {
    return this.options.rules;
  }

  text(line: number): string {
    return this.document.line(line);
  }

  get isComplete(): boolean {
    return this.unchecked === 0;
  }

  /** Sums over the lines checked so far. */
  get totals(): { readonly rows: number; readonly tokens: number; readonly errors: number } {
    if (this.fileLayout !== 'lines') {
      const errors = this.problems(1).problems.filter(({ problem }) => problem.severity === 'error').length;
      return { rows: 0, tokens: 0, errors };
    }
    const between = this.between.counts.filter(({ severity }) => severity === 'error');
    return {
      rows: this.rows + this.spreadObjects.all.length,
      tokens: this.tokens,
      errors: between.reduce((sum, { count }) => sum + count, this.counts.error),
    };
  }

  /** Rules and kind as they were set last. */
  get settings(): DocumentOptions {
    return this.options;
  }

  /** What checking a line of this document needs to know; undefined when lines are none of our business. */
  get context(): CheckContext | undefined {
    if (this.fileKind === 'none' || this.fileKind === 'results' || this.fileLayout !== 'lines')
      return undefined;
    const { rules, fileState } = this.options;
    return { kind: this.fileKind, ...(rules && { rules }), ...(fileState && { fileState }) };
  }

  /** Lines with this key, in order. */
  linesWithKey(key: string): number[] {
    return this.between.linesWithKey(key);
  }

  /** The keys of the lines from `start` to `end`, in order; lines without one are left out. */
  keysBetween(start: number, end: number): string[] {
    return this.lines
      .slice(Math.max(0, start), end)
      .flatMap((record) => (record?.hidden === false ? (record.check.key ?? []) : []));
  }

  hasKey(key: string): boolean {
    return this.between.hasKey(key);
  }

  recordAt(unit: number): LineRecord | undefined {
    return this.lines[unit];
  }

  /** Changes rules or the person's word on what the file is; everything is checked anew. */
  configure(options: DocumentOptions): void {
    this.options = options;
    this.detect();
    this.reset();
  }

  /** Brings the records in step with edits already applied to the document. */
  edited(splices: readonly LineSplice[]): void {
    if (splices.length === 0) return;
    const { fileKind, fileLayout } = this;
    if (splices.some((splice) => splice.start <= this.probeEnd)) this.detect();
    const isWhole = layoutOf(this.document) === 'whole';
    if (isWhole || fileKind !== this.fileKind || fileLayout !== this.fileLayout) {
      this.reset();
      return;
    }
    if (this.context === undefined) return;
    for (const splice of splices) this.applySplice(splice);
    this.checkInserted(covering(splices));
    this.gather();
  }

  /**
   * Checks lines until none is left or `shouldStop` says so, which is asked after each. Those in `prefer` come first.
   */
  checkSome(shouldStop: () => boolean, prefer?: { readonly start: number; readonly end: number }): void {
    this.checkUnits(shouldStop, prefer);
    this.gather();
  }

  private checkUnits(
    shouldStop: () => boolean,
    prefer: { readonly start: number; readonly end: number } | undefined,
  ): void {
    if (prefer !== undefined) {
      for (let unit = Math.max(0, prefer.start); unit < Math.min(prefer.end, this.lines.length); unit += 1) {
        if (this.lines[unit] !== undefined) continue;
        this.checkUnit(unit);
        if (shouldStop()) return;
      }
    }
    while (this.unchecked > 0) {
      while (this.lines[this.cursor] !== undefined) this.cursor += 1;
      this.checkUnit(this.cursor);
      if (shouldStop()) return;
    }
  }

  /** The problems found so far: in file order, but the grave ones first where not all have room. */
  problems(limit: number): ProblemList {
    if (this.fileLayout !== 'lines') {
      const problem = layoutProblem(this.fileLayout, this.document.line(0), this.options.rules);
      return { problems: problem === undefined ? [] : [{ unit: 0, problem }], omitted: 0 };
    }
    const selection = new ProblemSelection(limit);
    // Nearly all of it is ASCII, so units are close to bytes; what is on disk is measured exactly.
    const size = this.context && sizeProblem(this.document.length, this.options.rules);
    if (size !== undefined) selection.add(0, size);
    this.collect(selection);
    return selection.list(this.problemCount + (size === undefined ? 0 : 1));
  }

  /** Everything wrong with one unit, with what is wrong between it and others. */
  problemsOn(unit: number): Problem[] {
    if (this.fileLayout !== 'lines') return this.problems(1).problems.map(({ problem }) => problem);
    const record = this.lines[unit];
    if (record === undefined) return [];
    const between = this.between.problemsOn(unit, record);
    return record.hidden ? between : [...record.check.problems, ...between];
  }

  /** Whether anything is wrong, in a line or between lines. */
  get hasProblems(): boolean {
    return this.fileLayout !== 'lines' || this.problemCount > 0;
  }

  /** The objects over several lines, in order. */
  get spreads(): readonly PlacedSpread[] {
    return this.spreadObjects.all;
  }

  /** The object over several lines that a line is part of. */
  spreadAt(unit: number): PlacedSpread | undefined {
    return this.spreadObjects.at(unit);
  }

  /** How many problems the lines checked so far have, in themselves and between them. */
  private get problemCount(): number {
    const { error, warning, information, hint } = this.counts;
    return this.between.counts.reduce((sum, { count }) => sum + count, error + warning + information + hint);
  }

  private collect(selection: ProblemSelection): void {
    // Keys, models and endpoints are a matter between lines: where they are in order, only the marked lines need a look.
    const addBetween = this.between.collector(selection);
    const next = (unit: number) => (addBetween === undefined ? this.troubled.next(unit) : unit);
    for (let unit = next(0); unit >= 0 && unit < this.lines.length; unit = next(unit + 1)) {
      const record = this.lines[unit];
      if (record === undefined) continue;
      if (record.hidden) {
        unit = this.collectSpread(selection, unit);
        continue;
      }
      for (const problem of record.check.problems) selection.add(unit, problem);
      addBetween?.(unit, record);
      if (selection.isFull) return;
    }
  }

  /** Adds what is wrong with the object that a line is part of; returns the last line of it. */
  private collectSpread(selection: ProblemSelection, unit: number): number {
    const placed = this.spreadObjects.at(unit);
    if (placed === undefined) return unit;
    const problem = this.between.spreadProblem(placed);
    if (problem !== undefined) selection.add(placed.start, problem);
    return placed.start + placed.spread.lines - 1;
  }

  private detect(): void {
    const { kind, layout, end } = probeDocument(this.document, this.options.kind);
    this.fileKind = kind;
    this.fileLayout = layout;
    this.probeEnd = end;
  }

  /** Forgets what was found about lines; all that matter wait for a check. */
  private reset(): void {
    this.between.clear();
    this.counts = { error: 0, warning: 0, information: 0, hint: 0 };
    this.tokens = 0;
    this.rows = 0;
    this.cursor = 0;
    const units = layoutOf(this.document) === 'whole' ? 1 : this.document.lineCount;
    const { context } = this;
    this.checker = context && new LineChecker(context);
    this.unchecked = context === undefined ? 0 : units;
    this.lines = new Array<undefined>(this.unchecked).fill(undefined);
    this.troubled.reset(this.unchecked);
    this.spreadObjects.reset(this.unchecked);
  }

  private applySplice({ start, removed, inserted }: LineSplice): void {
    for (let line = start; line < start + removed; line += 1) {
      const record = this.lines[line];
      if (record === undefined) this.unchecked -= 1;
      else this.forget(record);
    }
    this.lines = spliced(this.lines, start, removed, new Array<undefined>(inserted).fill(undefined));
    this.troubled.splice(start, removed, inserted);
    this.spreadObjects.splice(start, removed, inserted);
    this.unchecked += inserted;
    this.cursor = Math.min(this.cursor, start);
  }

  private checkInserted(splice: LineSplice | undefined): void {
    if (splice === undefined || splice.inserted > checkedAtOnce) return;
    for (let line = splice.start; line < splice.start + splice.inserted; line += 1) {
      if (line < this.lines.length && this.lines[line] === undefined) this.checkUnit(line);
    }
  }

  private checkUnit(unit: number): void {
    if (this.checker === undefined) return;
    const check = this.checker.check(unitAt(this.document, unit).text);
    const record: LineRecord = { check, duplicated: false, hidden: false };
    this.lines[unit] = record;
    this.troubled.set(unit, check.problems.length > 0);
    if (layoutOf(this.document) === 'lines') this.spreadObjects.set(unit, record);
    this.unchecked -= 1;
    this.remember(record);
  }

  /** Brings the objects over several lines in step: their lines stop counting, those of objects that are no more count again. */
  private gather(): void {
    const { gone, come } = this.spreadObjects.update(this.lines, (line) => this.document.line(line));
    for (const record of gone.flatMap(({ records }) => records)) {
      if (!record.hidden) continue;
      record.hidden = false;
      this.remember(record);
    }
    for (const record of come.flatMap(({ records }) => records)) {
      this.forget(record);
      record.hidden = true;
    }
  }

  private remember(record: LineRecord): void {
    this.count(record, 1);
    this.between.add(record);
  }

  /** Takes a line out of all sums; of one that is hidden there is nothing in them. */
  private forget(record: LineRecord): void {
    if (record.hidden) {
      record.hidden = false;
      return;
    }
    this.count(record, -1);
    this.between.remove(record);
  }

  private count({ check }: LineRecord, step: 1 | -1): void {
    for (const problem of check.problems) this.counts[problem.severity] += step;
    this.tokens += step * check.tokens;
    if (!isBlank(check)) this.rows += step;
  }
}

/** A blank line is no row: it has nothing, and nothing is wrong with it. */
function isBlank(check: LineCheck): boolean {
  return check.lineKind === 'other' && check.problems.length === 0;
}
