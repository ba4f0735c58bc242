import { isUtf8 } from 'node:buffer';
import * as l10n from '@vscode/l10n';
import {
  commonFacts,
  type LineChecker,
  severityOf,
  spreadProblem,
  type LineVerdict,
  type Problem,
  type Severity,
} from '../../dialects';
import { textWithoutData } from './elide';
import { Findings } from './findings';
import { GrowingNumbers } from './growingNumbers';
import type { LineSink } from './lineWindow';
import { mostLines, type ProvedLines } from './prover/lineProver';
import { linesPerMark, type CommonFactName, type Segment, type SegmentResult } from './protocol';
import type { ScanTools } from './scanTools';
import { partOf, SpreadWatch, type LinePart, type Tally, type WatchedSpread } from './spreadWatch';
import { ValueTally } from './valueTally';

const LF = 0x0a;
const CR = 0x0d;
const OPEN = 0x7b;

/** After so many lines in a row that could not be proved, only each so many-th is tried. */
const patience = 256;
const triedAgain = 8;

/**
 * Checks the lines of one segment, at four speeds: most good lines are proved so by the prover without ever becoming a text; what
 * it leaves is parsed, without its base64; only a line that fails that too is looked at for exact places, and only while they are
 * still wanted; after that, lines with faults that are known already are only counted.
 */
export class SegmentScan implements LineSink {
  private readonly found: Findings;
  private readonly hashes = new GrowingNumbers();
  private readonly marks = new GrowingNumbers();
  private readonly common: Readonly<Record<CommonFactName, ValueTally>>;
  private readonly spreads = new SpreadWatch();
  private lineCount = 0;
  private counting = false;
  /** Lines since the last one that was proved. */
  private failing = 0;
  /** Where the line behind the last one begins. */
  private nextOffset = 0;

  /** @param foreign how many lines at its beginning belong to an object that began before it */
  constructor(
    private readonly tools: ScanTools,
    private readonly segment: Segment,
    private foreign = 0,
  ) {
    const { maxProblems } = tools.settings;
    this.found = new Findings(segment.places);
    this.common = { model: new ValueTally(maxProblems), endpoint: new ValueTally(maxProblems) };
    tools.prover.expect({});
    tools.prover.countOnly(false);
    this.countFrom();
  }

  /**
   * Follows an object that is open at the segment's end.
   * @param linesFrom the lines of the file from an offset on; no more are taken than are needed
   */
  goOn(linesFrom: (offset: number) => Iterable<{ readonly text: string }>): void {
    const { spreads } = this;
    const { checker } = this.tools;
    if (checker === undefined || !spreads.isOpen) return;
    let line = this.lineCount;
    for (const { text } of linesFrom(this.nextOffset)) {
      // What begins behind the end is the next segment's.
      if ((spreads.firstLine ?? line) >= this.lineCount) return;
      const part = text.trim() === '' ? 'any' : partOf(checker.verdict(text));
      this.watch(part, () => text, line, nothing);
      line += 1;
    }
  }

