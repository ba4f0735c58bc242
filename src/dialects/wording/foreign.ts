import * as l10n from '@vscode/l10n';
import type { CompiledMessage } from '../compiled';
import { dataUriPrefix } from '../formats';
import type { Issue } from '../issue';
import { isObject, type JsonObject } from '../json';
import type { Mend, PathSegment } from '../problem';
import { messageNamed } from '../descriptors';
import { bareName } from '../spelling';

/** A field of another service's or an SDK's object, in an object that it was copied to. */
interface ForeignSite {
  /** Path of the object. */
  readonly at: readonly PathSegment[];
  readonly value: unknown;
  readonly owner: JsonObject;
}

/** Makes what is meant out of a whole foreign object; undefined when it is something else. */
type Reading = (site: ForeignSite) => Foreign | undefined;

interface Foreign {
  readonly message: () => string;
  readonly mend: Mend;
  /** Which of the object's fields tells what it is. The others need no word of their own. */
  readonly telling: string;
}

const readings: ReadonlyMap<string, readonly Reading[]> = new Map([
  ['Tool', [declarationAsTool, typeAsTool]],
  ['EmbeddingsBody', [chatAsInput]],
  ['Part', [chatPart, sdkFile, bareFile, bareBytes]],
  ['ResponseFormatConfig', [chatFormat]],
]);

/** Names that SDKs take beside the request's own and never send. */
const sdkOnly: ReadonlySet<string> = new Set([
  'httpOptions',
  'http_options',
  'abortSignal',
  'abort_signal',
  'automaticFunctionCalling',
  'automatic_function_calling',
  'shouldReturnHttpResponse',
  'should_return_http_response',
]);

/** Whether an SDK keeps a field to itself. */
export function isSdkOnly(name: string): boolean {
  return sdkOnly.has(name);
}

/**
 * What to say of an unknown field that belongs to an object of another service. `said`: nothing more, because another field of
 * the same object says it; undefined: it is none of these.
 */
export function foreignField(
  path: readonly PathSegment[],
  message: CompiledMessage,
  name: string,
  value: unknown,
  owner: JsonObject,
): Issue | 'said' | undefined {
  const ways = readings.get(message.descriptor.name);
  if (ways !== undefined) {
    const at = path.slice(0, -1);
    for (const read of ways) {
      const foreign = read({ at, value, owner });
      if (foreign === undefined) continue;
      if (foreign.telling !== name) return 'said';
      return { code: 'unknown-field', path, at: 'name', message: foreign.message, mend: foreign.mend };
    }
  }
  if (isChatFiller(message.descriptor.name, name, value)) {
    return {
      code: 'unknown-field',
      path,
      at: 'name',
      message: () => l10n.t('"{0}" is for OpenAI lines and says nothing here. Remove it.', name),
      mend: { kind: 'remove' },
    };
  }
  if (!isSdkOnly(name)) return undefined;
  return {
    code: 'unknown-field',
    path,
    at: 'name',
    message: () => l10n.t('"{0}" is a setting of the SDK, which never sends it. Remove it.', name),
    mend: { kind: 'remove' },
  };
}

/** What OpenAI's objects say beside what is there to see anyway. */
function isChatFiller(message: string, name: string, value: unknown): boolean {
  switch (message) {
    case 'Part':
      return name === 'type' && value === 'text';
    case 'Tool':
      return name === 'type' && value === 'function';
    case 'FunctionDeclaration':
      return name === 'strict' && typeof value === 'boolean';
    default:
      return false;
  }
}

/** `{"name":…,"description":…}` where a tool belongs. */
function declarationAsTool({ at, owner }: ForeignSite): Foreign | undefined {
  if (typeof owner.name !== 'string' || !('description' in owner || 'parameters' in owner)) return undefined;
  return {
    telling: 'name',
    message: () => l10n.t('This is a function, which stands in the list "functionDeclarations" of a tool.'),
    mend: {
      kind: 'wrap',
      at,
      before: '{"functionDeclarations":[',
      after: ']}',
      title: l10n.t('Wrap in functionDeclarations'),
    },
  };
}

/** `{"type":"google_search"}`, as other services name their tools. */
function typeAsTool({ at, owner }: ForeignSite): Foreign | undefined {
  const { type, ...others } = owner;
  const wanted = bareName(String(type));
  const field = messageNamed('Tool').fields.find(({ name }) => bareName(name) === wanted);
  if (field === undefined || Object.keys(others).length > 0) return undefined;
  return {
    telling: 'type',
    message: () => l10n.t('A tool is an object of its name here: {0}.', `{"${field.name}":{}}`),
    mend: {
      kind: 'replace',
      at,
      json: JSON.stringify({ [field.name]: {} }),
      title: l10n.t('Write as {0}', field.name),
    },
  };
}

