import type { Outcome, OutcomeCounts, TokenUsage } from '../shared/outcome';
import type { RowQuery, RowSummary } from '../shared/resultsMessages';
import { CancelledError } from '../util/async';
import { parseAsWritten } from '../util/writtenNumber';
import type { Disposable } from '../util/disposable';
import { Emitter, type Event } from '../util/event';
import type { FileStamp, IndexCache } from './indexCache';
import { countOutcomes, flagDuplicates, join, type Join, type JoinedBy } from './join';
import { KeyTable } from './keyTable';
import { LineIndex, ResultIndex } from './lineIndex';
import { LineReader } from './lineReader';
import { fillIndex, stampOf } from './openIndex';
import { firstNumbers, oneLine, previewBytes, previewOf } from './preview';
import { readRequestLine } from './requestLine';
import { readResultLine } from './resultLine';
import { rowFlag, type RowClass } from './rowBatch';
import { contentKind } from '../shared/contentKinds';
import { keyIdOf, outcomeOfRow, rowOrder, type JoinedIndexes, type RowId } from './rowOrder';
import { searchableText, textOfPart } from './searchableText';
import type { Scanner } from './scanner';

export interface ResultSetOptions {
  /** Path of the results file. */
  readonly results: string;
  /** Path of the request file, if it is known. */
  readonly requests?: string;
  readonly scanner: Scanner;
  readonly cache?: IndexCache;
}

/** How far the indexing is, and what it knows so far. */
export interface ResultSummary {
  /** Both files are indexed and joined. */
  readonly complete: boolean;
  /** 0 to 1, of the bytes of both files. */
  readonly progress: number;
  readonly resultRows: number;
  /** Absent without a request file. */
  readonly requestRows?: number;
  readonly counts: OutcomeCounts;
  /** Rows per finish or block reason, most frequent first; rows without one are left out. */
  readonly reasons: readonly { readonly name: string; readonly rows: number }[];
  readonly usage: TokenUsage;
  /** Absent until joined. */
  readonly joinedBy?: JoinedBy;
  readonly duplicateResults: number;
  readonly duplicateRequests: number;
  readonly brokenRows: number;
  /** Union of {@link contentKind} over all rows. */
  readonly kinds: number;
  readonly resultBytes: number;
}

/**
 * A results file, joined to its request file when there is one. Usable from the first batch of rows; the join comes when both
 * files are indexed. Holds both files open until it is disposed.
 */
export class ResultSet implements Disposable, JoinedIndexes {
  private readonly stop = new AbortController();
  private readonly changed = new Emitter<void>();
  readonly keys = new KeyTable();
  private resultsDone = 0;
  private requestsDone = 0;
  private finished = false;
  results = new ResultIndex(this.keys);
  requests?: LineIndex;
  join?: Join;
  /** Rows came, or the join. */
  readonly onDidChange: Event<void> = this.changed.event;
  /** Resolves when everything is indexed and joined; rejects when a file cannot be read, or with CancelledError. */
  readonly ready: Promise<void>;

  private constructor(
    private readonly options: ResultSetOptions,
    readonly resultsStamp: FileStamp,
    readonly requestsStamp: FileStamp | undefined,
    readonly resultLines: LineReader,
    readonly requestLines: LineReader | undefined,
  ) {
    this.ready = this.index();
    // Whoever needs it awaits it; until then its failure is nobody's.
    this.ready.catch(() => undefined);
  }

  /** Opens the files and begins to index them. Rejects with the file system's error when one cannot be opened. */
  static async open(options: ResultSetOptions): Promise<ResultSet> {
    const resultsStamp = await stampOf(options.results);
    const requestsStamp = options.requests === undefined ? undefined : await stampOf(options.requests);
    const resultLines = await LineReader.open(options.results);
    try {
      const requestLines =
        options.requests === undefined ? undefined : await LineReader.open(options.requests);
      return new ResultSet(options, resultsStamp, requestsStamp, resultLines, requestLines);
    } catch (error) {
      await resultLines.close();
      throw error;
    }
  }

