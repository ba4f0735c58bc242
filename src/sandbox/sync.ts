import { estimateText } from '../dialects';
import type { AnswerContext } from './answers/answer';
import { answerEmbed } from './answers/embed';
import { answerGenerate } from './answers/generate';
import { readPrompt } from './answers/prompt';

import { unknownNames } from './batchInput';
import { ApiError, badRequest, statusWords, type RpcError, type StatusWord } from './errors';
import { json, param, readJson, textReply, type Exchange, type Reply } from './exchange';
import { asObject, type JsonObject } from '../util/json';
import { arrayField, field, objectField, stringField } from './protoFields';
import { requireModel, type SandboxModel } from './models';
import { bodyViolations } from './protoCheck';
import type { Router } from './router';

export type ContextFor = (model: SandboxModel) => AnswerContext;

type Call = (body: JsonObject, context: AnswerContext, exchange: Exchange) => Reply;

/** The calls that answer at once: trying a request, embedding a text, counting tokens. */
const calls: Readonly<Record<string, { readonly capability: string; readonly answer: Call }>> = {
  generateContent: {
    capability: 'generateContent',
    answer: (body, context) => json(generate(body, context)),
  },
  streamGenerateContent: { capability: 'generateContent', answer: streamGenerate },
  embedContent: { capability: 'embedContent', answer: (body, context) => json(embed(body, context, '')) },
  batchEmbedContents: { capability: 'embedContent', answer: embedAll },
  countTokens: { capability: 'countTokens', answer: (body, context) => json(countTokens(body, context)) },
};

export function syncRoutes(router: Router, contextFor: ContextFor): void {
  for (const [method, { capability, answer }] of Object.entries(calls))
    for (const collection of ['models', 'tunedModels'])
      router.add('POST', `/{version}/${collection}/{model}:${method}`, async (exchange) => {
        const model = requireModel(param(exchange, 'model'), capability, param(exchange, 'version'));
        return answer(await readJson(exchange), contextFor(model), exchange);
      });
}

function embedAll(body: JsonObject, context: AnswerContext): Reply {
  const embeddings = arrayField(body, 'requests').map((request, index) =>
    field(embed(asObject(request) ?? {}, context, `requests[${index}]`), 'embedding'),
  );
  return json({ embeddings });
}

function generate(body: JsonObject, context: AnswerContext): JsonObject {
  requireShape('GenerateContentRequest', body, '');
  const answer = answerGenerate(body, context);
  if ('error' in answer) throw asApiError(answer.error);
  return answer.response;
}

function embed(body: JsonObject, context: AnswerContext, at: string): JsonObject {
  requireShape('EmbedContentRequest', body, at);
  const answer = answerEmbed(body, context);
  if ('error' in answer) throw asApiError(answer.error);
  return answer.response;
}

/** One event that holds the whole answer, or a list of one without `alt=sse`. */
function streamGenerate(body: JsonObject, context: AnswerContext, exchange: Exchange): Reply {
  const response = generate(body, context);
  return exchange.url.searchParams.get('alt') === 'sse'
    ? textReply(200, 'text/event-stream', `data: ${JSON.stringify(response)}\r\n\r\n`)
    : json([response]);
}

function countTokens(body: JsonObject, context: AnswerContext): JsonObject {
  const unknown = unknownNames(body, ['contents', 'generateContentRequest', 'model'], '');
  if (unknown.length > 0) throw badRequest(unknown);
  const wrapped = objectField(body, 'generateContentRequest');
  const request = wrapped ?? { contents: field(body, 'contents') ?? [] };
  requireShape('GenerateContentRequest', request, wrapped === undefined ? '' : 'generate_content_request');
  const prompt = readPrompt(arrayField(request, 'contents'), objectField(request, 'systemInstruction'));
  const tools = field(request, 'tools');
  if (tools !== undefined) prompt.tokens.add('TEXT', estimateText(JSON.stringify(tools)));
  const cached = context.cachedTokens(stringField(request, 'cachedContent') ?? '') ?? 0;
  return {
    totalTokens: prompt.tokens.total + cached,
    promptTokensDetails: prompt.tokens.details,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
  };
}

function requireShape(message: string, body: JsonObject, at: string): void {
  const violations = bodyViolations(message, body, at);
  if (violations.length > 0) throw badRequest(violations);
}

function asApiError(error: RpcError): ApiError {
  const words = Object.keys(statusWords) as StatusWord[];
  const word = words.find((candidate) => statusWords[candidate].rpc === error.code);
  return new ApiError(word ?? 'INTERNAL', error.message ?? 'An internal error has occurred.');
}
