import * as z from 'zod';
import { messageNamed } from './descriptors';
import { isBase64, isDuration, isTimestamp } from './formats';
import type { FieldDescriptor, MessageDescriptor, ScalarType, Shape } from './model';

/**
 * zod schemas made from the table, for whoever wants to parse a message rather than check a line. As the service reads it: either
 * spelling of a name, null for left out, unknown names refused where the message is closed. The parsed value is what was given,
 * nothing is renamed.
 */
export function zodSchema(messageName: string): z.ZodType<Record<string, unknown>> {
  const known = schemas.get(messageName);
  if (known !== undefined) return known;
  const schema = buildMessage(messageNamed(messageName));
  schemas.set(messageName, schema);
  return schema;
}

const schemas = new Map<string, z.ZodType<Record<string, unknown>>>();

function buildMessage(message: MessageDescriptor): z.ZodType<Record<string, unknown>> {
  const shape: Record<string, z.ZodType> = {};
  for (const field of message.fields) {
    // Messages contain each other: a field's schema is made when it is first needed.
    const value = z.lazy(() => buildField(field)).nullish();
    shape[field.name] = value;
    shape[field.snake] = value;
  }
  const object = message.unknown === 'refused' ? z.strictObject(shape) : z.looseObject(shape);
  const doubled = message.fields.filter(({ name, snake }) => name !== snake);
  const required = message.fields.filter((field) => field.required);
  return object.superRefine((value: Record<string, unknown>, context) => {
    for (const { name, snake } of doubled) {
      if (name in value && snake in value) {
        context.addIssue({
          code: 'custom',
          path: [snake],
          message: `"${name}" and "${snake}" are the same field`,
        });
      }
    }
    for (const { name, snake } of required) {
      if ((value[name] ?? value[snake] ?? null) === null) {
        context.addIssue({ code: 'custom', path: [name], message: `"${name}" is missing` });
      }
    }
  });
}

function buildField(field: FieldDescriptor): z.ZodType {
  const [first, ...others] = [field.shape, ...(field.also ?? [])].map((shape) => buildShape(shape, field));
  if (first === undefined) throw new Error(`${field.name} has no shape.`);
  return others.reduce<z.ZodType>((union, other) => z.union([union, other]), first);
}

function buildShape(shape: Shape, field: FieldDescriptor): z.ZodType {
  switch (shape.type) {
    case 'enum':
      return z.enum(Object.keys(shape.values));
    case 'message':
      return zodSchema(shape.message);
    case 'list': {
      const list = z.array(buildShape(shape.of, field));
      return field.maxCount === undefined ? list : list.max(field.maxCount);
    }
    case 'map':
      return z.record(z.string(), buildShape(shape.of, field));
    default:
      return buildScalar(shape.type, field);
  }
}

function buildScalar(type: ScalarType, field: FieldDescriptor): z.ZodType {
  switch (type) {
    case 'string':
      return z.string();
    case 'bool':
      return z.boolean();
    case 'bytes':
      return z.string().refine(isBase64, 'not base64');
    case 'duration':
      return z.string().refine(isDuration, 'not a duration such as "1.5s"');
    case 'timestamp':
      return z.string().refine(isTimestamp, 'not a time such as "2026-01-31T12:00:00Z"');
    case 'struct':
      return z.record(z.string(), z.unknown());
    case 'value':
      return z.unknown();
    case 'int32':
      return limited(z.int32(), field);
    case 'int64':
      return z.union([limited(z.number().int(), field), z.string().regex(/^-?\d{1,19}$/)]);
    default:
      return limited(z.number(), field);
  }
}

function limited(number: z.ZodNumber, { min, max, exclusiveMin }: FieldDescriptor): z.ZodNumber {
  let result = number;
  if (min !== undefined) result = exclusiveMin === true ? result.gt(min) : result.gte(min);
  return max === undefined ? result : result.lte(max);
}
