import { ServiceError } from '../shared/serviceError';

/** Where the body of a request line goes when it is run alone, told by what it holds. Rejects what is no JSON object. */
export function trialPath(requestJson: string): string {
  const body = parse(requestJson);
  if ('messages' in body) return '/chat/completions';
  const model = 'model' in body && typeof body.model === 'string' ? body.model : '';
  return /embed/i.test(model) || 'encoding_format' in body ? '/embeddings' : '/responses';
}

function parse(requestJson: string): object {
  try {
    const value: unknown = JSON.parse(requestJson);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceError('Could not try the request: it is no JSON object.', {
    kind: 'invalid',
    reason: 'INVALID_LINE',
    ambiguous: false,
  });
}
