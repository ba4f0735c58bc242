import { estimateText } from '../../dialects';
import { asObject, type JsonObject } from '../../util/json';
import { arrayField, field, numberField, objectField, stringField } from '../protoFields';
import { SeededRandom } from '../random';
import type { Answer, AnswerContext } from './answer';
import { findMagic, type MagicWord } from './magic';
import { aspectRatio, pcmMimeType, simulatedPng, simulatedTone } from './media';
import { readPrompt, type Prompt } from './prompt';
import { cachedContentFault, generateFault } from './rules';
import { sampleSchema } from './schema';
import { answerText, longText } from './text';
import { toolTraces } from './toolParts';
import { cutToTokens, TokenTally } from './tokens';

/** Tokens of one simulated picture, the service's flat price, and of a second of speech. */
const pictureTokens = 1290;
const speechTokens = 32;

/** Answers a GenerateContentRequest of either casing. The same request always gets the same answer. */
export function answerGenerate(request: JsonObject, context: AnswerContext): Answer {
  const prompt = readPrompt(arrayField(request, 'contents'), objectField(request, 'systemInstruction'));
  const fault = generateFault(request, prompt, context) ?? cachedContentFault(request);
  if (fault !== undefined) return { error: fault.toRpc() };
  const magic = findMagic(prompt.texts);
  const failure = magic === undefined ? undefined : rowFailures[magic];
  if (failure !== undefined) return { error: failure };
  return { response: respond(request, prompt, magic, context) };
}

const rowFailures: Readonly<Partial<Record<MagicWord, { code: number; message: string }>>> = {
  failed: {
    code: 13,
    message:
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  },
  invalid: { code: 3, message: 'Request contains an invalid argument.' },
  deadline: { code: 4, message: 'Deadline expired before operation could complete.' },
  unavailable: { code: 14, message: 'The model is overloaded. Please try again later.' },
};

function respond(
  request: JsonObject,
  prompt: Prompt,
  magic: MagicWord | undefined,
  context: AnswerContext,
): JsonObject {
  const seed = `${context.model.id}\n${JSON.stringify(request)}`;
  const random = new SeededRandom(seed);
  const cachedTokens = context.cachedTokens(stringField(request, 'cachedContent') ?? '') ?? 0;
  const facts = {
    modelVersion: `${context.model.id}-simulated`,
    responseId: `simulated-${random.id(16)}`,
  };
  const promptTokens = prompt.tokens.total + cachedTokens;
  const usage: Record<string, unknown> = { promptTokenCount: promptTokens };
  if (magic === 'blocked') {
    const promptFeedback = { blockReason: 'PROHIBITED_CONTENT' };
    return { promptFeedback, usageMetadata: { ...usage, totalTokenCount: promptTokens }, ...facts };
  }
  const config = objectField(request, 'generationConfig');
  const thoughts = thinkingOf(config, context, random);
  const candidates = Array.from({ length: numberField(config, 'candidateCount') ?? 1 }, (_, index) =>
    makeCandidate(
      { request, config, prompt, magic, context, index, thoughts },
      new SeededRandom(`${seed}\n${index}`),
    ),
  );
  const output = new TokenTally();
  for (const candidate of candidates)
    for (const { modality, tokenCount } of candidate.tokens.details) output.add(modality, tokenCount);
  const thoughtTokens = Math.max(0, ...candidates.map((candidate) => candidate.thoughtTokens));
  const pictures = output.details.filter(({ modality }) => modality !== 'TEXT');
  return {
    candidates: candidates.map((candidate) => candidate.json),
    usageMetadata: {
      ...usage,
      candidatesTokenCount: output.total,
      totalTokenCount: promptTokens + output.total + thoughtTokens,
      ...(cachedTokens > 0 ? { cachedContentTokenCount: cachedTokens } : {}),
      promptTokensDetails: prompt.tokens.details,
      ...(pictures.length > 0 ? { candidatesTokensDetails: output.details } : {}),
      ...(thoughtTokens > 0 ? { thoughtsTokenCount: thoughtTokens } : {}),
    },
    ...facts,
  };
}

