import * as l10n from '@vscode/l10n';
import { isObject, type JsonObject } from '../json';
import { blobToChatPart, fileToChatPart } from './media';
import { normalise } from './normalise';
import type { Notes } from './notes';
import { compact, objectIn, objectsIn, stringIn, stringsIn } from './read';
import { toJsonSchema } from './schemas';

/** The body of a chat line for a GenerateContentRequest that fits its message; an error when none of its turns has a counterpart. */
export function chatBodyOf(request: JsonObject, model: string, notes: Notes): JsonObject | string {
  const { contents, systemInstruction, generationConfig, tools, toolConfig, store, ...rest } = normalise(
    'GenerateContentRequest',
    request,
  );
  notes.rest(rest, ['model'], '');
  const messages = new Messages(notes);
  if (systemInstruction !== undefined) messages.system(objectIn(systemInstruction));
  for (const turn of objectsIn(contents)) messages.turn(turn);
  if (messages.all.every(({ role }) => role === 'system')) {
    return l10n.t('Nothing of its contents has a counterpart in OpenAI lines.');
  }
  const declared = toolsOf(objectsIn(tools), notes);
  return compact({
    model,
    messages: messages.all,
    ...configOf(objectIn(generationConfig), notes),
    tools: declared.length === 0 ? undefined : declared,
    tool_choice: toolConfig === undefined ? undefined : toolChoiceOf(objectIn(toolConfig), notes),
    store,
  });
}

/** Builds the messages of a chat out of turns. */
class Messages {
  readonly all: JsonObject[] = [];
  /** Calls that have not been answered: name and id. */
  private readonly open: { name: string; id: string }[] = [];
  private calls = 0;

  constructor(private readonly notes: Notes) {}

  system(content: JsonObject): void {
    const texts = objectsIn(content.parts)
      .map((part) => this.part(part, 'systemInstruction'))
      .filter((part) => part !== undefined);
    if (texts.length > 0) this.all.push({ role: 'system', content: contentOf(texts) });
  }

  turn({ role, parts }: JsonObject): void {
    const isModel = role === 'model';
    const content: JsonObject[] = [];
    const calls: JsonObject[] = [];
    for (const part of objectsIn(parts)) {
      if (isObject(part.functionCall)) {
        this.leftOver(part, ['functionCall']);
        calls.push(this.call(part.functionCall));
      } else if (isObject(part.functionResponse)) {
        this.leftOver(part, ['functionResponse']);
        this.answer(part.functionResponse);
      } else {
        const converted = this.part(part, isModel ? 'model' : 'user');
        if (converted !== undefined) content.push(converted);
      }
    }
    if (content.length === 0 && calls.length === 0) return;
    this.all.push(
      compact({
        role: isModel ? 'assistant' : 'user',
        content: content.length === 0 ? null : contentOf(content),
        tool_calls: calls.length === 0 ? undefined : calls,
      }),
    );
  }

  private part(part: JsonObject, where: string): JsonObject | undefined {
    if (part.thought === true) {
      this.notes.lost(l10n.t('A thought of the model'));
      return undefined;
    }
    this.leftOver(part, ['text', 'inlineData', 'fileData', 'thought']);
    if (typeof part.text === 'string') return { type: 'text', text: part.text };
    if (where !== 'user') {
      this.notes.lost(where === 'model' ? l10n.t('Media by the model') : l10n.t('Media by {0}', where));
      return undefined;
    }
    if (isObject(part.inlineData)) return blobToChatPart(part.inlineData, this.notes);
    return isObject(part.fileData) ? fileToChatPart(part.fileData, this.notes) : undefined;
  }

  private leftOver(part: JsonObject, handled: readonly string[]): void {
    this.notes.rest(part, handled, 'part');
  }

  private call(call: JsonObject): JsonObject {
    const name = stringIn(call.name);
    this.calls += 1;
    const id = typeof call.id === 'string' && call.id !== '' ? call.id : `call_${this.calls}`;
    this.open.push({ name, id });
    return { id, type: 'function', function: { name, arguments: JSON.stringify(call.args ?? {}) } };
  }

  private answer(response: JsonObject): void {
    this.notes.rest(response, ['id', 'name', 'response'], 'functionResponse');
    const index = this.open.findIndex(({ name, id }) =>
      response.id === undefined ? name === response.name : id === response.id,
    );
    const [call] = index === -1 ? [] : this.open.splice(index, 1);
    if (call === undefined) this.notes.changed(l10n.t('A functionResponse answers no call before it.'));
    const id = call?.id ?? (stringIn(response.id) || stringIn(response.name));
    this.all.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(response.response ?? {}) });
  }
}

/** One text stands by itself. */
function contentOf(parts: readonly JsonObject[]): unknown {
  const [only, second] = parts;
  return only?.type === 'text' && second === undefined ? only.text : parts;
}

