import * as l10n from '@vscode/l10n';
import type { CompiledField } from '../compiled';
import { placeName, type Issue } from '../issue';
import type { JsonObject } from '../json';
import type { Mend, PathSegment } from '../problem';
import { mediaTypeOf } from '../formats';

const missingCodes: Readonly<Record<string, Issue['code']>> = {
  'GenerateContentRequest.contents': 'missing-contents',
  'EmbedContentRequest.content': 'missing-contents',
  'ChatCompletionBody.messages': 'missing-contents',
  'EmbeddingsBody.input': 'missing-contents',
  'ChatCompletionBody.model': 'missing-model',
  'EmbeddingsBody.model': 'missing-model',
  'Content.parts': 'empty-parts',
  'OpenAiChatLine.method': 'openai-url',
  'OpenAiEmbeddingsLine.method': 'openai-url',
  'OpenAiChatLine.url': 'openai-url',
  'OpenAiEmbeddingsLine.url': 'openai-url',
};

/** A field that the object at `path` lacks and is useless without. */
export function missingField(
  path: readonly PathSegment[],
  messageName: string,
  { descriptor }: CompiledField,
  owner: JsonObject,
): Issue {
  const field = `${messageName}.${descriptor.name}`;
  const mend = missingMend(field, path, owner);
  return {
    code: missingCodes[field] ?? 'missing-field',
    path,
    at: 'owner',
    message: () => missingAdvice[field]?.() ?? plainAdvice(path, descriptor.name, descriptor.doc),
    needs: [[...path, descriptor.name]],
    ...(mend && { mend }),
  };
}

function plainAdvice(path: readonly PathSegment[], name: string, doc: string): string {
  // Abbreviations keep their capitals.
  const meaning = doc.replace(/^\p{Lu}(?!\p{Lu})/u, (letter) => letter.toLowerCase());
  return path.length === 0
    ? l10n.t('The line has no "{0}". Add it: {1}', name, meaning)
    : l10n.t('"{0}" has no "{1}". Add it: {2}', placeName(path), name, meaning);
}

const noModel = () => l10n.t('The body names no "model"; every line of an OpenAI file needs one. Add it.');

/** Where saying what the field is for is not the best advice. */
const missingAdvice: Readonly<Record<string, () => string>> = {
  'GenerateContentRequest.contents': () =>
    l10n.t(
      'The request has no "contents", so it asks nothing. Add {0}.',
      '"contents":[{"role":"user","parts":[{"text":"…"}]}]',
    ),
  'EmbedContentRequest.content': () =>
    l10n.t(
      'The request has no "content", so there is nothing to embed. Add {0}.',
      '"content":{"parts":[{"text":"…"}]}',
    ),
  'ChatCompletionBody.messages': () =>
    l10n.t(
      'The body has no "messages", so it asks nothing. Add {0}.',
      '"messages":[{"role":"user","content":"…"}]',
    ),
  'EmbeddingsBody.input': () =>
    l10n.t('The body has no "input", so there is nothing to embed. Add {0}.', '"input":"…"'),
  'ChatCompletionBody.model': noModel,
  'EmbeddingsBody.model': noModel,
  'Content.parts': () =>
    l10n.t('The turn has no "parts", so nothing is said. Add {0}.', '"parts":[{"text":"…"}]'),
};

/** What can be put in place of a missing field without asking. */
function missingMend(field: string, into: readonly PathSegment[], owner: JsonObject): Mend | undefined {
  switch (field) {
    case 'OpenAiChatLine.method':
    case 'OpenAiEmbeddingsLine.method':
      return { kind: 'insert', into, name: 'method', json: '"POST"' };
    case 'OpenAiChatLine.url':
      return { kind: 'insert', into, name: 'url', json: '"/v1/chat/completions"' };
    case 'OpenAiEmbeddingsLine.url':
      return { kind: 'insert', into, name: 'url', json: '"/v1/embeddings"' };
    case 'ExecutableCode.language':
      return { kind: 'insert', into, name: 'language', json: '"PYTHON"' };
    case 'ChatTool.type':
      return { kind: 'insert', into, name: 'type', json: '"function"' };
    case 'Blob.mimeType':
    case 'FunctionResponseBlob.mimeType': {
      const type = typeof owner.data === 'string' ? mediaTypeOf(owner.data) : undefined;
      if (type === undefined) return undefined;
      const isSnake = String(into.at(-1)).includes('_');
      return { kind: 'insert', into, name: isSnake ? 'mime_type' : 'mimeType', json: JSON.stringify(type) };
    }
    default:
      return undefined;
  }
}
