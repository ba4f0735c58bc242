import * as l10n from '@vscode/l10n';
import type { SchemaViolation } from '../shared/resultsMessages';
import { asArray, asNumber, asObject, asString, parseJson, type JsonObject } from '../util/json';
import { WrittenNumber } from '../util/writtenNumber';
import { jsonOf } from './jsonOf';
import { TooSlow, withinMs } from './timeLimit';

/** More violations than this are the same mistake over and over. */
const maxViolations = 20;
const maxDepth = 64;

/**
 * Checks a JSON answer against the response schema of its request: the service's Schema (types in capitals, `nullable`), and
 * of JSON Schema what requests use (`$ref` within the document, `const`, `oneOf`, `allOf`, `additionalProperties`, lists of
 * types). Keywords it does not know constrain nothing. A checker of our own, because the service's Schema is no JSON Schema and a
 * compiling validator would make code out of what a file says.
 */
export function checkSchema(value: unknown, schema: unknown): SchemaViolation[] {
  const checker = new Checker(asObject(schema) ?? {});
  checker.check(value, schema, '', 0);
  return checker.violations;
}

class Checker {
  readonly violations: SchemaViolation[] = [];

  constructor(private readonly root: JsonObject) {}

  check(value: unknown, schema: unknown, path: string, depth: number): void {
    if (schema === false) this.add(path, l10n.t('is not allowed'));
    const rules = this.resolve(asObject(schema), depth);
    if (rules === undefined || depth > maxDepth || this.violations.length >= maxViolations) return;
    if (value === null && rules.nullable === true) return;
    if (!this.checkType(value, rules, path)) return;
    this.checkChoices(value, rules, path, depth);
    if (typeof value === 'string') this.checkString(value, rules, path);
    else if (isNumber(value)) this.checkNumber(value, rules, path);
    else if (Array.isArray(value)) this.checkArray(value, rules, path, depth);
    else {
      const object = asObject(value);
      if (object !== undefined) this.checkObject(object, rules, path, depth);
    }
  }

  private add(path: string, message: string): void {
    if (this.violations.length < maxViolations)
      this.violations.push({ path: path === '' ? '$' : path, message });
  }

