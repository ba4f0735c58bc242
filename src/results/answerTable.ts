import type { TableColumn } from '../shared/resultsMessages';
import { asObject, type JsonObject } from '../util/json';
import { jsonOf } from './jsonOf';

/** How many levels of objects become columns; what is deeper stays JSON in its cell. */
const maxLevels = 3;
const maxColumns = 200;

/**
 * Finds the columns that JSON answers have. A column is a JSON pointer to a value that is no object: `/address/city`. An
 * answer that is no object is one column, the empty pointer.
 */
export class ColumnFinder {
  private readonly columns = new Map<string, number>();

  /** @param answer undefined for one that is no JSON: it has no columns. */
  add(answer: unknown): void {
    if (answer !== undefined) this.visit(answer, '', 0);
  }

  private visit(value: unknown, pointer: string, level: number): void {
    const object = asObject(value);
    if (object !== undefined && level < maxLevels && Object.keys(object).length > 0) {
      for (const [name, each] of Object.entries(object))
        this.visit(each, `${pointer}/${escape(name)}`, level + 1);
      return;
    }
    const known = this.columns.get(pointer);
    if (known === undefined && this.columns.size >= maxColumns) return;
    this.columns.set(pointer, (known ?? 0) + 1);
  }

  /** In the order in which answers first had them. */
  result(): TableColumn[] {
    return Array.from(this.columns, ([path, rows]) => ({ path, rows }));
  }
}

/** The value that a column shows of an answer; empty where the answer has none. */
export function cellOf(answer: unknown, column: string): string {
  // An object has columns of its own; as a whole it would only say the same again.
  if (column === '' && asObject(answer) !== undefined) return '';
  let value: unknown = answer;
  for (const step of column.split('/').slice(1)) {
    const object: JsonObject | undefined = asObject(value);
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (object === undefined || !Object.hasOwn(object, name)) return '';
    value = object[name];
  }
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : jsonOf(value);
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What a column is called in headings: `address.city`. */
export function columnTitle(column: string): string {
  const steps = column.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}

/** Rows of cells as tab-separated values, as spreadsheets paste them: no tab or line break inside a cell. */
export function toTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => cells.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}
