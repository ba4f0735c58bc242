import { descriptors } from './descriptors';
import type { FieldDescriptor, MessageDescriptor, Shape } from './model';

/** A descriptor made ready for checking: names in a map, messages by reference. */
export interface CompiledMessage {
  readonly descriptor: MessageDescriptor;
  /** By every accepted spelling. */
  readonly fields: ReadonlyMap<string, CompiledField>;
  readonly required: readonly CompiledField[];
  /** Names of the groups of fields that exclude each other. */
  readonly oneofs: readonly (readonly CompiledField[])[];
}

export interface CompiledField {
  readonly descriptor: FieldDescriptor;
  readonly shape: CompiledShape;
  readonly also: readonly CompiledShape[];
}

export type CompiledShape =
  | Exclude<Shape, { readonly type: 'message' | 'list' | 'map' | 'enum' }>
  | { readonly type: 'enum'; readonly values: ReadonlyMap<string, string> }
  | { readonly type: 'message'; readonly message: CompiledMessage }
  | { readonly type: 'list'; readonly of: CompiledShape }
  | { readonly type: 'map'; readonly of: CompiledShape };

/** Messages refer to each other in circles: every one exists, empty, before any is filled. */
const compiled = new Map<string, CompiledMessage & { readonly fields: Map<string, CompiledField> }>();
for (const descriptor of descriptors.values()) {
  compiled.set(descriptor.name, { descriptor, fields: new Map(), required: [], oneofs: [] });
}
for (const message of compiled.values()) {
  const groups = new Map<string, CompiledField[]>();
  for (const descriptor of message.descriptor.fields) {
    const field = {
      descriptor,
      shape: compileShape(descriptor.shape),
      also: (descriptor.also ?? []).map(compileShape),
    };
    message.fields.set(descriptor.name, field);
    message.fields.set(descriptor.snake, field);
    if (descriptor.required) (message.required as CompiledField[]).push(field);
    if (descriptor.oneof !== undefined) {
      const group = groups.get(descriptor.oneof) ?? [];
      group.push(field);
      groups.set(descriptor.oneof, group);
    }
  }
  (message.oneofs as CompiledField[][]).push(...groups.values());
}

function compileShape(shape: Shape): CompiledShape {
  switch (shape.type) {
    case 'enum':
      return { type: 'enum', values: new Map(Object.entries(shape.values)) };
    case 'message':
      return { type: 'message', message: compiledMessage(shape.message) };
    case 'list':
    case 'map':
      return { type: shape.type, of: compileShape(shape.of) };
    default:
      return shape;
  }
}

/** The compiled form of the message of that name; a name that is not in the table is a mistake of ours. */
export function compiledMessage(name: string): CompiledMessage {
  const message = compiled.get(name);
  if (message === undefined) throw new Error(`No message is named ${name}.`);
  return message;
}
