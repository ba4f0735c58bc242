import { descriptors, type FieldDescriptor, type Shape } from '../dialects';
import { spelled, type Casing } from './casing';

/** How deep required fields are filled in; the rest is for the person. */
const deepest = 4;

/**
 * What is inserted for a field that is being added, as a snippet whose only stop is where the person goes on: the brackets of
 * its type with the fields inside that it cannot do without.
 */
export function valueSnippet(field: FieldDescriptor, casing: Casing): string {
  return withOneStop(skeleton(usualShape(field), casing, 0));
}

/** What is said in a chat is a text nearly always, though it may be a list of parts. */
function usualShape({ shape, also = [] }: FieldDescriptor): Shape {
  const isParts = shape.type === 'list' && shape.of.type === 'message';
  return (isParts ? also.find(({ type }) => type === 'string') : undefined) ?? shape;
}

/** The mark for the place that is left to fill in. */
const hole = '\u0000';

function skeleton(shape: Shape, casing: Casing, depth: number): string {
  switch (shape.type) {
    case 'list':
      return shape.of.type === 'enum' ? `["${hole}"]` : `[${skeleton(shape.of, casing, depth)}]`;
    case 'map':
    case 'struct':
      return `{${hole}}`;
    case 'message':
      return messageSkeleton(shape.message, casing, depth);
    case 'enum': {
      const [only, another] = Object.keys(shape.values);
      return only !== undefined && another === undefined ? JSON.stringify(only) : `"${hole}"`;
    }
    case 'bool':
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
    case 'value':
      return hole;
    default:
      return `"${hole}"`;
  }
}

function messageSkeleton(name: string, casing: Casing, depth: number): string {
  // A part holds one kind of data, and nearly always that is text.
  if (name === 'Part') return `{"text": "${hole}"}`;
  const fields = descriptors.get(name)?.fields ?? [];
  const wanted = fields.filter(
    (field) =>
      field.required === true ||
      (name === 'Content' && field.name === 'role') ||
      (name === 'ChatMessage' && field.name === 'content'),
  );
  if (wanted.length === 0 || depth >= deepest) return `{${hole}}`;
  const order = name === 'Content' ? [...wanted].reverse() : wanted;
  const properties = order.map((field) => {
    const value = field.name === 'role' ? '"user"' : skeleton(usualShape(field), casing, depth + 1);
    return `"${spelled(field, casing)}": ${value}`;
  });
  return `{${properties.join(', ')}}`;
}

/** Turns holes into numbered stops of LSP's snippet syntax, and protects what would be taken for such. */
function withOneStop(text: string): string {
  let stop = 0;
  return escapeSnippet(text).replaceAll(hole, () => `$${(stop += 1)}`);
}

/** Text as it has to stand in a snippet to mean itself. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
