import { estimateText } from '../dialects';
import { asObject, parseJson } from '../util/json';
import { readLineBatches } from '../util/lines';
import { readPrompt } from './answers/prompt';
import type { JobKind } from './jobRecord';
import { arrayField, objectField } from './protoFields';

/** Input tokens of a job's rows, by the same estimate that `usageMetadata` will have. */
export async function inputTokens(kind: JobKind, path: string): Promise<number> {
  let tokens = 0;
  for await (const batch of readLineBatches(path, { chunkBytes: 1 << 18 }))
    for (const { bytes } of batch) tokens += rowTokens(kind, bytes.toString('utf8'));
  return tokens;
}

function rowTokens(kind: JobKind, line: string): number {
  const row = asObject(parseJson(line)) ?? {};
  if (kind === 'openai') {
    const body = asObject(row.body) ?? {};
    return estimateText(JSON.stringify(body.messages ?? body.input ?? ''));
  }
  const request = asObject(row.request) ?? row;
  const contents = kind === 'embed' ? [objectField(request, 'content')] : arrayField(request, 'contents');
  return readPrompt(contents, objectField(request, 'systemInstruction')).tokens.total;
}
