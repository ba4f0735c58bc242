import { fileData } from './fileReferences';
import { messageNamed } from './descriptors';
import { quoteValue, spelling, type Issue } from './issue';
import { isObject, isUnset, type JsonObject } from './json';
import { toCamelCase } from './names';
import type { FileReferenceState, Mend, PathSegment } from './problem';

/** What rules on meaning may ask and tell. */
export interface MeaningContext {
  readonly path: readonly PathSegment[];
  readonly fileState: ((uri: string) => FileReferenceState | undefined) | undefined;
  report(issue: Issue): void;
}

type MeaningRule = (value: JsonObject, context: MeaningContext) => void;

/** Message -> rules that look at several of its fields together, or at more than a field's type. */
export const meaningRules: ReadonlyMap<string, MeaningRule> = new Map([
  ['GenerateContentRequest', generateContentRequest],
  ['EmbedContentRequest', rowModel],
  ['Content', content],
  ['Part', part],
  ['Blob', blob],
  ['FunctionResponseBlob', blob],
  ['FileData', fileData],
  ['GenerationConfig', generationConfig],
  ['FunctionDeclaration', functionDeclaration],
  ['ChatCompletionBody', chatBody],
  ['EmbeddingsBody', embeddingsBody],
]);

function generateContentRequest(request: JsonObject, context: MeaningContext): void {
  rowModel(request, context);
  const contents = request.contents;
  if (Array.isArray(contents) && contents.length === 0) {
    context.report({
      code: 'empty-contents',
      path: [...context.path, 'contents'],
      at: 'value',
      message:
        '"contents" is empty; the service refuses a request that asks nothing. Add a turn with a text.',
    });
  }
  const cache = spelling(request, 'cachedContent', 'cached_content');
  if (cache === undefined) return;
  for (const [camel, snake] of heldByCache) {
    const name = spelling(request, camel, snake);
    if (name === undefined) continue;
    context.report({
      code: 'cached-content',
      path: [...context.path, name],
      at: 'name',
      message: `"${name}" cannot stand beside "${cache}": the cache brings its own. Put it into the cache when making it, and remove it here.`,
      related: { path: [...context.path, cache], at: 'name', message: 'The cache is named here.' },
    });
  }
}

const heldByCache = [
  ['systemInstruction', 'system_instruction'],
  ['tools', 'tools'],
  ['toolConfig', 'tool_config'],
] as const;

function rowModel(request: JsonObject, context: MeaningContext): void {
  if (isUnset(request.model)) return;
  context.report({
    code: 'row-model',
    path: [...context.path, 'model'],
    at: 'name',
    message: 'The job decides the model for all rows; a model in a row is at best ignored. Remove it.',
    mend: { kind: 'remove' },
  });
}

function content(value: JsonObject, context: MeaningContext): void {
  const parts = value.parts;
  if (Array.isArray(parts) && parts.length === 0) {
    context.report({
      code: 'empty-parts',
      path: [...context.path, 'parts'],
      at: 'value',
      message:
        '"parts" is empty; the service refuses a turn without parts. Add a part, such as {"text":"…"}.',
    });
  }
  // The role of a system instruction or of what is embedded means nothing.
  if (context.path.at(-2) === 'contents' && typeof value.role === 'string') role(value.role, context);
}

const modelRoles: ReadonlySet<string> = new Set(['assistant', 'ai', 'bot', 'chatbot', 'gemini', 'model']);
const userRoles: ReadonlySet<string> = new Set(['user', 'human', 'tool', 'function']);

function role(written: string, context: MeaningContext): void {
  if (written === 'user' || written === 'model') return;
  const lower = written.trim().toLowerCase();
  const path = [...context.path, 'role'];
  if (lower === 'system' || lower === 'developer') {
    context.report({
      code: 'role',
      path,
      at: 'value',
      message: `There is no role ${quoteValue(written)}. Instructions belong in systemInstruction, beside contents.`,
      mend: { kind: 'systemTurn' },
    });
    return;
  }
  const meant = modelRoles.has(lower) ? 'model' : userRoles.has(lower) ? 'user' : undefined;
  const mend: Mend | undefined =
    meant === undefined ? undefined : { kind: 'replace', json: `"${meant}"`, title: `Change to "${meant}"` };
  context.report({
    code: 'role',
    path,
    at: 'value',
    message:
      meant === undefined
        ? `There is no role ${quoteValue(written)}; a turn is by "user" or "model".`
        : `There is no role ${quoteValue(written)}; here it is called "${meant}".`,
    ...(mend && { mend }),
  });
}

/** Names of the kinds of data that a part can hold, in both spellings. */
const partData: ReadonlySet<string> = new Set(
  messageNamed('Part')
    .fields.filter(({ oneof }) => oneof === 'data')
    .flatMap(({ name, snake }) => [name, snake]),
);

