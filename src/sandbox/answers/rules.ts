import { schemaRefusals } from '../../dialects';
import { ApiError, invalid } from '../errors';
import { asObject, type JsonObject } from '../../util/json';
import { arrayField, field, numberField, objectField, stringField } from '../protoFields';
import type { AnswerContext } from './answer';
import type { Prompt } from './prompt';

const message = '* GenerateContentRequest';
const prefix = `${message}.generation_config`;

/** Ranges of sampling numbers, with the service's name of the field. */
const ranges: readonly (readonly [name: string, snake: string, low: number, high: number])[] = [
  ['temperature', 'temperature', 0, 2],
  ['topP', 'top_p', 0, 1],
  ['candidateCount', 'candidate_count', 1, 8],
  ['logprobs', 'logprobs', 0, 20],
];

/**
 * What a well-formed request may still have wrong. The synchronous calls throw it as their answer, a batch puts it into the
 * row.
 */
export function generateFault(
  request: JsonObject,
  prompt: Prompt,
  context: AnswerContext,
): ApiError | undefined {
  const contents = arrayField(request, 'contents');
  if (contents.length === 0) return invalid('* GenerateContentRequest.contents: contents is not specified\n');
  for (const [index, value] of contents.entries()) {
    const content = asObject(value);
    if (arrayField(content, 'parts').length === 0)
      return invalid(
        `* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n`,
      );
    const role = stringField(content, 'role');
    if (role !== undefined && role !== '' && !['user', 'model', 'function', 'tool'].includes(role))
      return invalid('Please use a valid role: user, model.');
  }
  return (
    configFault(objectField(request, 'generationConfig')) ??
    schemaFault(request) ??
    referenceFault(request, prompt, context)
  );
}

function schemaFault(request: JsonObject): ApiError | undefined {
  const refusals = schemaRefusals(request);
  return refusals.length === 0
    ? undefined
    : invalid(refusals.map((refusal) => `${message}.${refusal}\n`).join(''));
}

function configFault(config: JsonObject | undefined): ApiError | undefined {
  for (const [name, snake, low, high] of ranges) {
    const value = numberField(config, name);
    if (value !== undefined && (value < low || value > high))
      return invalid(`${prefix}.${snake}: ${snake} must be in the range [${low}, ${high}].\n`);
  }
  const most = numberField(config, 'maxOutputTokens');
  if (most !== undefined && most < 1)
    return invalid(`${prefix}.max_output_tokens: max_output_tokens must be positive.\n`);
  if (arrayField(config, 'stopSequences').length > 5)
    return invalid(`${prefix}.stop_sequences: at most 5 stop sequences are allowed.\n`);
  const mimeType = stringField(config, 'responseMimeType');
  if (mimeType !== undefined && !['', 'text/plain', 'application/json', 'text/x.enum'].includes(mimeType))
    return invalid(
      `${prefix}.response_mime_type: allowed mimetypes are \`text/plain\`, \`application/json\`, \`application/xml\`, \`application/yaml\` and \`text/x.enum\`.\n`,
    );
  const thinking = objectField(config, 'thinkingConfig');
  if (field(thinking, 'thinkingBudget') !== undefined && field(thinking, 'thinkingLevel') !== undefined)
    return invalid('You can only set only one of thinking budget and thinking level.');
  return undefined;
}

function referenceFault(request: JsonObject, prompt: Prompt, context: AnswerContext): ApiError | undefined {
  const cached = stringField(request, 'cachedContent');
  if (cached !== undefined && context.cachedTokens(cached) === undefined)
    return new ApiError('PERMISSION_DENIED', 'CachedContent not found (or permission denied)');
  return prompt.media
    .map(({ uri }) => (uri === undefined ? undefined : context.fileFault(uri)))
    .find((fault) => fault !== undefined);
}

/** The one rule between fields that the service checks before it takes a batch. */
export function cachedContentFault(request: JsonObject): ApiError | undefined {
  if (stringField(request, 'cachedContent') === undefined) return undefined;
  const clash = ['systemInstruction', 'tools', 'toolConfig'].some(
    (name) => field(request, name) !== undefined,
  );
  return clash
    ? invalid(
        'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.',
      )
    : undefined;
}
