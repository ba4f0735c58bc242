import {
  detectKind,
  detectLayout,
  duplicateKeyProblem,
  layoutProblem,
  locateKey,
  locateModel,
  LineChecker,
  mixedModelsProblem,
  severityOf,
  sizeProblem,
  type CheckContext,
  type FileLayout,
  type LineCheck,
  type Problem,
  type RuleSettings,
  type Severity,
  type Span,
} from '../dialects';
import type { FileKind } from '../shared/dialect';
import { layoutOf, unitAt } from './jsonUnit';
import { KeyIndex } from './keyIndex';
import { ProblemSelection, type ProblemList } from './problemSelection';
import { LineFlags } from './lineFlags';
import { spliced, type LineDocument, type LineSplice } from './lineDocument';

/** How much of the beginning decides what a file is. */
const probe = { lines: 100, characters: 64 * 1024 };

/** Lines that an edit brings are checked with it up to this many; a larger paste is checked in slices. */
const checkedAtOnce = 200;

/** What is known of one line. */
export interface LineRecord {
  readonly check: LineCheck;
  /** Whether another line has the same key. Kept by {@link KeyIndex}. */
  duplicated: boolean;
  /** Where the key stands; found when it is first needed. */
  keySpan?: Span | undefined;
}

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
export class CheckedDocument {
  private records: (LineRecord | undefined)[] = [];
  /** Lines with problems of their own. */
  private readonly troubled = new LineFlags();
  private unchecked = 0;
  /** No unchecked line stands before this one. */
  private cursor = 0;
  private probeEnd = 0;
  private readonly keys = new KeyIndex();
  private readonly models = new Map<string, number>();
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

  get isComplete(): boolean {
    return this.unchecked === 0;
  }

  /** Sums over the lines checked so far. */
  get totals(): { readonly rows: number; readonly tokens: number; readonly errors: number } {
    if (this.fileLayout !== 'lines') {
      const errors = this.problems(1).problems.filter(({ problem }) => problem.severity === 'error').length;
      return { rows: 0, tokens: 0, errors };
    }
    const repeated = severityOf('duplicate-key', this.options.rules) === 'error' ? this.keys.repeated : 0;
    return { rows: this.rows, tokens: this.tokens, errors: this.counts.error + repeated };
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
    const wanted = this.keys.get(key);
    const lines: number[] = [];
    for (let line = 0; wanted.size > lines.length && line < this.records.length; line += 1) {
      const record = this.records[line];
      if (record !== undefined && wanted.has(record)) lines.push(line);
    }
    return lines;
  }

  /** The keys of the lines from `start` to `end`, in order; lines without one are left out. */
  keysBetween(start: number, end: number): string[] {
    return this.records.slice(Math.max(0, start), end).flatMap((record) => record?.check.key ?? []);
  }

  hasKey(key: string): boolean {
    return this.keys.get(key).size > 0;
  }

  recordAt(unit: number): LineRecord | undefined {
    return this.records[unit];
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
    if (splices.length === 1) this.checkInserted(splices[0]);
    else this.checkInserted(covering(splices));
  }

