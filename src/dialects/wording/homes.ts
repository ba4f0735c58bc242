import { compiledMessage, type CompiledField, type CompiledMessage } from '../compiled';
import { isObject, jsonType, tryParse, type JsonType } from '../json';
import { bareName, nearest } from '../spelling';

/** A place where a field of some name belongs, seen from the request. */
export interface Home {
  /** Names of the objects on the way down from the request. */
  readonly path: readonly string[];
  readonly field: CompiledField;
}

/** How deep below the request a home may lie. */
const deepest = 4;

/** Messages that stand in many places: their fields have no home. */
const everywhere: ReadonlySet<string> = new Set(['Content', 'Schema']);

/** Names that so many things have that the one place the table knows says nothing. */
const anybodys: ReadonlySet<string> = new Set([
  'name',
  'type',
  'description',
  'id',
  'data',
  'url',
  'text',
  'title',
  'mode',
  'level',
  'format',
]);

/**
 * Names that people bring along from other services or SDKs -> what the field is called here. Only where the value means the
 * same.
 */
const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    config: 'generationConfig',
    parameters: 'generationConfig',
    generation: 'generationConfig',
    system: 'systemInstruction',
    systemprompt: 'systemInstruction',
    systemmessage: 'systemInstruction',
    prompt: 'contents',
    messages: 'contents',
    message: 'contents',
    input: 'contents',
    maxtokens: 'maxOutputTokens',
    maxtoken: 'maxOutputTokens',
    maxcompletiontokens: 'maxOutputTokens',
    maxnewtokens: 'maxOutputTokens',
    outputtokens: 'maxOutputTokens',
    stop: 'stopSequences',
    n: 'candidateCount',
    toplogprobs: 'logprobs',
    mime: 'mimeType',
    mediatype: 'mimeType',
    contenttype: 'mimeType',
    type: 'mimeType',
    base64: 'data',
    bytes: 'data',
    uri: 'fileUri',
    url: 'fileUri',
    thinking: 'thinkingConfig',
    cachedcontentname: 'cachedContent',
    cache: 'cachedContent',
    safety: 'safetySettings',
    functions: 'functionDeclarations',
    jsonschema: 'responseJsonSchema',
    schema: 'responseSchema',
    modalities: 'responseModalities',
    voice: 'voiceName',
    dimensions: 'outputDimensionality',
    googlesearchtool: 'googleSearch',
    image: 'inlineData',
    inputschema: 'parametersJsonSchema',
    temp: 'temperature',
    reasoningeffort: 'thinkingLevel',
    effort: 'thinkingLevel',
    budgettokens: 'thinkingBudget',
    file: 'fileData',
  }),
);

/** The same for one message, where the name means something else elsewhere. */
const ownAliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'Content.content': 'parts',
    'Content.text': 'parts',
    'Content.message': 'parts',
    'Content.part': 'parts',
    'Part.content': 'text',
    'Schema.values': 'enum',
    'Tool.functions': 'functionDeclarations',
    'Tool.function': 'functionDeclarations',
    'FunctionCall.arguments': 'args',
    'FunctionCall.input': 'args',
    'FunctionCall.parameters': 'args',
    'FunctionResponse.content': 'response',
    'FunctionResponse.output': 'response',
    'FunctionResponse.result': 'response',
    'FileData.name': 'fileUri',
    'LatLng.lat': 'latitude',
    'LatLng.lng': 'longitude',
    'LatLng.lon': 'longitude',
    'EmbedContentRequest.contents': 'content',
    'EmbedContentRequest.input': 'content',
    'EmbedContentRequest.text': 'content',
    'ChatCompletionBody.maxoutputtokens': 'max_completion_tokens',
    'ChatCompletionBody.stopsequences': 'stop',
    'ChatCompletionBody.prompt': 'messages',
    'ChatCompletionBody.input': 'messages',
  }),
);

const homesByRoot = new Map<CompiledMessage, ReadonlyMap<string, Home | undefined>>();

/** Bare name -> its one home below `root`; undefined when there are several just as near. */
function homesOf(root: CompiledMessage): ReadonlyMap<string, Home | undefined> {
  const known = homesByRoot.get(root);
  if (known !== undefined) return known;
  const homes = new Map<string, Home | undefined>();
  let level: { readonly path: readonly string[]; readonly message: CompiledMessage }[] = [
    { path: [], message: root },
  ];
  for (let depth = 0; depth <= deepest; depth += 1) {
    const found = new Map<string, Home | undefined>();
    for (const { path, message } of level) {
      for (const field of new Set(message.fields.values())) {
        const name = bareName(field.descriptor.name);
        if (!homes.has(name)) found.set(name, found.has(name) ? undefined : { path, field });
      }
    }
    for (const [name, home] of found) homes.set(name, home);
    level = level.flatMap(({ path, message }) => objectFields(path, message));
  }
  homesByRoot.set(root, homes);
  return homes;
}

function objectFields(path: readonly string[], message: CompiledMessage) {
  return [...new Set(message.fields.values())].flatMap(({ descriptor, shape }) =>
    shape.type === 'message' && !everywhere.has(shape.message.descriptor.name)
      ? [{ path: [...path, descriptor.name], message: shape.message }]
      : [],
  );
}

