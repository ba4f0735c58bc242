/** The part of JSON Schema in which the manifest says what settings may be. */
export interface ValueSchema {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: boolean | ValueSchema;
  readonly required?: readonly string[];
}

/** A setting, or a value in it, that is not what it may be. */
export interface Misfit {
  /** Names of the properties that lead to it; empty for the setting itself. */
  readonly path: readonly string[];
  /** As written; undefined for what is missing. */
  readonly value: unknown;
  /** What it may be; undefined for a name that there is not. */
  readonly schema: ValueSchema | undefined;
}

/** The settings' schemas by their whole names, out of an extension's manifest. */
export function settingSchemas(manifest: unknown): ReadonlyMap<string, ValueSchema> {
  const { contributes } = manifest as {
    readonly contributes: {
      readonly configuration: { readonly properties: Readonly<Record<string, ValueSchema>> };
    };
  };
  return new Map(Object.entries(contributes.configuration.properties));
}

/** What in a setting is not as its schema wants it. Lists are not looked into. */
export function misfits(
  value: unknown,
  schema: ValueSchema,
  path: readonly string[] = [],
): readonly Misfit[] {
  if (!fitsAlone(value, schema)) return [{ path, value, schema }];
  if (schema.type !== 'object') return [];
  const members = value as Readonly<Record<string, unknown>>;
  const missing = (schema.required ?? []).filter((name) => members[name] === undefined);
  return [
    ...missing.map((name) => ({
      path: [...path, name],
      value: undefined,
      schema: schema.properties?.[name],
    })),
    ...Object.entries(members).flatMap(([name, member]) => {
      const own = memberSchema(name, schema);
      const place = [...path, name];
      return own === undefined ? [{ path: place, value: member, schema: own }] : misfits(member, own, place);
    }),
  ];
}

/** Undefined for a member that an object may not have. */
function memberSchema(name: string, schema: ValueSchema): ValueSchema | undefined {
  if (schema.propertyNames?.enum?.includes(name) === false) return undefined;
  const known = schema.properties?.[name];
  if (known !== undefined) return known;
  if (schema.additionalProperties === false) return undefined;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
}

function fitsAlone(value: unknown, { type, minimum, maximum, ...schema }: ValueSchema): boolean {
  if (type !== undefined && !hasType(value, type)) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (typeof value !== 'number') return true;
  return value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
}

function hasType(value: unknown, type: NonNullable<ValueSchema['type']>): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
