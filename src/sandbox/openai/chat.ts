import type { AnswerContext } from '../answers/answer';
import { embedding } from '../answers/embed';
import { answerGenerate } from '../answers/generate';
import { estimateText } from '../../dialects';
import { statusWords, type RpcError } from '../errors';
import { asArray, asObject, asString, type JsonObject } from '../../util/json';
import { arrayField } from '../protoFields';
import { openAiError, type OpenAiError } from './errors';

/** What one call comes to. */
export type OpenAiAnswer =
  | { readonly status: 200; readonly body: JsonObject }
  | { readonly status: number; readonly body: { readonly error: OpenAiError } };

/** Answers the body of a call; `createdAt` in seconds. */
export type OpenAiCall = (body: JsonObject, context: AnswerContext, createdAt: number) => OpenAiAnswer;

/** The endpoints that batches and single calls know. */
export const openAiCalls: Readonly<Record<string, OpenAiCall>> = {
  '/v1/chat/completions': answerChat,
  '/v1/embeddings': answerEmbeddings,
};

function missing(param: string): OpenAiAnswer {
  const error = openAiError(
    `Missing required parameter: '${param}'.`,
    400,
    'missing_required_parameter',
    param,
  );
  return { status: 400, body: { error } };
}

function answerChat(body: JsonObject, context: AnswerContext, createdAt: number): OpenAiAnswer {
  if (asArray(body.messages) === undefined) return missing('messages');
  const answer = answerGenerate(toGemini(body), context);
  if ('error' in answer) return failed(answer.error);
  const { candidates, promptFeedback } = answer.response;
  if (promptFeedback !== undefined) {
    const message = 'The request was refused because of its content.';
    return { status: 400, body: { error: openAiError(message, 400, 'content_policy_violation') } };
  }
  const usage = asObject(answer.response.usageMetadata) ?? {};
  const thoughts = Number(usage.thoughtsTokenCount ?? 0);
  const completion = Number(usage.candidatesTokenCount ?? 0) + thoughts;
  return {
    status: 200,
    body: {
      id: `chatcmpl-${String(answer.response.responseId)}`,
      object: 'chat.completion',
      created: createdAt,
      model: context.model.id,
      choices: (asArray(candidates) ?? []).map((candidate, index) =>
        choice(asObject(candidate) ?? {}, index),
      ),
      usage: {
        prompt_tokens: usage.promptTokenCount,
        completion_tokens: completion,
        total_tokens: Number(usage.promptTokenCount ?? 0) + completion,
        completion_tokens_details: { reasoning_tokens: thoughts },
      },
      system_fingerprint: 'simulated',
    },
  };
}

function failed({ code, message = '' }: RpcError): OpenAiAnswer {
  const status = Object.values(statusWords).find(({ rpc }) => rpc === code)?.http ?? 500;
  return { status, body: { error: openAiError(message, status) } };
}

const finishReasons: Readonly<Record<string, string>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
};

