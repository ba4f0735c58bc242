import * as l10n from '@vscode/l10n';
import { spelling } from '../issue';
import { isObject, isUnset, type JsonObject } from '../json';
import { nearest } from '../spelling';
import type { MeaningContext } from './context';

export function generationConfig(config: JsonObject, context: MeaningContext): void {
  responseForm(config, context);
  logprobs(config, context);
  thinkingTwice(config, context);
  outputLimit(config, context);
  imageOutput(config, context);
}

const jsonTypes: ReadonlySet<unknown> = new Set(['application/json', 'text/x.enum']);
/** All that the service lists when it refuses another. */
const responseTypes = [
  'text/plain',
  'application/json',
  'text/x.enum',
  'application/xml',
  'application/yaml',
];

function responseType(config: JsonObject, context: MeaningContext): void {
  const field = spelling(config, 'responseMimeType', 'response_mime_type');
  const type = field === undefined ? undefined : config[field];
  if (field === undefined || typeof type !== 'string' || type === '' || responseTypes.includes(type)) return;
  const close =
    nearest(type, responseTypes) ?? responseTypes.find((known) => known.endsWith(`/${type.toLowerCase()}`));
  context.report({
    code: 'doubtful-value',
    path: [...context.path, field],
    at: 'value',
    message: () => l10n.t('"{0}" takes {1}.', field, responseTypes.join(', ')),
    ...(close !== undefined && {
      mend: { kind: 'replace', json: JSON.stringify(close), title: l10n.t('Change to "{0}"', close) },
    }),
  });
}

function responseForm(config: JsonObject, context: MeaningContext): void {
  const open = spelling(config, 'responseSchema', 'response_schema');
  const json = spelling(config, 'responseJsonSchema', 'response_json_schema');
  const schema = open ?? json;
  if (schema === undefined) {
    responseType(config, context);
    return;
  }
  const mime = spelling(config, 'responseMimeType', 'response_mime_type');
  const mimeName = mime ?? (schema.includes('_') ? 'response_mime_type' : 'responseMimeType');
  if (mime === undefined || !jsonTypes.has(config[mime])) {
    context.report({
      code: 'schema-mime-type',
      path: [...context.path, mime ?? schema],
      at: mime === undefined ? 'name' : 'value',
      message: () =>
        l10n.t(
          '"{0}" needs "{1}" to be "application/json"; without it the service refuses the request.',
          schema,
          mimeName,
        ),
      mend:
        mime === undefined
          ? { kind: 'insert', into: [...context.path], name: mimeName, json: '"application/json"' }
          : {
              kind: 'replace',
              json: '"application/json"',
              title: l10n.t('Change to "{0}"', 'application/json'),
            },
      needs: [[...context.path, mimeName]],
    });
  }
  if (json === undefined || open !== undefined) return;
  context.report({
    code: 'json-schema-in-batch',
    path: [...context.path, json],
    at: 'name',
    message: () =>
      l10n.t(
        '"{0}" has given broken JSON in batches where responseSchema worked. Try a few rows before you submit all.',
        json,
      ),
  });
}

function logprobs(config: JsonObject, context: MeaningContext): void {
  if (isUnset(config.logprobs)) return;
  const flag = spelling(config, 'responseLogprobs', 'response_logprobs');
  if (flag !== undefined && config[flag] === true) return;
  const name = flag ?? 'responseLogprobs';
  context.report({
    code: 'logprobs',
    path: [...context.path, 'logprobs'],
    at: 'name',
    message: () => l10n.t('"{0}" needs "{1}" to be true.', 'logprobs', name),
    mend: { kind: 'insert', into: [...context.path], name, json: 'true' },
    needs: [
      [...context.path, name],
      [...context.path, 'logprobs'],
    ],
  });
}

function thinkingTwice(config: JsonObject, context: MeaningContext): void {
  const name = spelling(config, 'thinkingConfig', 'thinking_config');
  const settings = name === undefined ? undefined : config[name];
  if (name === undefined || !isObject(settings)) return;
  const budget = spelling(settings, 'thinkingBudget', 'thinking_budget');
  const level = spelling(settings, 'thinkingLevel', 'thinking_level');
  if (budget === undefined || level === undefined) return;
  context.report({
    code: 'thinking-twice',
    path: [...context.path, name, level],
    at: 'name',
    message: () =>
      l10n.t(
        '"{0}" and "{1}" exclude each other: a budget is for the 2.5 models, a level for Gemini 3 and later. Keep one.',
        budget,
        level,
      ),
    related: { path: [...context.path, name, budget], at: 'name', message: () => l10n.t('The budget.') },
    mend: { kind: 'remove', careful: true },
  });
}

/** Below this, answers of thinking models are often cut before their first word (2,000 to 3,000 tokens of thought are usual). */
const roomForThinking = 4096;
/** Below this, even a model that thinks by default and was told nothing is likely to be cut. */
const roomByDefault = 512;