  private resolve(schema: JsonObject | undefined, depth: number): JsonObject | undefined {
    const reference = asString(schema?.$ref);
    if (reference === undefined || depth > maxDepth) return schema;
    if (!reference.startsWith('#')) return undefined;
    let target: unknown = this.root;
    for (const step of reference
      .slice(1)
      .split('/')
      .filter((part) => part !== '')) {
      target = asObject(target)?.[decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    const found = asObject(target);
    return found === schema ? undefined : this.resolve(found, depth + 1);
  }

  private checkType(value: unknown, rules: JsonObject, path: string): boolean {
    const types = (asArray(rules.type) ?? [rules.type]).flatMap(
      (type) => asString(type)?.toLowerCase() ?? [],
    );
    if (types.length === 0 || types.includes('type_unspecified')) return true;
    if (types.some((type) => isOfType(value, type))) return true;
    this.add(
      path,
      l10n.t(
        'is {0}, not {1}',
        nameOfType(value),
        types.reduce((some, other) => l10n.t('{0} or {1}', some, other)),
      ),
    );
    return false;
  }

  private checkChoices(value: unknown, rules: JsonObject, path: string, depth: number): void {
    const choices = asArray(rules.enum);
    if (choices !== undefined && !choices.some((choice) => same(choice, value))) {
      this.add(path, l10n.t('is {0}, none of {1}', short(value), choices.map(short).join(', ')));
    }
    if ('const' in rules && !same(rules.const, value))
      this.add(path, l10n.t('is {0}, not {1}', short(value), short(rules.const)));
    for (const each of asArray(rules.allOf) ?? []) this.check(value, each, path, depth + 1);
    for (const [keyword, alternatives] of [
      ['anyOf', asArray(rules.anyOf)],
      ['oneOf', asArray(rules.oneOf)],
    ] as const) {
      if (alternatives === undefined || alternatives.length === 0) continue;
      const matching = alternatives.filter((each) => this.fits(value, each, depth)).length;
      if (matching === 0) this.add(path, l10n.t('fits none of the alternatives'));
      else if (keyword === 'oneOf' && matching > 1)
        this.add(path, l10n.t('fits more than one of the alternatives'));
    }
  }

  private fits(value: unknown, schema: unknown, depth: number): boolean {
    const trial = new Checker(this.root);
    trial.check(value, schema, '', depth + 1);
    return trial.violations.length === 0;
  }

  private checkString(value: string, rules: JsonObject, path: string): void {
    this.checkCount(characters(value), 'characters', rules.minLength, rules.maxLength, path);
    const pattern = asString(rules.pattern);
    if (pattern === undefined || value.length > maxPatternInput) return;
    let expression: RegExp;
    try {
      expression = new RegExp(pattern, 'u');
    } catch {
      // The service's dialect of expressions is not JavaScript's; what does not compile here cannot be checked here.
      return;
    }
    if (!matches(expression, value)) this.add(path, l10n.t('does not match {0}', pattern));
  }

  private checkNumber(value: number | WrittenNumber, rules: JsonObject, path: string): void {
    const number = Number(value);
    const written = String(value);
    const minimum = asNumber(rules.minimum);
    const maximum = asNumber(rules.maximum);
    const above = asNumber(rules.exclusiveMinimum);
    const below = asNumber(rules.exclusiveMaximum);
    if (minimum !== undefined && number < minimum)
      this.add(path, l10n.t('is {0}, less than {1}', written, minimum));
    if (maximum !== undefined && number > maximum)
      this.add(path, l10n.t('is {0}, more than {1}', written, maximum));
    if (above !== undefined && number <= above)
      this.add(path, l10n.t('is {0}, not more than {1}', written, above));
    if (below !== undefined && number >= below)
      this.add(path, l10n.t('is {0}, not less than {1}', written, below));
  }

  private checkArray(value: readonly unknown[], rules: JsonObject, path: string, depth: number): void {
    this.checkCount(value.length, 'items', rules.minItems, rules.maxItems, path);
    const first = asArray(rules.prefixItems) ?? [];
    value.forEach((item, index) => {
      const schema = first[index] ?? rules.items;
      if (schema !== undefined) this.check(item, schema, `${path}[${index}]`, depth + 1);
    });
  }

  private checkObject(value: JsonObject, rules: JsonObject, path: string, depth: number): void {
    const names = Object.keys(value);
    this.checkCount(names.length, 'properties', rules.minProperties, rules.maxProperties, path);
    for (const name of asArray(rules.required) ?? []) {
      if (typeof name === 'string' && !Object.hasOwn(value, name))
        this.add(join(path, name), l10n.t('is missing'));
    }
    const properties = asObject(rules.properties) ?? {};
    for (const name of names) {
      if (Object.hasOwn(properties, name))
        this.check(value[name], properties[name], join(path, name), depth + 1);
      else if (rules.additionalProperties === false)
        this.add(join(path, name), l10n.t('is not in the schema'));
      else if (asObject(rules.additionalProperties) !== undefined) {
        this.check(value[name], rules.additionalProperties, join(path, name), depth + 1);
      }
    }
  }

  private checkCount(count: number, what: Counted, minimum: unknown, maximum: unknown, path: string): void {
    // int64 is text on the wire.
    const least = asNumber(minimum);
    const most = asNumber(maximum);
    if (least !== undefined && count < least) this.add(path, tooFew[what](count, least));
    if (most !== undefined && count > most) this.add(path, tooMany[what](count, most));
  }
}

type Counted = 'characters' | 'items' | 'properties';
type Wording = Readonly<Record<Counted, (count: number, limit: number) => string>>;

const tooFew: Wording = {
  characters: (count, limit) => l10n.t('has {0} characters, fewer than {1}', count, limit),
  items: (count, limit) => l10n.t('has {0} items, fewer than {1}', count, limit),
  properties: (count, limit) => l10n.t('has {0} properties, fewer than {1}', count, limit),
};

const tooMany: Wording = {
  characters: (count, limit) => l10n.t('has {0} characters, more than {1}', count, limit),
  items: (count, limit) => l10n.t('has {0} items, more than {1}', count, limit),
  properties: (count, limit) => l10n.t('has {0} properties, more than {1}', count, limit),
};

/** Whether an expression matches; one that takes for ever on this text is not said to be violated. */
function matches(expression: RegExp, text: string): boolean {
  try {
    return withinMs(patternMs, () => expression.test(text));
  } catch (error) {
    if (error instanceof TooSlow) return true;
    throw error;
  }
}

const patternMs = 200;

/** Characters as a schema counts them; a surrogate pair is one. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

/** A schema's expression over a longer text could take for ever. */
const maxPatternInput = 4096;

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return isNumber(value);
    case 'integer':
      return isNumber(value) && Number.isInteger(Number(value));
    case 'array':
      return Array.isArray(value);
    case 'object':
      return asObject(value) !== undefined;
    case 'null':
      return value === null;
    default:
      return true;
  }
}

/** A step of a reference; one with a percent sign of its own stays as it is. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isNumber(value)) return 'number';
  return typeof value;
}

/** Numbers are compared as numbers, however they were written. */
function same(a: unknown, b: unknown): boolean {
  return a === b || jsonOf(parseJson(jsonOf(a))) === jsonOf(parseJson(jsonOf(b)));
}

function isNumber(value: unknown): value is number | WrittenNumber {
  return typeof value === 'number' || value instanceof WrittenNumber;
}

function short(value: unknown): string {
  const text = jsonOf(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function join(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}