  /**
   * Checks lines until none is left or `shouldStop` says so, which is asked after each. Those in `prefer` come first.
   */
  checkSome(shouldStop: () => boolean, prefer?: { readonly start: number; readonly end: number }): void {
    if (prefer !== undefined) {
      for (
        let unit = Math.max(0, prefer.start);
        unit < Math.min(prefer.end, this.records.length);
        unit += 1
      ) {
        if (this.records[unit] !== undefined) continue;
        this.checkUnit(unit);
        if (shouldStop()) return;
      }
    }
    while (this.unchecked > 0) {
      while (this.records[this.cursor] !== undefined) this.cursor += 1;
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
    const record = this.records[unit];
    if (record === undefined) return [];
    const { key, problems } = record.check;
    const [first = unit] = record.duplicated && key !== undefined ? this.linesWithKey(key) : [];
    return [
      ...problems,
      ...(first === unit ? [] : this.repeatedKey(unit, record, first)),
      ...this.otherModel(unit, record),
    ];
  }

  /** Whether anything is wrong, in a line or between lines. */
  get hasProblems(): boolean {
    return this.fileLayout !== 'lines' || this.problemCount > 0;
  }

  /** How many problems the lines checked so far have, in themselves and between them. */
  private get problemCount(): number {
    const { error, warning, information, hint } = this.counts;
    return error + warning + information + hint + this.repeatedKeys + this.otherModels;
  }

  private get repeatedKeys(): number {
    return severityOf('duplicate-key', this.options.rules) === 'off' ? 0 : this.keys.repeated;
  }

  private get otherModels(): number {
    const first = this.models.size > 1 ? this.records[this.firstWithModel]?.check.model : undefined;
    if (first === undefined || severityOf('mixed-models', this.options.rules) === 'off') return 0;
    let lines = 0;
    for (const [model, count] of this.models) if (model !== first) lines += count;
    return lines;
  }

  private get firstWithModel(): number {
    return this.records.findIndex((record) => record?.check.model !== undefined);
  }

  private collect(selection: ProblemSelection): void {
    const firstOfKey = new Map<string, number>();
    // Keys and models are a matter between lines: where they are in order, only the marked lines need a look.
    const keys = this.repeatedKeys > 0 && selection.hasRoom(severityOf('duplicate-key', this.options.rules));
    const models = this.otherModels > 0;
    const next = (unit: number) => (keys || models ? unit : this.troubled.next(unit));
    for (let unit = next(0); unit >= 0 && unit < this.records.length; unit = next(unit + 1)) {
      const record = this.records[unit];
      if (record === undefined) continue;
      for (const problem of record.check.problems) selection.add(unit, problem);
      const { key } = record.check;
      if (keys && record.duplicated && key !== undefined) {
        const first = firstOfKey.get(key);
        if (first === undefined) firstOfKey.set(key, unit);
        else if (selection.hasRoom(severityOf('duplicate-key', this.options.rules))) {
          for (const problem of this.repeatedKey(unit, record, first)) selection.add(unit, problem);
        }
      }
      if (models && selection.hasRoom(severityOf('mixed-models', this.options.rules))) {
        for (const problem of this.otherModel(unit, record)) selection.add(unit, problem);
      }
      if (selection.isFull) return;
    }
  }

  /** What is wrong with a line whose key `first` has already. */
  private repeatedKey(unit: number, record: LineRecord, first: number): Problem[] {
    const { key } = record.check;
    const firstRecord = this.records[first];
    if (key === undefined || firstRecord === undefined) return [];
    const place = { line: first, ...this.keySpan(first, firstRecord) };
    return asList(duplicateKeyProblem(key, this.keySpan(unit, record), place, this.options.rules));
  }

  /** What is wrong with a line that names another model than the first line does that names one. */
  private otherModel(unit: number, { check: { model } }: LineRecord): Problem[] {
    const line = this.models.size > 1 && model !== undefined ? this.firstWithModel : -1;
    const first = this.records[line]?.check.model;
    if (model === undefined || first === undefined || first === model) return [];
    const place = { line, model: first, ...this.modelSpan(line) };
    return asList(mixedModelsProblem(model, this.modelSpan(unit), place, this.options.rules));
  }

  private keySpan(unit: number, record: LineRecord): Span {
    record.keySpan ??= locateKey(this.document.line(unit)) ?? { start: 0, end: 1 };
    return record.keySpan;
  }

  private modelSpan(unit: number): Span {
    return locateModel(this.document.line(unit)) ?? { start: 0, end: 1 };
  }

  private detect(): void {
    const whole = layoutOf(this.document) === 'whole';
    const lines: string[] = [];
    let characters = 0;
    const { lineCount } = this.document;
    while (lines.length < lineCount && lines.length < probe.lines && characters < probe.characters) {
      const line = this.document.line(lines.length);
      lines.push(line);
      characters += line.length;
    }
    this.probeEnd = lines.length;
    this.fileLayout = 'lines';
    if (whole) {
      this.fileKind = this.options.kind ?? detectKind([this.document.getText()]);
      return;
    }
    this.fileKind = this.options.kind ?? detectKind(lines);
    if (this.fileKind !== 'none') this.fileLayout = detectLayout(lines.join('\n'));
  }

  /** Forgets what was found about lines; all that matter wait for a check. */
  private reset(): void {
    this.keys.clear();
    this.models.clear();
    this.counts = { error: 0, warning: 0, information: 0, hint: 0 };
    this.tokens = 0;
    this.rows = 0;
    this.cursor = 0;
    const units = layoutOf(this.document) === 'whole' ? 1 : this.document.lineCount;
    const { context } = this;
    this.checker = context && new LineChecker(context);
    this.unchecked = context === undefined ? 0 : units;
    this.records = new Array<undefined>(this.unchecked).fill(undefined);
    this.troubled.reset(this.unchecked);
  }

  private applySplice({ start, removed, inserted }: LineSplice): void {
    for (let line = start; line < start + removed; line += 1) {
      const record = this.records[line];
      if (record === undefined) this.unchecked -= 1;
      else this.forget(record);
    }
    this.records = spliced(this.records, start, removed, new Array<undefined>(inserted).fill(undefined));
    this.troubled.splice(start, removed, inserted);
    this.unchecked += inserted;
    this.cursor = Math.min(this.cursor, start);
  }

  private checkInserted(splice: LineSplice | undefined): void {
    if (splice === undefined || splice.inserted > checkedAtOnce) return;
    for (let line = splice.start; line < splice.start + splice.inserted; line += 1) {
      if (line < this.records.length && this.records[line] === undefined) this.checkUnit(line);
    }
  }

  private checkUnit(unit: number): void {
    if (this.checker === undefined) return;
    const check = this.checker.check(unitAt(this.document, unit).text);
    const record: LineRecord = { check, duplicated: false };
    this.records[unit] = record;
    this.troubled.set(unit, check.problems.length > 0);
    this.unchecked -= 1;
    this.count(record, 1);
    if (check.key !== undefined) this.keys.add(check.key, record);
  }

  private forget(record: LineRecord): void {
    this.count(record, -1);
    if (record.check.key !== undefined) this.keys.remove(record.check.key, record);
  }

  private count({ check }: LineRecord, step: 1 | -1): void {
    for (const problem of check.problems) this.counts[problem.severity] += step;
    this.tokens += step * check.tokens;
    if (!isBlank(check)) this.rows += step;
    if (check.model === undefined) return;
    const lines = (this.models.get(check.model) ?? 0) + step;
    if (lines === 0) this.models.delete(check.model);
    else this.models.set(check.model, lines);
  }
}

/** A blank line is no row: it has nothing, and nothing is wrong with it. */
function isBlank(check: LineCheck): boolean {
  return check.lineKind === 'other' && check.problems.length === 0;
}

/** One splice over the lines that several, applied one after the other, touched. */
function covering(splices: readonly LineSplice[]): LineSplice {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const splice of splices) {
    // What stood behind this splice moved by its growth.
    if (end > splice.start) end = Math.max(splice.start, end + splice.inserted - splice.removed);
    start = Math.min(start, splice.start);
    end = Math.max(end, splice.start + splice.inserted);
  }
  return { start, removed: 0, inserted: end - start };
}

function asList<T>(item: T | undefined): T[] {
  return item === undefined ? [] : [item];
}