function choice(candidate: JsonObject, index: number): JsonObject {
  const parts = arrayField(asObject(candidate.content), 'parts').map((part) => asObject(part) ?? {});
  const text = parts
    .filter((part) => part.thought !== true)
    .map((part) => asString(part.text) ?? '')
    .join('');
  const calls = parts
    .map((part) => asObject(part.functionCall))
    .filter((call) => call !== undefined)
    .map((call, n) => ({
      id: `call_simulated_${index}_${n}`,
      type: 'function',
      function: { name: call.name, arguments: JSON.stringify(call.args) },
    }));
  const reason = finishReasons[String(candidate.finishReason)] ?? 'stop';
  return {
    index,
    message: {
      role: 'assistant',
      content: calls.length > 0 || reason === 'content_filter' ? null : text,
      refusal: null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
    logprobs: null,
    finish_reason: calls.length > 0 ? 'tool_calls' : reason,
  };
}

/** A chat as the Gemini request that the answers are made from. */
function toGemini(body: JsonObject): JsonObject {
  const messages = arrayField(body, 'messages').map((message) => asObject(message) ?? {});
  const isSystem = (message: JsonObject) => message.role === 'system' || message.role === 'developer';
  const system = messages.filter(isSystem).flatMap((message) => partsOf(message));
  const contents = messages
    .filter((message) => !isSystem(message))
    .map((message) => ({ role: message.role === 'assistant' ? 'model' : 'user', parts: partsOf(message) }))
    .filter(({ parts }) => parts.length > 0);
  return {
    contents,
    ...(system.length > 0 ? { systemInstruction: { parts: system } } : {}),
    generationConfig: generationConfig(body),
    ...toolsOf(body),
  };
}

function partsOf(message: JsonObject): JsonObject[] {
  const { content } = message;
  const called = arrayField(message, 'tool_calls').map((call) => ({
    functionCall: asObject(call)?.function,
  }));
  if (typeof content === 'string')
    return message.role === 'tool'
      ? [{ functionResponse: { name: 'tool', response: { content } } }]
      : [{ text: content }, ...called];
  const parts = (asArray(content) ?? []).map((part) => partOf(asObject(part) ?? {}));
  return [...parts, ...called];
}

function partOf(part: JsonObject): JsonObject {
  const url = asString(asObject(part.image_url)?.url) ?? '';
  const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  if (data !== undefined) return { inlineData: { mimeType, data } };
  if (url !== '') return { fileData: { mimeType: 'image/*', fileUri: url } };
  const audio = asObject(part.input_audio);
  if (audio !== undefined)
    return { inlineData: { mimeType: `audio/${String(audio.format)}`, data: audio.data } };
  return { text: asString(part.text) ?? '' };
}

function generationConfig(body: JsonObject): JsonObject {
  const format = asObject(body.response_format);
  const schema = asObject(format?.json_schema)?.schema;
  const wanted = {
    temperature: body.temperature,
    topP: body.top_p,
    seed: body.seed,
    candidateCount: body.n,
    maxOutputTokens: body.max_completion_tokens ?? body.max_tokens,
    stopSequences: typeof body.stop === 'string' ? [body.stop] : body.stop,
    responseMimeType:
      format?.type === 'json_object' || format?.type === 'json_schema' ? 'application/json' : undefined,
    responseJsonSchema: schema,
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null),
  );
}

function toolsOf(body: JsonObject): JsonObject {
  const declared = arrayField(body, 'tools').map((tool) => asObject(asObject(tool)?.function) ?? {});
  if (declared.length === 0) return {};
  const functionDeclarations = declared.map(({ name, parameters }) => ({
    name,
    parametersJsonSchema: parameters ?? { type: 'object' },
  }));
  const chosen = asString(asObject(asObject(body.tool_choice)?.function)?.name);
  const must = body.tool_choice === 'required' || chosen !== undefined;
  const functionCallingConfig = {
    mode: must ? 'ANY' : 'AUTO',
    ...(chosen === undefined ? {} : { allowedFunctionNames: [chosen] }),
  };
  return { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig } };
}

function answerEmbeddings(body: JsonObject, context: AnswerContext): OpenAiAnswer {
  const inputs = typeof body.input === 'string' ? [body.input] : asArray(body.input);
  if (inputs === undefined || inputs.length === 0) return missing('input');
  const dimension = typeof body.dimensions === 'number' ? body.dimensions : 1536;
  const tokens = inputs.reduce<number>((sum, input) => sum + estimateText(textOf(input)), 0);
  const data = inputs.map((input, index) => {
    const values = embedding(textOf(input), context.model.id, dimension);
    return {
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? packed(values) : values,
    };
  });
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { status: 200, body: { object: 'list', data, model: context.model.id, usage } };
}

/** An input is a text or a list of tokens. */
function textOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** Numbers as little-endian floats in base64, the way the official client asks for them. */
function packed(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
