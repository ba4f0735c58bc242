import { descriptors, type FieldDescriptor } from '../dialects';

export type Casing = 'camel' | 'snake';

/** Names that tell which casing a line uses: those that differ in the two. */
const telling = new Map<string, Casing>();
for (const { fields } of descriptors.values()) {
  for (const { name, snake } of fields) {
    if (name === snake) continue;
    telling.set(name, 'camel');
    telling.set(snake, 'snake');
  }
}

/** The casing that most of the names in a text have; camelCase, the documentation's, where nothing tells. */
export function casingOf(text: string): Casing {
  let camel = 0;
  let snake = 0;
  for (const match of text.matchAll(/"([A-Za-z_]{2,40})"\s*:/g)) {
    const casing = telling.get(match[1] ?? '');
    if (casing === 'camel') camel += 1;
    else if (casing === 'snake') snake += 1;
  }
  return snake > camel ? 'snake' : 'camel';
}

export function spelled(field: FieldDescriptor, casing: Casing): string {
  return casing === 'snake' ? field.snake : field.name;
}
