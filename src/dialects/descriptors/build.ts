import { toSnakeCase } from '../names';
import type { EnumValues, FieldDescriptor, MessageDescriptor, ScalarType, Shape } from '../model';

/** Short words in which the tables of this folder are written. */

function scalar(type: ScalarType): Shape {
  return { type };
}

export const text = scalar('string');
export const bool = scalar('bool');
export const int32 = scalar('int32');
export const int64 = scalar('int64');
export const float = scalar('float');
export const double = scalar('double');
export const bytes = scalar('bytes');
export const duration = scalar('duration');
export const timestamp = scalar('timestamp');
export const struct = scalar('struct');
export const value = scalar('value');

export function of(message: string): Shape {
  return { type: 'message', message };
}

export function listOf(shape: Shape): Shape {
  return { type: 'list', of: shape };
}

export function mapOf(shape: Shape): Shape {
  return { type: 'map', of: shape };
}

export function oneOf(values: EnumValues): Shape {
  return { type: 'enum', values };
}

type FieldExtras = Omit<FieldDescriptor, 'name' | 'snake' | 'shape' | 'doc'>;

/** A field of a protocol-buffer message: camelCase, and snake_case accepted beside it. */
export function field(name: string, shape: Shape, doc: string, extras: FieldExtras = {}): FieldDescriptor {
  return { name, snake: toSnakeCase(name), shape, doc, ...extras };
}

/** A field of plain JSON, which has the one spelling. */
export function exact(name: string, shape: Shape, doc: string, extras: FieldExtras = {}): FieldDescriptor {
  return { name, snake: name, shape, doc, ...extras };
}

export function message(
  name: string,
  doc: string,
  fields: readonly FieldDescriptor[],
  unknown: MessageDescriptor['unknown'] = 'refused',
): MessageDescriptor {
  return { name, doc, fields, unknown };
}