interface Thinking {
  readonly tokens: number;
  readonly shown: boolean;
}

function thinkingOf(
  config: JsonObject | undefined,
  { model }: AnswerContext,
  random: SeededRandom,
): Thinking {
  const thinking = objectField(config, 'thinkingConfig');
  const budget = numberField(thinking, 'thinkingBudget');
  const effort =
    { MINIMAL: 0.3, LOW: 0.6, MEDIUM: 1, HIGH: 2 }[stringField(thinking, 'thinkingLevel') ?? ''] ?? 1;
  const usual = Math.round(random.integer(40, 120) * effort);
  const tokens = model.thinking ? Math.min(usual, budget === undefined || budget < 0 ? usual : budget) : 0;
  return { tokens, shown: tokens > 0 && field(thinking, 'includeThoughts') === true };
}

interface CandidateWish {
  readonly request: JsonObject;
  readonly config: JsonObject | undefined;
  readonly prompt: Prompt;
  readonly magic: MagicWord | undefined;
  readonly context: AnswerContext;
  readonly index: number;
  readonly thoughts: Thinking;
}

interface Candidate {
  readonly json: JsonObject;
  readonly tokens: TokenTally;
  readonly thoughtTokens: number;
}

/** Finish reasons that come with no content. */
const emptyFinishes: Readonly<Partial<Record<MagicWord, string>>> = {
  safety: 'SAFETY',
  recitation: 'RECITATION',
  'malformed-call': 'MALFORMED_FUNCTION_CALL',
};

function makeCandidate(wish: CandidateWish, random: SeededRandom): Candidate {
  const { magic, index, thoughts } = wish;
  const tokens = new TokenTally();
  const finish = magic === undefined ? undefined : emptyFinishes[magic];
  if (finish !== undefined) {
    const ratings = [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true }];
    const json = { finishReason: finish, index, ...(finish === 'SAFETY' ? { safetyRatings: ratings } : {}) };
    return { json, tokens, thoughtTokens: thoughts.tokens };
  }
  if (magic === 'empty')
    return {
      json: { content: { role: 'model', parts: [] }, finishReason: 'STOP', index },
      tokens,
      thoughtTokens: thoughts.tokens,
    };
  const parts: JsonObject[] = [];
  if (thoughts.shown)
    parts.push({ text: '[Simulated] Thinking about how to answer this in the sandbox.', thought: true });
  const { text, finishReason, thoughtTokens, others } = contentOf(wish, tokens, random);
  const traces = toolTraces(wish.request, wish.prompt);
  parts.push(...traces.parts);
  if (text !== '') parts.push({ text });
  parts.push(...others);
  const content = { parts, role: 'model' };
  return { json: { content, finishReason, index, ...traces.beside }, tokens, thoughtTokens };
}

interface Content {
  readonly text: string;
  readonly finishReason: string;
  readonly thoughtTokens: number;
  /** Parts that are not text. */
  readonly others: readonly JsonObject[];
}

function contentOf(wish: CandidateWish, tokens: TokenTally, random: SeededRandom): Content {
  const { config, context, thoughts } = wish;
  const call = functionCall(wish, random);
  if (call !== undefined) {
    tokens.add('TEXT', estimateText(JSON.stringify(call)));
    return {
      text: '',
      finishReason: 'STOP',
      thoughtTokens: thoughts.tokens,
      others: [{ functionCall: call }],
    };
  }
  const wanted = modalities(config, context);
  const others: JsonObject[] = [];
  if (wanted.has('IMAGE')) {
    const image =
      objectField(config, 'imageConfig') ?? objectField(objectField(config, 'responseFormat'), 'image');
    const data = simulatedPng(random, aspectRatio(stringField(image, 'aspectRatio'))).toString('base64');
    others.push({ inlineData: { mimeType: 'image/png', data } });
    tokens.add('IMAGE', pictureTokens);
  }
  if (wanted.has('AUDIO')) {
    others.push({ inlineData: { mimeType: pcmMimeType, data: simulatedTone(random).toString('base64') } });
    tokens.add('AUDIO', speechTokens);
  }
  if (!wanted.has('TEXT')) return { text: '', finishReason: 'STOP', thoughtTokens: thoughts.tokens, others };
  const written = writeText(wish, random, others.length > 0);
  tokens.add('TEXT', estimateText(written.text));
  return { ...written, others };
}

