import type { SeededRandom } from '../random';
import { asArray, asNumber, asObject, type JsonObject, without } from '../../util/json';
import { arrayField, field, numberField, stringField } from '../protoFields';
import { sampleString } from './strings';

/** What making up a value needs besides its schema. */
export interface SampleContext {
  readonly random: SeededRandom;
  /** Where `$ref` starts from. */
  readonly root: unknown;
  /** The question; an enum value that it mentions is preferred to chance. */
  readonly question: string;
}

/** Beyond this depth only what is required is made up, so that recursive schemas end. */
const optionalDepth = 4;
const maxDepth = 24;

/**
 * A value that fits a schema, Gemini's (upper-case types, `nullable`, `propertyOrdering`) or JSON Schema (`$ref`, `const`,
 * `allOf`, …). Keywords that only take values away in ways not read here (`not`, `if`) are not looked at.
 */
export function sampleSchema(schema: unknown, context: SampleContext): unknown {
  return sample(schema, context, 'value', 0);
}

function sample(schemaValue: unknown, context: SampleContext, name: string, depth: number): unknown {
  const schema = resolve(schemaValue, context.root);
  if (schema === undefined) return schemaValue === false ? null : `simulated ${name}`;
  if (depth > maxDepth) return null;
  if ('const' in schema) return schema.const;
  const values = arrayField(schema, 'enum');
  if (values.length > 0) return pickEnum(values, context);
  const branch = pickBranch(schema, context, depth);
  if (branch !== undefined) return sample(branch, context, name, depth + 1);
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, context, depth);
    case 'array':
      return sampleArray(schema, context, name, depth);
    case 'integer':
    case 'number':
      return sampleNumber(schema, context.random, typeOf(schema) === 'integer');
    case 'boolean':
      return context.random.next() < 0.5;
    case 'null':
      return null;
    default:
      return sampleString(
        {
          name,
          format: stringField(schema, 'format'),
          pattern: stringField(schema, 'pattern'),
          minLength: numberField(schema, 'minLength') ?? 0,
          maxLength: numberField(schema, 'maxLength') ?? Infinity,
          question: context.question,
        },
        context.random,
      );
  }
}

/** Follows references and joins `allOf`; undefined for schemas that say nothing (`true`, `{}` is an object schema). */
function resolve(value: unknown, root: unknown, seen = 0): JsonObject | undefined {
  const schema = asObject(value);
  if (schema === undefined || seen > maxDepth) return undefined;
  const reference = schema.$ref;
  if (typeof reference === 'string') {
    const target = resolve(lookUp(root, reference), root, seen + 1);
    const beside = without(schema, '$ref');
    return target === undefined ? beside : join(target, beside);
  }
  const all = asArray(schema.allOf);
  if (all === undefined) return schema;
  const own: JsonObject = without(schema, 'allOf');
  return all.reduce<JsonObject>((joined, part) => join(joined, resolve(part, root, seen + 1) ?? {}), own);
}

function join(a: JsonObject, b: JsonObject): JsonObject {
  const both: Record<string, unknown> = { ...a, ...b };
  const properties = { ...asObject(a.properties), ...asObject(b.properties) };
  if (Object.keys(properties).length > 0) both.properties = properties;
  const required = [...arrayField(a, 'required'), ...arrayField(b, 'required')];
  if (required.length > 0) both.required = [...new Set(required)];
  return both;
}

/** A JSON pointer within the document: `#`, `#/$defs/Person`. */
function lookUp(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  let at = root;
  for (const step of reference.slice(1).split('/').filter(Boolean)) {
    const key = decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~');
    at = Array.isArray(at) ? (at as unknown[])[Number(key)] : asObject(at)?.[key];
  }
  return at;
}

function pickEnum(values: readonly unknown[], { random, question }: SampleContext): unknown {
  const asked = question.toLowerCase();
  const mentioned = values.filter(
    (value) => typeof value === 'string' && value !== '' && mentions(asked, value.toLowerCase()),
  );
  return mentioned.length > 0 && mentioned.length < values.length ? mentioned[0] : random.pick(values);
}

function mentions(text: string, word: string): boolean {
  const at = text.indexOf(word);
  if (at === -1) return false;
  return !/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(at + word.length));
}

/** One of the alternatives, the rest of the schema joined to it. Deep down the one that ends soonest. */
function pickBranch(
  schema: JsonObject,
  { random, root }: SampleContext,
  depth: number,
): JsonObject | undefined {
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = arrayField(schema, keyword).map((branch) => ({
      branch,
      plain: resolve(branch, root) ?? {},
    }));
    if (branches.length === 0) continue;
    const rest = without(schema, 'anyOf', 'any_of', 'oneOf');
    const solid = branches.filter(({ plain }) => typeOf(plain) !== 'null');
    const ending = branches.filter(({ plain }) => !['object', 'array'].includes(typeOf(plain)));
    const choice = random.pick(depth > optionalDepth && ending.length > 0 ? ending : solid);
    return join(rest, (choice ?? branches[0])?.plain ?? {});
  }
  return undefined;
}

