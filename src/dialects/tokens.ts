import { spelling } from './issue';
import { isObject, isUnset, type JsonObject } from './json';

/**
 * A local estimate of input tokens, good to about a fifth for prose and code: no tokeniser is public, so characters are weighed
 * by their kind. Media count by what models charge for them at their default resolution. What a file reference holds is unknown
 * and counts as one image.
 */

/** Characters looked at in one text; a longer one is sampled evenly. */
const sampleSize = 64;

const digitWeight = 0.7;
const asciiWeight = 0.24;
const alphabetWeight = 0.34;
const ideographWeight = 0.75;

/** Tokens of a text. */
export function estimateText(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  const step = length <= sampleSize ? 1 : length / sampleSize;
  let weight = 0;
  let seen = 0;
  for (let at = 0; at < length; at += step) {
    weight += weightOf(text.charCodeAt(Math.floor(at)));
    seen += 1;
  }
  return Math.max(1, Math.round((weight / seen) * length));
}

function weightOf(code: number): number {
  if (code < 0x80) return code >= 0x30 && code <= 0x39 ? digitWeight : asciiWeight;
  return code < 0x2e80 ? alphabetWeight : ideographWeight;
}

/** An image at the default resolution. */
export const imageTokens = 258;
/** Bytes of a compressed sound that play for a second, at 64 kbit/s, and what a second costs. */
const audioBytesPerSecond = 8000;
const audioTokensPerSecond = 32;
/** Bytes of a typical page of a PDF; each costs as much as an image. */
const bytesPerPage = 50_000;

/** Tokens that a message itself holds, without those of messages inside it. */
export function estimateMessage(name: string, value: JsonObject): number {
  switch (name) {
    case 'Part':
    case 'ChatPart':
      return estimatePart(value);
    case 'ChatMessage':
      return typeof value.content === 'string' ? estimateText(value.content) : 0;
    case 'EmbeddingsBody':
      return estimateInput(value.input);
    case 'FunctionDeclaration':
    case 'ChatFunction':
      return (
        estimateTexts(value.name, value.description) +
        estimateJson(value[spelling(value, 'parametersJsonSchema', 'parameters_json_schema') ?? '']) +
        (name === 'ChatFunction' ? estimateJson(value.parameters) : 0)
      );
    case 'Schema':
      return estimateSchema(value);
    case 'GenerationConfig':
      return estimateJson(value[spelling(value, 'responseJsonSchema', 'response_json_schema') ?? '']);
    case 'FunctionCall':
    case 'FunctionResponse':
      return estimateTexts(value.name) + estimateJson(value.args) + estimateJson(value.response);
    case 'ChatJsonSchema':
      return estimateJson(value.schema);
    case 'ChatFunctionCall':
      return estimateTexts(value.name, value.arguments);
    default:
      return 0;
  }
}

/** A schema is read by the model too: its words, and the names of its properties. Schemas inside it count themselves. */
function estimateSchema(schema: JsonObject): number {
  const values: unknown[] = Array.isArray(schema.enum) ? schema.enum : [];
  const names = isObject(schema.properties) ? Object.keys(schema.properties) : [];
  return estimateTexts(schema.type, schema.description, schema.title, schema.pattern, ...values, ...names);
}

function estimateTexts(...texts: readonly unknown[]): number {
  let sum = 0;
  for (const text of texts) if (typeof text === 'string') sum += estimateText(text);
  return sum;
}

/** Free JSON, as the model gets it to read. */
function estimateJson(value: unknown): number {
  return isUnset(value) ? 0 : estimateText(JSON.stringify(value));
}

/** `input` of an embeddings body: a text, texts, or tokens. */
function estimateInput(input: unknown): number {
  if (typeof input === 'string') return estimateText(input);
  if (!Array.isArray(input)) return 0;
  return input.reduce<number>(
    (sum, element) => sum + (typeof element === 'number' ? 1 : estimateInput(element)),
    0,
  );
}

/** Tokens of a part of a Gemini content or of an OpenAI message. */
function estimatePart(part: JsonObject): number {
  const { text } = part;
  if (typeof text === 'string') return estimateText(text);
  const inline = part[spelling(part, 'inlineData', 'inline_data') ?? ''];
  if (isObject(inline)) return estimateBytes(inline);
  const isReference = spelling(part, 'fileData', 'file_data') !== undefined || !isUnset(part.image_url);
  return isReference ? imageTokens : 0;
}

/** What stands for base64 that was left out before parsing, so that its length is not lost. Is base64 itself. */
const elidedPrefix = 'ELIDEDELIDED';

/** Base64 that stands for `length` characters of it in the estimate. */
export function elidedBase64(length: number): string {
  return `${elidedPrefix}${String(length).padStart(12, '0')}`;
}

function base64Length(data: string): number {
  return data.startsWith(elidedPrefix) && data.length === 24 ? Number(data.slice(12)) || 0 : data.length;
}

function estimateBytes(blob: JsonObject): number {
  const mimeType = blob[spelling(blob, 'mimeType', 'mime_type') ?? ''];
  const { data } = blob;
  const bytes = typeof data === 'string' ? (base64Length(data) * 3) / 4 : 0;
  const type = typeof mimeType === 'string' ? mimeType : '';
  if (type.startsWith('audio/') || type.startsWith('video/')) {
    return Math.ceil((bytes / audioBytesPerSecond) * audioTokensPerSecond);
  }
  if (type === 'application/pdf') return Math.max(1, Math.ceil(bytes / bytesPerPage)) * imageTokens;
  if (type.startsWith('text/')) return Math.round(bytes * asciiWeight);
  return imageTokens;
}
