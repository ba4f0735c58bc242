import { WrittenNumber } from './writtenNumber';

/** A JSON object that nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof WrittenNumber)
    ? (value as JsonObject)
    : undefined;
}

export function asArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number, also one that proto JSON wrote as text (int64, NaN) or that was kept as it was written; undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof WrittenNumber) return value.valueOf();
  if (typeof value !== 'string' || value === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number;
}

/** JSON text parsed, or undefined when it is none. JSON has no undefined, so the two cannot be confused. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A copy without some members. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The objects of an array; anything else in it is left out. */
export function objectsOf(value: unknown): JsonObject[] {
  return (asArray(value) ?? []).flatMap((each) => {
    const object = asObject(each);
    return object === undefined ? [] : [object];
  });
}