function outputLimit(config: JsonObject, context: MeaningContext): void {
  const limitName = spelling(config, 'maxOutputTokens', 'max_output_tokens');
  const limit = limitName === undefined ? undefined : config[limitName];
  if (limitName === undefined || typeof limit !== 'number' || limit < 1) return;
  const name = spelling(config, 'thinkingConfig', 'thinking_config');
  const settings = name === undefined ? undefined : config[name];
  const path = [...context.path, limitName];
  if (isUnset(settings)) {
    if (limit >= roomByDefault) return;
    context.report({
      code: 'thinking-default',
      path,
      at: 'value',
      message: () =>
        l10n.t(
          'Models that think do so unless told otherwise, and it counts against these {0} tokens. Allow more, or set thinkingConfig.',
          limit,
        ),
      needs: [[...context.path, 'thinkingConfig']],
    });
    return;
  }
  if (name === undefined || !isObject(settings)) return;
  const shortage = shortageOf(limit, settings);
  if (shortage === undefined) return;
  context.report({
    code: 'low-output-tokens',
    path,
    at: 'value',
    message: shortage.message,
    mend: {
      kind: 'replace',
      json: String(shortage.enough),
      title: l10n.t('Change to {0}', shortage.enough),
      careful: true,
    },
    needs: [[...context.path, name]],
  });
}

/** What thinking does to an answer of at most `limit` tokens, and how many would do; undefined when there is room. */
function shortageOf(
  limit: number,
  settings: JsonObject,
): { readonly message: () => string; readonly enough: number } | undefined {
  const budget = settings.thinkingBudget ?? settings.thinking_budget;
  const level = settings.thinkingLevel ?? settings.thinking_level;
  if (budget === 0 || (typeof level === 'string' && level.toUpperCase() === 'MINIMAL')) return undefined;
  if (typeof budget === 'number' && budget > 0) {
    if (limit > budget) return undefined;
    const message = () =>
      l10n.t(
        'Thinking may use up all {0} tokens (its budget is {1}), and then there is no answer. Allow more than the budget.',
        limit,
        budget,
      );
    return { message, enough: budget + roomForThinking };
  }
  if (limit >= roomForThinking) return undefined;
  const message = () =>
    l10n.t(
      'Thinking counts against these {0} tokens and often takes 2,000 to 3,000, so answers will be cut. Allow {1} or more, or limit the thinking.',
      limit,
      roomForThinking,
    );
  return { message, enough: roomForThinking };
}

function imageOutput(config: JsonObject, context: MeaningContext): void {
  const name = spelling(config, 'responseModalities', 'response_modalities');
  const image = spelling(config, 'imageConfig', 'image_config');
  if (name === undefined && image === undefined) return;
  const written: readonly unknown[] = name !== undefined && Array.isArray(config[name]) ? config[name] : [];
  const modalities = written.map((modality) =>
    typeof modality === 'string' ? modality.toUpperCase() : modality,
  );
  const both = '["TEXT","IMAGE"]';
  if (image !== undefined && !modalities.includes('IMAGE')) {
    const wanted = modalities.length === 0 ? both : JSON.stringify([...modalities, 'IMAGE']);
    context.report({
      code: 'image-modality',
      path: [...context.path, image],
      at: 'name',
      message: () =>
        l10n.t(
          '"{0}" says how images look, but responseModalities does not ask for any. Add {1}.',
          image,
          `"responseModalities":${wanted}`,
        ),
      mend: { kind: 'insert', into: [...context.path], name: 'responseModalities', json: wanted },
      needs: [[...context.path, 'responseModalities']],
    });
  }
  if (name !== undefined && modalities.length === 1 && modalities[0] === 'IMAGE') {
    context.report({
      code: 'image-modality',
      path: [...context.path, name],
      at: 'value',
      message: () => l10n.t('Several image models refuse "IMAGE" alone. {0} works with all of them.', both),
      mend: { kind: 'replace', json: both, title: l10n.t('Change to {0}', both) },
    });
  }
}

export function imageConfig(config: JsonObject, context: MeaningContext): void {
  imageSetting(config, 'imageSize', 'image_size', /^\d+K?$/, (text) => text.toUpperCase(), context);
  imageSetting(
    config,
    'aspectRatio',
    'aspect_ratio',
    /^\d+:\d+$/,
    (text) => text.replace(/\s*[x/×]\s*/i, ':'),
    context,
  );
}

function imageSetting(
  config: JsonObject,
  camel: string,
  snake: string,
  form: RegExp,
  mended: (text: string) => string,
  context: MeaningContext,
): void {
  const name = spelling(config, camel, snake);
  const value = name === undefined ? undefined : config[name];
  if (name === undefined || typeof value !== 'string' || value === '' || form.test(value)) return;
  const meant = mended(value);
  context.report({
    code: 'doubtful-value',
    path: [...context.path, name],
    at: 'value',
    message: () =>
      camel === 'imageSize'
        ? l10n.t('"{0}" is written like "1K" or "2K", with a capital K.', name)
        : l10n.t('"{0}" is written like "16:9", with a colon.', name),
    ...(form.test(meant) && {
      mend: { kind: 'replace', json: JSON.stringify(meant), title: l10n.t('Change to "{0}"', meant) },
    }),
  });
}
