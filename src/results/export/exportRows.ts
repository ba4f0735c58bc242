import { throwIfCancelled } from '../../util/async';
import { asObject } from '../../util/json';
import { parseAsWritten } from '../../util/writtenNumber';
import { cellOf, columnTitle } from '../answerTable';
import { ByteCursor, Members } from '../byteCursor';
import { answerOf, answerText } from '../rowDetail';
import { readResultLine } from '../resultLine';
import type { LineSpan } from '../lineIndex';
import { longestLine } from '../lineReader';
import type { ResultSet } from '../resultSet';
import type { RowId } from '../rowOrder';
import { WindowedLines } from '../rowPieces';
import { OutputFile } from './outputFile';

export interface ExportOptions {
  readonly signal?: AbortSignal;
  /** 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Rows between two reports of progress. */
const reportEvery = 500;

/**
 * Writes rows with what was asked and what came back, a JSON object a line: `{"key", "outcome", "request", "response"|"error"}`.
 * Request and response are copied byte for byte, so numbers keep their digits. A line that cannot be read is there as text,
 * under `brokenRequest` or `brokenResult`.
 * @returns how many rows were written
 */
export function exportMerged(
  set: ResultSet,
  rows: Int32Array,
  target: string,
  options: ExportOptions = {},
): Promise<number> {
  const reader = new RowReader(set);
  const requestFinder = new MemberFinder(requestMembers.names);
  const resultFinder = new MemberFinder(resultMembers.names);
  return OutputFile.write(target, async (output) => {
    await forEachRow(rows, options, async (row) => {
      const key = set.keyOf(row);
      const head = { ...(key === undefined ? {} : { key }), outcome: set.outcomeOf(row) };
      await output.write(JSON.stringify(head).slice(0, -1));
      const request = await reader.request(row);
      if (request !== undefined) await output.write(...memberOf(request, requestFinder, requestMembers));
      const result = await reader.result(row);
      if (result !== undefined) await output.write(...memberOf(result, resultFinder, resultMembers));
      await output.write('}\n');
    });
    return rows.length;
  });
}

const requestMembers = { names: ['request', 'body'], whole: 'request', broken: 'brokenRequest' };
/** An error beside a response counts, so it is looked for first. */
const resultMembers = { names: ['error', 'response'], whole: 'response', broken: 'brokenResult' };

/** `,"name":value` of the first of these members that the line has; the whole line where it has none of them. */
function memberOf(
  line: Buffer,
  finder: MemberFinder,
  { whole, broken }: typeof requestMembers,
): (string | Uint8Array)[] {
  const found = finder.find(line);
  if (found === undefined) return [`,"${broken}":`, JSON.stringify(line.toString('utf8'))];
  return [`,"${found.name ?? whole}":`, found.value];
}

/** What a line says under one of some names, byte for byte where that can be told without parsing it. */
export class MemberFinder extends ByteCursor {
  private readonly members: Members;
  private readonly found: ({ readonly start: number; readonly end: number } | undefined)[] = [];

  /** @param names of members, the first that is there and not null is meant */
  constructor(private readonly names: readonly string[]) {
    super();
    this.members = new Members(
      Object.fromEntries(names.map((name, position) => [name, () => this.keep(position)])),
    );
  }

  private keep(position: number): void {
    const start = this.at;
    this.skipValue();
    const isNull = this.buffer.toString('latin1', start, this.at) === 'null';
    this.found[position] = isNull ? undefined : { start, end: this.at };
  }

  /** Undefined when the line is no object; without a name, and the whole line, when it has none of these members. */
  find(line: Buffer): { readonly name?: string; readonly value: Uint8Array | string } | undefined {
    this.found.length = 0;
    if (!this.readsLine(line, 0, line.length, this.members)) return this.parse(line);
    for (const [position, name] of this.names.entries()) {
      const span = this.found[position];
      if (span !== undefined) return { name, value: line.subarray(span.start, span.end) };
    }
    return { value: line };
  }

