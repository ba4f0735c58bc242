import { descriptors, type FieldDescriptor } from '../dialects';
import type { LineDocument } from './lineDocument';

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

/** How many lines before one say how it is to be written, where it does not say so itself. */
const linesLookedAt = 20;
/** The names of a line stand before the long values nearly always. */
const charactersLookedAt = 4096;

/** The casing of a line: its own, or that of the lines before it, or camelCase, the documentation's. */
export function casingAt(document: LineDocument, line: number, text: string): Casing {
  let casing = casingOf(text);
  for (let at = line - 1; casing === undefined && at >= Math.max(0, line - linesLookedAt); at -= 1) {
    casing = casingOf(document.line(at).slice(0, charactersLookedAt));
  }
  return casing ?? 'camel';
}

/** The casing that most of the names in a text have; undefined where nothing tells. */
function casingOf(text: string): Casing | undefined {
  let camel = 0;
  let snake = 0;
  for (const match of text.matchAll(/"([A-Za-z_]{2,40})"\s*:/g)) {
    const casing = telling.get(match[1] ?? '');
    if (casing === 'camel') camel += 1;
    else if (casing === 'snake') snake += 1;
  }
  if (snake === camel) return snake === 0 ? undefined : 'camel';
  return snake > camel ? 'snake' : 'camel';
}

export function spelled(field: FieldDescriptor, casing: Casing): string {
  return casing === 'snake' ? field.snake : field.name;
}
