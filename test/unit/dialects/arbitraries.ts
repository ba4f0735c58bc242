import fc from 'fast-check';
import { readListing } from './listing';

/** Lines made from the listing alone, to hold the product's own tables against. Made from a seed, which is much faster than
 * composing arbitraries for fifty messages that refer to each other. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = Record<string, Json>;

const listing = readListing();

/** Chance, the same for the same seed. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  coin(): boolean {
    return this.below(2) === 0;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }

  text(): string {
    const pieces = ['a', 'Hello', ' ', '"', '\\', 'é', '漢', '😀', '\n', '{{x}}', '1', ':', '":', '\t'];
    return Array.from({ length: 1 + this.below(4) }, () => this.pick(pieces)).join('');
  }

  /** A text without backslashes: V8 may mistake a name with an escape for one that it saw before and that begins with one. */
  name(): string {
    return this.text()
      .replaceAll('\\', '/')
      .replace(/[\n\t"]/g, '~');
  }

  json(depth = 0): Json {
    switch (this.below(depth > 2 ? 4 : 6)) {
      case 0:
        return null;
      case 1:
        return this.coin();
      case 2:
        return this.below(1000) / 8;
      case 3:
        return this.text();
      case 4:
        return Array.from({ length: this.below(3) }, () => this.json(depth + 1));
      default:
        return this.object(depth);
    }
  }

  object(depth = 0): JsonObject {
    return Object.fromEntries(
      Array.from({ length: this.below(3) }, () => [this.name(), this.json(depth + 1)]),
    );
  }
}

/** Values that mean something and so cannot be any of their type. */
const special: Readonly<Record<string, readonly Json[]>> = {
  'GenerateContentRequest.cachedContent': ['cachedContents/abc-123'],
  'ImageConfig.aspectRatio': ['1:1', '16:9'],
  'ImageConfig.imageSize': ['512', '2K'],
  'GenerationConfig.temperature': [0, 0.5, 1, 2],
  'GenerationConfig.topP': [0, 0.95, 1],
  'GenerationConfig.topK': [1, 40],
  'GenerationConfig.candidateCount': [1, 8],
  'GenerationConfig.maxOutputTokens': [32_768, 65_536],
  'GenerationConfig.frequencyPenalty': [-2, 0, 1.5],
  'GenerationConfig.presencePenalty': [-2, 0, 1.5],
  'GenerationConfig.responseMimeType': ['application/json'],
  'GenerationConfig.stopSequences': [[], ['END'], ['a', 'b', 'c', 'd', 'e']],
  'ThinkingConfig.thinkingBudget': [-1, 0, 1024],
  'DynamicRetrievalConfig.dynamicThreshold': [0, 0.5, 1],
  'VideoMetadata.fps': [0.1, 1, 24],
  'FileSearch.topK': [1, 100],
  'LatLng.latitude': [-90, 0, 48.1],
  'LatLng.longitude': [-180, 0, 11.5],
  'FileData.fileUri': [
    'https://generativelanguage.googleapis.com/v1beta/files/abc-123',
    'gs://bucket/cat.png',
    'https://example.com/cat.png',
  ],
  'Blob.mimeType': ['image/png', 'application/pdf', 'audio/wav', 'image/svg+xml', 'odd'],
  'FunctionDeclaration.name': ['f', 'get_weather', 'a.b:c-d'],
  'Content.role': ['user', 'model'],
  'AudioResponseFormat.bitRate': [1, 320_000],
  'AudioResponseFormat.sampleRate': [1, 48_000],
  'EmbedContentRequest.outputDimensionality': [1, 3072],
  'EmbedContentConfig.outputDimensionality': [1, 3072],
  ...Object.fromEntries(
    ['maxItems', 'maxLength', 'maxProperties', 'minItems', 'minLength', 'minProperties'].map((name) => [
      `Schema.${name}`,
      [0, 7, '7', '9007199254740993'],
    ]),
  ),
};

/** Fields that a message is never without. */
export const always: Readonly<Record<string, readonly string[]>> = {
  GenerateContentRequest: ['contents'],
  EmbedContentRequest: ['content'],
  Content: ['parts'],
  Blob: ['data', 'mimeType'],
  FunctionResponseBlob: ['data', 'mimeType'],
  FileData: ['fileUri'],
  FunctionCall: ['name'],
  FunctionResponse: ['name', 'response'],
  FunctionDeclaration: ['name', 'description'],
  SafetySetting: ['category', 'threshold'],
  ExecutableCode: ['code', 'language'],
  CodeExecutionResult: ['outcome'],
  ToolCall: ['toolType'],
  ToolResponse: ['toolType'],
  ComputerUse: ['environment'],
  FileSearch: ['fileSearchStoreNames'],
  MultiSpeakerVoiceConfig: ['speakerVoiceConfigs'],
  SpeakerVoiceConfig: ['speaker', 'voiceConfig'],
  TranslationConfig: ['targetLanguageCode'],
  LanguageHints: ['languageCodes'],
  Interval: ['startTime', 'endTime'],
};

const partData = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
];

