import * as l10n from '@vscode/l10n';
import type { CompiledMessage, CompiledShape } from '../compiled';
import { dataUriPrefix, isBase64, mediaTypeOf } from '../formats';
import { isObject, tryParse } from '../json';
import type { Mend } from '../problem';
import { fitsType, Walker } from '../walk';
import { partOfAddress } from './foreign';

/** The obvious way to make `value` fit `shape`, where there is one. */
export function coercion(shape: CompiledShape, value: unknown): Mend | undefined {
  // A list of something, one of which is null or too much.
  return (
    (value === null ? { kind: 'remove' } : undefined) ??
    toShape(shape, value) ??
    outOfList(shape, value) ??
    outOfString(shape, value)
  );
}

function toShape(shape: CompiledShape, value: unknown): Mend | undefined {
  switch (shape.type) {
    case 'message':
      return toMessage(shape.message, value);
    case 'list':
      return toList(shape.of, value);
    case 'enum':
      return toSchemaType(shape.values, value);
    case 'string':
      if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
      return { kind: 'wrap', before: '"', after: '"', title: l10n.t('Write as a string') };
    case 'bool':
      return toFlag(value);
    case 'bytes':
      return toBytes(value);
    case 'duration':
      return typeof value === 'number' && value >= 0 ? toDuration(value) : undefined;
    default:
      return undefined;
  }
}

/** The value in a list of one that fits. */
function outOfList(shape: CompiledShape, value: unknown): Mend | undefined {
  if (shape.type === 'map' || !Array.isArray(value) || value.length !== 1) return undefined;
  return fits(shape, value[0]) ? { kind: 'unwrap' } : undefined;
}

/** JSON inside of a string, where it fits. */
function outOfString(shape: CompiledShape, value: unknown): Mend | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  return looksLike(shape, tryParse(value))
    ? { kind: 'replace', json: value.trim(), title: l10n.t('Write as JSON, not as text') }
    : undefined;
}

function looksLike(shape: CompiledShape, value: unknown): boolean {
  switch (shape.type) {
    case 'message':
      return hasFieldOf(shape.message, value);
    case 'list':
      return Array.isArray(value) && value.every((element) => looksLike(shape.of, element));
    case 'struct':
    case 'map':
      return isObject(value);
    default:
      return fits(shape, value);
  }
}

/** Whether a value is what the shape wants, whatever the limits of a field. */
function fits(shape: CompiledShape, value: unknown): boolean {
  switch (shape.type) {
    case 'message': {
      let isGood = isObject(value);
      const refuse = () => {
        isGood = false;
      };
      if (isObject(value)) new Walker({ violation: refuse }).message(shape.message, value);
      return isGood;
    }
    case 'list':
      return Array.isArray(value) && value.every((element) => fits(shape.of, element));
    case 'enum':
      return typeof value === 'string' && shape.values.has(value);
    case 'bytes':
      return typeof value === 'string' && isBase64(value);
    default:
      return fitsType(shape, value);
  }
}

/** JSON Schema's `["string","null"]`. */
function toSchemaType(values: ReadonlyMap<string, string>, value: unknown): Mend | undefined {
  if (!Array.isArray(value) || !values.has('OBJECT')) return undefined;
  const types = value.map((type) => String(type).toUpperCase());
  const [type, ...more] = types.filter((name) => name !== 'NULL');
  if (type === undefined || more.length > 0 || !values.has(type) || types.length !== 2) return undefined;
  return {
    kind: 'members',
    json: `"type":"${type}","nullable":true`,
    title: l10n.t('Write as nullable'),
  };
}

const flagWords: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['true', 'true'],
  ['false', 'false'],
  ['True', 'true'],
  ['False', 'false'],
  ['yes', 'true'],
  ['no', 'false'],
  [1, 'true'],
  [0, 'false'],
]);

function toFlag(value: unknown): Mend | undefined {
  const json = flagWords.get(value);
  return json === undefined ? undefined : { kind: 'replace', json, title: l10n.t('Write as {0}', json) };
}

function toDuration(seconds: number): Mend {
  const json = `"${seconds}s"`;
  return { kind: 'replace', json, title: l10n.t('Write as {0}', json) };
}

/** Bytes as Node and others print them. */
function toBytes(value: unknown): Mend | undefined {
  const bytes = isObject(value) && value.type === 'Buffer' ? value.data : value;
  const isBytes = (byte: unknown) =>
    typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte < 256;
  if (!Array.isArray(bytes) || bytes.length === 0 || !bytes.every(isBytes)) return undefined;
  const base64 = btoa(bytes.map((byte) => String.fromCharCode(Number(byte))).join(''));
  return { kind: 'replace', json: JSON.stringify(base64), title: l10n.t('Write as base64') };
}