/** Sampling names that mean the same. */
const sampling = {
  temperature: 'temperature',
  topP: 'top_p',
  maxOutputTokens: 'max_completion_tokens',
  candidateCount: 'n',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  stopSequences: 'stop',
  responseLogprobs: 'logprobs',
  logprobs: 'top_logprobs',
} as const;

function configOf(config: JsonObject, notes: Notes): JsonObject {
  const {
    responseMimeType,
    responseSchema,
    responseJsonSchema,
    thinkingConfig,
    responseModalities,
    ...rest
  } = config;
  const known = Object.keys(sampling);
  notes.rest(rest, known, 'generationConfig');
  if (stringsIn(responseModalities).some((modality) => modality !== 'TEXT')) {
    notes.lost('generationConfig.responseModalities');
  }
  return compact({
    ...Object.fromEntries(
      Object.entries(sampling).flatMap(([from, to]) => (from in rest ? [[to, rest[from]]] : [])),
    ),
    reasoning_effort: effortOf(objectIn(thinkingConfig), notes),
    response_format: formatOf(responseMimeType, responseSchema, responseJsonSchema, notes),
  });
}

function effortOf(thinking: JsonObject, notes: Notes): string | undefined {
  const { thinkingLevel, thinkingBudget, ...rest } = thinking;
  notes.rest(rest, [], 'thinkingConfig');
  if (thinkingBudget === 0) return 'none';
  if (thinkingBudget !== undefined) notes.lost('thinkingConfig.thinkingBudget');
  const level = stringIn(thinkingLevel);
  return level === '' || level.endsWith('UNSPECIFIED') ? undefined : level.toLowerCase();
}

function formatOf(
  mimeType: unknown,
  schema: unknown,
  jsonSchema: unknown,
  notes: Notes,
): JsonObject | undefined {
  const json = eitherSchema(schema, jsonSchema, notes);
  if (mimeType === 'text/x.enum') notes.lost('generationConfig.responseMimeType text/x.enum');
  if (json !== undefined) return { type: 'json_schema', json_schema: { name: 'response', schema: json } };
  return mimeType === 'application/json' ? { type: 'json_object' } : undefined;
}

/** JSON Schema out of the two fields that can hold a schema. */
function eitherSchema(schema: unknown, jsonSchema: unknown, notes: Notes): JsonObject | undefined {
  if (isObject(schema)) return toJsonSchema(schema, notes);
  if (jsonSchema !== undefined && !isObject(jsonSchema))
    notes.lost(l10n.t('A JSON Schema that is no object'));
  return isObject(jsonSchema) ? jsonSchema : undefined;
}

function toolsOf(tools: readonly JsonObject[], notes: Notes): JsonObject[] {
  return tools.flatMap((tool) => {
    notes.rest(tool, ['functionDeclarations'], 'tools');
    return objectsIn(tool.functionDeclarations).map((declaration) => {
      const { name, description, parameters, parametersJsonSchema, ...rest } = declaration;
      notes.rest(rest, [], 'functionDeclarations');
      const schema = eitherSchema(parameters, parametersJsonSchema, notes);
      return { type: 'function', function: compact({ name, description, parameters: schema }) };
    });
  });
}

function toolChoiceOf(config: JsonObject, notes: Notes): unknown {
  notes.rest(config, ['functionCallingConfig'], 'toolConfig');
  const { mode, allowedFunctionNames } = objectIn(config.functionCallingConfig);
  const allowed = stringsIn(allowedFunctionNames);
  if (mode === 'ANY' && allowed.length === 1) return { type: 'function', function: { name: allowed[0] } };
  if (allowed.length > 0) notes.lost('functionCallingConfig.allowedFunctionNames');
  switch (mode) {
    case 'ANY':
      return 'required';
    case 'NONE':
      return 'none';
    case 'AUTO':
      return 'auto';
    case 'VALIDATED':
      notes.changed(l10n.t('Function calling mode VALIDATED becomes "auto".'));
      return 'auto';
    default:
      return undefined;
  }
}

/** The body of an embeddings line for an EmbedContentRequest that fits its message; an error when it holds no text. */
export function embeddingsBodyOf(request: JsonObject, model: string, notes: Notes): JsonObject | string {
  const { content, embedContentConfig, outputDimensionality, ...rest } = normalise(
    'EmbedContentRequest',
    request,
  );
  const { outputDimensionality: dimensions = outputDimensionality, ...config } = objectIn(embedContentConfig);
  notes.rest({ ...rest, ...config }, ['model'], '');
  const texts: string[] = [];
  for (const part of objectsIn(objectIn(content).parts)) {
    notes.rest(part, ['text'], 'part');
    if (typeof part.text === 'string') texts.push(part.text);
  }
  if (texts.length === 0) return l10n.t('There is no text to embed; OpenAI embeds text only.');
  if (texts.length > 1) notes.changed(l10n.t('Several text parts are joined into one text, a line each.'));
  return compact({ model, input: texts.join('\n'), dimensions });
}
