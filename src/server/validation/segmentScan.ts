import { isUtf8 } from 'node:buffer';
import * as l10n from '@vscode/l10n';
import {
  fileStates,
  LineChecker,
  severityOf,
  type LineVerdict,
  type Problem,
  type Severity,
} from '../../dialects';
import type { LineProblem } from '../../shared/lsp';
import { textWithoutData } from './elide';
import { GrowingNumbers } from './growingNumbers';
import { KnownFaults } from './knownFaults';
import type { LineSink } from './lineWindow';
import { ModelTally } from './modelTally';
import { LineProver, mostLines, type ProvedLines } from './prover/lineProver';
import { linesPerMark, type ScanSettings, type Segment, type SegmentResult } from './protocol';

const LF = 0x0a;
const CR = 0x0d;
const OPEN = 0x7b;

/** After so many lines in a row that could not be proved, only each so many-th is tried. */
const patience = 256;
const triedAgain = 8;

/** Lines up to this can be proved. The service takes 20 MB inline; memory that no line needs is never touched. */
const windowBytes = 24 << 20;

/** What the scans of one thread share. One scan at a time: they also share the window. */
export class ScanTools {
  readonly prover: LineProver;
  readonly known = new KnownFaults();
  readonly checker: LineChecker | undefined;

  constructor(readonly settings: ScanSettings) {
    const { kind, rules, files } = settings;
    const fileState = files && fileStates(files, Date.now);
    this.checker =
      kind === undefined ? undefined : new LineChecker({ kind, rules, ...(fileState && { fileState }) });
    this.prover = new LineProver(settings, windowBytes);
  }
}

/**
 * Checks the lines of one segment, at four speeds: most good lines are proved so by the prover without ever becoming a text; what
 * it leaves is parsed, without its base64; only a line that fails that too is looked at for exact places, and only while they are
 * still wanted; after that, lines with faults that are known already are only counted.
 */
export class SegmentScan implements LineSink {
  private readonly problems: LineProblem[] = [];
  private readonly hashes = new GrowingNumbers();
  private readonly marks = new GrowingNumbers();
  private readonly models: ModelTally;
  private lineCount = 0;
  private rows = 0;
  private errors = 0;
  private warnings = 0;
  private tokens = 0;
  private counting = false;
  /** Lines since the last one that was proved. */
  private failing = 0;

  constructor(
    private readonly tools: ScanTools,
    private readonly segment: Segment,
  ) {
    this.models = new ModelTally(tools.settings.maxProblems);
    tools.prover.expectModel(undefined);
    tools.prover.countOnly(false);
    this.countFrom();
  }

  result(): SegmentResult {
    return {
      index: this.segment.index,
      lines: this.lineCount,
      rows: this.rows,
      errors: this.errors,
      warnings: this.warnings,
      tokens: Math.round(this.tokens),
      problems: this.problems,
      keyHashes: this.hashes.toArray(),
      marks: this.marks.toArray(),
      models: this.models.all(),
    };
  }

  lines(from: number, to: number, offset: number): boolean {
    const { prover, checker } = this.tools;
    const base = offset - from;
    // The segment ends in the middle of the stretch: lines behind it are the next one's.
    const lastStart = this.segment.end - 1 - base;
    const clean = checker !== undefined && isUtf8(prover.window.subarray(from, to));
    let at = from;
    while (at < to && at <= lastStart) {
      if (clean && !this.isHopeless(at)) {
        const proved = prover.prove(at, to, lastStart);
        if (proved.lines > 0) {
          this.failing = 0;
          this.proved(proved, base);
        }
        at += proved.bytes;
        if (proved.lines === mostLines) continue;
        if (at >= to || at > lastStart) break;
      }
      const end = prover.window.indexOf(LF, at);
      this.begin(base + at);
      this.failing += 1;
      if (clean && this.counting) this.countLine(checker, at, end);
      else this.line(prover.window.subarray(at, end), clean);
      at = end + 1;
    }
    return base + at < this.segment.end;
  }

  longLine(bytes: Buffer, offset: number): boolean {
    if (offset >= this.segment.end) return false;
    this.begin(offset);
    this.line(bytes, isUtf8(bytes));
    return true;
  }

  hugeLine(length: number, offset: number): boolean {
    if (offset >= this.segment.end) return false;
    this.begin(offset);
    this.rows += 1;
    this.hash(undefined);
    if (this.tools.checker === undefined) return true;
    this.report(severityOf('line-too-long', this.tools.settings.rules), {
      code: 'line-too-long',
      start: 0,
      end: 1,
      message: l10n.t(
        'The line has {0} MB; lines over 512 MB cannot be checked. Put large media into files and refer to them with fileData.',
        (length / 1024 ** 2).toFixed(0),
      ),
    });
    return true;
  }

  /**
   * Whether a line is not worth an attempt to prove it: all before it have failed for long. Now and then one is tried all the same,
   * and so is one that may be blank.
   */
  private isHopeless(at: number): boolean {
    const { failing, counting } = this;
    return (
      counting && failing > patience && failing % triedAgain !== 0 && this.tools.prover.window[at] === OPEN
    );
  }

