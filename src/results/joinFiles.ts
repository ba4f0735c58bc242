import { outcomes, type Outcome, type OutcomeCounts, type TokenUsage } from '../shared/outcome';
import { flagDuplicates, join, outcomeCodeOf, type Join } from './join';
import { KeyTable } from './keyTable';
import { LineIndex, ResultIndex, type LineSpan } from './lineIndex';
import { fillIndex, stampOf } from './openIndex';
import { LocalScanner, type Scanner } from './scanner';

export interface JoinFilesOptions {
  /** Path of the request file. */
  readonly requests: string;
  /** Paths of results files, oldest first. Of several that answer a request, the last ok one counts, else the last one. */
  readonly results: readonly string[];
  readonly signal?: AbortSignal;
  /** 0 to 1 of the bytes of all files. */
  readonly onProgress?: (fraction: number) => void;
  /** Default: on this thread, a chunk a turn. */
  readonly scanner?: Scanner;
}

/** One request and what became of it. */
export interface JoinedRow {
  /** Zero-based among the request lines, blank lines not counted. */
  readonly index: number;
  readonly key: string | undefined;
  readonly outcome: Exclude<Outcome, 'unexpected'>;
  /** Finish or block reason, empty for none. */
  readonly reason: string;
  /** google.rpc code or HTTP status, 0 for none. */
  readonly errorCode: number;
  /** The request line in its file, its line break included. */
  readonly request: LineSpan;
  /** Absent when no file answers it; `file` is a position in `results`. */
  readonly result?: LineSpan & { readonly file: number };
}

/** Requests joined to the results of one or several runs. */
export interface JoinedFiles {
  /** Per request; `unexpected` counts the results of all files that belong to no request. */
  readonly counts: OutcomeCounts;
  /** Of all files: what was paid for. */
  readonly usage: TokenUsage;
  /** In the order of the request file; only those whose outcome `filter` lets through. */
  rows(filter?: (outcome: Outcome) => boolean): Iterable<JoinedRow>;
}

/**
 * Joins a request file to the results of its run and of the retries after it, by key as text. Streams: the memory is about 50
 * bytes a row and the keys.
 * Rejects with the file system's error, or with CancelledError when `signal` fires.
 */
export async function joinFiles(options: JoinFilesOptions): Promise<JoinedFiles> {
  const scanner = options.scanner ?? new LocalScanner();
  const stamps = await Promise.all([options.requests, ...options.results].map((path) => stampOf(path)));
  const total = stamps.reduce((sum, stamp) => sum + stamp.sizeBytes, 0);
  let before = 0;
  const keys = new KeyTable();
  const fill = async <T extends LineIndex>(
    position: number,
    kind: 'requests' | 'results',
    create: () => T,
  ) => {
    const stamp = stamps[position];
    if (stamp === undefined) throw new Error('No such file.');
    const index = await fillIndex(stamp, kind, create, () => undefined, {
      scanner,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (done) => options.onProgress?.(total === 0 ? 1 : (before + done) / total),
    });
    before += stamp.sizeBytes;
    return index;
  };
  try {
    const requests = await fill(0, 'requests', () => new LineIndex(keys));
    const runs: Run[] = [];
    for (let file = 0; file < options.results.length; file += 1) {
      const results = await fill(file + 1, 'results', () => new ResultIndex(keys));
      runs.push({ results, join: join(results, requests) });
    }
    if (runs.length === 0) flagDuplicates(requests);
    return new Joined(requests, runs);
  } finally {
    if (options.scanner === undefined) scanner.dispose();
  }
}

interface Run {
  readonly results: ResultIndex;
  readonly join: Join;
}

const okCode = outcomes.indexOf('ok');

class Joined implements JoinedFiles {
  /** Per request the run that counts, -1 for none. */
  private readonly runOf: Int32Array;
  readonly counts: OutcomeCounts;
  readonly usage: TokenUsage;

  constructor(
    private readonly requests: LineIndex,
    private readonly runs: readonly Run[],
  ) {
    this.runOf = new Int32Array(requests.rows).fill(-1);
    runs.forEach((run, position) => this.add(run, position));
    const counts = { ok: 0, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
    for (let row = 0; row < requests.rows; row += 1) counts[this.outcomeOf(row)] += 1;
    for (const run of runs) counts.unexpected += run.join.unexpected;
    this.counts = counts;
    const usage = { input: 0, output: 0, thinking: 0, cached: 0 };
    for (const { results } of runs) {
      usage.input += results.usage.input;
      usage.output += results.usage.output;
      usage.thinking += results.usage.thinking;
      usage.cached += results.usage.cached;
    }
    this.usage = usage;
  }

  private add(run: Run, position: number): void {
    for (let row = 0; row < this.requests.rows; row += 1) {
      const result = run.join.resultOf(row);
      if (result === -1) continue;
      const isOk = run.results.classOf(result).outcome === okCode;
      // A retry that failed does not undo the answer that an earlier run gave.
      if (isOk || this.outcomeOf(row) !== 'ok') this.runOf[row] = position;
    }
  }

  private outcomeOf(row: number): Exclude<Outcome, 'unexpected'> {
    const run = this.runs[this.runOf[row] ?? -1];
    if (run === undefined) return 'missing';
    const outcome = outcomes[outcomeCodeOf(run.results, run.join.resultOf(row))];
    return outcome === undefined || outcome === 'unexpected' ? 'failed' : outcome;
  }

  *rows(filter: (outcome: Outcome) => boolean = () => true): Generator<JoinedRow> {
    for (let row = 0; row < this.requests.rows; row += 1) {
      const outcome = this.outcomeOf(row);
      if (filter(outcome)) yield this.rowAt(row, outcome);
    }
  }

  private rowAt(row: number, outcome: Exclude<Outcome, 'unexpected'>): JoinedRow {
    const common = { index: row, key: this.requests.keyOf(row), outcome, request: this.requests.span(row) };
    const file = this.runOf[row] ?? -1;
    const run = this.runs[file];
    if (run === undefined) return { ...common, reason: '', errorCode: 0 };
    const result = run.join.resultOf(row);
    const { reason, errorCode } = run.results.classOf(result);
    return {
      ...common,
      reason,
      errorCode,
      result: { file, ...run.results.span(result) },
    };
  }
}
