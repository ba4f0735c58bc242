import * as l10n from '@vscode/l10n';
import { compiledMessage } from '../compiled';
import type { Issue } from '../issue';
import { isObject, type JsonObject } from '../json';
import type { Mend, PathSegment } from '../problem';

/** What to do about a keyword of JSON Schema that the closed Schema message lacks. */
interface Keyword {
  readonly advice: () => string;
  /** @param owner the schema that has the keyword */
  readonly mend?: (value: unknown, owner: JsonObject) => Mend | undefined;
}

/** Says nothing about the value: gone without loss. */
const noise: Keyword = { advice: () => l10n.t('Remove it'), mend: () => ({ kind: 'remove' }) };
/** Says something that a Schema cannot. */
const limit: Keyword = {
  advice: () => l10n.t('Leave it out'),
  mend: () => ({ kind: 'remove', careful: true }),
};
const definitions: Keyword = { advice: () => l10n.t('Write the schemas out where they are used') };

const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...['additionalProperties', '$schema', '$id', '$comment', '$anchor', 'strict', 'id'].map(
    (name): [string, Keyword] => [name, noise],
  ),
  ...[
    'not',
    'multipleOf',
    'uniqueItems',
    'if',
    'then',
    'else',
    'contains',
    'minContains',
    'maxContains',
    'dependentRequired',
    'dependentSchemas',
    'dependencies',
    'propertyNames',
    'unevaluatedProperties',
    'unevaluatedItems',
    'additionalItems',
    'discriminator',
    'contentEncoding',
    'contentMediaType',
    'readOnly',
    'writeOnly',
    'deprecated',
  ].map((name): [string, Keyword] => [name, limit]),
  ['$defs', definitions],
  ['definitions', definitions],
  ['$ref', { advice: () => l10n.t('Write the schema out where it is used') }],
  ['allOf', { advice: () => l10n.t('Merge the schemas') }],
  [
    'oneOf',
    {
      advice: () => l10n.t('Use anyOf'),
      mend: (value) => (Array.isArray(value) ? { kind: 'rename', name: 'anyOf' } : undefined),
    },
  ],
  ['const', { advice: () => l10n.t('Use an enum of one string'), mend: enumOfOne }],
  ['examples', { advice: () => l10n.t('Use example for one of them'), mend: oneExample }],
  ['exclusiveMinimum', { advice: () => l10n.t('Use minimum'), mend: bound('minimum', 1) }],
  ['exclusiveMaximum', { advice: () => l10n.t('Use maximum'), mend: bound('maximum', -1) }],
  ['prefixItems', { advice: () => l10n.t('Use items') }],
  ['patternProperties', { advice: () => l10n.t('Use properties') }],
]);

function enumOfOne(value: unknown, owner: JsonObject): Mend | undefined {
  if (typeof value !== 'string' || 'enum' in owner) return undefined;
  const type = 'type' in owner ? '' : '"type":"STRING",';
  return {
    kind: 'members',
    json: `${type}"enum":[${JSON.stringify(value)}]`,
    title: l10n.t('Write as an enum of one'),
  };
}

function oneExample(value: unknown, owner: JsonObject): Mend | undefined {
  if (!Array.isArray(value) || value.length === 0 || 'example' in owner) return undefined;
  return {
    kind: 'members',
    json: `"example":${JSON.stringify(value[0])}`,
    title: l10n.t('Keep the first as example'),
  };
}

/** Among whole numbers, "above 0" is "at least 1". */
function bound(name: string, step: number): NonNullable<Keyword['mend']> {
  return (value, owner) => {
    const isWhole = typeof owner.type === 'string' && owner.type.toUpperCase() === 'INTEGER';
    if (!isWhole || !Number.isInteger(value) || name in owner) return undefined;
    const json = `"${name}":${Number(value) + step}`;
    return { kind: 'members', json, title: l10n.t('Change to {0}', json) };
  };
}

/** What to say of a name in a Schema that is a keyword of JSON Schema; undefined when it is none. */
export function schemaKeywordIssue(
  path: readonly PathSegment[],
  name: string,
  value: unknown,
  owner: JsonObject,
): Issue | undefined {
  const keyword = keywords.get(name);
  if (keyword === undefined || isMisplacedSchema(name, value)) return undefined;
  const mend = keyword.mend?.(value, owner);
  return {
    code: 'schema-keyword',
    path,
    at: 'name',
    message: () =>
      l10n.t(
        '"{0}" is JSON Schema, which a Schema does not take: the service refuses the line. {1}, or use the field for full JSON Schema (responseJsonSchema, parametersJsonSchema) instead.',
        name,
        keyword.advice(),
      ),
    ...(mend && { mend }),
  };
}

/** A property of the answer that forgot its `properties` around it and has the name of a keyword. */
function isMisplacedSchema(name: string, value: unknown): boolean {
  return (
    name === 'id' &&
    isObject(value) &&
    Object.keys(value).some((key) => compiledMessage('Schema').fields.has(key))
  );
}
