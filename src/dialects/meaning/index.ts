import { chatBody, embeddingsBody, functionDeclaration, generateContentRequest, rowModel } from './requests';
import { blob, content, part } from './contents';
import type { MeaningRule } from './context';
import { fileData } from './fileReferences';
import { generationConfig, imageConfig } from './generation';
import { schema } from './schema';

export { exclusiveFields } from './exclusive';
export type { MeaningContext } from './context';

/** Message -> what is to be said about it beyond the form of its fields. */
export const meaningRules: ReadonlyMap<string, MeaningRule> = new Map([
  ['GenerateContentRequest', generateContentRequest],
  ['EmbedContentRequest', rowModel],
  ['Content', content],
  ['Part', part],
  ['Blob', blob],
  ['FunctionResponseBlob', blob],
  ['FileData', fileData],
  ['GenerationConfig', generationConfig],
  ['ImageConfig', imageConfig],
  ['FunctionDeclaration', functionDeclaration],
  ['Schema', schema],
  ['ChatCompletionBody', chatBody],
  ['EmbeddingsBody', embeddingsBody],
]);
