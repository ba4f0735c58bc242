import type { FileKind } from '../shared/dialect';
import { compiledMessage, type CompiledField, type CompiledMessage, type CompiledShape } from './compiled';
import { lineMessage } from './descriptors';
import type { FieldDescriptor, MessageDescriptor, Shape } from './model';
import type { PathSegment } from './problem';

/** What the tables say about a place in a line. */
export interface Place {
  /** The field that the place is the value of, or an element of. Absent at the root. */
  readonly field?: FieldDescriptor;
  /** What is expected there: an element's shape for elements. Absent at the root. */
  readonly shape?: Shape;
  /** The message that is expected there, where it is one. */
  readonly message?: MessageDescriptor;
  /** The message that `field` belongs to. */
  readonly owner?: MessageDescriptor;
}

/**
 * What is expected at a path of a line, in either spelling; undefined where the tables know nothing (free values, unknown
 * names).
 * @param kind what the file is
 * @param path from the root of the line
 * @param endpoint `url` of an OpenAI line, which decides what its body is
 */
export function resolvePath(
  kind: Exclude<FileKind, 'none'>,
  path: readonly PathSegment[],
  endpoint?: string,
): Place | undefined {
  const root =
    kind === 'openai' && endpoint === '/v1/embeddings' ? 'OpenAiEmbeddingsLine' : lineMessage(kind).name;
  return resolveFrom(root, path);
}

/** As {@link resolvePath}, from a message by name. */
export function resolveFrom(messageName: string, path: readonly PathSegment[]): Place | undefined {
  let step: Step = { message: compiledMessage(messageName) };
  for (const segment of path) {
    const next = follow(step, segment);
    if (next === undefined) return undefined;
    step = next;
  }
  return {
    ...(step.field && { field: step.field.descriptor }),
    ...(step.shape && { shape: plain(step.shape) }),
    ...(step.message && { message: step.message.descriptor }),
    ...(step.owner && { owner: step.owner.descriptor }),
  };
}

interface Step {
  readonly field?: CompiledField;
  readonly shape?: CompiledShape;
  readonly message?: CompiledMessage | undefined;
  readonly owner?: CompiledMessage;
}

function follow({ field, shape, message }: Step, segment: PathSegment): Step | undefined {
  if (message !== undefined) {
    if (typeof segment !== 'string') return undefined;
    const next = message.fields.get(segment);
    return next && stepInto(next, next.shape, message);
  }
  if (field === undefined || shape === undefined) return undefined;
  // A field that takes a string or a list is looked at as the list when somebody asks for an element.
  const shapes = [shape, ...field.also];
  const wanted = typeof segment === 'number' ? 'list' : 'map';
  const nested = shapes.find((candidate) => candidate.type === wanted);
  if (nested?.type !== 'list' && nested?.type !== 'map') return undefined;
  return stepInto(field, nested.of, undefined);
}

function stepInto(field: CompiledField, shape: CompiledShape, owner: CompiledMessage | undefined): Step {
  return {
    field,
    shape,
    ...(shape.type === 'message' && { message: shape.message }),
    ...(owner && { owner }),
  };
}

function plain(shape: CompiledShape): Shape {
  switch (shape.type) {
    case 'enum':
      return { type: 'enum', values: Object.fromEntries(shape.values) };
    case 'message':
      return { type: 'message', message: shape.message.descriptor.name };
    case 'list':
    case 'map':
      return { type: shape.type, of: plain(shape.of) };
    default:
      return shape;
  }
}