function toMessage(message: CompiledMessage, value: unknown): Mend | undefined {
  const isSwitch = value === true || value === 'true' || value === 'True';
  if (isSwitch && message.required.length === 0) {
    return { kind: 'replace', json: '{}', title: l10n.t('Write an empty object') };
  }
  if (typeof value === 'string') return textToMessage(message, value);
  if (!Array.isArray(value)) return undefined;
  if (value.length === 1 && hasFieldOf(message, value[0])) return { kind: 'unwrap' };
  if (message.descriptor.name !== 'Content' || value.length === 0) return undefined;
  if (value.every((text) => typeof text === 'string')) {
    const parts = value.map((text) => ({ text }));
    return {
      kind: 'replace',
      json: JSON.stringify({ parts }),
      title: l10n.t('Make a content with text parts of it'),
    };
  }
  return value.every(isPartLike)
    ? { kind: 'wrap', before: '{"parts":', after: '}', title: l10n.t('Wrap in a content with parts') }
    : undefined;
}

function textToMessage(message: CompiledMessage, text: string): Mend | undefined {
  if (/^\s*[[{]/.test(text) && hasFieldOf(message, tryParse(text))) return undefined;
  switch (message.descriptor.name) {
    case 'Content':
      return {
        kind: 'wrap',
        before: '{"parts":[{"text":',
        after: '}]}',
        title: l10n.t('Wrap in a content with a text part'),
      };
    case 'Part':
      return { kind: 'wrap', before: '{"text":', after: '}', title: l10n.t('Wrap in a text part') };
    case 'Schema':
      return /^(string|number|integer|boolean|array|object)$/i.test(text)
        ? { kind: 'wrap', before: '{"type":', after: '}', title: l10n.t('Wrap in a schema') }
        : undefined;
    case 'ChatPart':
      return {
        kind: 'wrap',
        before: '{"type":"text","text":',
        after: '}',
        title: l10n.t('Wrap in a text part'),
      };
    case 'ChatImage':
      return { kind: 'wrap', before: '{"url":', after: '}', title: l10n.t('Wrap in an image object') };
    case 'ChatResponseFormat':
      return { kind: 'wrap', before: '{"type":', after: '}', title: l10n.t('Wrap in an object') };
    case 'FileData':
      return /^(https|gs):\/\//.test(text)
        ? { kind: 'wrap', before: '{"fileUri":', after: '}', title: l10n.t('Wrap in an object') }
        : undefined;
    case 'Blob':
      return textToBlob(text);
    case 'Tool':
      return message.fields.has(text)
        ? { kind: 'replace', json: JSON.stringify({ [text]: {} }), title: l10n.t('Wrap in an object') }
        : undefined;
    default:
      return undefined;
  }
}

function textToBlob(text: string): Mend | undefined {
  const type = isBase64(text) ? mediaTypeOf(text) : undefined;
  const blob =
    dataUriPrefix(text) !== undefined
      ? partOfAddress(text).inlineData
      : type && { mimeType: type, data: text };
  return blob === undefined
    ? undefined
    : { kind: 'replace', json: JSON.stringify(blob), title: l10n.t('Write as data and MIME type') };
}

function toList(of: CompiledShape, value: unknown): Mend | undefined {
  const element = of.type === 'message' ? of.message.descriptor.name : '';
  if (typeof value === 'string' && !/^\s*\[/.test(value)) return textToList(of, element);
  if (of.type !== 'message' || !isObject(value)) return undefined;
  const settings = Object.entries(value);
  const isMap = element === 'SafetySetting' && settings.every(([name]) => name.startsWith('HARM_CATEGORY_'));
  if (isMap && settings.length > 0) {
    const list = settings.map(([category, threshold]) => ({ category, threshold }));
    return { kind: 'replace', json: JSON.stringify(list), title: l10n.t('Write as a list') };
  }
  return hasFieldOf(of.message, value) || (settings.length === 0 && of.message.required.length === 0)
    ? listAround()
    : undefined;
}

function textToList(of: CompiledShape, element: string): Mend | undefined {
  switch (element) {
    case 'Content':
      return {
        kind: 'wrap',
        before: '[{"role":"user","parts":[{"text":',
        after: '}]}]',
        title: l10n.t('Wrap in a user turn'),
      };
    case 'ChatMessage':
      return {
        kind: 'wrap',
        before: '[{"role":"user","content":',
        after: '}]',
        title: l10n.t('Wrap in a user turn'),
      };
    case 'Part':
      return { kind: 'wrap', before: '[{"text":', after: '}]', title: l10n.t('Wrap in a text part') };
    default:
      return of.type === 'string' || of.type === 'enum' ? listAround() : undefined;
  }
}

/** Whether a value looks like the message, by a name at least. */
function hasFieldOf(message: CompiledMessage, value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((name) => message.fields.has(name));
}

function isPartLike(value: unknown): boolean {
  return isObject(value) && !('parts' in value) && !('role' in value);
}

function listAround(): Mend {
  return { kind: 'wrap', before: '[', after: ']', title: l10n.t('Wrap in a list') };
}
