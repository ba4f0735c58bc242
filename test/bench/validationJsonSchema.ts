import { messageNamed, type FieldDescriptor, type Shape } from '../../src/dialects';

/** The same messages as JSON Schema, for the peers that check by one. Ranges, closed messages, enums and patterns of bytes included. */
export function jsonSchemaOf(root: string): object {
  const definitions: Record<string, object> = {};
  const pending = [root];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name in definitions) continue;
    const { fields, unknown } = messageNamed(name);
    const properties: Record<string, object> = {};
    for (const field of fields) {
      const schema = { anyOf: [shapeSchema(field.shape, field, pending), { type: 'null' }] };
      properties[field.name] = schema;
      properties[field.snake] = schema;
    }
    definitions[name] = {
      type: 'object',
      properties,
      ...(unknown === 'refused' && { additionalProperties: false }),
    };
  }
  return { $schema: 'http://json-schema.org/draft-07/schema#', definitions, $ref: `#/definitions/${root}` };
}

function shapeSchema(shape: Shape, field: FieldDescriptor, pending: string[]): object {
  const { min, max } = field;
  const range = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
  switch (shape.type) {
    case 'message':
      pending.push(shape.message);
      return { $ref: `#/definitions/${shape.message}` };
    case 'list':
      return { type: 'array', items: shapeSchema(shape.of, field, pending) };
    case 'map':
      return { type: 'object', additionalProperties: shapeSchema(shape.of, field, pending) };
    case 'enum':
      return { enum: Object.keys(shape.values) };
    case 'bool':
      return { type: 'boolean' };
    case 'int32':
      return { type: 'integer', ...range };
    case 'int64':
      return {
        anyOf: [
          { type: 'integer', ...range },
          { type: 'string', pattern: '^-?\\d+$' },
        ],
      };
    case 'float':
    case 'double':
      return { type: 'number', ...range };
    case 'bytes':
      return { type: 'string', pattern: '^[A-Za-z0-9+/_-]*={0,2}$' };
    case 'struct':
      return { type: 'object' };
    case 'value':
      return {};
    default:
      return { type: 'string' };
  }
}
