import { compiledMessage, type CompiledMessage, type CompiledShape } from '../compiled';
import { isObject, type JsonObject } from '../json';

/**
 * A message with every field under its documented name and unset fields left out; free values as they are. The value must fit
 * the message.
 */
export function normalise(messageName: string, value: JsonObject): JsonObject {
  return message(compiledMessage(messageName), value);
}

function message(descriptor: CompiledMessage, value: JsonObject): JsonObject {
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null) continue;
    const field = descriptor.fields.get(name);
    result[field?.descriptor.name ?? name] = field === undefined ? inner : shaped(field.shape, inner);
  }
  return result;
}

function shaped(shape: CompiledShape, value: unknown): unknown {
  switch (shape.type) {
    case 'message':
      return isObject(value) ? message(shape.message, value) : value;
    case 'list':
      return Array.isArray(value) ? value.map((element) => shaped(shape.of, element)) : value;
    case 'map':
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shaped(shape.of, inner)]))
        : value;
    default:
      return value;
  }
}
