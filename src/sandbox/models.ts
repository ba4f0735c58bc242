import { ApiError, notFound } from './errors';
import { json, page, pageQuery, param } from './exchange';
import type { Router } from './router';

/** What a model is for; decides which calls it takes. */
type ModelKind = 'text' | 'image' | 'speech' | 'embedding' | 'media';

export interface SandboxModel {
  /** Without `models/`. */
  readonly id: string;
  readonly kind: ModelKind;
  readonly displayName: string;
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  readonly thinking: boolean;
}

const text = (id: string, displayName: string, thinking = true): SandboxModel => ({
  id,
  kind: 'text',
  displayName,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  thinking,
});
const other = (
  id: string,
  kind: ModelKind,
  displayName: string,
  input: number,
  output: number,
): SandboxModel => ({
  id,
  kind,
  displayName,
  inputTokenLimit: input,
  outputTokenLimit: output,
  thinking: false,
});

export const sandboxModels: readonly SandboxModel[] = [
  text('gemini-3.8-flash', 'Gemini 3.8 Flash'),
  text('gemini-3.7-flash', 'Gemini 3.7 Flash'),
  text('gemini-3.6-flash', 'Gemini 3.6 Flash'),
  text('gemini-3.5-flash', 'Gemini 3.5 Flash'),
  text('gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite'),
  text('gemini-3.1-flash-lite', 'Gemini 3.1 Flash-Lite'),
  text('gemini-3.1-pro-preview', 'Gemini 3.1 Pro Preview'),
  text('gemini-3-flash-preview', 'Gemini 3 Flash Preview'),
  text('gemini-2.5-pro', 'Gemini 2.5 Pro'),
  text('gemini-2.5-flash', 'Gemini 2.5 Flash'),
  text('gemini-2.5-flash-lite', 'Gemini 2.5 Flash-Lite', false),
  other('gemini-3.1-flash-image-preview', 'image', 'Nano Banana 2', 65_536, 65_536),
  other('gemini-2.5-flash-image', 'image', 'Nano Banana', 32_768, 32_768),
  other('gemini-2.5-flash-preview-tts', 'speech', 'Gemini 2.5 Flash Preview TTS', 8192, 16_384),
  other('gemini-embedding-001', 'embedding', 'Gemini Embedding 001', 2048, 1),
  other('gemini-embedding-2', 'embedding', 'Gemini Embedding 2', 8192, 1),
  other('imagen-4.0-generate-001', 'media', 'Imagen 4', 480, 8192),
  other('veo-3.1-generate-preview', 'media', 'Veo 3.1', 480, 8192),
];

/** Models that are gone, with what the service names in their place. */
const successors: Readonly<Record<string, string>> = {
  'gemini-2.0-flash': 'gemini-3.5-flash',
  'gemini-2.0-flash-lite': 'gemini-3.5-flash-lite',
};

const methods: Readonly<Record<ModelKind, readonly string[]>> = {
  text: ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'],
  image: ['generateContent', 'countTokens', 'batchGenerateContent'],
  speech: ['generateContent', 'countTokens', 'batchGenerateContent'],
  embedding: ['embedContent', 'countTextTokens', 'countTokens', 'asyncBatchEmbedContent'],
  media: ['predict', 'predictLongRunning'],
};

/** The model, which must take `method`. */
export function requireModel(id: string, method: string, version: string): SandboxModel {
  const successor = successors[id];
  if (successor !== undefined)
    throw notFound(
      `This model models/${id} is no longer available to new users. Please update your code to use models/${successor}`,
    );
  const model = sandboxModels.find((candidate) => candidate.id === id);
  if (model === undefined || !methods[model.kind].includes(method))
    throw new ApiError(
      'NOT_FOUND',
      `models/${id} is not found for API version ${version}, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
    );
  return model;
}

function modelResource(model: SandboxModel): Record<string, unknown> {
  return {
    name: `models/${model.id}`,
    baseModelId: model.id,
    version: '001',
    displayName: model.displayName,
    description: `${model.displayName}, simulated by the Batchwright sandbox.`,
    inputTokenLimit: model.inputTokenLimit,
    outputTokenLimit: model.outputTokenLimit,
    supportedGenerationMethods: methods[model.kind],
    ...(model.kind === 'text' ? { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2 } : {}),
    ...(model.thinking ? { thinking: true } : {}),
  };
}

export function modelRoutes(router: Router): void {
  router.add('GET', '/{version}/models', (exchange) => {
    const numbered = sandboxModels.map((model, index) => ({
      ...model,
      sequence: sandboxModels.length - index,
    }));
    const { items, nextPageToken } = page(numbered, pageQuery(exchange, { size: 50, max: 1000 }));
    return json({
      models: items.map(modelResource),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
  });
  router.add('GET', '/{version}/models/{model}', (exchange) => {
    const id = param(exchange, 'model');
    const model = sandboxModels.find((candidate) => candidate.id === id);
    if (model === undefined)
      throw notFound(`Model is not found: models/${id} for api version ${param(exchange, 'version')}`);
    return json(modelResource(model));
  });
}
