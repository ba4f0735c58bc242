import { asObject, type JsonObject } from '../../util/json';
import { arrayField, field } from '../protoFields';
import type { Prompt } from './prompt';

/** What the built-in tools of a request leave in a candidate: parts before the text, and facts beside the content. */
export interface ToolTraces {
  readonly parts: readonly JsonObject[];
  readonly beside: JsonObject;
}

/** As if every built-in tool that the request offers had been used once. */
export function toolTraces(request: JsonObject, prompt: Prompt): ToolTraces {
  const tools = arrayField(request, 'tools').map(asObject);
  const has = (name: string) => tools.some((tool) => field(tool, name) !== undefined);
  return {
    parts: has('codeExecution') ? codeParts : [],
    beside: {
      ...(has('googleSearch') ? { groundingMetadata: grounding(prompt) } : {}),
      ...(has('urlContext') ? { urlContextMetadata: urlContext(prompt) } : {}),
    },
  };
}

const codeParts: readonly JsonObject[] = [
  { executableCode: { language: 'PYTHON', code: "print('simulated by the sandbox')" } },
  { codeExecutionResult: { outcome: 'OUTCOME_OK', output: 'simulated by the sandbox\n' } },
];

function grounding({ question }: Prompt): JsonObject {
  const [query = 'simulated'] = question.trim().split(/[.?!\n]/);
  return {
    webSearchQueries: [query.slice(0, 100)],
    groundingChunks: [{ web: { uri: 'https://example.com/simulated', title: 'example.com (simulated)' } }],
  };
}

function urlContext({ texts }: Prompt): JsonObject {
  const urls = texts.flatMap((text) => text.match(/https?:\/\/[^\s)>\]"']+/g) ?? []).slice(0, 20);
  return {
    urlMetadata: urls.map((url) => ({
      retrievedUrl: url,
      urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_SUCCESS',
    })),
  };
}