/** Fields that exclude each other: at most one of each group is made. */
const exclusive: Readonly<Record<string, readonly (readonly string[])[]>> = {
  GenerateContentRequest: [
    ['cachedContent', 'systemInstruction'],
    ['cachedContent', 'tools'],
    ['cachedContent', 'toolConfig'],
  ],
  GenerationConfig: [['responseSchema', 'responseJsonSchema']],
  ThinkingConfig: [['thinkingBudget', 'thinkingLevel']],
  FunctionDeclaration: [
    ['parameters', 'parametersJsonSchema'],
    ['response', 'responseJsonSchema'],
  ],
  SpeechConfig: [['voiceConfig', 'multiSpeakerVoiceConfig']],
};

/** Left out because they are no mistake but worth a word, or need another field. */
const never: ReadonlySet<string> = new Set([
  'GenerateContentRequest.model',
  'EmbedContentRequest.model',
  'GenerationConfig.logprobs',
]);

const deepest = 6;

function valueOf(type: string, chance: Chance, depth: number): Json {
  if (type.endsWith('[]')) {
    return Array.from({ length: 1 + chance.below(2) }, () => valueOf(type.slice(0, -2), chance, depth));
  }
  if (type.startsWith('map<')) {
    return Object.fromEntries(
      Array.from({ length: chance.below(3) }, () => [
        chance.name(),
        valueOf(type.slice(4, -1), chance, depth),
      ]),
    );
  }
  switch (type) {
    case 'string':
      return chance.text();
    case 'bool':
      return chance.coin();
    case 'int32':
      return chance.below(2 ** 31) * (chance.coin() ? 1 : -1);
    case 'int64':
      return chance.coin() ? chance.below(2 ** 40) : String(chance.below(2 ** 40));
    case 'float':
    case 'double':
      return chance.pick([0, -1.5, 1e10, 3.25e-7]);
    case 'bytes':
      return Buffer.from(chance.text()).toString(chance.coin() ? 'base64' : 'base64url');
    case 'duration':
      return chance.pick(['0s', '1.5s', '3600s']);
    case 'timestamp':
      return chance.pick(['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.123456789+01:00']);
    case 'struct':
      return chance.object();
    case 'value':
      return chance.json();
    default:
      return listing.has(type) ? message(type, chance, depth + 1) : chance.pick(type.split('|'));
  }
}