  private parse(line: Buffer): ReturnType<MemberFinder['find']> {
    const object = asObject(parseAsWritten(line.toString('utf8')));
    if (object === undefined) return undefined;
    const name = this.names.find((each) => object[each] !== undefined && object[each] !== null);
    return name === undefined ? { value: line } : { name, value: JSON.stringify(object[name]) };
  }
}

/** What a CSV has of every row before the columns of its JSON answer. */
export const csvColumns = [
  'key',
  'outcome',
  'reason',
  'error_code',
  'error_message',
  'answer',
  'input_tokens',
  'output_tokens',
  'thinking_tokens',
  'model',
] as const;
export type CsvColumn = (typeof csvColumns)[number];

export interface CsvOptions extends ExportOptions {
  /**
   * What becomes of texts that a spreadsheet would run as formulas (`=`, `+`, `-`, `@` in front). `guarded`, the default, puts an
   * apostrophe before them, because answers are not to be trusted; `asWritten` leaves every text exactly as it was answered,
   * for programs that read CSV as data.
   */
  readonly formulas?: 'guarded' | 'asWritten';
}

/**
 * Writes rows as CSV (RFC 4180: UTF-8, CR LF, quotes doubled), headings first.
 * @param answers JSON pointers of further columns, taken from JSON answers
 */
export function exportCsv(
  set: ResultSet,
  rows: Int32Array,
  target: string,
  columns: readonly CsvColumn[],
  answers: readonly string[],
  options: CsvOptions = {},
): Promise<number> {
  const reader = new RowReader(set);
  const guard = options.formulas === 'asWritten' ? (cell: string) => cell : withoutFormula;
  return OutputFile.write(target, async (output) => {
    await output.write(
      csvLine([...columns, ...answers.map((column) => guard(columnTitle(column) || 'answer_json'))]),
    );
    await forEachRow(rows, options, async (row) => {
      const values = await csvValues(set, reader, row);
      await output.write(
        csvLine([
          ...columns.map((name) => guard(values[name])),
          ...answers.map((column) => guard(cellOf(values.parsed, column))),
        ]),
      );
    });
    return rows.length;
  });
}

async function csvValues(
  set: ResultSet,
  reader: RowReader,
  row: RowId,
): Promise<Record<CsvColumn, string> & { readonly parsed: unknown }> {
  const text = (await reader.result(row))?.toString('utf8');
  const line = text === undefined ? undefined : readResultLine(text);
  const number = (value: number | undefined) => (value === undefined ? '' : String(value));
  const candidate = line?.candidates[0];
  return {
    key: set.keyOf(row) ?? '',
    outcome: set.outcomeOf(row),
    reason: line?.blockReason ?? candidate?.finishReason ?? '',
    error_code: number(line?.error?.code),
    error_message: line?.error?.message ?? (line === undefined && text !== undefined ? text : ''),
    answer: candidate === undefined ? '' : answerText(candidate),
    input_tokens: number(line?.usage.input),
    output_tokens: number(line?.usage.output),
    thinking_tokens: number(line?.usage.thinking),
    model: line?.model ?? '',
    parsed: answerOf(line),
  };
}

/** A text that no spreadsheet runs: formulas begin with one of these, after blanks as well; numbers may. */
function withoutFormula(cell: string): string {
  return /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r]/.test(cell) && !plainNumber.test(cell)
    ? `'${cell}`
    : cell;
}

const plainNumber = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Reads both lines of rows, fast in the order of the files. */
export class RowReader {
  private readonly results: WindowedLines;
  private readonly requests: WindowedLines | undefined;

  constructor(private readonly set: ResultSet) {
    this.results = new WindowedLines(set.resultLines);
    this.requests = set.requestLines === undefined ? undefined : new WindowedLines(set.requestLines);
  }

  /** A view that is valid until the next call; undefined for a row without a result. */
  async result(row: RowId): Promise<Buffer | undefined> {
    return row < 0 ? undefined : readOrBegin(this.results, this.set.results.span(row));
  }

  /** A view that is valid until the next call; undefined for a row without a request. */
  async request(row: RowId): Promise<Buffer | undefined> {
    const request = this.set.requestOf(row);
    const { requests } = this.set;
    if (request < 0 || requests === undefined || this.requests === undefined) return undefined;
    return readOrBegin(this.requests, requests.span(request));
  }
}

/** Of a line that is too long for anybody only the beginning, which is no JSON and goes where broken lines go. */
function readOrBegin(lines: WindowedLines, span: LineSpan): Promise<Buffer> {
  return lines.bytes(span.bytes > longestLine ? { ...span, bytes: beginBytes } : span);
}

const beginBytes = 1 << 16;

export async function forEachRow(
  rows: ArrayLike<RowId>,
  options: ExportOptions & { readonly every?: number },
  work: (row: RowId) => Promise<void>,
): Promise<void> {
  const every = options.every ?? reportEvery;
  for (let at = 0; at < rows.length; at += 1) {
    if (at % every === 0) {
      throwIfCancelled(options.signal);
      options.onProgress?.(at / rows.length);
    }
    const row = rows[at];
    if (row !== undefined) await work(row);
  }
}
