import {
  longestAddress,
  type DetailCandidate,
  type RowDetail,
  type RowSummary,
} from '../shared/resultsMessages';
import { asArray, asNumber, asObject, asString, objectsOf, type JsonObject } from '../util/json';
import { parseAsWritten } from '../util/writtenNumber';
import { jsonLayout, unfenced } from '../shared/jsonText';
import { cut, PartReader, shownText } from './parts';
import { detailOfRequest, readRequestLine, type RequestLine } from './requestLine';
import { readResultLine, type Candidate, type ResultLine } from './resultLine';
import { checkSchema } from './schemaCheck';

export interface RowTexts {
  /** Absent for a row without a result. */
  readonly result?: string;
  /** Absent for a row without a request. */
  readonly request?: { readonly line: number; readonly text: string };
}

/** Everything about one row, from its two lines. Reads any line; what cannot be read is shown as it is. */
export function detailOf(summary: RowSummary, texts: RowTexts): RowDetail {
  const request = texts.request === undefined ? undefined : readRequestLine(texts.request.text);
  const requestDetail =
    texts.request === undefined ? {} : { request: detailOfRequest(texts.request.line, request) };
  const common = { summary, ...requestDetail };
  if (texts.result === undefined) return { ...common, candidates: [], usage: [] };
  const line = readResultLine(texts.result, parseAsWritten);
  if (line === undefined) {
    return { ...common, candidates: [], usage: [], brokenLine: shownText(texts.result, 20_000) };
  }
  return { ...common, ...detailOfResult(line, request) };
}

function detailOfResult(line: ResultLine, request?: RequestLine): Omit<RowDetail, 'summary' | 'request'> {
  const reader = new PartReader();
  const { error, embedding } = line;
  return {
    ...(error === undefined
      ? {}
      : {
          error: {
            ...(error.code === undefined ? {} : { code: error.code }),
            message: cut(error.message ?? '', maxMessage),
          },
        }),
    ...(line.blockReason === undefined ? {} : { blockReason: cut(line.blockReason, maxWord) }),
    candidates: line.candidates
      .slice(0, maxCandidates)
      .map((candidate) => detailOfCandidate(candidate, reader, request)),
    ...(embedding === undefined
      ? {}
      : {
          embedding: {
            dimension: embedding.length,
            norm: norm(embedding),
            first: embedding.slice(0, 12).map(finite),
          },
        }),
    usage: usageOf(line.response).slice(0, maxItems),
    ...(line.model === undefined ? {} : { model: cut(line.model, maxWord) }),
    ...(line.responseId === undefined ? {} : { responseId: cut(line.responseId, maxWord) }),
  };
}

/** What is sent of one row, however much there is: more than a person reads, less than hurts the window. */
const maxItems = 300;
const maxCandidates = 50;
const maxMessage = 20_000;
const maxWord = 300;

const finite = (value: number) => (Number.isFinite(value) ? value : 0);

export function norm(vector: readonly number[]): number {
  return finite(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)));
}

function detailOfCandidate(candidate: Candidate, reader: PartReader, request?: RequestLine): DetailCandidate {
  const { raw } = candidate;
  const schema = request?.schema === undefined ? undefined : checkAnswer(candidate, request.schema);
  const grounding = asObject(raw.groundingMetadata);
  return {
    finishReason: cut(candidate.finishReason, maxWord),
    ...(candidate.finishMessage === undefined
      ? {}
      : { finishMessage: cut(candidate.finishMessage, maxMessage) }),
    parts: reader.read(candidate.parts),
    safety: safetyOf(raw).slice(0, maxItems),
    sources: [...sourcesOf(grounding), ...citationsOf(raw)].slice(0, maxItems),
    searches: (asArray(grounding?.webSearchQueries) ?? [])
      .slice(0, maxItems)
      .map((query) => cut(asString(query) ?? '', maxWord))
      .filter((query) => query !== ''),
    ...(schema === undefined ? {} : { schema }),
  };
}

/** The text that a person would call the answer: all of it that is no thought. */
export function answerText(candidate: Candidate): string {
  return candidate.parts
    .filter((part) => part.thought !== true)
    .map((part) => asString(part.text) ?? '')
    .join('');
}

/** An answer as JSON: also inside a Markdown fence, as models like to write it, its numbers as written. Undefined when it is none. */
export function answerJson(candidate: Candidate): unknown {
  const text = unfenced(answerText(candidate));
  // What is deeper than any schema would only exhaust the stack of whoever walks through it.
  return jsonLayout(text).depth > deepestAnswer ? undefined : parseAsWritten(text);
}

const deepestAnswer = 200;

function checkAnswer(candidate: Candidate, schema: unknown): DetailCandidate['schema'] {
  if (answerText(candidate) === '') return undefined;
  const value = answerJson(candidate);
  return value === undefined
    ? { violations: [], unreadable: true }
    : { violations: checkSchema(value, schema), unreadable: false };
}

function safetyOf(candidate: JsonObject): DetailCandidate['safety'] {
  return objectsOf(candidate.safetyRatings).map((rating) => ({
    category: cut((asString(rating.category) ?? '').replace(/^HARM_CATEGORY_/, ''), maxWord),
    probability: cut(asString(rating.probability) ?? '', maxWord),
    blocked: rating.blocked === true,
  }));
}

/** An address that is too long to be opened is too long also when it is cut: it is never taken for another. */
function sourceOf(title: string, uri: string): { title: string; uri: string } {
  return { title: cut(title, maxWord), uri: cut(uri, longestAddress) };
}

function sourcesOf(grounding: JsonObject | undefined): { title: string; uri: string }[] {
  return objectsOf(grounding?.groundingChunks).flatMap((chunk) => {
    const place = asObject(chunk.web) ?? asObject(chunk.maps) ?? asObject(chunk.retrievedContext);
    const uri = asString(place?.uri);
    return uri === undefined ? [] : [sourceOf(asString(place?.title) ?? uri, uri)];
  });
}

function citationsOf(candidate: JsonObject): { title: string; uri: string }[] {
  const citations = asObject(candidate.citationMetadata);
  return objectsOf(citations?.citationSources ?? citations?.citations).flatMap((source) => {
    const uri = asString(source.uri);
    return uri === undefined ? [] : [sourceOf(asString(source.title) ?? uri, uri)];
  });
}

function usageOf(response: JsonObject | undefined): RowDetail['usage'] {
  const usage = asObject(response?.usageMetadata) ?? asObject(response?.usage);
  const own = asNumber(response?.tokenCount);
  if (usage === undefined) return own === undefined ? [] : [{ name: 'tokenCount', value: String(own) }];
  return Object.entries(usage).flatMap(([key, value]) => {
    const name = cut(key, maxWord);
    const number = asNumber(value);
    if (number !== undefined) return [{ name, value: String(number) }];
    return objectsOf(value).map((detail) => ({
      name: cut(`${name} ${asString(detail.modality) ?? ''}`.trim(), maxWord),
      value: String(asNumber(detail.tokenCount) ?? 0),
    }));
  });
}

/** The JSON of a row's first candidate; undefined when it is none. */
export function answerOf(line: ResultLine | undefined): unknown {
  const candidate = line?.candidates[0];
  return candidate === undefined ? undefined : answerJson(candidate);
}
