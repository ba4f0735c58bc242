import * as l10n from '@vscode/l10n';
import { isObject, tryParse, type JsonObject } from '../json';
import { mediaToPart } from './media';
import { normalise } from './normalise';
import type { Notes } from './notes';
import { compact, objectIn, objectsIn, stringIn } from './read';
import { toSchema } from './schemas';

/** The GenerateContentRequest for the body of a chat line that fits its message; an error when none of its messages is a turn. */
export function requestOf(body: JsonObject, notes: Notes): JsonObject | string {
  const {
    messages,
    tools,
    tool_choice: choice,
    functions,
    function_call: call,
    store,
    ...config
  } = normalise('ChatCompletionBody', body);
  const turns = new Turns(notes);
  for (const message of objectsIn(messages)) turns.message(message);
  if (turns.contents.length === 0) return l10n.t('None of its messages is a turn of a Gemini conversation.');
  const declarations = [
    ...objectsIn(tools).flatMap((tool) => declarationOf(tool, notes)),
    ...objectsIn(functions).map((declared) => functionOf(declared, notes)),
  ];
  const generationConfig = generationConfigOf(config, notes);
  return compact({
    contents: turns.contents,
    systemInstruction: turns.instructions.length === 0 ? undefined : { parts: turns.instructions },
    generationConfig: Object.keys(generationConfig).length === 0 ? undefined : generationConfig,
    tools: declarations.length === 0 ? undefined : [{ functionDeclarations: declarations }],
    toolConfig: toolConfigOf(choice ?? call, notes),
    store,
  });
}

/** Builds turns out of the messages of a chat. */
class Turns {
  readonly contents: { role: string; parts: JsonObject[] }[] = [];
  readonly instructions: JsonObject[] = [];
  /** Call id -> the name of the function. */
  private readonly called = new Map<string, string>();
  private answering = false;

  constructor(private readonly notes: Notes) {}

  message(message: JsonObject): void {
    const {
      role,
      content,
      tool_calls: calls,
      tool_call_id: id,
      function_call: oldCall,
      name,
      ...rest
    } = message;
    this.notes.rest(rest, [], 'message');
    if (role === 'tool' || role === 'function') {
      this.answer(role === 'tool' ? stringIn(id) : undefined, stringIn(name), content);
      return;
    }
    this.answering = false;
    if (name !== undefined) this.notes.lost('message.name');
    const parts = this.parts(content);
    if (role === 'system' || role === 'developer') {
      if (this.contents.length > 0)
        this.notes.changed(l10n.t('Instructions inside the conversation are moved to its beginning.'));
      this.instructions.push(...parts);
      return;
    }
    for (const call of objectsIn(calls)) parts.push(this.call(stringIn(call.id), objectIn(call.function)));
    if (isObject(oldCall)) parts.push(this.call('', oldCall));
    if (parts.length > 0) this.contents.push({ role: role === 'assistant' ? 'model' : 'user', parts });
  }

  private parts(content: unknown): JsonObject[] {
    if (typeof content === 'string') return content === '' ? [] : [{ text: content }];
    return objectsIn(content).flatMap((part) => {
      if (part.type === 'text') return [{ text: part.text }];
      if (part.type === 'refusal') return [{ text: part.refusal }];
      const media = mediaToPart(part, this.notes);
      return media === undefined ? [] : [media];
    });
  }

  private call(id: string, { name, arguments: json }: JsonObject): JsonObject {
    this.called.set(id, stringIn(name));
    const args = tryParse(stringIn(json));
    if (!isObject(args))
      this.notes.changed(l10n.t('Arguments of a call that are no JSON object are kept as text.'));
    return {
      functionCall: compact({
        id: id === '' ? undefined : id,
        name,
        args: isObject(args) ? args : { text: json },
      }),
    };
  }

  private answer(id: string | undefined, name: string, content: unknown): void {
    const text =
      typeof content === 'string'
        ? content
        : objectsIn(content)
            .map((part) => stringIn(part.text))
            .join('');
    const value = tryParse(text);
    const part = {
      functionResponse: compact({
        id: id === '' ? undefined : id,
        name: id === undefined ? name : (this.called.get(id) ?? id),
        response: isObject(value) ? value : { output: value ?? text },
      }),
    };
    // The answers to one turn's calls belong together.
    const last = this.contents.at(-1);
    if (this.answering && last !== undefined) last.parts.push(part);
    else this.contents.push({ role: 'user', parts: [part] });
    this.answering = true;
  }
}

