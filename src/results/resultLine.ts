import { contentKind } from '../shared/contentKinds';
import type { RowFacts } from './rowFacts';
import { classOfReason, type ReasonTable } from './reasons';
import { asArray, asNumber, asObject, asString, objectsOf, parseJson, type JsonObject } from '../util/json';
import { parseAsWritten } from '../util/writtenNumber';
import { jsonOf } from './jsonOf';

/** A google.rpc.Status, or what another service says in its place. */
export interface RowError {
  readonly code?: number;
  readonly message?: string;
}

export interface Candidate {
  /** As the service wrote it; empty when it said nothing. */
  readonly finishReason: string;
  readonly finishMessage?: string;
  /** Parts as on the wire, in order. */
  readonly parts: readonly JsonObject[];
  /** The candidate as on the wire: safety ratings, grounding, citations, logprobs. */
  readonly raw: JsonObject;
}

export interface RowUsage {
  readonly input: number;
  readonly output: number;
  readonly thinking: number;
  readonly cached: number;
}

/** One line of a results file, whichever of the known shapes it had. */
export interface ResultLine {
  /** As text; undefined when the line has none (inline results without metadata). */
  readonly key: string | undefined;
  readonly error?: RowError;
  /** Why the prompt was refused. */
  readonly blockReason?: string;
  readonly candidates: readonly Candidate[];
  readonly embedding?: readonly number[];
  readonly usage: RowUsage;
  readonly model?: string;
  readonly responseId?: string;
  /** The response as on the wire; absent for errors. */
  readonly response?: JsonObject;
  readonly raw: JsonObject;
}

/**
 * Reads one result line: of a file or inline job, generated content or embeddings, Gemini or OpenAI-compatible, wrapped
 * (`{key, response|error|status}`) or bare. Whatever is missing or of the wrong type is left out; only a line that is no JSON
 * object is undefined.
 * @param parse `parseAsWritten` for those who show JSON that is in the line itself, as arguments of calls are
 */
export function readResultLine(text: string, parse = parseJson): ResultLine | undefined {
  const raw = asObject(parse(text));
  return raw === undefined ? undefined : readResultObject(raw);
}

const call = /"(?:function|tool)(?:Call|Response)"/;

/**
 * For {@link readResultLine}: keeps numbers as they were written in lines with calls, whose arguments are all the JSON that is
 * searched and compared. In other lines, as those of embeddings, looking for such numbers would only take time.
 */
export function parseWithCalls(text: string): unknown {
  return call.test(text) ? parseAsWritten(text) : parseJson(text);
}

function readResultObject(raw: JsonObject): ResultLine {
  const key = keyOf(raw);
  const outer = asObject(raw.response);
  const body = asObject(outer?.body);
  const failed = errorOf(raw, outer, body);
  if (failed !== undefined) {
    return { key, error: failed, candidates: [], usage: noUsage, raw };
  }
  const response = body ?? outer ?? (looksLikeResponse(raw) ? raw : undefined);
  if (response === undefined) return { key, candidates: [], usage: noUsage, raw };
  const blockReason = asString(asObject(response.promptFeedback)?.blockReason);
  const embedding = embeddingOf(response);
  const model = asString(response.modelVersion) ?? asString(response.model);
  const responseId = asString(response.responseId) ?? asString(response.id);
  return {
    key,
    ...(blockReason === undefined || blockReason === '' ? {} : { blockReason }),
    candidates: candidatesOf(response),
    ...(embedding === undefined ? {} : { embedding }),
    usage: usageOf(response),
    ...(model === undefined ? {} : { model }),
    ...(responseId === undefined ? {} : { responseId }),
    response,
    raw,
  };
}

const noUsage: RowUsage = { input: 0, output: 0, thinking: 0, cached: 0 };

