import * as l10n from '@vscode/l10n';
import { spelling } from '../issue';
import { isUnset, type JsonObject } from '../json';
import type { MeaningContext } from './context';

const heldByCache = [
  ['systemInstruction', 'system_instruction'],
  ['tools', 'tools'],
  ['toolConfig', 'tool_config'],
] as const;

export function generateContentRequest(request: JsonObject, context: MeaningContext): void {
  rowModel(request, context);
  emptyList(request, 'contents', context);
  const cache = spelling(request, 'cachedContent', 'cached_content');
  if (cache === undefined) return;
  cacheName(request, cache, context);
  for (const [camel, snake] of heldByCache) {
    const name = spelling(request, camel, snake);
    if (name === undefined) continue;
    context.report({
      code: 'cached-content',
      path: [...context.path, name],
      at: 'name',
      message: () =>
        l10n.t(
          '"{0}" cannot stand beside "{1}": the cache brings its own. Put it into the cache when making it, and remove it here.',
          name,
          cache,
        ),
      related: {
        path: [...context.path, cache],
        at: 'name',
        message: () => l10n.t('The cache is named here.'),
      },
      mend: { kind: 'remove', careful: true },
    });
  }
}

function cacheName(request: JsonObject, field: string, context: MeaningContext): void {
  const name = request[field];
  if (typeof name !== 'string' || /^(projects\/.+\/)?cachedContents\/[^/\s]+$/.test(name)) return;
  const meant = /^[a-z0-9-]+$/.test(name) ? `cachedContents/${name}` : undefined;
  context.report({
    code: 'doubtful-value',
    path: [...context.path, field],
    at: 'value',
    message: () => l10n.t('"{0}" takes the name of a cache, such as "cachedContents/abc123".', field),
    ...(meant !== undefined && {
      mend: { kind: 'replace', json: JSON.stringify(meant), title: l10n.t('Change to "{0}"', meant) },
    }),
  });
}

export function rowModel(request: JsonObject, context: MeaningContext): void {
  if (isUnset(request.model)) return;
  context.report({
    code: 'row-model',
    path: [...context.path, 'model'],
    at: 'name',
    message: () =>
      l10n.t('The job decides the model for all rows; a model in a row is at best ignored. Remove it.'),
    mend: { kind: 'remove' },
  });
}

export function functionDeclaration(value: JsonObject, context: MeaningContext): void {
  const { name } = value;
  if (typeof name !== 'string' || /^[a-zA-Z0-9_:.-]{1,128}$/.test(name)) return;
  context.report({
    code: 'format',
    path: [...context.path, 'name'],
    at: 'value',
    message: () =>
      l10n.t(
        'A function’s name consists of letters, digits, underscores, colons, dots and dashes, 1 to 128 of them.',
      ),
  });
}

export function chatBody(body: JsonObject, context: MeaningContext): void {
  emptyModel(body, context);
  emptyList(body, 'messages', context);
  if (isUnset(body.top_logprobs) || body.logprobs === true) return;
  context.report({
    code: 'logprobs',
    path: [...context.path, 'top_logprobs'],
    at: 'name',
    message: () => l10n.t('"{0}" needs "{1}" to be true.', 'top_logprobs', 'logprobs'),
    mend: { kind: 'insert', into: [...context.path], name: 'logprobs', json: 'true' },
    needs: [[...context.path, 'logprobs']],
  });
}

export function embeddingsBody(body: JsonObject, context: MeaningContext): void {
  emptyModel(body, context);
  emptyList(body, 'input', context);
}

function emptyModel({ model }: JsonObject, context: MeaningContext): void {
  if (typeof model !== 'string' || model.trim() !== '') return;
  context.report({
    code: 'missing-model',
    path: [...context.path, 'model'],
    at: 'value',
    message: () => l10n.t('"{0}" is empty; every line of an OpenAI file needs one. Name it.', 'model'),
  });
}

/** A list that asks nothing. */
function emptyList(owner: JsonObject, name: string, context: MeaningContext): void {
  const value = owner[name];
  const isEmpty = Array.isArray(value) ? value.length === 0 : value === '' && name === 'input';
  if (!isEmpty) return;
  context.report({
    code: 'empty-contents',
    path: [...context.path, name],
    at: 'value',
    message: () =>
      l10n.t('"{0}" is empty; the service refuses a request that asks nothing. Add what to ask.', name),
  });
}