  private async index(): Promise<void> {
    const { scanner, cache } = this.options;
    const options = { scanner, signal: this.stop.signal, ...(cache === undefined ? {} : { cache }) };
    await fillIndex(
      this.resultsStamp,
      'results',
      () => new ResultIndex(this.keys),
      (index) => (this.results = index),
      { ...options, onProgress: (done) => this.report(() => (this.resultsDone = done)) },
    );
    if (this.requestsStamp !== undefined) {
      await fillIndex(
        this.requestsStamp,
        'requests',
        () => new LineIndex(this.keys),
        (index) => (this.requests = index),
        { ...options, onProgress: (done) => this.report(() => (this.requestsDone = done)) },
      );
    }
    this.keys.settle();
    if (this.requests === undefined) flagDuplicates(this.results);
    else this.join = join(this.results, this.requests);
    if (this.stop.signal.aborted) throw new CancelledError();
    this.finished = true;
    this.changed.fire();
  }

  private report(update: () => void): void {
    update();
    this.changed.fire();
  }

  summary(): ResultSummary {
    const { results, requests, join: joined } = this;
    const total = this.resultsStamp.sizeBytes + (this.requestsStamp?.sizeBytes ?? 0);
    const done = this.resultsDone + this.requestsDone;
    const classes = countedClasses(results);
    return {
      complete: this.finished,
      progress: this.finished || total === 0 ? 1 : Math.min(1, done / total),
      resultRows: results.rows,
      ...(requests === undefined ? {} : { requestRows: requests.rows }),
      counts: countOutcomes(results, joined),
      reasons: countReasons(classes),
      usage: results.usage,
      ...(joined === undefined ? {} : { joinedBy: joined.by }),
      duplicateResults: joined?.duplicateResults ?? countFlag(classes, rowFlag.duplicate),
      duplicateRequests: joined?.duplicateRequests ?? 0,
      brokenRows: countFlag(classes, rowFlag.broken),
      kinds: allKinds(classes),
      resultBytes: this.resultsStamp.sizeBytes,
    };
  }

  /** The rows of a query in its order; see {@link rowOrder}. */
  order(query: RowQuery, found?: Uint8Array): Int32Array {
    return rowOrder(this.indexes(), query, found);
  }

  outcomeOf(row: RowId): Outcome {
    return outcomeOfRow(this.indexes(), row);
  }

  /** The outcome that the answer itself has, whether or not there is a request for it. */
  answerOutcomeOf(row: RowId): Outcome {
    return outcomeOfRow({ results: this.results }, row);
  }

  private indexes(): JoinedIndexes {
    // Before the join, requests are as good as unknown.
    const { results, requests, join: joined } = this;
    return joined === undefined || requests === undefined ? { results } : { results, requests, join: joined };
  }

  /** Whether there is such a row: a result, or a request whose result is missing. */
  has(row: RowId): boolean {
    return row < 0 ? this.rowOfRequest(~row) === row : row < this.results.rows;
  }

  keyOf(row: RowId): string | undefined {
    const id = keyIdOf(this.indexes(), row);
    return id === -1 ? undefined : this.keys.text(id);
  }

  /** The request row of a row, -1 for none. */
  requestOf(row: RowId): number {
    return row < 0 ? ~row : (this.join?.requestOf(row) ?? -1);
  }

  /** The row that answers a request, or stands for its missing answer; undefined before the join or out of range. */
  rowOfRequest(request: number): RowId | undefined {
    if (this.join === undefined || request < 0 || request >= (this.requests?.rows ?? 0)) return undefined;
    const result = this.join.resultOf(request);
    return result === -1 ? ~request : result;
  }

  /** The key of a request row. */
  requestKey(request: number): string | undefined {
    return request < (this.requests?.rows ?? 0) ? this.requests?.keyOf(request) : undefined;
  }

  /** The first row with this key; a missing one counts. */
  rowOfKey(key: string): RowId | undefined {
    const id = this.keys.find(key);
    if (id === -1) return undefined;
    const result = this.results.rowOfKey(id);
    if (result !== -1) return result;
    const request = this.requests?.rowOfKey(id) ?? -1;
    return request === -1 || this.join === undefined ? undefined : ~request;
  }

  /** The list's view of some rows, in the order asked for. */
  async summaries(rows: Iterable<RowId>): Promise<RowSummary[]> {
    return Promise.all(Array.from(rows, (row) => this.summaryOf(row)));
  }

