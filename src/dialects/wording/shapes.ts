import * as l10n from '@vscode/l10n';
import type { CompiledField, CompiledShape } from '../compiled';
import { nameList, quoteValue } from '../issue';
import { jsonType, type JsonType } from '../json';

/** What is expected at a place and what was found there, in words for the middle of a sentence. */

export function shapeWords(shape: CompiledShape): string {
  switch (shape.type) {
    case 'string':
      return l10n.t('a string');
    case 'bool':
      return l10n.t('true or false');
    case 'int32':
      return l10n.t('a whole number of 32 bits');
    case 'int64':
      return l10n.t('a whole number');
    case 'float':
    case 'double':
      return l10n.t('a number');
    case 'bytes':
      return l10n.t('a base64 string');
    case 'duration':
      return l10n.t('a duration such as "1.5s"');
    case 'timestamp':
      return l10n.t('a time such as "2026-01-31T12:00:00Z"');
    case 'enum':
      return l10n.t('one of {0}', enumNames(shape));
    case 'list':
      return l10n.t('a list of {0}', elementWords(shape.of));
    case 'message':
      return messageWords(shape.message.descriptor.fields.map(({ name }) => name));
    default:
      return l10n.t('an object');
  }
}

function messageWords(fields: readonly string[]): string {
  return fields.length === 0 ? l10n.t('an empty object') : l10n.t('an object with {0}', nameList(fields, 5));
}

function elementWords(shape: CompiledShape): string {
  switch (shape.type) {
    case 'message':
      return l10n.t('objects');
    case 'string':
    case 'bytes':
      return l10n.t('strings');
    case 'enum':
      return l10n.t('values out of {0}', enumNames(shape));
    case 'list':
      return l10n.t('lists');
    default:
      return l10n.t('values');
  }
}

/** The values of an enum that somebody would write. */
export function enumNames(shape: CompiledShape): string {
  if (shape.type !== 'enum') return '';
  return nameList(
    [...shape.values.keys()].filter((name) => !name.endsWith('UNSPECIFIED')),
    12,
  );
}

export function foundWords(shape: CompiledShape, value: unknown): string {
  // A number that is none of this kind (1.5, 3000000000 for an int32) is better shown than named.
  if (typeof value === 'number' && isNumeric(shape)) return quoteValue(value);
  if (typeof value === 'string' && isNumeric(shape)) return l10n.t('the text {0}', quoteValue(value));
  return typeWords(jsonType(value));
}

function isNumeric(shape: CompiledShape): boolean {
  return ['int32', 'int64', 'float', 'double'].includes(shape.type);
}

/** A JSON type with its article. */
export function typeWords(type: JsonType): string {
  switch (type) {
    case 'object':
      return l10n.t('an object');
    case 'array':
      return l10n.t('a list');
    case 'string':
      return l10n.t('a string');
    case 'number':
      return l10n.t('a number');
    case 'boolean':
      return l10n.t('true or false');
    case 'null':
      return l10n.t('null');
  }
}

/** The numbers that a field takes. */
export function rangeWords({ descriptor: { min, max, exclusiveMin } }: CompiledField): string {
  if (max === undefined) {
    return exclusiveMin === true ? l10n.t('above {0}', min ?? 0) : l10n.t('at least {0}', min ?? 0);
  }
  if (min === undefined) return l10n.t('at most {0}', max);
  return exclusiveMin === true
    ? l10n.t('above {0} and at most {1}', min, max)
    : l10n.t('between {0} and {1}', min, max);
}
