import { ServiceError } from '../shared/serviceError';
import { asObject, asString, parseJson } from '../util/json';

/** Where the body of a request line goes when it is run alone, told by what it holds. Throws for what is no JSON object. */
export function trialPath(requestJson: string): string {
  const body = asObject(parseJson(requestJson));
  if (body === undefined)
    throw new ServiceError('Could not try the request: it is no JSON object.', {
      kind: 'invalid',
      reason: 'INVALID_LINE',
      ambiguous: false,
    });
  if ('messages' in body) return '/chat/completions';
  const forEmbedding = /embed/i.test(asString(body.model) ?? '') || 'encoding_format' in body;
  return forEmbedding ? '/embeddings' : '/responses';
}