/** The key of a request or result line: `key`, else OpenAI's `custom_id`, else `metadata.key` of inline jobs; as text. */
export function keyOf(line: JsonObject): string | undefined {
  return keyText(line.key) ?? keyText(line.custom_id) ?? keyText(asObject(line.metadata)?.key);
}

function keyText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : jsonOf(value);
}

function looksLikeResponse(raw: JsonObject): boolean {
  return ['candidates', 'promptFeedback', 'usageMetadata', 'embedding', 'embeddings', 'choices'].some(
    (name) => name in raw,
  );
}

function errorOf(raw: JsonObject, outer?: JsonObject, body?: JsonObject): RowError | undefined {
  const own = readError(raw.error) ?? (outer === undefined ? readError(raw.status) : undefined);
  if (own !== undefined) return own;
  const status = asNumber(outer?.status_code);
  if (status === undefined || status < 400) return undefined;
  // The OpenAI-compatible paths may wrap the error in an array.
  const wrapped = body ?? asObject(asArray(outer?.body)?.[0]);
  const inner = readError(wrapped?.error) ?? {};
  return { ...inner, code: inner.code ?? status };
}

function readError(value: unknown): RowError | undefined {
  if (typeof value === 'string') return { message: value };
  const error = asObject(value);
  if (error === undefined) return undefined;
  const code = asNumber(error.code);
  // Where nobody wrote a sentence, the name of the error is all there is to read.
  const message = [error.message, error.status, error.code].map(asString).find((text) => text);
  return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
}

function candidatesOf(response: JsonObject): Candidate[] {
  if (asArray(response.candidates) !== undefined) {
    return objectsOf(response.candidates).map((raw) => {
      const finishMessage = asString(raw.finishMessage);
      return {
        finishReason: asString(raw.finishReason) ?? '',
        ...(finishMessage === undefined ? {} : { finishMessage }),
        parts: objectsOf(asObject(raw.content)?.parts),
        raw,
      };
    });
  }
  return objectsOf(response.choices).map((raw) => ({
    finishReason: asString(raw.finish_reason) ?? '',
    parts: partsOfMessage(asObject(raw.message)),
    raw,
  }));
}

/** An OpenAI chat message in the terms of Gemini's parts, so that everything above knows one vocabulary. */
export function partsOfMessage(message: JsonObject | undefined): JsonObject[] {
  if (message === undefined) return [];
  const parts: JsonObject[] = [];
  const reasoning = asString(message.reasoning_content);
  if (reasoning !== undefined) parts.push({ text: reasoning, thought: true });
  const content = asString(message.content);
  if (content !== undefined) parts.push({ text: content });
  for (const value of objectsOf(message.content)) parts.push(partOfContent(value));
  const refusal = asString(message.refusal);
  if (refusal !== undefined && refusal !== '') parts.push({ text: refusal });
  for (const value of objectsOf(message.tool_calls)) {
    const call = asObject(value.function);
    if (call === undefined) continue;
    parts.push({ functionCall: { name: call.name, args: parsedOrText(call.arguments) } });
  }
  return parts;
}

const dataUri = /^data:([\w.+-]+\/[\w.+-]+);base64,/;

function partOfContent(content: JsonObject): JsonObject {
  const text = asString(content.text);
  if (text !== undefined) return { text };
  const url = asString(asObject(content.image_url)?.url);
  if (url === undefined) return content;
  const match = dataUri.exec(url);
  return match === null
    ? { fileData: { fileUri: url } }
    : { inlineData: { mimeType: match[1], data: url.slice(match[0].length) } };
}

function parsedOrText(value: unknown): unknown {
  return typeof value === 'string' ? (parseAsWritten(value) ?? value) : value;
}

function embeddingOf(response: JsonObject): number[] | undefined {
  const single = asObject(response.embedding) ?? asObject(asArray(response.embeddings)?.[0]);
  const values = asArray(single?.values) ?? asArray(asObject(asArray(response.data)?.[0])?.embedding);
  return values?.map((value) => asNumber(value) ?? Number.NaN);
}

