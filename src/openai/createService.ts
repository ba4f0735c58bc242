import type { GeminiServiceOptions } from '../gemini/service';
import type { BatchService } from '../shared/batchService';
import { createLayeredGeminiService } from './geminiLayer';
import { createOpenAiService } from './service';

/** The adapter for a connection: Gemini with its OpenAI-compatible layer, or any OpenAI-compatible service. */
export function createBatchService(options: GeminiServiceOptions): BatchService {
  return options.connection.family === 'gemini'
    ? createLayeredGeminiService(options)
    : createOpenAiService(options);
}
