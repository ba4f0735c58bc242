import { isObject, type JsonObject } from './json';
import type { PathSegment } from './problem';

/** What can be wrong with a Schema whose fields fit the table. */
export type SchemaFaultKind =
  /** A name that `properties` does not have. */
  | 'undefinedProperty'
  /** An ARRAY of nobody knows what. */
  | 'missingItems'
  /** An OBJECT with nothing in it, which only the parameters of a function may be. */
  | 'noProperties'
  /** Values for another type than STRING. */
  | 'enumType'
  | 'emptyValue';

/** Hears of a fault in a field, by the name that it has or should have, and in which of its elements. */
export type SchemaFaultListener = (kind: SchemaFaultKind, field: string, index?: number) => void;

/** The types that can be told from what is written; a type that is none of them is another rule's affair. */
const types: ReadonlySet<string> = new Set([
  'TYPE_UNSPECIFIED',
  'STRING',
  'NUMBER',
  'INTEGER',
  'BOOLEAN',
  'ARRAY',
  'OBJECT',
  'NULL',
]);

/**
 * Tells what is wrong with one Schema by itself, not with those in it.
 * @param path where it is in the request, or in its line
 */
export function schemaFaults(
  schema: JsonObject,
  path: readonly PathSegment[],
  report: SchemaFaultListener,
): void {
  // Alternatives say for themselves what they are of.
  if (listIn(schema.anyOf ?? schema.any_of).length > 0) return;
  const type = typeOf(schema);
  if (type === 'ARRAY' && !isObject(schema.items)) report('missingItems', 'items');
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (type === 'OBJECT' && Object.keys(properties).length === 0 && isForAnswer(path)) {
    report('noProperties', 'properties');
  } else {
    undefinedNames(schema, 'required', properties, report);
    const ordering = schema.propertyOrdering === undefined ? 'property_ordering' : 'propertyOrdering';
    undefinedNames(schema, ordering, properties, report);
  }
  values(schema, type, report);
}

function undefinedNames(
  schema: JsonObject,
  field: string,
  properties: JsonObject,
  report: SchemaFaultListener,
): void {
  const names = listIn(schema[field]);
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    if (typeof name === 'string' && !Object.hasOwn(properties, name)) {
      report('undefinedProperty', field, index);
    }
  }
}

function values(schema: JsonObject, type: string | undefined, report: SchemaFaultListener): void {
  const listed = listIn(schema.enum);
  if (listed.length === 0) return;
  if (type !== undefined && type !== 'STRING') report('enumType', 'enum');
  for (let index = 0; index < listed.length; index += 1) {
    if (listed[index] === '') report('emptyValue', 'enum', index);
  }
}

/** TYPE_UNSPECIFIED where none is given; undefined for one that nobody knows. */
function typeOf({ type }: JsonObject): string | undefined {
  if (type === undefined || type === null || type === '') return 'TYPE_UNSPECIFIED';
  const upper = typeof type === 'string' ? type.toUpperCase() : '';
  return types.has(upper) ? upper : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether it is the answer that must have the form, not a function's parameters. */
function isForAnswer(path: readonly PathSegment[]): boolean {
  return path[path[0] === 'request' ? 1 : 0] !== 'tools';
}
