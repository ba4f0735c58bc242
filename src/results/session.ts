import * as l10n from '@vscode/l10n';
import type { Outcome } from '../shared/outcome';
import {
  allRows,
  noSearch,
  type Change,
  type ResultsEvent,
  type ResultsParams,
  type ResultsResult,
  type RowDetail,
  type SearchQuery,
} from '../shared/resultsMessages';
import { CancelledError } from '../util/async';
import { cellOf, ColumnFinder, columnTitle, toTsv } from './answerTable';
import { compareRuns, type Comparison } from './compare';
import { embeddingMap, nearest, type MapOptions } from './embeddingMap';
import { mediaOf } from './parts';
import { readRequestLine } from './requestLine';
import { readResultLine } from './resultLine';
import { contentKind } from '../shared/contentKinds';
import { answerOf, detailOf } from './rowDetail';
import type { ResultSet } from './resultSet';
import type { RowId } from './rowOrder';
import { searchResults } from './search';

/** Rows that the columns of the table are found in; answers of one batch look alike. */
const columnSample = 400;
/** Rows that the clipboard takes. */
const maxCopiedRows = 100_000;

const notOk: Outcome[] = ['failed', 'truncated', 'blocked', 'missing', 'unexpected'];

/**
 * What one results editor looks at: a result set and the view of it that the person made. Knows nothing of VS Code; whatever
 * needs it (opening, saving, asking) is the caller's.
 */
export class ResultsSession {
  private viewNumber = 0;
  private order: Int32Array = new Int32Array(0);
  private query = allRows;
  private search = noSearch;
  private found: Uint8Array | undefined;
  private searching: AbortController | undefined;
  private comparison: Comparison | undefined;

  /** @param emit where progress and growth are told */
  constructor(
    readonly set: ResultSet,
    private readonly emit: (event: ResultsEvent) => void,
  ) {}

  /** Rows came or were joined: an unfiltered view grows by itself. Returns the event that says so, if there is one. */
  refresh(): void {
    if (this.search.text !== '') return;
    this.order = this.set.order(this.query);
    this.emit({ name: 'grown', view: this.viewNumber, total: this.order.length });
  }

  async view(params: ResultsParams<'view'>, signal: AbortSignal): Promise<ResultsResult<'view'>> {
    this.searching?.abort();
    const { query, search } = params;
    const number = (this.viewNumber += 1);
    let found: Uint8Array | undefined;
    if (search.text !== '') {
      found = same(search, this.search) ? this.found : undefined;
      found ??= await this.runSearch(search, signal);
      // Somebody asked for another view while this one was searching.
      if (number !== this.viewNumber) throw new CancelledError();
    }
    this.query = query;
    this.search = search;
    this.found = found;
    this.order = this.set.order(query, found);
    const position = params.keep === undefined ? -1 : this.order.indexOf(params.keep);
    return { view: number, total: this.order.length, position };
  }

  private async runSearch(search: SearchQuery, signal: AbortSignal): Promise<Uint8Array> {
    const stop = new AbortController();
    this.searching = stop;
    // A search looks at every row: it waits until they are all there.
    await this.set.ready;
    const size = Math.max(1, this.set.resultsStamp.sizeBytes);
    let told = -1;
    return searchResults(this.set.resultLines, this.set.results, search, {
      signal: AbortSignal.any([signal, stop.signal]),
      onProgress: (done, found) => {
        const percent = Math.floor((done / size) * 100);
        if (percent === told) return;
        told = percent;
        this.emit({ name: 'searchProgress', fraction: done / size, found });
      },
    });
  }

  async rows(params: ResultsParams<'rows'>): Promise<ResultsResult<'rows'>> {
    const rows = this.slice(params);
    return { rows: await this.set.summaries(rows) };
  }

  private slice({ view, from, count }: { view: number; from: number; count: number }): Int32Array {
    if (view !== this.viewNumber) throw new CancelledError();
    return this.order.subarray(from, from + count);
  }

  positionOf({ row }: { row: RowId }): ResultsResult<'positionOf'> {
    return { position: this.order.indexOf(row) };
  }

  nextFailure({ from, backwards }: ResultsParams<'nextFailure'>): ResultsResult<'nextFailure'> {
    const step = backwards ? -1 : 1;
    for (let position = from + step; position >= 0 && position < this.order.length; position += step) {
      const row = this.order[position];
      if (row !== undefined && this.set.outcomeOf(row) !== 'ok') return { position };
    }
    return { position: -1 };
  }

  async detail({ row }: { row: RowId }): Promise<RowDetail> {
    const [summary] = await this.set.summaries([row]);
    if (summary === undefined) throw new Error(l10n.t('There is no such row.'));
    const request = this.set.requestOf(row);
    const requestText = await this.requestText(request);
    const resultText = await this.resultText(row);
    return detailOf(summary, {
      ...(resultText === undefined ? {} : { result: resultText }),
      ...(requestText === undefined ? {} : { request: { line: request, text: requestText } }),
    });
  }

