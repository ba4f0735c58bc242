import * as l10n from '@vscode/l10n';
import { resolvePath, type FieldDescriptor, type PathSegment, type Place, type Shape } from '../dialects';
import type { FileKind } from '../shared/dialect';

/** The name under which a value of JSON Schema is known here; the table of the dialects takes such values as they come. */
const name = 'JsonSchema';
const schema: Shape = { type: 'message', message: name };
const text: Shape = { type: 'string' };
const count: Shape = { type: 'int64' };
const number: Shape = { type: 'double' };
const listOf = (of: Shape): Shape => ({ type: 'list', of });
const mapOf = (of: Shape): Shape => ({ type: 'map', of });

function word(
  name: string,
  shape: Shape,
  doc: string,
  more: Pick<FieldDescriptor, 'suggest' | 'also'> = {},
): FieldDescriptor {
  return { name, snake: name, shape, doc, ...more };
}

/** Keywords that the service heeds in a JSON Schema, and the words to say what they are in the language in use. */
function keywords(): readonly FieldDescriptor[] {
  const types = {
    string: l10n.t('Text.'),
    number: l10n.t('A number.'),
    integer: l10n.t('A whole number.'),
    boolean: l10n.t('true or false.'),
    array: l10n.t('A list; `items` says of what.'),
    object: l10n.t('An object; `properties` says with what.'),
    null: l10n.t('null.'),
  };
  return [
    word('type', { type: 'enum', values: types }, l10n.t('The JSON type, or a list of types.'), {
      also: [listOf(text)],
    }),
    word('properties', mapOf(schema), l10n.t('The properties of an object by name.')),
    word('required', listOf(text), l10n.t('Properties that must be there.')),
    word('items', schema, l10n.t('The form of the elements of an array.')),
    word('enum', listOf({ type: 'value' }), l10n.t('The values that are allowed.')),
    word('description', text, l10n.t('What the value means; the model goes by it.')),
    word(
      'additionalProperties',
      schema,
      l10n.t('The form of properties that are not listed, or false for none.'),
      {
        also: [{ type: 'bool' }],
      },
    ),
    word('title', text, l10n.t('A title.')),
    word('format', text, l10n.t('A narrower form of a string.'), { suggest: ['date-time', 'date', 'time'] }),
    word('minimum', number, l10n.t('Smallest value of a number.')),
    word('maximum', number, l10n.t('Largest value of a number.')),
    word('minItems', count, l10n.t('Fewest elements of an array.')),
    word('maxItems', count, l10n.t('Most elements of an array.')),
    word('prefixItems', listOf(schema), l10n.t('The forms of the first elements of an array, in order.')),
    word('anyOf', listOf(schema), l10n.t('Fits if one of these fits.')),
    word('oneOf', listOf(schema), l10n.t('Read as anyOf.')),
    word('propertyOrdering', listOf(text), l10n.t('In which order the model writes the properties.')),
    word('$defs', mapOf(schema), l10n.t('Schemas by name, for `$ref`.')),
    word('$ref', text, l10n.t('A schema that is written down elsewhere: `#/$defs/…`.')),
    word('$id', text, l10n.t('The name of a schema.')),
    word('$anchor', text, l10n.t('A name within a schema.')),
  ];
}

/**
 * What is expected at a path of a line, as `resolvePath` of the dialects has it, and inside the values that are JSON Schema as
 * well. Undefined where nothing is known.
 */
export function placeAt(
  kind: Exclude<FileKind, 'none'>,
  path: readonly PathSegment[],
  endpoint?: string,
): Place | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const place = resolvePath(kind, path.slice(0, length), endpoint);
    if (place === undefined) continue;
    if (holdsSchema(place)) return placeInSchema(place, path.slice(length));
    return length === path.length ? place : undefined;
  }
  return resolvePath(kind, path, endpoint);
}

/** Fields whose value is a JSON Schema: the free values that are named so. */
function holdsSchema({ field, shape }: Place): boolean {
  if (field === undefined || (shape?.type !== 'value' && shape?.type !== 'struct')) return false;
  return field.name.endsWith('JsonSchema') || field.name === 'schema' || field.name === 'parameters';
}

function placeInSchema(root: Place, path: readonly PathSegment[]): Place | undefined {
  const message = { name, doc: '', fields: keywords(), unknown: 'free' as const };
  /** A place of some shape: the message as well, where it is a schema again. */
  const placeOf = (field: FieldDescriptor, shape: Shape): Place => ({
    field,
    shape,
    owner: message,
    ...(shape === schema && { message }),
  });
  let place: Place = { ...root, shape: schema, message };
  for (const segment of path) {
    const { field, shape } = place;
    const isInList = shape?.type === 'list' && typeof segment === 'number';
    const isInMap = shape?.type === 'map' && typeof segment === 'string';
    const keyword = place.message?.fields.find((candidate) => candidate.name === segment);
    if (field !== undefined && (isInList || isInMap)) place = placeOf(field, shape.of);
    else if (keyword !== undefined) place = placeOf(keyword, keyword.shape);
    else return undefined;
  }
  return place;
}
