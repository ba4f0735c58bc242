import type { FieldDescriptor, Shape } from '../dialects';

/** A field for hover and completion, in Markdown: what it is, then what it takes. */
export function describeField(field: FieldDescriptor): string {
  const facts = [
    `Type: ${typeOf(field)}`,
    ...(field.default === undefined ? [] : [`Default: ${field.default}`]),
    ...limitsOf(field),
    ...(field.required === true ? ['Required'] : []),
    ...(field.name === field.snake ? [] : [`Also written \`${field.snake}\``]),
  ];
  const deprecated =
    field.deprecated === undefined ? '' : `\n\n**Deprecated.** Use ${field.deprecated} instead.`;
  return `${field.doc}${deprecated}\n\n${facts.join('  \n')}`;
}

function typeOf({ shape, also = [] }: FieldDescriptor): string {
  return [shape, ...also].map(typeWords).join(' or ');
}

/** What a value of a shape is, in words. */
export function typeWords(shape: Shape): string {
  switch (shape.type) {
    case 'string':
      return 'text';
    case 'bool':
      return '`true` or `false`';
    case 'int32':
      return 'whole number';
    case 'int64':
      return 'whole number, or a text of digits';
    case 'float':
    case 'double':
      return 'number';
    case 'bytes':
      return 'bytes as base64';
    case 'duration':
      return 'duration such as `"1.5s"`';
    case 'timestamp':
      return 'time such as `"2026-01-31T12:00:00Z"`';
    case 'struct':
      return 'any object';
    case 'value':
      return 'any value';
    case 'enum':
      return `one of ${Object.keys(shape.values).length} values`;
    case 'message':
      return `\`${shape.message}\``;
    case 'list':
      return `list of ${typeWords(shape.of)}`;
    case 'map':
      return `object of ${typeWords(shape.of)} by name`;
  }
}

function limitsOf({ min, max, exclusiveMin, maxCount }: FieldDescriptor): string[] {
  const limits: string[] = [];
  if (min !== undefined && max !== undefined && exclusiveMin !== true) limits.push(`Range: ${min} to ${max}`);
  else {
    if (min !== undefined) limits.push(exclusiveMin === true ? `More than ${min}` : `At least ${min}`);
    if (max !== undefined) limits.push(`At most ${max}`);
  }
  if (maxCount !== undefined) limits.push(`At most ${maxCount} elements`);
  return limits;
}
