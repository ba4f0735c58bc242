import type { FieldDescriptor, MessageDescriptor } from '../dialects';

/** What people write most, by message, in the order in which they write it. Everything else follows by the alphabet. */
const usual: Readonly<Record<string, readonly string[]>> = {
  GenerateContentRequest: [
    'contents',
    'systemInstruction',
    'generationConfig',
    'tools',
    'toolConfig',
    'safetySettings',
    'cachedContent',
  ],
  GenerationConfig: [
    'temperature',
    'maxOutputTokens',
    'responseMimeType',
    'responseJsonSchema',
    'responseSchema',
    'thinkingConfig',
    'topP',
    'topK',
    'stopSequences',
    'seed',
    'responseModalities',
  ],
  Content: ['role', 'parts'],
  Part: ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'],
  Blob: ['mimeType', 'data'],
  FunctionDeclaration: ['name', 'description', 'parameters', 'parametersJsonSchema'],
  Tool: ['functionDeclarations', 'googleSearch', 'codeExecution', 'urlContext'],
  Schema: ['type', 'properties', 'required', 'items', 'enum', 'description', 'propertyOrdering'],
  JsonSchema: ['type', 'properties', 'required', 'items', 'enum', 'description', 'additionalProperties'],
  EmbedContentRequest: ['content', 'taskType', 'title', 'outputDimensionality'],
  ChatCompletionBody: [
    'model',
    'messages',
    'temperature',
    'max_completion_tokens',
    'response_format',
    'reasoning_effort',
    'tools',
  ],
  EmbeddingsBody: ['model', 'input', 'dimensions'],
};

/** Where a field belongs in a list of what a message may have: the lower, the sooner it is wanted. */
export function rankOf(field: FieldDescriptor, { name, fields }: MessageDescriptor): string {
  const place = usual[name]?.indexOf(field.name) ?? -1;
  if (place >= 0) return `a${letter(place)}`;
  // The table has what must be there in the order in which a line has it.
  if (field.required === true) return `b${letter(fields.indexOf(field))}`;
  return `${field.deprecated === undefined ? 'c' : 'd'}${field.name}`;
}

/** Numbers that sort as texts. */
function letter(place: number): string {
  return String(place).padStart(3, '0');
}
