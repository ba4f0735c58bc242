import type { ServiceLineError } from '../../shared/lineErrors';

/** Columns of a line, zero-based, the end exclusive. */
export interface ColumnRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where on its line a service error is. The field that the service quotes is looked up, because its column counts from
 * somewhere else than the beginning of the line; without one the whole line is meant.
 */
export function rangeOfLineError(text: string, { field }: Pick<ServiceLineError, 'field'>): ColumnRange {
  const quoted = field === undefined ? -1 : propertyIndex(text, field);
  if (field !== undefined && quoted !== -1) return { start: quoted, end: quoted + field.length + 2 };
  const start = text.length - text.trimStart().length;
  return { start, end: Math.max(start + 1, text.trimEnd().length) };
}

/** Index of the opening quote of a property of this name; of any string of this text where there is no such property. */
function propertyIndex(text: string, field: string): number {
  const quoted = JSON.stringify(field);
  for (let at = text.indexOf(quoted); at !== -1; at = text.indexOf(quoted, at + 1)) {
    if (/^\s*:/.test(text.slice(at + quoted.length, at + quoted.length + 20))) return at;
  }
  return text.indexOf(quoted);
}