/** The type in lower case; of several the first that is not null; guessed from other keywords where none is given. */
function typeOf(schema: JsonObject): string {
  const declared = schema.type;
  const types = (Array.isArray(declared) ? (declared as unknown[]) : [declared]).filter(
    (type): type is string => typeof type === 'string',
  );
  const type = types.map((name) => name.toLowerCase()).find((name) => name !== 'null');
  if (type !== undefined && type !== 'type_unspecified') return type;
  if (types.length > 0 && type === undefined) return 'null';
  if ('properties' in schema || 'required' in schema || 'additionalProperties' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema) return 'number';
  return 'string';
}

function sampleObject(schema: JsonObject, context: SampleContext, depth: number): JsonObject {
  const properties = asObject(field(schema, 'properties')) ?? {};
  const required = new Set(arrayField(schema, 'required'));
  const order = arrayField(schema, 'propertyOrdering').filter(
    (name): name is string => typeof name === 'string' && Object.hasOwn(properties, name),
  );
  const names = [...new Set([...order, ...Object.keys(properties)])];
  const most = numberField(schema, 'maxProperties') ?? Infinity;
  const least = numberField(schema, 'minProperties') ?? 0;
  const optionalRoom = Math.max(0, most - required.size);
  const optional = names.filter((name) => !required.has(name));
  const wanted = depth < optionalDepth ? optionalRoom : Math.max(0, least - required.size);
  const chosen = new Set(optional.slice(0, wanted));
  // Not written into an object name by name: a property may be called `__proto__`.
  const result = new Map<string, unknown>();
  for (const name of names)
    if (required.has(name) || chosen.has(name))
      result.set(name, sample(properties[name], context, name, depth + 1));
  for (const name of required)
    if (typeof name === 'string' && !result.has(name))
      result.set(name, sample(true, context, name, depth + 1));
  fillMap(schema, result, { least, most }, context, depth);
  return Object.fromEntries(result);
}

/** Names of its own for an object that is a map, or that wants more properties than it lists. */
function fillMap(
  schema: JsonObject,
  result: Map<string, unknown>,
  { least, most }: { least: number; most: number },
  context: SampleContext,
  depth: number,
): void {
  const values = field(schema, 'additionalProperties');
  const isMap = asObject(values) !== undefined && result.size === 0 && depth < optionalDepth;
  const wanted = Math.min(most, Math.max(least, isMap ? 2 : 0));
  for (let n = 1; result.size < wanted; n++) {
    const name = `simulated_${n}`;
    if (!result.has(name)) result.set(name, sample(values ?? true, context, `value ${n}`, depth + 1));
  }
}

function sampleArray(schema: JsonObject, context: SampleContext, name: string, depth: number): unknown[] {
  const least = numberField(schema, 'minItems') ?? 0;
  const most = numberField(schema, 'maxItems') ?? Infinity;
  const usual = depth < optionalDepth ? 2 : 0;
  const tuple = arrayField(schema, 'prefixItems');
  const items: unknown[] = tuple.slice(0, most).map((item) => sample(item, context, name, depth + 1));
  const items_ = field(schema, 'items');
  const length = Math.min(
    most,
    Math.max(least, items.length, items_ === undefined && tuple.length > 0 ? 0 : usual),
  );
  const unique = schema.uniqueItems === true;
  const seen = new Set(items.map((item) => JSON.stringify(item)));
  for (let tries = 0; items.length < length && tries < length * 20; tries++) {
    const item = sample(items_ ?? true, context, `${singular(name)} ${items.length + 1}`, depth + 1);
    const text = JSON.stringify(item);
    if (unique && seen.has(text)) continue;
    seen.add(text);
    items.push(item);
  }
  return items;
}

function singular(name: string): string {
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}

function sampleNumber(schema: JsonObject, random: SeededRandom, whole: boolean): number {
  const step = numberField(schema, 'multipleOf') ?? (whole ? 1 : 0.01);
  let low = numberField(schema, 'minimum');
  let high = numberField(schema, 'maximum');
  // Draft 4 says true beside `minimum`, later drafts give the number itself.
  const above = schema.exclusiveMinimum;
  const below = schema.exclusiveMaximum;
  const isAbove = above === true || asNumber(above) !== undefined;
  const isBelow = below === true || asNumber(below) !== undefined;
  if (typeof above === 'number') low = Math.max(above, low ?? above);
  if (typeof below === 'number') high = Math.min(below, high ?? below);
  low ??= high === undefined ? 0 : Math.min(0, high - 100 * step);
  high ??= Math.max(whole ? 100 : 1, low + 100 * step);
  let first = Math.ceil(low / step - 1e-9);
  let last = Math.floor(high / step + 1e-9);
  if (isAbove && first * step <= low) first += 1;
  if (isBelow && last * step >= high) last -= 1;
  if (first > last) return isAbove || isBelow ? (low + high) / 2 : low;
  const value = random.integer(first, last) * step;
  return Number(value.toFixed(10));
}