function message(name: string, chance: Chance, depth: number): JsonObject {
  const required = always[name] ?? [];
  const data = name === 'Part' ? (depth < deepest ? chance.pick(partData) : 'text') : '';
  const value: JsonObject = {};
  for (const [field, type] of listing.get(name) ?? []) {
    const wanted =
      required.includes(field) ||
      field === data ||
      (depth < deepest && chance.below(4) === 0 && !(name === 'Part' && partData.includes(field)));
    if (!wanted || never.has(`${name}.${field}`)) continue;
    const values = special[`${name}.${field}`];
    value[field] = values === undefined ? valueOf(type, chance, depth) : chance.pick(values);
  }
  for (const group of exclusive[name] ?? []) {
    const present = group.filter((field) => field in value);
    for (const field of present.slice(1)) Reflect.deleteProperty(value, field);
  }
  if (name === 'GenerationConfig' && ('responseSchema' in value || 'responseJsonSchema' in value)) {
    value.responseMimeType = 'application/json';
  }
  if (name === 'Schema') makeCoherent(value);
  return respelled(value, chance);
}

/** Makes a schema of any fields one that the service takes. */
function makeCoherent(schema: JsonObject): void {
  if ('enum' in schema) {
    schema.type = 'STRING';
    schema.enum = ['one', 'two'];
  }
  if (schema.type === 'ARRAY') schema.items ??= { type: 'STRING' };
  if (schema.type === 'OBJECT') schema.properties = { one: { type: 'STRING' }, zwei: {} };
  for (const field of ['required', 'propertyOrdering']) {
    if (field in schema) schema[field] = Object.keys(schema.properties ?? {}).slice(0, 1);
  }
}

/** Some names in snake_case. */
function respelled(value: JsonObject, chance: Chance): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      chance.coin() ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name,
      inner,
    ]),
  );
}

/** A good row, and the chance that goes on where it was made. */
export function row(seed: number, request = 'GenerateContentRequest'): { value: JsonObject; chance: Chance } {
  const chance = new Chance(seed);
  return { value: { key: `k-${chance.text()}`, request: message(request, chance, 0) }, chance };
}

export const seed = fc.nat({ max: 0x7fffffff });

/** A row with a request that the service takes. */
export const validLine = seed.map((number) => JSON.stringify(row(number).value));
export const validEmbedLine = seed.map((number) => JSON.stringify(row(number, 'EmbedContentRequest').value));

/** A row with one thing changed at some place: a name, a value, something added or taken away. */
export const mutatedLine = seed.map((number) => {
  const { value, chance } = row(number);
  mutate(value, chance);
  return JSON.stringify(value);
});

/** Any text that is more or less a row. Without halves of characters, which the bytes of a file cannot hold. */
export const anyLine = fc.oneof(
  fc.tuple(validLine, fc.nat()).map(([line, at]) => line.slice(0, at % line.length).toWellFormed()),
  fc
    .tuple(validLine, fc.nat(), fc.constantFrom(',', '"', '}', '{', "'", 'x', '\\', '\u0000', ' '))
    .map(([line, at, character]) => {
      const place = at % line.length;
      return `${line.slice(0, place)}${character}${line.slice(place)}`.toWellFormed();
    }),
  fc.json(),
  fc.string(),
);

function mutate(root: JsonObject, chance: Chance): void {
  const objects: JsonObject[] = [];
  const visit = (value: Json) => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) objects.push(value);
    Object.values(value).forEach(visit);
  };
  visit(root);
  const owner = chance.pick(objects);
  const name = chance.pick([...Object.keys(owner), 'x']);
  const value = owner[name] ?? null;
  switch (chance.below(6)) {
    case 0:
      Reflect.deleteProperty(owner, name);
      owner[`${name}${chance.pick(['s', ' ', '_'])}`] = value;
      break;
    case 1:
      owner[name] = chance.pick<Json>([17, 'seventeen', true, [value], { value }, null, []]);
      break;
    case 2:
      owner[chance.pick(['config', 'temperature', 'safetySettings', 'frobnicate', 'max_tokens', 'parts'])] =
        chance.json();
      break;
    case 3:
      owner.config = { temperature: 1, systemInstruction: chance.text() };
      break;
    case 4:
      Reflect.deleteProperty(owner, name);
      break;
    default:
      if (typeof value === 'string') owner[name] = value.toLowerCase();
  }
}
