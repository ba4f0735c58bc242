import { invalid, type ApiError } from '../errors';
import type { JsonObject } from '../../util/json';
import { arrayField, numberField, objectField, stringField } from '../protoFields';
import { SeededRandom } from '../random';
import type { Answer, AnswerContext } from './answer';
import { findMagic } from './magic';
import { readPrompt } from './prompt';

const usualDimension = 3072;

/** What an EmbedContentRequest may have wrong beyond its shape. */
function embedFault(request: JsonObject): ApiError | undefined {
  if (arrayField(objectField(request, 'content'), 'parts').length === 0)
    return invalid('* EmbedContentRequest.content: content is not specified\n');
  const dimension = dimensionOf(request);
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > usualDimension)
    return invalid(
      `* EmbedContentRequest.output_dimensionality: output_dimensionality must be in the range [1, ${usualDimension}].\n`,
    );
  return undefined;
}

function dimensionOf(request: JsonObject): number {
  const config = objectField(request, 'embedContentConfig');
  return (
    numberField(request, 'outputDimensionality') ??
    numberField(config, 'outputDimensionality') ??
    usualDimension
  );
}

/**
 * An embedding of unit length. Texts that share words get vectors that are close, so that ranking by similarity gives
 * something to look at.
 */
export function answerEmbed(request: JsonObject, context: AnswerContext): Answer {
  const fault = embedFault(request);
  if (fault !== undefined) return { error: fault.toRpc() };
  const prompt = readPrompt([objectField(request, 'content')], undefined);
  const magic = findMagic(prompt.texts);
  if (magic === 'failed') return { error: { code: 13, message: 'An internal error has occurred.' } };
  const values = embedding(
    prompt.texts.join(' '),
    `${context.model.id} ${taskOf(request)}`,
    dimensionOf(request),
  );
  const tokens = Math.max(1, prompt.tokens.total);
  return {
    response: {
      embedding: { values },
      tokenCount: String(tokens),
      usageMetadata: { promptTokenCount: tokens, promptTokenDetails: prompt.tokens.details },
    },
  };
}

function taskOf(request: JsonObject): string {
  const config = objectField(request, 'embedContentConfig');
  return stringField(request, 'taskType') ?? stringField(config, 'taskType') ?? '';
}

/** The sum of one seeded direction a word, scaled to length one. */
export function embedding(text: string, space: string, dimension: number): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [''];
  const sum = new Float64Array(dimension);
  for (const word of new Set(words.slice(0, 64))) {
    const random = new SeededRandom(`${space}\n${word}`);
    for (let index = 0; index < dimension; index++) sum[index] = (sum[index] ?? 0) + random.next() - 0.5;
  }
  const length = Math.hypot(...sum) || 1;
  return Array.from(sum, (value) => Number((value / length).toPrecision(8)));
}