/** The modalities asked for; where none is, those the model is made for. */
function modalities(config: JsonObject | undefined, { model }: AnswerContext): ReadonlySet<unknown> {
  const asked = arrayField(config, 'responseModalities').filter((name) => name !== 'MODALITY_UNSPECIFIED');
  if (asked.length > 0) return new Set(asked);
  return new Set(model.kind === 'image' ? ['TEXT', 'IMAGE'] : model.kind === 'speech' ? ['AUDIO'] : ['TEXT']);
}

/** Text within the budget of output tokens, out of which thinking comes first. */
function writeText(wish: CandidateWish, random: SeededRandom, illustrated: boolean): Omit<Content, 'others'> {
  const { config, prompt, magic, thoughts, context } = wish;
  const budget = numberField(config, 'maxOutputTokens') ?? context.model.outputTokenLimit;
  let text = structured(config, prompt, random);
  const isData = text !== undefined;
  const room = Math.max(1, budget - thoughts.tokens);
  if (magic === 'long') text = longText(prompt, random);
  text ??= answerText(prompt, random, Math.max(room, Math.ceil(budget / 2)), illustrated);
  if (magic === 'broken-json') text = (isData ? text : '{"simulated": "broken, ').slice(0, -1);
  for (const stop of arrayField(config, 'stopSequences'))
    if (typeof stop === 'string' && stop !== '' && text.includes(stop))
      text = text.slice(0, text.indexOf(stop));
  const needed = estimateText(text);
  const cut = magic === 'truncated' ? Math.ceil(needed / 2) : needed;
  // Thinking gives way to a short answer; only what is too long even then is cut off.
  const allowed = Math.min(cut, budget);
  const truncated = allowed < needed;
  return {
    text: truncated ? cutToTokens(text, allowed) : text,
    finishReason: truncated ? 'MAX_TOKENS' : 'STOP',
    thoughtTokens: Math.min(thoughts.tokens, budget - allowed),
  };
}

/** JSON or an enum value when the request asks for one, else undefined. */
function structured(
  config: JsonObject | undefined,
  prompt: Prompt,
  random: SeededRandom,
): string | undefined {
  const format = objectField(objectField(config, 'responseFormat'), 'text');
  const schema =
    field(config, 'responseJsonSchema') ??
    field(config, '_responseJsonSchema') ??
    field(config, 'responseSchema') ??
    field(format, 'schema');
  const mimeType = stringField(config, 'responseMimeType') ?? stringField(format, 'mimeType');
  if (schema !== undefined) {
    const value = sampleSchema(schema, { random, root: schema, question: prompt.question });
    return mimeType === 'text/x.enum' && typeof value === 'string' ? value : JSON.stringify(value);
  }
  if (mimeType !== 'application/json' && mimeType !== 'APPLICATION_JSON') return undefined;
  return JSON.stringify({ simulated: true, answer: answerText(prompt, random, 40, false) });
}

/** A call when the request insists on one. */
function functionCall({ request, prompt }: CandidateWish, random: SeededRandom): JsonObject | undefined {
  const calling = objectField(objectField(request, 'toolConfig'), 'functionCallingConfig');
  if (stringField(calling, 'mode') !== 'ANY') return undefined;
  const allowed = arrayField(calling, 'allowedFunctionNames');
  const declared = arrayField(request, 'tools')
    .flatMap((tool) => arrayField(asObject(tool), 'functionDeclarations'))
    .map(asObject)
    .filter((declaration) => allowed.length === 0 || allowed.includes(declaration?.name));
  const chosen = random.pick(declared);
  if (chosen === undefined) return undefined;
  const schema = field(chosen, 'parametersJsonSchema') ?? field(chosen, 'parameters');
  const args =
    schema === undefined ? {} : sampleSchema(schema, { random, root: schema, question: prompt.question });
  return { name: stringField(chosen, 'name') ?? '', args };
}
