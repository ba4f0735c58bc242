import { toSnakeCase } from '../dialects';
import { asArray, asNumber, asObject, asString, type JsonObject } from '../util/json';

/** Spellings of the few dozen fields that are read of every row of a file of millions. */
const snakeNames = new Map<string, string>();

/** A proto field under either of its two JSON names. `null` counts as unset, as in proto JSON. */
export function field(object: JsonObject | undefined, name: string): unknown {
  if (object === undefined) return undefined;
  let snake = snakeNames.get(name);
  if (snake === undefined) snakeNames.set(name, (snake = toSnakeCase(name)));
  return object[name] ?? object[snake] ?? undefined;
}

export function objectField(object: JsonObject | undefined, name: string): JsonObject | undefined {
  return asObject(field(object, name));
}

export function arrayField(object: JsonObject | undefined, name: string): readonly unknown[] {
  return asArray(field(object, name)) ?? [];
}

export function stringField(object: JsonObject | undefined, name: string): string | undefined {
  return asString(field(object, name));
}

export function numberField(object: JsonObject | undefined, name: string): number | undefined {
  return asNumber(field(object, name));
}
