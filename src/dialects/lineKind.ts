import { isObject, tryParse, type JsonObject } from './json';
import type { LineKind } from './problem';

/** Names that only a request to a generative model has. */
const generateNames: ReadonlySet<string> = new Set([
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
]);

const embedNames: ReadonlySet<string> = new Set([
  'content',
  'embedContentConfig',
  'embed_content_config',
  'taskType',
  'task_type',
  'outputDimensionality',
  'output_dimensionality',
]);

/**
 * What a parsed line by itself looks like. `other` is anything that is none of ours, and also what says too little, such as
 * `{"key":"a"}`.
 */
export function lineKindOf(value: unknown): LineKind {
  // A line that was turned into JSON twice is text that holds one.
  if (typeof value === 'string') return /^\s*\{/.test(value) ? lineKindOf(tryParse(value)) : 'other';
  if (!isObject(value)) return 'other';
  const { request } = value;
  if (isObject(request) && 'messages' in request && ('url' in value || 'method' in value)) return 'openai';
  if (request !== undefined) return requestLineKind(value, request);
  if (isResult(value)) return 'results';
  if (isOpenAi(value)) return 'openai';
  if (Array.isArray(value.contents)) return 'id' in value && 'object' in value ? 'other' : 'gemini-bare';
  return misnamedRequestKind(value);
}

/** A row whose request is called otherwise: `Request`, `requests`. */
function misnamedRequestKind(line: JsonObject): LineKind {
  if (!('key' in line || 'custom_id' in line)) return 'other';
  const name = Object.keys(line).find((other) => /^requests?$/i.test(other.trim()));
  return name === undefined ? 'other' : requestLineKind({ key: '' }, line[name]);
}

function requestLineKind(line: JsonObject, request: unknown): LineKind {
  const correlated = 'key' in line || 'custom_id' in line;
  if (!isObject(request)) return correlated ? 'gemini' : 'other';
  let hasContents = false;
  let embeds = false;
  for (const name in request) {
    if (name === 'contents') hasContents = true;
    else if (generateNames.has(name)) return 'gemini';
    else if (embedNames.has(name)) embeds = true;
  }
  // `contents` beside nothing but what embedding takes is how SDKs call what is to be embedded.
  if (embeds) return 'gemini-embed';
  if (hasContents) return 'gemini';
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

/** Any quotes, or none. */
const quote = '["\'\u2018-\u201f\u00ab\u00bb]?';
const named = (names: Iterable<string>) => new RegExp(`${quote}\\b(?:${[...names].join('|')})${quote}\\s*:`);
const mentions = {
  key: named(['key', 'custom_id']),
  request: new RegExp(`${quote}\\brequest${quote}\\s*:\\s*[{[]`),
  generate: named(generateNames),
  embed: named(embedNames),
  body: named(['body']),
  result: /["']?\b(?:response|error)["']?\s*:\s*\{/,
  openAi: /["']\/v1\/(?:chat\/completions|embeddings)["']/,
};

/** What a text that is no JSON was probably meant to be: by the names that stand in it. */
export function textKindOf(text: string): LineKind {
  // UTF-16 that was read as UTF-8 has a NUL behind every character.
  const head = text.slice(0, 1 << 16).replaceAll('\u0000', '');
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
