import { isObject, type JsonObject } from './json';
import type { LineKind } from './problem';

/** Names that only a request to a generative model has. */
const generateNames = [
  'contents',
  'generationConfig',
  'generation_config',
  'systemInstruction',
  'system_instruction',
  'safetySettings',
  'safety_settings',
  'cachedContent',
  'cached_content',
  'toolConfig',
  'tool_config',
] as const;

const embedNames = [
  'content',
  'embedContentConfig',
  'embed_content_config',
  'taskType',
  'task_type',
  'outputDimensionality',
  'output_dimensionality',
] as const;

/**
 * What a parsed line by itself looks like. `other` is anything that is none of ours, and also what says too little, such as
 * `{"key":"a"}`.
 */
export function lineKindOf(value: unknown): LineKind {
  if (!isObject(value)) return 'other';
  const { request } = value;
  if (request !== undefined) return requestLineKind(value, request);
  if (isResult(value)) return 'results';
  if (isOpenAi(value)) return 'openai';
  return Array.isArray(value.contents) && !('id' in value && 'object' in value) ? 'gemini-bare' : 'other';
}

function requestLineKind(line: JsonObject, request: unknown): LineKind {
  const correlated = 'key' in line || 'custom_id' in line;
  if (!isObject(request)) return correlated ? 'gemini' : 'other';
  if (generateNames.some((name) => name in request)) return 'gemini';
  if (embedNames.some((name) => name in request)) return 'gemini-embed';
  return correlated && !('response' in line) ? 'gemini' : 'other';
}

function isResult(line: JsonObject): boolean {
  const correlated = 'key' in line || 'custom_id' in line || isObject(line.metadata);
  if (!correlated) return false;
  return isObject(line.response) || isObject(line.error) || isObject(line.status);
}

function isOpenAi(line: JsonObject): boolean {
  if (isObject(line.body)) return 'custom_id' in line || 'url' in line || 'method' in line;
  const url = line.url;
  return 'custom_id' in line && 'method' in line && typeof url === 'string' && url.startsWith('/v1/');
}

const named = (names: readonly string[]) => new RegExp(`["']?\\b(?:${names.join('|')})["']?\\s*:`);
const mentions = {
  key: named(['key', 'custom_id']),
  request: /["']?\brequest["']?\s*:\s*[{[]/,
  generate: named(generateNames),
  embed: named(embedNames),
  body: named(['body']),
  result: /["']?\b(?:response|error)["']?\s*:\s*\{/,
  openAi: /["']\/v1\/(?:chat\/completions|embeddings)["']/,
};

/** What a text that is no JSON was probably meant to be: by the names that stand in it. */
export function textKindOf(text: string): LineKind {
  const head = text.slice(0, 1 << 16);
  if (mentions.request.test(head)) {
    if (mentions.generate.test(head)) return 'gemini';
    if (mentions.embed.test(head)) return 'gemini-embed';
    if (mentions.key.test(head)) return 'gemini';
  }
  if (mentions.openAi.test(head) && (mentions.body.test(head) || mentions.key.test(head))) return 'openai';
  if (mentions.result.test(head) && mentions.key.test(head)) return 'results';
  if (/["']?\bcontents["']?\s*:\s*\[/.test(head) && /["']?\bparts["']?\s*:/.test(head)) {
    return mentions.key.test(head) ? 'gemini' : 'gemini-bare';
  }
  return 'other';
}