  result(): SegmentResult {
    this.joined(this.spreads.end());
    return {
      index: this.segment.index,
      lines: this.lineCount,
      rows: this.found.rows,
      errors: this.found.errors,
      warnings: this.found.warnings,
      tokens: Math.round(this.found.tokens),
      problems: this.found.problems,
      keyHashes: this.hashes.toArray(),
      marks: this.marks.toArray(),
      common: { model: this.common.model.all(), endpoint: this.common.endpoint.all() },
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
      if (this.foreign > 0) {
        at = this.passForeign(at, base);
        continue;
      }
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
    this.nextOffset = base + at;
    return this.nextOffset < this.segment.end;
  }

  /** Goes past a line that belongs to an object of the segment before. Returns where the next one begins. */
  private passForeign(at: number, base: number): number {
    this.foreign -= 1;
    this.begin(base + at);
    this.hash(undefined);
    return this.tools.prover.window.indexOf(LF, at) + 1;
  }

  longLine(bytes: Buffer, offset: number): boolean {
    if (offset >= this.segment.end) return false;
    this.nextOffset = offset + bytes.length + 1;
    this.begin(offset);
    if (this.foreign > 0) {
      this.foreign -= 1;
      this.hash(undefined);
    } else this.line(bytes, isUtf8(bytes));
    return true;
  }

  hugeLine(length: number, offset: number): boolean {
    if (offset >= this.segment.end) return false;
    this.begin(offset);
    this.found.rows += 1;
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
    if (this.tools.settings.kind === 'openai') {
      for (const tally of Object.values(this.common)) tally.addProved(this.lineCount, hashes);
    }
    if (this.spreads.isOpen) this.watchProved(proved);
    this.hashes.pushAll(hashes);
    this.lineCount += lines;
    this.found.rows += proved.rows;
    this.found.tokens += proved.tokens;
  }

  private begin(offset: number): void {
    if (this.lineCount % linesPerMark === 0) this.marks.push(offset);
    this.lineCount += 1;
    this.found.beginLine();
  }

  private line(bytes: Buffer, clean: boolean): void {
    const { checker } = this.tools;
    if (isBlank(bytes)) {
      this.hash(undefined);
      if (this.spreads.isOpen) this.watch('any', () => '');
      return;
    }
    this.found.rows += 1;
    if (checker === undefined) return;
    const verdict = this.check(checker, bytes, clean);
    this.watch(clean ? partOf(verdict) : 'any', () => bytes.toString('utf8'));
  }

  /** Shows a line that was counted to the watch over objects that go on in the next line. */
  private watch(
    part: LinePart,
    text: () => string,
    line = this.lineCount - 1,
    counted: Tally = this.found.ofLine,
  ): void {
    if (part === 'alone') this.joined(this.spreads.end());
    else if (part === 'opens' || this.spreads.isOpen) {
      this.joined(this.spreads.add({ text: text(), line, counted }));
    }
  }

  /** The same for lines that were proved: blank ones may be part of an object, others are not. */
  private watchProved({ lines, rows }: ProvedLines): void {
    if (rows > 0) this.watch('alone', () => '');
    else
      for (let line = 0; line < lines; line += 1) this.watch('any', () => '', this.lineCount + line, nothing);
  }

  /** Counts objects over several lines as the one problem that each is, in place of what was wrong with their lines. */
  private joined(spreads: readonly WatchedSpread[]): void {
    for (const { lines, breaksText } of spreads) {
      const [first] = lines;
      const last = lines.at(-1);
      if (first === undefined || last === undefined || first.line >= this.lineCount) continue;
      this.found.takeBack(lines);
      this.found.rows += 1;
      this.hashes.fill(NaN, first.line, last.line + 1);
      this.countFrom();
      const start = first.text.length - first.text.trimStart().length;
      const span = { start, end: last.text.trimEnd().length };
      const problem = spreadProblem({ lines: lines.length, breaksText }, span, this.tools.settings.rules);
      if (problem !== undefined) this.report(problem.severity, problem, first.line);
    }
  }

  /**
   * Counts what is wrong with a line in the window, which is known where a line with the same sketch was looked at. Blank lines do
   * not get here: the prover proves them.
   */
  private countLine(checker: LineChecker, at: number, end: number): void {
    const { known, prover } = this.tools;
    const { number, isSound, tokens, keyHash } = prover.sketch(at, end);
    const faults = known.of(number);
    const text = () => textWithoutData(prover.window, at, end);
    // A line that is no JSON has no tokens.
    const textTokens = isSound ? tokens : 0;
    this.found.rows += 1;
    if (faults !== undefined) {
      this.hashes.push(keyHash);
      this.found.errors += faults.errors;
      this.found.warnings += faults.warnings;
      this.found.tokens += faults.tokens + textTokens;
      this.named(faults.named);
      this.watch(faults.part, text);
      return;
    }
    const { errors, warnings } = this.found;
    const verdict = isSound
      ? this.countSound(checker, at, end, keyHash)
      : this.check(checker, prover.window.subarray(at, end), true);
    const part = partOf(verdict);
    // JSON that is not sound for the sketch may still have a key, which every line has to itself.
    if (isSound || verdict.value === undefined) {
      known.remember(number, {
        errors: this.found.errors - errors,
        warnings: this.found.warnings - warnings,
        tokens: verdict.check.tokens - textTokens,
        named: verdict.check,
        part,
      });
    }
    this.watch(part, text);
  }

  /** Counts the faults of a line of which the sketch has told the key, and that nothing in its text is wrong. */
  private countSound(checker: LineChecker, at: number, end: number, keyHash: number): LineVerdict {
    const verdict = checker.verdict(textWithoutData(this.tools.prover.window, at, end), true);
    this.hashes.push(keyHash);
    this.found.tokens += verdict.check.tokens;
    this.named(verdict.check);
    for (const { code } of verdict.issues) this.found.count(severityOf(code, this.tools.settings.rules));
    return verdict;
  }

  private check(checker: LineChecker, withBreak: Buffer, clean: boolean): LineVerdict {
    const bytes = withBreak.at(-1) === CR ? withBreak.subarray(0, -1) : withBreak;
    const text = clean ? textWithoutData(bytes) : bytes.toString('utf8');
    const verdict = checker.verdict(text);
    this.hash(verdict.check.key);
    this.found.tokens += verdict.check.tokens;
    this.named(verdict.check);
    if (!clean) this.invalidUtf8(text);
    this.tell(checker, verdict, bytes, text);
    return verdict;
  }

  /** Counts what is wrong with a line, with its places where they are wanted. */
  private tell(checker: LineChecker, verdict: LineVerdict, bytes: Buffer, text: string): void {
    if (verdict.issues.length === 0 && !verdict.textTrouble) return;
    if (!this.counting) {
      for (const problem of checker.check(bytes.toString('utf8')).problems)
        this.report(problem.severity, problem);
    } else if (verdict.textTrouble) {
      for (const { severity } of checker.locate(text, verdict)) this.found.count(severity);
    } else {
      for (const { code } of verdict.issues) this.found.count(severityOf(code, this.tools.settings.rules));
    }
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
    problem: Omit<Problem, 'severity'>,
    line = this.lineCount - 1,
  ): void {
    if (severity === 'off') return;
    this.found.count(severity);
    if (this.counting) return;
    this.found.place(severity, line, problem);
    this.countFrom();
  }

  /** From the problem on that nobody wants to see, the rest is only counted. */
  private countFrom(): void {
    this.counting = this.found.isFull;
    this.tools.prover.countOnly(this.counting);
  }

  private hash(key: string | undefined): void {
    const { checker, prover } = this.tools;
    if (checker !== undefined) this.hashes.push(key === undefined ? NaN : prover.hashKey(key));
  }

  private named(check: Pick<LineVerdict['check'], 'model' | 'endpoint'>): void {
    if (check.model === undefined && check.endpoint === undefined) return;
    for (const name of factNames) {
      const value = commonFacts[name].of(check);
      if (value !== undefined) this.common[name].add(value, this.lineCount - 1);
    }
    this.tools.prover.expect(check);
  }
}

const factNames = Object.keys(commonFacts) as CommonFactName[];

const nothing: Tally = { rows: 0, errors: 0, warnings: 0, tokens: 0 };

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