function part(value: JsonObject, context: MeaningContext): void {
  let first: string | undefined;
  for (const name in value) {
    if (!partData.has(name) || value[name] === null) continue;
    if (first !== undefined) {
      twoKindsOfData(first, name, context);
      return;
    }
    first = name;
  }
  if (first === undefined) emptyPart(value, context);
  else if (first === 'text' && value.text === '' && !isThought(value)) {
    context.report({
      code: 'empty-text',
      path: [...context.path, 'text'],
      at: 'value',
      message: 'The text is empty. Write one or remove the part.',
      mend: { kind: 'remove', at: [...context.path] },
    });
  }
}

function isThought(value: JsonObject): boolean {
  return value.thought === true || spelling(value, 'thoughtSignature', 'thought_signature') !== undefined;
}

function twoKindsOfData(first: string, second: string, context: MeaningContext): void {
  // Both spellings of one kind are reported as such.
  if (toCamelCase(first) === toCamelCase(second)) return;
  context.report({
    code: 'part-data',
    path: [...context.path, second],
    at: 'name',
    message: `A part holds one kind of data; this one has "${first}" and "${second}". Make two parts of it.`,
    related: { path: [...context.path, first], at: 'name', message: 'The other kind of data.' },
    mend: { kind: 'splitPart', at: [...context.path] },
  });
}

function emptyPart(value: JsonObject, context: MeaningContext): void {
  // A thought may come back as nothing but its signature.
  if (isThought(value)) return;
  // A name that is unknown here has been reported; it was probably meant to be the data.
  if (Object.keys(value).some((name) => !partNames.has(name))) return;
  context.report({
    code: 'empty-part',
    path: [...context.path],
    at: 'value',
    message:
      'The part holds no data. Give it one of text, inlineData, fileData, functionCall, functionResponse.',
    mend: { kind: 'remove' },
  });
}

const partNames: ReadonlySet<string> = new Set(
  messageNamed('Part').fields.flatMap(({ name, snake }) => [name, snake]),
);

function blob(value: JsonObject, context: MeaningContext): void {
  const data = value.data;
  if (data !== '') return;
  context.report({
    code: 'base64',
    path: [...context.path, 'data'],
    at: 'value',
    message: 'There are no bytes here. Write them in base64.',
  });
}

function generationConfig(config: JsonObject, context: MeaningContext): void {
  responseForm(config, context);
  logprobs(config, context);
  thinking(config, context);
  imageOutput(config, context);
}

const jsonTypes: ReadonlySet<unknown> = new Set(['application/json', 'text/x.enum']);

function responseForm(config: JsonObject, context: MeaningContext): void {
  const open = spelling(config, 'responseSchema', 'response_schema');
  const json = spelling(config, 'responseJsonSchema', 'response_json_schema');
  const schema = open ?? json;
  if (schema === undefined) return;
  const mime = spelling(config, 'responseMimeType', 'response_mime_type');
  if (mime === undefined || !jsonTypes.has(config[mime])) {
    const name = schema.includes('_') ? 'response_mime_type' : 'responseMimeType';
    context.report({
      code: 'schema-mime-type',
      path: [...context.path, mime ?? schema],
      at: mime === undefined ? 'name' : 'value',
      message: `"${schema}" needs "${mime ?? name}" to be "application/json"; without it the service refuses the request.`,
      mend:
        mime === undefined
          ? { kind: 'insert', into: [...context.path], name, json: '"application/json"' }
          : { kind: 'replace', json: '"application/json"', title: 'Change to "application/json"' },
    });
  }
  if (open !== undefined && json !== undefined) {
    context.report({
      code: 'exclusive-fields',
      path: [...context.path, json],
      at: 'name',
      message: `"${open}" and "${json}" exclude each other. Keep one of them.`,
      related: { path: [...context.path, open], at: 'name', message: 'The other schema.' },
    });
  } else if (json !== undefined) {
    context.report({
      code: 'json-schema-in-batch',
      path: [...context.path, json],
      at: 'name',
      message: `"${json}" has given broken JSON in batches where responseSchema worked. Try a few rows before you submit all.`,
    });
  }
}

function logprobs(config: JsonObject, context: MeaningContext): void {
  if (isUnset(config.logprobs)) return;
  const flag = spelling(config, 'responseLogprobs', 'response_logprobs');
  if (flag !== undefined && config[flag] === true) return;
  context.report({
    code: 'logprobs',
    path: [...context.path, 'logprobs'],
    at: 'name',
    message: '"logprobs" needs "responseLogprobs" to be true.',
    mend: { kind: 'insert', into: [...context.path], name: flag ?? 'responseLogprobs', json: 'true' },
  });
}

/** Below this, answers of thinking models are often cut before their first word (2,000 to 3,000 tokens of thought are usual). */
const roomForThinking = 4096;
/** Below this, even a model that thinks by default and was told nothing is likely to be cut. */
const roomByDefault = 512;