  /** @param base of the window in the file */
  private proved(proved: ProvedLines, base: number): void {
    const { lines, hashes } = proved;
    const first = (linesPerMark - (this.lineCount % linesPerMark)) % linesPerMark;
    for (let line = first; line < lines; line += linesPerMark) this.marks.push(base + proved.start(line));
    if (this.tools.settings.kind === 'openai') this.models.addProved(this.lineCount, hashes);
    this.hashes.pushAll(hashes);
    this.lineCount += lines;
    this.rows += proved.rows;
    this.tokens += proved.tokens;
  }

  private begin(offset: number): void {
    if (this.lineCount % linesPerMark === 0) this.marks.push(offset);
    this.lineCount += 1;
  }

  private line(bytes: Buffer, clean: boolean): void {
    if (isBlank(bytes)) {
      this.hash(undefined);
      return;
    }
    this.rows += 1;
    const { checker } = this.tools;
    if (checker !== undefined) this.check(checker, bytes, clean);
  }

  /**
   * Counts what is wrong with a line in the window, which is known where a line with the same sketch was looked at. Blank lines do
   * not get here: the prover proves them.
   */
  private countLine(checker: LineChecker, at: number, end: number): void {
    const { known, prover } = this.tools;
    const { number, isSound, tokens, keyHash } = prover.sketch(at, end);
    const faults = known.of(number);
    // A line that is no JSON has no tokens.
    const textTokens = isSound ? tokens : 0;
    this.rows += 1;
    if (faults !== undefined) {
      this.hashes.push(keyHash);
      this.errors += faults.errors;
      this.warnings += faults.warnings;
      this.tokens += faults.tokens + textTokens;
      this.model(faults.model);
      return;
    }
    const { errors, warnings } = this;
    const { check, value } = isSound
      ? this.countSound(checker, at, end, keyHash)
      : this.check(checker, prover.window.subarray(at, end), true);
    // JSON that is not sound for the sketch may still have a key, which every line has to itself.
    if (!isSound && value !== undefined) return;
    known.remember(number, {
      errors: this.errors - errors,
      warnings: this.warnings - warnings,
      tokens: check.tokens - textTokens,
      model: check.model,
    });
  }

  /** Counts the faults of a line of which the sketch has told the key, and that nothing in its text is wrong. */
  private countSound(checker: LineChecker, at: number, end: number, keyHash: number): LineVerdict {
    const verdict = checker.verdict(textWithoutData(this.tools.prover.window, at, end), true);
    this.hashes.push(keyHash);
    this.tokens += verdict.check.tokens;
    this.model(verdict.check.model);
    for (const { code } of verdict.issues) this.count(severityOf(code, this.tools.settings.rules));
    return verdict;
  }

  private check(checker: LineChecker, withBreak: Buffer, clean: boolean): LineVerdict {
    const bytes = withBreak.at(-1) === CR ? withBreak.subarray(0, -1) : withBreak;
    const text = clean ? textWithoutData(bytes) : bytes.toString('utf8');
    const verdict = checker.verdict(text);
    this.hash(verdict.check.key);
    this.tokens += verdict.check.tokens;
    this.model(verdict.check.model);
    if (!clean) this.invalidUtf8(text);
    if (verdict.issues.length === 0 && !verdict.textTrouble) return verdict;
    if (!this.counting) {
      for (const problem of checker.check(bytes.toString('utf8')).problems)
        this.report(problem.severity, problem);
    } else if (verdict.textTrouble) {
      for (const { severity } of checker.locate(text, verdict)) this.count(severity);
    } else {
      for (const { code } of verdict.issues) this.count(severityOf(code, this.tools.settings.rules));
    }
    return verdict;
  }

  private invalidUtf8(text: string): void {
    const at = Math.max(0, text.indexOf('\ufffd'));
    this.report(severityOf('invalid-utf8', this.tools.settings.rules), {
      code: 'invalid-utf8',
      start: at,
      end: at + 1,
      message: l10n.t('These bytes are not UTF-8, so a character is lost. Save the file as UTF-8.'),
    });
  }

  private report(
    severity: Severity | 'off',
    problem: Pick<Problem, 'code' | 'start' | 'end' | 'message' | 'related'>,
  ): void {
    if (severity === 'off') return;
    this.count(severity);
    if (this.counting) return;
    const { code, start, end, message, related } = problem;
    const line = this.lineCount - 1;
    this.problems.push({
      ...{ line, start, end, severity, code, message },
      ...(related && { related: related.map((place) => ({ line, ...place })) }),
    });
    this.countFrom();
  }

  /** From the problem on that nobody wants to see, the rest is only counted. */
  private countFrom(): void {
    if (this.problems.length < this.segment.places) return;
    this.counting = true;
    this.tools.prover.countOnly(true);
  }

  private count(severity: Severity | 'off'): void {
    if (severity === 'error') this.errors += 1;
    else if (severity === 'warning') this.warnings += 1;
  }

  private hash(key: string | undefined): void {
    const { checker, prover } = this.tools;
    if (checker !== undefined) this.hashes.push(key === undefined ? NaN : prover.hashKey(key));
  }

  private model(model: string | undefined): void {
    if (model === undefined) return;
    this.models.add(model, this.lineCount - 1);
    this.tools.prover.expectModel(model);
  }
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
