import { messageNamed, type RuleCode } from '../../../dialects';
import { Hint, ShapeFlag, ShapeKind, Slot } from './layout';

/** What the prover knows of fields and messages beyond the descriptors: what the checker's rules on meaning ask for. */

export interface FieldFacts {
  readonly kind?: ShapeKind;
  readonly flags?: number;
  readonly slot?: Slot;
  /** The only values it may have, numbered from 1. */
  readonly names?: readonly string[];
  /** Another name under which the facts of its message's fields are looked up first. */
  readonly as?: string;
}

const { notEmpty, counted, picture, tokens, keptNames } = ShapeFlag;

/** `Message.field` -> facts; `[]` stands for the elements of a list, `{}` for the values of a map. */
export const fieldFacts: Readonly<Record<string, FieldFacts>> = {
  'GeminiLine.key': { kind: ShapeKind.key },
  'GeminiEmbedLine.key': { kind: ShapeKind.key },
  'OpenAiChatLine.custom_id': { kind: ShapeKind.key },
  'OpenAiChatLine.url': { names: ['/v1/chat/completions'] },
  'OpenAiEmbeddingsLine.custom_id': { kind: ShapeKind.key },
  'OpenAiEmbeddingsLine.url': { names: ['/v1/embeddings'] },

  'GenerateContentRequest.cachedContent': { kind: ShapeKind.cacheName },
  'GenerateContentRequest.contents': { flags: notEmpty },
  'GenerateContentRequest.systemInstruction': { as: 'AnyRole' },
  'EmbedContentRequest.content': { as: 'AnyRole' },
  'Content.parts': { flags: notEmpty },
  'Content.role': { names: ['user', 'model'] },
  'AnyRole.role': {},
  'Part.text': { flags: notEmpty | counted },
  'Part.fileData': { flags: picture },
  'Blob.mimeType': { kind: ShapeKind.mimeType },
  'FunctionResponseBlob.mimeType': { kind: ShapeKind.mimeType },
  'FileData.mimeType': { kind: ShapeKind.mimeType },
  'FileData.fileUri': { kind: ShapeKind.fileUri },
  'FunctionDeclaration.name': { kind: ShapeKind.functionName },
  'FunctionDeclaration.description': { flags: counted },
  'FunctionDeclaration.parametersJsonSchema': { flags: counted },
  'FunctionCall.name': { flags: counted },
  'FunctionCall.args': { flags: counted },
  'FunctionResponse.name': { flags: counted },
  'FunctionResponse.response': { flags: counted },
  'GenerationConfig.responseMimeType': {
    // In the order that the prover knows: the first two go with a schema.
    names: ['application/json', 'text/x.enum', 'text/plain'],
    slot: Slot.responseType,
  },
  'GenerationConfig.responseSchema': { as: 'AnswerSchema' },
  'GenerationConfig.responseJsonSchema': { flags: counted },
  'GenerationConfig.responseLogprobs': { slot: Slot.logprobsFlag },
  'GenerationConfig.responseModalities': { slot: Slot.modalities },
  'GenerationConfig.maxOutputTokens': { slot: Slot.outputLimit },
  'ImageConfig.aspectRatio': { names: usual('ImageConfig', 'aspectRatio') },
  'ImageConfig.imageSize': { names: usual('ImageConfig', 'imageSize') },
  'ThinkingConfig.thinkingBudget': { slot: Slot.thinkingBudget },
  'ThinkingConfig.thinkingLevel': { slot: Slot.thinkingLevel },
  'AnswerSchema.anyOf[]': { as: 'AnswerSchema' },
  'AnswerSchema.items': { as: 'AnswerSchema' },
  'AnswerSchema.properties{}': { as: 'AnswerSchema' },
  'Schema.anyOf': { flags: notEmpty },
  'Schema.type': { flags: counted, slot: Slot.schemaType },
  'Schema.required': { slot: Slot.required },
  'Schema.propertyOrdering': { slot: Slot.ordered },
  'Schema.description': { flags: counted },
  'Schema.title': { flags: counted },
  'Schema.pattern': { flags: counted },
  'Schema.enum[]': { flags: notEmpty | counted },
  'Schema.properties': { flags: counted | keptNames },

  'ChatCompletionBody.model': { kind: ShapeKind.model },
  'ChatCompletionBody.messages': { flags: notEmpty },
  'ChatCompletionBody.logprobs': { slot: Slot.logprobsFlag },
  'ChatMessage.content': { flags: counted },
  'ChatPart.text': { flags: counted },
  'ChatPart.image_url': { flags: picture },
  'ChatFunction.name': { flags: counted },
  'ChatFunction.description': { flags: counted },
  'ChatFunction.parameters': { flags: counted },
  'ChatFunctionCall.name': { flags: counted },
  'ChatFunctionCall.arguments': { flags: counted },
  'ChatJsonSchema.schema': { flags: counted },
  'EmbeddingsBody.model': { kind: ShapeKind.model },
  'EmbeddingsBody.input': { flags: notEmpty | counted },
  'EmbeddingsBody.input[]': { flags: counted | tokens },
  'EmbeddingsBody.input[][]': { flags: tokens },
};

export interface MessageFacts {
  /** Sets of fields of which one may be there, beyond those that the descriptors name. */
  readonly groups?: readonly (readonly string[])[];
  /** Fields that deserve the hint of a model in a row. */
  readonly hinted?: readonly string[];
  /** Fields that need the one that is remembered as {@link Slot.logprobsFlag} to be true. */
  readonly needFlag?: readonly string[];
}

export const messageFacts: Readonly<Record<string, MessageFacts>> = {
  GenerateContentRequest: {
    groups: ['systemInstruction', 'tools', 'toolConfig'].map((field) => ['cachedContent', field]),
    hinted: ['model'],
  },
  EmbedContentRequest: { hinted: ['model'] },
  GenerationConfig: { needFlag: ['logprobs'] },
  ChatCompletionBody: { needFlag: ['top_logprobs'] },
};

/** The rules whose hints the prover can pass over. */
export const hintRules: readonly (readonly [Hint, RuleCode])[] = [
  [Hint.thinkingDefault, 'thinking-default'],
  [Hint.jsonSchemaInBatch, 'json-schema-in-batch'],
  [Hint.imageModality, 'image-modality'],
  [Hint.rowModel, 'row-model'],
];

/** The values that the table names as usual, all of which the checker accepts. Others may be as good: those are for it to judge. */
function usual(message: string, field: string): readonly string[] {
  return messageNamed(message).fields.find(({ name }) => name === field)?.suggest ?? [];
}