function thinking(config: JsonObject, context: MeaningContext): void {
  const name = spelling(config, 'thinkingConfig', 'thinking_config');
  const settings = name === undefined ? undefined : config[name];
  const budgetName = isObject(settings) ? spelling(settings, 'thinkingBudget', 'thinking_budget') : undefined;
  const levelName = isObject(settings) ? spelling(settings, 'thinkingLevel', 'thinking_level') : undefined;
  if (name !== undefined && budgetName !== undefined && levelName !== undefined) {
    context.report({
      code: 'thinking-twice',
      path: [...context.path, name, levelName],
      at: 'name',
      message: `"${budgetName}" and "${levelName}" exclude each other: a budget is for the 2.5 models, a level for Gemini 3 and later. Keep one.`,
      related: { path: [...context.path, name, budgetName], at: 'name', message: 'The budget.' },
    });
  }
  const limitName = spelling(config, 'maxOutputTokens', 'max_output_tokens');
  const limit = limitName === undefined ? undefined : config[limitName];
  if (limitName === undefined || typeof limit !== 'number' || limit < 1) return;
  const budget = isObject(settings) && budgetName !== undefined ? settings[budgetName] : undefined;
  const level = isObject(settings) && levelName !== undefined ? settings[levelName] : undefined;
  const path = [...context.path, limitName];
  if (isUnset(settings)) {
    if (limit >= roomByDefault) return;
    context.report({
      code: 'thinking-default',
      path,
      at: 'value',
      message: `Models that think do so unless told otherwise, and it counts against these ${limit} tokens. Allow more, or set thinkingConfig.`,
    });
    return;
  }
  const message = lowLimit(limit, budget, level);
  if (message !== undefined) context.report({ code: 'low-output-tokens', path, at: 'value', message });
}

function lowLimit(limit: number, budget: unknown, level: unknown): string | undefined {
  if (budget === 0 || level === 'MINIMAL') return undefined;
  if (typeof budget === 'number' && budget > 0) {
    return limit <= budget
      ? `Thinking may use up all ${limit} tokens (its budget is ${budget}), and then there is no answer. Allow more than the budget.`
      : undefined;
  }
  return limit < roomForThinking
    ? `Thinking counts against these ${limit} tokens and often takes 2,000 to 3,000, so answers will be cut. Allow ${roomForThinking} or more, or limit the thinking.`
    : undefined;
}

function imageOutput(config: JsonObject, context: MeaningContext): void {
  const name = spelling(config, 'responseModalities', 'response_modalities');
  const modalities: readonly unknown[] =
    name !== undefined && Array.isArray(config[name]) ? config[name] : [];
  const image = spelling(config, 'imageConfig', 'image_config');
  if (image !== undefined && !modalities.includes('IMAGE')) {
    context.report({
      code: 'image-modality',
      path: [...context.path, image],
      at: 'name',
      message: `"${image}" says how images look, but responseModalities does not ask for any. Add "responseModalities":["TEXT","IMAGE"].`,
      ...(name === undefined && {
        mend: {
          kind: 'insert',
          into: [...context.path],
          name: 'responseModalities',
          json: '["TEXT","IMAGE"]',
        },
      }),
    });
  }
  if (name !== undefined && modalities.length === 1 && modalities[0] === 'IMAGE') {
    context.report({
      code: 'image-modality',
      path: [...context.path, name],
      at: 'value',
      message: 'Several image models refuse "IMAGE" alone. ["TEXT","IMAGE"] works with all of them.',
      mend: { kind: 'replace', json: '["TEXT","IMAGE"]', title: 'Change to ["TEXT","IMAGE"]' },
    });
  }
}

function functionDeclaration(value: JsonObject, context: MeaningContext): void {
  const name = value.name;
  if (typeof name !== 'string' || /^[a-zA-Z0-9_:.-]{1,128}$/.test(name)) return;
  context.report({
    code: 'format',
    path: [...context.path, 'name'],
    at: 'value',
    message:
      'A function’s name consists of letters, digits, underscores, colons, dots and dashes, 1 to 128 of them.',
  });
}

function chatBody(body: JsonObject, context: MeaningContext): void {
  emptyList(body, 'messages', context);
  if (isUnset(body.top_logprobs) || body.logprobs === true) return;
  context.report({
    code: 'logprobs',
    path: [...context.path, 'top_logprobs'],
    at: 'name',
    message: '"top_logprobs" needs "logprobs" to be true.',
    mend: { kind: 'insert', into: [...context.path], name: 'logprobs', json: 'true' },
  });
}

function embeddingsBody(body: JsonObject, context: MeaningContext): void {
  emptyList(body, 'input', context);
}

function emptyList(body: JsonObject, name: string, context: MeaningContext): void {
  const value = body[name];
  if (value !== '' && !(Array.isArray(value) && value.length === 0)) return;
  context.report({
    code: 'empty-contents',
    path: [...context.path, name],
    at: 'value',
    message: `"${name}" is empty; the service refuses a request that asks nothing.`,
  });
}