function usageOf(response: JsonObject): RowUsage {
  const gemini = asObject(response.usageMetadata);
  if (gemini !== undefined) {
    return {
      input: count(gemini.promptTokenCount) + count(gemini.toolUsePromptTokenCount),
      output: count(gemini.candidatesTokenCount),
      thinking: count(gemini.thoughtsTokenCount),
      cached: count(gemini.cachedContentTokenCount),
    };
  }
  const openai = asObject(response.usage);
  if (openai !== undefined) {
    const thinking = count(asObject(openai.completion_tokens_details)?.reasoning_tokens);
    return {
      input: count(openai.prompt_tokens),
      // OpenAI counts reasoning inside completion_tokens; everywhere here output and thinking are apart.
      output: Math.max(0, count(openai.completion_tokens) - thinking),
      thinking,
      cached: count(asObject(openai.prompt_tokens_details)?.cached_tokens),
    };
  }
  return { ...noUsage, input: count(response.tokenCount) };
}

/** A token count: int64 is text on the wire. Anything but a whole number of sane size is 0. */
function count(value: unknown): number {
  const number = asNumber(value) ?? 0;
  return Number.isInteger(number) && number >= 0 && number <= 0xffffffff ? number : 0;
}

/** Fills `facts` from a parsed line; the slow path's half of what {@link FastLineScanner} does on bytes. */
export function fillFacts(facts: RowFacts, line: ResultLine, reasons: ReasonTable): void {
  facts.reset();
  facts.input = line.usage.input;
  facts.output = line.usage.output;
  facts.thinking = line.usage.thinking;
  facts.cached = line.usage.cached;
  if (line.error !== undefined) {
    facts.hasError = true;
    facts.errorCode = clampCode(line.error.code ?? 0);
    return;
  }
  if (line.blockReason !== undefined) facts.blockReason = reasons.code(line.blockReason);
  if (line.embedding !== undefined) facts.kinds |= contentKind.embedding;
  facts.candidates = line.candidates.length;
  if (line.candidates.length > 1) facts.kinds |= contentKind.candidates;
  const first =
    line.candidates.find((each) => classOfReason(each.finishReason) !== 'ok') ?? line.candidates[0];
  facts.reason = reasons.code(first?.finishReason ?? '');
  for (const candidate of line.candidates) {
    if (asObject(candidate.raw.groundingMetadata) !== undefined) facts.kinds |= contentKind.grounding;
    for (const part of candidate.parts) facts.kinds |= kindOfPart(part);
  }
}

export function clampCode(code: number): number {
  return Number.isInteger(code) && Math.abs(code) <= 0x7fff ? code : 0;
}

/** The kind of one part on the wire. */
export function kindOfPart(part: JsonObject): number {
  const text = asString(part.text);
  if (text !== undefined) {
    if (text === '') return 0;
    if (part.thought === true) return contentKind.thought;
    return contentKind.text | (text.startsWith('{') || text.startsWith('[') ? contentKind.json : 0);
  }
  const inline = asObject(part.inlineData);
  if (inline !== undefined) return kindOfMime(asString(inline.mimeType) ?? '');
  if (asObject(part.functionCall) !== undefined) return contentKind.functionCall;
  if (asObject(part.executableCode) !== undefined) return contentKind.code;
  if (asObject(part.codeExecutionResult) !== undefined) return contentKind.code;
  if (asObject(part.fileData) !== undefined) return contentKind.file;
  return otherParts.some((name) => asObject(part[name]) !== undefined) ? contentKind.other : 0;
}

/** Parts that are shown as JSON. */
const otherParts = ['functionResponse', 'toolCall', 'toolResponse', 'audioTranscription'];

export function kindOfMime(mimeType: string): number {
  if (mimeType.startsWith('image/')) return contentKind.image;
  return mimeType.startsWith('audio/') ? contentKind.audio : contentKind.media;
}