/** What an unknown name was probably meant to be. */
export interface Suggestion {
  /** `rename`: another field of the same message. `move`: a field of another one. */
  readonly kind: 'rename' | 'move';
  /**
   * How it was found: the same name in another place or spelling, a name that other services use, the same name in an object
   * below the one at hand (the home's path then begins there and not at the request), or a slip of the pen.
   */
  readonly from: 'same' | 'alias' | 'below' | 'slip';
  readonly home: Home;
}

/**
 * What `name`, which `message` does not know, was probably meant to be, in this order: the same name written otherwise, a name
 * that other services use, a field that lives elsewhere in the request, a slip of the pen.
 * @param rootName the message of the whole request
 * @param value what was written under the name; a home that cannot take such a value is none
 */
export function suggestionFor(
  message: CompiledMessage,
  rootName: string,
  name: string,
  value: unknown,
): Suggestion | undefined {
  // The same slip stands on every line of a generated file.
  const type = jsonType(value);
  for (let slip = slips.get(name); slip !== undefined; slip = slip.next) {
    if (slip.message === message && slip.rootName === rootName && slip.type === type) return slip.suggestion;
  }
  const suggestion = findSuggestion(message, rootName, name, value);
  if (slipCount >= mostSlips) {
    slips.clear();
    slipCount = 0;
  }
  slips.set(name, { message, rootName, type, suggestion, next: slips.get(name) });
  slipCount += 1;
  return suggestion;
}

/** What was found for a name in one message, for values of one type. */
interface Slip {
  readonly message: CompiledMessage;
  readonly rootName: string;
  readonly type: JsonType;
  readonly suggestion: Suggestion | undefined;
  /** The same name in another message, or with another type. */
  readonly next: Slip | undefined;
}

const slips = new Map<string, Slip>();
const mostSlips = 1000;
let slipCount = 0;

function findSuggestion(
  message: CompiledMessage,
  rootName: string,
  name: string,
  value: unknown,
): Suggestion | undefined {
  const bare = bareName(name);
  const own = [...new Set(message.fields.values())];
  const ownNamed = (wanted: string | undefined) =>
    wanted === undefined
      ? undefined
      : own.find(({ descriptor }) => bareName(descriptor.name) === bareName(wanted));
  const rename = (field: CompiledField, from: Suggestion['from']): Suggestion => ({
    kind: 'rename',
    from,
    home: { path: [], field },
  });

  const same = ownNamed(bare);
  if (same !== undefined) return rename(same, 'same');
  const alias = ownAliases.get(`${message.descriptor.name}.${bare}`) ?? aliases.get(bare);
  const ownAlias = ownNamed(alias);
  if (ownAlias !== undefined && couldHold(ownAlias, value)) return rename(ownAlias, 'alias');

  const root = compiledMessage(rootName);
  const homes = homesOf(root);
  const home = anybodys.has(bare) ? undefined : homes.get(bare);
  if (home !== undefined && couldHold(home.field, value)) return { kind: 'move', from: 'same', home };
  const below = homesOf(message).get(bare);
  if (below !== undefined && couldHold(below.field, value))
    return { kind: 'move', from: 'below', home: below };
  const aliasHome =
    alias === undefined || alias === 'generationConfig' ? undefined : homes.get(bareName(alias));
  if (aliasHome !== undefined && couldHold(aliasHome.field, value)) {
    return { kind: 'move', from: 'alias', home: aliasHome };
  }
  const close = ownNamed(
    nearest(
      name,
      own.map(({ descriptor }) => descriptor.name),
    ),
  );
  if (close !== undefined) return rename(close, 'slip');
  const far = nearest(name, longNames(homes));
  const farHome = far === undefined ? undefined : homes.get(far);
  return farHome !== undefined && couldHold(farHome.field, value)
    ? { kind: 'move', from: 'slip', home: farHome }
    : undefined;
}

/** Short names are too easily near to something. */
function longNames(homes: ReadonlyMap<string, unknown>): string[] {
  return [...homes.keys()].filter((name) => name.length >= 8);
}

/** Whether a value of this JSON type could stand in the field, mended or not. */
function couldHold(field: CompiledField, value: unknown): boolean {
  const { shape } = field;
  if (value === null) return true;
  switch (shape.type) {
    case 'message':
      // A text, or a list with the one thing in it, is often written where a content belongs.
      return (
        isObject(value) ||
        (shape.message.descriptor.name === 'Content' && (typeof value === 'string' || Array.isArray(value)))
      );
    case 'map':
      return isObject(value);
    case 'struct':
      return isObject(value) || (typeof value === 'string' && isObject(tryParse(value)));
    case 'list':
      return Array.isArray(value) || typeof value === 'string' || isObject(value);
    case 'bool':
      return typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/i.test(value));
    case 'string':
    case 'enum':
    case 'bytes':
    case 'duration':
    case 'timestamp':
      return typeof value === 'string';
    case 'value':
      return true;
    default:
      return typeof value === 'number' || typeof value === 'string';
  }
}