const sampling = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  max_completion_tokens: 'maxOutputTokens',
  max_tokens: 'maxOutputTokens',
  n: 'candidateCount',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  logprobs: 'responseLogprobs',
  top_logprobs: 'logprobs',
} as const;

/** What means nothing in a row of a batch, or is the job's to say. */
const meaningless = ['model', 'stream', 'stream_options'];

function generationConfigOf(config: JsonObject, notes: Notes): JsonObject {
  const { stop, reasoning_effort: effort, response_format: format, ...rest } = config;
  notes.rest(rest, [...Object.keys(sampling), ...meaningless], '');
  // Of two names for one limit the newer one wins.
  const limit = rest.max_completion_tokens ?? rest.max_tokens;
  return compact({
    ...Object.fromEntries(
      Object.entries(sampling).flatMap(([from, to]) => (from in rest ? [[to, rest[from]]] : [])),
    ),
    maxOutputTokens: limit,
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    ...formatOf(objectIn(format), notes),
    thinkingConfig: thinkingOf(effort, notes),
  });
}

function thinkingOf(effort: unknown, notes: Notes): JsonObject | undefined {
  if (typeof effort !== 'string') return undefined;
  if (effort === 'none') return { thinkingBudget: 0 };
  const isBeyond = effort === 'xhigh' || effort === 'max';
  if (isBeyond) {
    notes.changed(l10n.t('reasoning_effort "{0}" becomes thinkingLevel HIGH, the highest there is.', effort));
  }
  return { thinkingLevel: isBeyond ? 'HIGH' : effort.toUpperCase() };
}

function formatOf({ type, json_schema: named }: JsonObject, notes: Notes): JsonObject {
  if (type === 'json_object') return { responseMimeType: 'application/json' };
  if (type !== 'json_schema') return {};
  const { schema, name, ...rest } = objectIn(named);
  notes.rest(rest, [], 'json_schema');
  if (name !== 'response') notes.lost('json_schema.name');
  const json = objectIn(schema);
  const closed = toSchema(json, 'generationConfig');
  return {
    responseMimeType: 'application/json',
    ...(closed === undefined ? { responseJsonSchema: json } : { responseSchema: closed }),
  };
}

function declarationOf(tool: JsonObject, notes: Notes): JsonObject[] {
  if (isObject(tool.function)) return [functionOf(tool.function, notes)];
  notes.lost(l10n.t('A tool of type {0}', stringIn(tool.type)));
  return [];
}

function functionOf({ name, description, parameters, ...rest }: JsonObject, notes: Notes): JsonObject {
  notes.rest(rest, [], 'function');
  const closed = isObject(parameters) ? toSchema(parameters, 'tools') : undefined;
  return compact({
    name,
    description,
    parameters: closed,
    parametersJsonSchema: closed === undefined ? parameters : undefined,
  });
}

function toolConfigOf(choice: unknown, notes: Notes): JsonObject | undefined {
  switch (choice) {
    case undefined:
      return undefined;
    case 'auto':
      return { functionCallingConfig: { mode: 'AUTO' } };
    case 'none':
      return { functionCallingConfig: { mode: 'NONE' } };
    case 'required':
      return { functionCallingConfig: { mode: 'ANY' } };
  }
  const chosen = objectIn(choice);
  const name = objectIn(chosen.function).name ?? chosen.name;
  if (typeof name === 'string') {
    return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] } };
  }
  notes.lost('tool_choice');
  return undefined;
}

/** The EmbedContentRequest for the body of an embeddings line; an error when it does not hold exactly one text. */
export function embedRequestOf(body: JsonObject, notes: Notes): JsonObject | string {
  const { input, dimensions, encoding_format: encoding, ...rest } = normalise('EmbeddingsBody', body);
  notes.rest(rest, ['model'], '');
  if (encoding !== undefined && encoding !== 'float') notes.lost('encoding_format');
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  const [text] = texts;
  if (texts.length !== 1 || typeof text !== 'string') {
    return l10n.t('Gemini embeds one text a line. Give each text, as text, a line of its own.');
  }
  return compact({
    content: { parts: [{ text }] },
    embedContentConfig: dimensions === undefined ? undefined : { outputDimensionality: dimensions },
  });
}
