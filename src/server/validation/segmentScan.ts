import { isUtf8 } from 'node:buffer';
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
import { keyHash } from './keyHash';
import { LineBuffer, type LineSink, type LineTaker } from './lineBuffer';
import { proverFor, type LineProver } from './prover/lineProver';
import {
  linesPerMark,
  type ModelLines,
  type ScanSettings,
  type Segment,
  type SegmentResult,
} from './protocol';
import { GrowingNumbers } from './growingNumbers';

const LF = 0x0a;

/**
 * Checks the lines of one segment as its bytes come in, at three speeds: most good lines are proved so by the prover without
 * ever becoming a text; what it leaves is parsed, without its base64; only a line that fails that too is looked at for exact
 * places, and only while they are still wanted.
 */
export class SegmentScan implements LineSink, LineTaker {
  private readonly prover: LineProver | undefined;
  private readonly checker: LineChecker | undefined;
  private readonly buffer: LineBuffer;
  private readonly problems: LineProblem[] = [];
  private readonly hashes = new GrowingNumbers();
  private readonly marks = new GrowingNumbers();
  private readonly models = new Map<string, { model: string; count: number; firstLines: number[] }>();
  private lines = 0;
  private rows = 0;
  private errors = 0;
  private warnings = 0;
  private tokens = 0;
  /** The chunk that the prover has, as far as it consists of whole lines; whether those are UTF-8, once somebody looked. */
  private loaded: { readonly chunk: Buffer; readonly end: number; isUtf8?: boolean } | undefined;
  /** The bytes up to the first line break belong to a line of the segment before. */
  private skipping: boolean;

  constructor(
    private readonly settings: ScanSettings,
    private readonly segment: Segment,
  ) {
    const { kind, rules, files } = settings;
    const fileState = files && fileStates(files, Date.now);
    this.checker =
      kind === undefined ? undefined : new LineChecker({ kind, rules, ...(fileState && { fileState }) });
    this.skipping = segment.start > 0;
    this.prover = proverFor(settings);
    this.buffer = new LineBuffer(this, this.firstByte, this.prover && this);
  }

  /** Where reading begins: one byte early, so that a line that begins right at the segment's start is seen to. */
  get firstByte(): number {
    return Math.max(0, this.segment.start - 1);
  }

  /** Takes the next bytes; returns whether more are wanted. The chunk may be reused afterwards. */
  push(chunk: Buffer, offset: number): boolean {
    if (!this.buffer.push(chunk)) return false;
    // A line that began before the segment and goes on beyond its end leaves nothing to do here.
    return !(this.skipping && offset + chunk.length >= this.segment.end);
  }

  /** The end of the file was reached. */
  finish(): void {
    this.buffer.finish();
  }

  result(): SegmentResult {
    return {
      index: this.segment.index,
      lines: this.lines,
      rows: this.rows,
      errors: this.errors,
      warnings: this.warnings,
      tokens: Math.round(this.tokens),
      problems: this.problems,
      keyHashes: this.hashes.toArray(),
      marks: this.marks.toArray(),
      models: [...this.models.values()] satisfies ModelLines[],
    };
  }

  load(chunk: Buffer): void {
    this.loaded = { chunk, end: chunk.lastIndexOf(LF) + 1 };
    this.prover?.load(chunk);
  }

  take(from: number, offset: number): number {
    const { prover, loaded } = this;
    if (prover === undefined || loaded === undefined || this.skipping || from >= loaded.end) return 0;
    loaded.isUtf8 ??= isUtf8(loaded.chunk.subarray(from, loaded.end));
    if (!loaded.isUtf8) return 0;
    // The segment ends in the middle of the chunk: lines behind it are the next one's.
    const lastStart = from + (this.segment.end - 1 - offset);
    if (lastStart < from) return 0;
    const proved = prover.prove(from, loaded.end, lastStart);
    if (proved.lines === 0) return 0;
    for (let line = 0; line < proved.lines; line += 1) {
      if ((this.lines + line) % linesPerMark === 0) {
        this.marks.push(offset + (proved.starts[line] ?? 0) - from);
      }
    }
    this.hashes.pushAll(proved.hashes);
    this.lines += proved.lines;
    this.rows += proved.rows;
    this.tokens += proved.tokens;
    return proved.bytes;
  }

