import * as l10n from '@vscode/l10n';
import type { ApiClient } from '../http/apiClient';
import { couldNot } from '../http/couldNot';
import type { CallOptions } from '../shared/batchService';
import { ServiceError } from '../shared/serviceError';
import { asObject, asString, parseJson } from '../util/json';
import { trialAnswer } from './wire';

/** A model may think for minutes before it says anything. */
const timeouts = { headersMs: 600_000 };

/**
 * Runs the body of one request line alone; the answer's text.
 * @param root path of the API below the client's base URL
 */
export async function runAlone(
  client: ApiClient,
  root: string,
  requestJson: string,
  options: CallOptions | undefined,
): Promise<string> {
  return client.jsonText(trialAnswer, {
    method: 'POST',
    path: root + trialPath(requestJson),
    doing: 'try the request',
    // Each run is paid for: once only, unless it was turned away at the door.
    repeat: 'untouched',
    signal: options?.signal,
    body: requestJson,
    timeouts,
  });
}

/** Where the body of a request line goes when it is run alone, told by what it holds. Throws for what is no JSON object. */
function trialPath(requestJson: string): string {
  const body = asObject(parseJson(requestJson));
  if (body === undefined)
    throw new ServiceError(couldNot('try the request', l10n.t('it is no JSON object.')), {
      kind: 'invalid',
      reason: 'INVALID_LINE',
      ambiguous: false,
    });
  if ('messages' in body) return '/chat/completions';
  const forEmbedding = /embed/i.test(asString(body.model) ?? '') || 'encoding_format' in body;
  return forEmbedding ? '/embeddings' : '/responses';
}