/** Chat messages where there is only something to embed, as a sample of the service's own guide has it. */
function chatAsInput({ owner }: ForeignSite): Foreign | undefined {
  const { messages } = owner;
  if (!Array.isArray(messages) || messages.length === 0 || 'input' in owner) return undefined;
  const texts = messages.map((message) => (isObject(message) ? message.content : undefined));
  if (!texts.every((text) => typeof text === 'string' && text !== '')) return undefined;
  return {
    telling: 'messages',
    message: () => l10n.t('Embeddings take no messages. Put what is to be embedded into "{0}".', 'input'),
    mend: {
      kind: 'members',
      json: `"input":${JSON.stringify(texts.length === 1 ? texts[0] : texts)}`,
      title: l10n.t('Write as {0}', 'input'),
    },
  };
}

/** The pictures and sounds of chat messages, and Anthropic's. */
function chatPart({ at, owner }: ForeignSite): Foreign | undefined {
  const image = isObject(owner.image_url) ? owner.image_url.url : owner.image_url;
  if (typeof image === 'string') return asPart(at, 'image_url', partOfAddress(image));
  const { input_audio: audio, source } = owner;
  if (isObject(audio) && typeof audio.data === 'string' && typeof audio.format === 'string') {
    return asPart(at, 'input_audio', { inlineData: { mimeType: `audio/${audio.format}`, data: audio.data } });
  }
  if (!isObject(source)) return undefined;
  if (typeof source.data === 'string' && typeof source.media_type === 'string') {
    return asPart(at, 'source', { inlineData: { mimeType: source.media_type, data: source.data } });
  }
  return typeof source.url === 'string' ? asPart(at, 'source', partOfAddress(source.url)) : undefined;
}

/** What an upload's description looks like in the SDK. */
function sdkFile({ at, owner }: ForeignSite): Foreign | undefined {
  const { uri, mimeType = owner.mime_type } = owner;
  if (typeof uri !== 'string' || !/^(https|gs):\/\//.test(uri)) return undefined;
  return asPart(at, 'uri', { fileData: { ...(typeof mimeType === 'string' && { mimeType }), fileUri: uri } });
}

/** The fields of `fileData` without it around them. */
function bareFile({ at, owner }: ForeignSite): Foreign | undefined {
  const telling = 'fileUri' in owner ? 'fileUri' : 'file_uri';
  const uri = owner[telling];
  const mimeType = owner.mimeType ?? owner.mime_type;
  if (typeof uri !== 'string' || typeof mimeType !== 'string') return undefined;
  return asPart(at, telling, { fileData: { mimeType, fileUri: uri } });
}

/** The fields of `inlineData` without it around them. */
function bareBytes({ at, owner }: ForeignSite): Foreign | undefined {
  const { data, mimeType = owner.mime_type } = owner;
  if (typeof data !== 'string' || typeof mimeType !== 'string') return undefined;
  return asPart(at, 'data', { inlineData: { mimeType, data } });
}

function asPart(at: readonly PathSegment[], telling: string, part: JsonObject): Foreign {
  const [kind = ''] = Object.keys(part);
  return {
    telling,
    message: () => l10n.t('"{0}" is not a field of a part. Here it is written as "{1}".', telling, kind),
    mend: { kind: 'replace', at, json: JSON.stringify(part), title: l10n.t('Write as {0}', kind) },
  };
}

/** A part with what is at an address, or in it. */
export function partOfAddress(address: string): JsonObject {
  const prefix = dataUriPrefix(address);
  return prefix === undefined
    ? { fileData: { fileUri: address } }
    : { inlineData: { mimeType: prefix.mimeType, data: address.slice(prefix.length) } };
}

/** OpenAI's `response_format`, which has a namesake here. */
function chatFormat({ at, owner }: ForeignSite): Foreign | undefined {
  const { type, json_schema: named } = owner;
  if (type !== 'json_object' && type !== 'json_schema') return undefined;
  const schema = isObject(named) ? named.schema : undefined;
  const members = [
    '"responseMimeType":"application/json"',
    ...(schema === undefined ? [] : [`"responseJsonSchema":${JSON.stringify(schema)}`]),
  ];
  return {
    telling: 'type',
    message: () =>
      l10n.t(
        'This is the response_format of OpenAI lines. Here the form is said by responseMimeType and a schema.',
      ),
    mend: {
      kind: 'members',
      at,
      json: members.join(','),
      title: l10n.t('Write as responseMimeType and schema'),
    },
  };
}
