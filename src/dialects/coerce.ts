import type { CompiledMessage, CompiledShape } from './compiled';
import { isObject } from './json';
import type { Mend } from './problem';

/** The obvious way to make `value` fit `shape`, where there is one. */
export function coercion(shape: CompiledShape, value: unknown): Mend | undefined {
  switch (shape.type) {
    case 'message':
      return toMessage(shape.message, value);
    case 'list':
      return toList(shape.of, value);
    case 'string':
      if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
      return { kind: 'wrap', before: '"', after: '"', title: 'Write as a string' };
    case 'bool':
      if (value !== 'true' && value !== 'false') return undefined;
      return { kind: 'replace', json: value, title: `Write as ${value}` };
    default:
      return undefined;
  }
}

function toMessage(message: CompiledMessage, value: unknown): Mend | undefined {
  const { name } = message.descriptor;
  if (value === true && message.required.length === 0) {
    return { kind: 'replace', json: '{}', title: 'Write an empty object' };
  }
  if (typeof value === 'string') {
    if (name === 'Content') return contentAround;
    if (name === 'Part') return partAround;
    if (name === 'ChatImage')
      return { kind: 'wrap', before: '{"url":', after: '}', title: 'Wrap in an image object' };
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  if (value.length === 1 && hasFieldOf(message, value[0])) {
    return { kind: 'unwrap' };
  }
  if (name === 'Content' && value.length > 0 && value.every((text) => typeof text === 'string')) {
    const parts = value.map((text) => ({ text }));
    return {
      kind: 'replace',
      json: JSON.stringify({ parts }),
      title: 'Make a content with text parts of it',
    };
  }
  if (name === 'Content' && value.length > 0 && value.every(isPartLike)) {
    return { kind: 'wrap', before: '{"parts":', after: '}', title: 'Wrap in a content with parts' };
  }
  return undefined;
}

function toList(of: CompiledShape, value: unknown): Mend | undefined {
  const element = of.type === 'message' ? of.message.descriptor.name : '';
  if (typeof value === 'string') {
    if (element === 'Content') {
      return {
        kind: 'wrap',
        before: '[{"role":"user","parts":[{"text":',
        after: '}]}]',
        title: 'Wrap in a user turn',
      };
    }
    if (element === 'Part') {
      return { kind: 'wrap', before: '[{"text":', after: '}]', title: 'Wrap in a text part' };
    }
    return of.type === 'string' || of.type === 'enum' ? listAround : undefined;
  }
  return of.type === 'message' && hasFieldOf(of.message, value) ? listAround : undefined;
}

/** Whether a value looks like the message, by a name at least. */
function hasFieldOf(message: CompiledMessage, value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((name) => message.fields.has(name));
}

function isPartLike(value: unknown): boolean {
  return isObject(value) && !('parts' in value) && !('role' in value);
}

const listAround: Mend = { kind: 'wrap', before: '[', after: ']', title: 'Wrap in a list' };
const contentAround: Mend = {
  kind: 'wrap',
  before: '{"parts":[{"text":',
  after: '}]}',
  title: 'Wrap in a content with a text part',
};
const partAround: Mend = { kind: 'wrap', before: '{"text":', after: '}', title: 'Wrap in a text part' };