  line(bytes: Buffer, offset: number): boolean {
    if (!this.begin(offset)) return offset < this.segment.end;
    if (isBlank(bytes)) {
      this.hash(undefined);
      return true;
    }
    this.rows += 1;
    if (this.checker !== undefined) this.check(this.checker, bytes);
    return true;
  }

  hugeLine(length: number, offset: number): boolean {
    if (!this.begin(offset)) return offset < this.segment.end;
    this.rows += 1;
    this.hash(undefined);
    if (this.checker === undefined) return true;
    this.count(severityOf('line-too-long', this.settings.rules), {
      code: 'line-too-long',
      start: 0,
      end: 1,
      message: `The line has ${(length / 1024 ** 2).toFixed(0)} MB; lines over 512 MB cannot be checked. Put large media into files and refer to them with fileData.`,
    });
    return true;
  }

  /** Counts the line in; false when it is not one of this segment's. */
  private begin(offset: number): boolean {
    if (this.skipping) {
      this.skipping = false;
      return false;
    }
    if (offset >= this.segment.end) return false;
    if (this.lines % linesPerMark === 0) this.marks.push(offset);
    this.lines += 1;
    return true;
  }

  private check(checker: LineChecker, bytes: Buffer): void {
    const clean = this.isKnownUtf8(bytes) || isUtf8(bytes);
    const verdict = checker.verdict(clean ? textWithoutData(bytes) : bytes.toString('utf8'));
    this.hash(verdict.check.key);
    this.tokens += verdict.check.tokens;
    if (verdict.check.model !== undefined) this.model(verdict.check.model);
    if (!clean) this.invalidUtf8(bytes);
    if (verdict.issues.length === 0 && !verdict.textTrouble) return;
    if (verdict.textTrouble || this.problems.length < this.settings.maxProblems) {
      for (const problem of checker.check(bytes.toString('utf8')).problems)
        this.count(problem.severity, problem);
    } else {
      this.countIssues(verdict);
    }
  }

  /** Whether the line lies in a chunk that was looked at as a whole. */
  private isKnownUtf8(bytes: Buffer): boolean {
    return this.loaded?.isUtf8 === true && bytes.buffer === this.loaded.chunk.buffer;
  }

  private countIssues({ issues }: LineVerdict): void {
    for (const { code } of issues) this.countSeverity(severityOf(code, this.settings.rules));
  }

  private invalidUtf8(bytes: Buffer): void {
    const at = bytes.toString('utf8').indexOf('\ufffd');
    this.count(severityOf('invalid-utf8', this.settings.rules), {
      code: 'invalid-utf8',
      start: Math.max(0, at),
      end: Math.max(0, at) + 1,
      message: 'These bytes are not UTF-8, so a character is lost. Save the file as UTF-8.',
    });
  }

  private count(
    severity: Severity | 'off',
    problem: Pick<Problem, 'code' | 'start' | 'end' | 'message'>,
  ): void {
    if (severity === 'off') return;
    this.countSeverity(severity);
    if (this.problems.length >= this.settings.maxProblems) return;
    const { code, start, end, message } = problem;
    this.problems.push({ line: this.lines - 1, start, end, severity, code, message });
  }

  private countSeverity(severity: Severity | 'off'): void {
    if (severity === 'error') this.errors += 1;
    else if (severity === 'warning') this.warnings += 1;
  }

  private hash(key: string | undefined): void {
    if (this.checker !== undefined) this.hashes.push(key === undefined ? NaN : keyHash(key));
  }

  private model(model: string): void {
    let lines = this.models.get(model);
    if (lines === undefined) {
      lines = { model, count: 0, firstLines: [] };
      this.models.set(model, lines);
    }
    lines.count += 1;
    if (lines.firstLines.length < this.settings.maxProblems) lines.firstLines.push(this.lines - 1);
  }
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
