import { createGeminiService, type GeminiServiceOptions } from '../gemini/service';
import type { BatchService } from '../shared/batchService';
import { withOpenAiLayer } from './geminiLayer';
import { createOpenAiService } from './service';

/** The adapter for a connection: Gemini with its OpenAI-compatible layer, or any OpenAI-compatible service. */
export function createBatchService(options: GeminiServiceOptions): BatchService {
  return options.connection.family === 'gemini'
    ? withOpenAiLayer(createGeminiService(options), options)
    : createOpenAiService(options);
}