  /** The line of a result as it is; undefined for a row without one. */
  async resultText(row: RowId): Promise<string | undefined> {
    const { results, resultLines } = this.set;
    return row < 0 || row >= results.rows ? undefined : resultLines.text(results.span(row));
  }

  /** The line of a request as it is; undefined when there is none. */
  async requestText(request: number): Promise<string | undefined> {
    const { requests, requestLines } = this.set;
    if (requests === undefined || requestLines === undefined) return undefined;
    if (request < 0 || request >= requests.rows) return undefined;
    return requestLines.text(requests.span(request));
  }

  async media(params: ResultsParams<'media'>): Promise<ResultsResult<'media'>> {
    const parts = params.request ? await this.requestParts(params.row) : await this.resultParts(params.row);
    const found = mediaOf(parts)[params.media];
    if (found === undefined) throw new Error(l10n.t('The row has no such part.'));
    return { mimeType: found.mimeType, bytes: new Uint8Array(Buffer.from(found.data, 'base64')) };
  }

  private async resultParts(row: RowId) {
    const text = await this.resultText(row);
    const line = text === undefined ? undefined : readResultLine(text);
    return line?.candidates.flatMap((candidate) => candidate.parts) ?? [];
  }

  private async requestParts(row: RowId) {
    const text = await this.requestText(this.set.requestOf(row));
    const request = text === undefined ? undefined : readRequestLine(text);
    return request?.turns.flatMap((turn) => turn.parts) ?? [];
  }

  async columns(): Promise<ResultsResult<'columns'>> {
    const finder = new ColumnFinder();
    const json: RowId[] = [];
    for (const row of this.order) {
      if (row >= 0 && (this.set.results.classOf(row).kinds & contentKind.json) !== 0) json.push(row);
      if (json.length === columnSample) break;
    }
    for (const row of json) finder.add(await this.answer(row));
    return { columns: finder.result() };
  }

  private async answer(row: RowId): Promise<unknown> {
    const text = await this.resultText(row);
    return answerOf(text === undefined ? undefined : readResultLine(text));
  }

  async cells(params: ResultsParams<'cells'>): Promise<ResultsResult<'cells'>> {
    const rows = this.slice(params);
    return { rows: await Promise.all(Array.from(rows, (row) => this.cellsOf(row, params.columns))) };
  }

  private async cellsOf(row: RowId, columns: readonly string[]) {
    const answer = await this.answer(row);
    const key = this.set.keyOf(row);
    return {
      row,
      ...(key === undefined ? {} : { key }),
      outcome: this.set.outcomeOf(row),
      cells: columns.map((column) => cellOf(answer, column).slice(0, maxCell)),
    };
  }

  /** The table as text for the clipboard, headings first. */
  async tableText(params: ResultsParams<'copyTable'>): Promise<{ text: string; rows: number }> {
    const rows = this.order.subarray(params.from, params.from + Math.min(params.count, maxCopiedRows));
    const lines: string[][] = [
      ['key', 'outcome', ...params.columns.map((column) => columnTitle(column) || 'answer')],
    ];
    for (const row of rows) {
      const { key, outcome } = await this.cellsOf(row, []);
      const answer = await this.answer(row);
      lines.push([key ?? '', outcome, ...params.columns.map((column) => cellOf(answer, column))]);
    }
    return { text: toTsv(lines), rows: rows.length };
  }

  map(options: MapOptions): Promise<ResultsResult<'map'>> {
    return embeddingMap(this.set, options);
  }

  async neighbours({ row }: { row: RowId }, options: MapOptions): Promise<ResultsResult<'neighbours'>> {
    return { neighbours: row < 0 ? [] : await nearest(this.set, row, options) };
  }

  /** Compares an earlier run with this one and keeps the outcome for {@link compared}. */
  async compare(
    before: ResultSet,
    signal: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<Readonly<Record<Change, number>>> {
    await Promise.all([before.ready, this.set.ready]);
    const options = { signal, ...(onProgress === undefined ? {} : { onProgress }) };
    this.comparison = await compareRuns(before, this.set, options);
    return this.comparison.counts;
  }

  compared({ changes, from, count }: ResultsParams<'compared'>): ResultsResult<'compared'> {
    return this.comparison?.rows(changes, from, count) ?? { total: 0, rows: [] };
  }

  /** Rows of the current view, as an export wants them. */
  get rowsInView(): Int32Array {
    return this.order;
  }

  /** All rows that want another try or a look, in the order of the view. */
  rowsNotOk(): Int32Array {
    return this.set.order({ ...allRows, sort: this.query.sort, outcomes: notOk });
  }

  dispose(): void {
    this.searching?.abort();
  }
}

const maxCell = 2000;

function same(a: SearchQuery, b: SearchQuery): boolean {
  return a.text === b.text && a.matchCase === b.matchCase && a.regex === b.regex;
}
