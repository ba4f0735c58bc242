import type { FileKind } from '../../shared/dialect';
import type { MessageDescriptor } from '../model';
import { contentMessages } from './content';
import { embedMessages } from './embed';
import { generationMessages } from './generation';
import { lineMessages, openAiEndpoints } from './lines';
import { openAiMessages } from './openai';
import { schemaMessages } from './schema';
import { speechMessages } from './speech';
import { toolMessages } from './tools';

/** Every message of every dialect by name. */
export const descriptors: ReadonlyMap<string, MessageDescriptor> = new Map(
  [
    ...lineMessages,
    ...generationMessages,
    ...contentMessages,
    ...speechMessages,
    ...toolMessages,
    ...schemaMessages,
    ...embedMessages,
    ...openAiMessages,
  ].map((descriptor) => [descriptor.name, descriptor]),
);

/** The message of that name; a name that is not in the table is a mistake of ours. */
export function messageNamed(name: string): MessageDescriptor {
  const descriptor = descriptors.get(name);
  if (descriptor === undefined) throw new Error(`No message is named ${name}.`);
  return descriptor;
}

/** Whether a value is an endpoint of the OpenAI dialect. */
export function isEndpoint(value: unknown): value is keyof typeof openAiEndpoints {
  return typeof value === 'string' && Object.hasOwn(openAiEndpoints, value);
}

const roots: Readonly<Record<Exclude<FileKind, 'none'>, string>> = {
  gemini: 'GeminiLine',
  'gemini-bare': 'GenerateContentRequest',
  'gemini-embed': 'GeminiEmbedLine',
  openai: 'OpenAiChatLine',
  results: 'ResultLine',
};

/** The message that a whole line of such a file is. OpenAI lines: the chat form; embeddings have `OpenAiEmbeddingsLine`. */
export function lineMessage(kind: Exclude<FileKind, 'none'>): MessageDescriptor {
  return messageNamed(roots[kind]);
}
