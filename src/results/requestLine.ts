import type { RequestDetail } from '../shared/resultsMessages';
import { asArray, asNumber, asObject, asString, without, type JsonObject } from '../util/json';
import { parseAsWritten } from '../util/writtenNumber';
import { jsonOf } from './jsonOf';
import { cut, PartReader } from './parts';
import { partsOfMessage } from './resultLine';

/** A request line in the terms of Gemini, whichever dialect it was written in. */
export interface RequestLine {
  readonly turns: readonly { readonly role: string; readonly parts: readonly JsonObject[] }[];
  /** Everything that steers the answer, as it was written. */
  readonly settings: JsonObject;
  /** What the answer has to look like, if the request says. */
  readonly schema?: unknown;
}

/** Reads a request line; undefined when it is no JSON object. Either casing, with or without its wrapping. */
export function readRequestLine(text: string): RequestLine | undefined {
  const raw = asObject(parseAsWritten(text));
  if (raw === undefined) return undefined;
  const body = asObject(raw.body);
  if (body !== undefined) return readOpenAi(body);
  return readGemini(asObject(raw.request) ?? raw);
}

function readGemini(request: JsonObject): RequestLine {
  const system = request.systemInstruction ?? request.system_instruction;
  const contents = asArray(request.contents) ?? [request.contents ?? request.content];
  const turns = contents.flatMap((value) => turnOf(value, 'user'));
  const config = asObject(request.generationConfig ?? request.generation_config) ?? {};
  const schema = schemaOf(config);
  const settings = without(request, 'key', 'contents', 'content', 'systemInstruction', 'system_instruction');
  return {
    turns: [...(system === undefined ? [] : turnOf(system, 'system', 'system')), ...turns],
    settings,
    ...(schema === undefined ? {} : { schema }),
  };
}

function turnOf(value: unknown, otherwise: string, always?: string): RequestLine['turns'][number][] {
  if (typeof value === 'string') return [{ role: always ?? otherwise, parts: [{ text: value }] }];
  const content = asObject(value);
  if (content === undefined) return [];
  const parts = (asArray(content.parts) ?? [content.parts]).flatMap((part) => {
    if (typeof part === 'string') return [{ text: part }];
    const object = asObject(part);
    return object === undefined ? [] : [camelPart(object)];
  });
  return [{ role: always ?? asString(content.role) ?? otherwise, parts }];
}

const partNames: Readonly<Record<string, string>> = {
  inline_data: 'inlineData',
  file_data: 'fileData',
  function_call: 'functionCall',
  function_response: 'functionResponse',
  executable_code: 'executableCode',
  code_execution_result: 'codeExecutionResult',
  mime_type: 'mimeType',
  file_uri: 'fileUri',
};

/** A part with the names that responses use; people write requests in either casing. */
function camelPart(part: JsonObject, depth = 0): JsonObject {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      const inner = depth === 0 ? asObject(value) : undefined;
      return [
        Object.hasOwn(partNames, name) ? (partNames[name] ?? name) : name,
        inner === undefined ? value : camelPart(inner, 1),
      ];
    }),
  );
}

function schemaOf(config: JsonObject): unknown {
  return (
    config.responseSchema ??
    config.response_schema ??
    config.responseJsonSchema ??
    config.response_json_schema ??
    asObject(asObject(config.responseFormat)?.text)?.schema
  );
}

function readOpenAi(body: JsonObject): RequestLine {
  const { messages, input, ...settings } = body;
  const turns = (asArray(messages) ?? []).flatMap((value) => {
    const message = asObject(value);
    return message === undefined
      ? []
      : [{ role: asString(message.role) ?? 'user', parts: partsOfMessage(message) }];
  });
  const inputs = (typeof input === 'string' ? [input] : (asArray(input) ?? [])).map((text) => ({
    role: 'input',
    parts: [{ text: typeof text === 'string' ? text : jsonOf(text) }],
  }));
  const schema = asObject(asObject(body.response_format)?.json_schema)?.schema;
  return { turns: [...turns, ...inputs], settings, ...(schema === undefined ? {} : { schema }) };
}

/** What the detail view shows of a request. */
export function detailOfRequest(line: number, request: RequestLine | undefined): RequestDetail {
  if (request === undefined) return { line, turns: [], settings: [], broken: true };
  const reader = new PartReader();
  return {
    line,
    turns: request.turns
      .slice(0, maxTurns)
      .map(({ role, parts }) => ({ role: cut(role, maxValue), parts: reader.read(parts) })),
    settings: flatten(request.settings, '', 0).slice(0, maxSettings),
    broken: false,
  };
}

const maxTurns = 300;
const maxSettings = 60;
/** Settings inside settings; what is deeper stays in one piece. */
const maxLevels = 6;
const maxValue = 300;

/** Settings one by one; schemas and tools stay in one piece, as text. */
function flatten(value: JsonObject, path: string, level: number): { name: string; value: string }[] {
  return Object.entries(value).flatMap(([name, each]) => {
    const object = asObject(each);
    const at = path === '' ? name : `${path}.${name}`;
    const whole =
      object === undefined || level === maxLevels || /schema/i.test(name) || Object.keys(object).length === 0;
    if (!whole) return flatten(object, at, level + 1);
    const text = typeof each === 'string' || asNumber(each) !== undefined ? String(each) : jsonOf(each);
    return [{ name: at, value: cut(text, maxValue) }];
  });
}