  private async summaryOf(row: RowId): Promise<RowSummary> {
    const { results } = this;
    const key = this.keyOf(row);
    const common = {
      row,
      ...(key === undefined ? {} : { key }),
      outcome: this.outcomeOf(row),
      request: this.requestOf(row),
    };
    if (row < 0) {
      const duplicate = this.requests?.hasFlag(~row, rowFlag.duplicate) ?? false;
      return { ...common, ...nothing, duplicate, broken: false };
    }
    const { reason, errorCode, kinds, flags } = results.classOf(row);
    return {
      ...common,
      reason,
      errorCode,
      preview: await this.preview(row),
      kinds,
      input: results.input.get(row),
      output: results.output.get(row),
      thinking: results.thinking.get(row),
      bytes: results.span(row).bytes,
      duplicate: (flags & rowFlag.duplicate) !== 0,
      broken: (flags & rowFlag.broken) !== 0,
    };
  }

  private async preview(row: number): Promise<string> {
    const { results } = this;
    const at = results.preview.get(row);
    const span = results.span(row);
    const { flags, kinds } = results.classOf(row);
    if ((flags & rowFlag.broken) !== 0) {
      const start = await this.resultLines.bytes(span, 0, previewBytes);
      return previewOf(Buffer.concat([Buffer.from(' '), start]));
    }
    if ((kinds & contentKind.embedding) !== 0) {
      // Nobody tells rows apart by their numbers.
      const asked = await this.requestPreview(row);
      if (asked !== '') return asked;
    }
    if (at > 0) {
      const text = previewOf(await this.resultLines.bytes(span, at, previewBytes));
      return (kinds & contentKind.embedding) === 0 ? text : firstNumbers(text, 8);
    }
    // No place to begin at: an unusual line, or one without text. Of a large one its kinds must do.
    if (span.bytes > maxWholePreview) return '';
    const line = readResultLine(await this.resultLines.text(span), parseAsWritten);
    return line === undefined ? '' : searchableText(line).slice(0, previewBytes);
  }

  /** The beginning of what a row asked, on one line; empty when that is not known, has no text or is too long to be looked at. */
  async requestPreview(row: RowId): Promise<string> {
    const { requests, requestLines } = this;
    const request = this.requestOf(row);
    if (requests === undefined || requestLines === undefined || request === -1) return '';
    const span = requests.span(request);
    if (span.bytes > maxWholePreview) return '';
    const line = readRequestLine(await requestLines.text(span));
    const parts = line?.turns.filter(({ role }) => role !== 'system').flatMap((turn) => turn.parts) ?? [];
    return oneLine(parts.map(textOfPart).join(' ')).slice(0, previewBytes);
  }

  dispose(): void {
    this.stop.abort();
    this.changed.dispose();
    void this.resultLines.close();
    void this.requestLines?.close();
  }
}

/** Lines up to this size are parsed for a preview where the index did not say where to look. */
const maxWholePreview = 256 << 10;

const nothing = {
  reason: '',
  errorCode: 0,
  preview: '',
  kinds: 0,
  input: 0,
  output: 0,
  thinking: 0,
  bytes: 0,
};

function countReasons(classes: readonly CountedClass[]): { name: string; rows: number }[] {
  const sums = new Map<string, number>();
  for (const { reason, rows } of classes) sums.set(reason, (sums.get(reason) ?? 0) + rows);
  return Array.from(sums, ([name, rows]) => ({ name, rows }))
    .filter(({ name, rows }) => name !== '' && rows > 0)
    .sort((a, b) => b.rows - a.rows);
}

type CountedClass = RowClass & { readonly rows: number };

function countedClasses(results: ResultIndex): CountedClass[] {
  const counts = results.countClasses();
  return results.classes.map((rowClass, code) => ({ ...rowClass, rows: counts[code] ?? 0 }));
}

function countFlag(classes: readonly CountedClass[], flag: number): number {
  return classes.reduce((sum, { flags, rows }) => ((flags & flag) === 0 ? sum : sum + rows), 0);
}

function allKinds(classes: readonly CountedClass[]): number {
  return classes.reduce((kinds, each) => (each.rows === 0 ? kinds : kinds | each.kinds), 0);
}
