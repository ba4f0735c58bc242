import * as l10n from '@vscode/l10n';
import { isObject, type JsonObject } from '../json';
import { messageNamed } from '../descriptors';
import { schemaFaults } from '../schemaFaults';
import type { Notes } from './notes';
import { compact, objectIn, objectsIn, stringIn, stringsIn } from './read';

const numeric = ['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'] as const;

/** A Schema message (documented names) as JSON Schema. */
export function toJsonSchema(schema: JsonObject, notes: Notes): JsonObject {
  const { type, nullable, anyOf, items, properties, propertyOrdering, example, ...rest } = schema;
  if (propertyOrdering !== undefined) {
    notes.changed(l10n.t('propertyOrdering is kept as the order of the properties only.'));
  }
  const name = stringIn(type).toLowerCase();
  const known = name === '' || name === 'type_unspecified' ? undefined : name;
  return compact({
    type: nullable === true && known !== undefined ? [known, 'null'] : known,
    ...rest,
    ...Object.fromEntries(numeric.flatMap((key) => (key in rest ? [[key, Number(rest[key])]] : []))),
    anyOf: anyOf === undefined ? undefined : objectsIn(anyOf).map((inner) => toJsonSchema(inner, notes)),
    items: items === undefined ? undefined : toJsonSchema(objectIn(items), notes),
    properties:
      properties === undefined
        ? undefined
        : Object.fromEntries(
            ordered(objectIn(properties), stringsIn(propertyOrdering)).map(([key, inner]) => [
              key,
              toJsonSchema(objectIn(inner), notes),
            ]),
          ),
    examples: example === undefined ? undefined : [example],
  });
}

function ordered(properties: JsonObject, ordering: readonly string[]): [string, unknown][] {
  const place = (name: string) => (ordering.includes(name) ? ordering.indexOf(name) : ordering.length);
  return Object.entries(properties).sort(([a], [b]) => place(a) - place(b));
}

const schemaFields: ReadonlySet<string> = new Set(messageNamed('Schema').fields.map(({ name }) => name));

/**
 * JSON Schema as a Schema message; undefined when it says something that a Schema cannot, or that the service refuses in one. `additionalProperties: false` is taken
 * as said: answers hold the listed properties only.
 */
export function toSchema(json: JsonObject, place: 'generationConfig' | 'tools'): JsonObject | undefined {
  const inner = (schema: unknown) => toSchema(objectIn(schema), place);
  const { type, anyOf, items, properties, examples, const: constant, additionalProperties, ...rest } = json;
  if (additionalProperties !== undefined && additionalProperties !== false) return undefined;
  if (Object.keys(rest).some((name) => !schemaFields.has(name))) return undefined;
  const values = constant === undefined ? rest.enum : [constant];
  if (
    values !== undefined &&
    !(Array.isArray(values) && values.every((value) => typeof value === 'string'))
  ) {
    return undefined;
  }
  const types = schemaTypes(type);
  const alternatives = anyOf === undefined ? [] : all(objectsIn(anyOf).map(inner));
  const element = items === undefined ? {} : isObject(items) ? inner(items) : undefined;
  const members = all(Object.values(objectIn(properties)).map(inner));
  const tooMany = Array.isArray(examples) && examples.length > 1;
  if (
    types === undefined ||
    alternatives === undefined ||
    element === undefined ||
    members === undefined ||
    tooMany
  ) {
    return undefined;
  }
  const schema = compact({
    ...types,
    ...rest,
    enum: values,
    anyOf: anyOf === undefined ? undefined : alternatives,
    items: items === undefined ? undefined : element,
    properties:
      properties === undefined
        ? undefined
        : Object.fromEntries(Object.keys(objectIn(properties)).map((name, index) => [name, members[index]])),
    example: Array.isArray(examples) ? (examples as unknown[])[0] : undefined,
  });
  const faults: string[] = [];
  schemaFaults(schema, [place], (kind) => faults.push(kind));
  return faults.length === 0 ? schema : undefined;
}

const jsonTypes: ReadonlySet<unknown> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
  'null',
]);

function schemaTypes(type: unknown): { readonly type?: string; readonly nullable?: true } | undefined {
  if (type === undefined) return {};
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (!types.every((name) => jsonTypes.has(name))) return undefined;
  const [first, ...more] = types.filter((name) => name !== 'null' || types.length === 1);
  if (typeof first !== 'string' || more.length > 0) return undefined;
  return types.length > 1 ? { type: first.toUpperCase(), nullable: true } : { type: first.toUpperCase() };
}

/** The elements, unless one of them is undefined. */
function all<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}
