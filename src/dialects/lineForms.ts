import { compiledMessage, type CompiledMessage } from './compiled';
import { messageNamed } from './descriptors';
import { isObject, type JsonObject } from './json';
import { toCamelCase } from './names';
import type { CheckContext, LineKind } from './problem';
import type { RequestPlace } from './wording';

/** How a line of one kind is checked. */
export interface LineForm {
  readonly message: CompiledMessage;
  readonly request: RequestPlace;
  /** Name of the property that correlates, absent on bare lines. */
  readonly keyName?: 'key' | 'custom_id';
}

export const lineForms = {
  gemini: form('GeminiLine', ['request'], 'GenerateContentRequest', 'key'),
  'gemini-embed': form('GeminiEmbedLine', ['request'], 'EmbedContentRequest', 'key'),
  'gemini-bare': form('GenerateContentRequest', [], 'GenerateContentRequest'),
  'openai-chat': form('OpenAiChatLine', ['body'], 'ChatCompletionBody', 'custom_id'),
  'openai-embeddings': form('OpenAiEmbeddingsLine', ['body'], 'EmbeddingsBody', 'custom_id'),
} as const;

function form(
  message: string,
  path: readonly string[],
  request: string,
  keyName?: LineForm['keyName'],
): LineForm {
  return {
    message: compiledMessage(message),
    request: { path, message: request },
    ...(keyName && { keyName }),
  };
}

/** The form in which a line of a file is checked; undefined when it has another dialect than the file. */
export function formOf(
  value: JsonObject,
  lineKind: LineKind,
  kind: CheckContext['kind'],
): LineForm | undefined {
  if (kind === 'openai') {
    if (lineKind !== 'openai' && lineKind !== 'other') return undefined;
    return value.url === '/v1/embeddings' ? lineForms['openai-embeddings'] : lineForms['openai-chat'];
  }
  const own = kind === 'gemini-bare' ? 'gemini' : kind;
  switch (lineKind) {
    case 'gemini-bare':
      // With a key beside it, it is a row whose request lacks its wrapping.
      if (own !== 'gemini') return undefined;
      return 'key' in value || 'custom_id' in value ? lineForms.gemini : lineForms['gemini-bare'];
    case 'other':
      return kind === 'gemini-bare' && !('key' in value) ? lineForms['gemini-bare'] : lineForms[own];
    case 'gemini':
      return own === 'gemini' || saysNothing(value) || hasSlip(value, 'contents')
        ? lineForms[own]
        : undefined;
    case 'gemini-embed':
      return own === 'gemini-embed' || hasSlip(value, 'content') ? lineForms[own] : undefined;
    default:
      return undefined;
  }
}

/** Whether nothing in a request tells what it is for, so that it may be one of those around it. */
function saysNothing({ request }: JsonObject): boolean {
  return isObject(request) && !Object.keys(request).some((name) => generateOnly.has(toCamelCase(name)));
}

/** Whether a request has one of `content` and `contents`, with what belongs in the other one. */
function hasSlip({ request }: JsonObject, name: 'content' | 'contents'): boolean {
  if (!isObject(request)) return false;
  const value = request[name];
  return name === 'content' ? Array.isArray(value) : isObject(value);
}

const generateOnly: ReadonlySet<string> = new Set(
  messageNamed('GenerateContentRequest')
    .fields.map(({ name }) => name)
    .filter((name) => name !== 'model'),
);
