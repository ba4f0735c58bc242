import type { ApiError } from '../errors';
import { json, type Reply } from '../exchange';

/** Under this path the sandbox is an OpenAI-compatible service of its own. */
export const standaloneBase = '/openai/v1';

export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

const types: Readonly<Record<number, string>> = {
  401: 'invalid_request_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

export function openAiError(
  message: string,
  status: number,
  code: string | null = null,
  param: string | null = null,
) {
  const type = types[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { message, type, param, code } satisfies OpenAiError;
}

/** An error of the sandbox in OpenAI's words. A wrong key is 401 there. */
export function openAiReply(error: ApiError): Reply {
  const reasons = error.details.map((detail) => detail.reason);
  if (reasons.includes('API_KEY_INVALID'))
    return json({ error: openAiError('Incorrect API key provided.', 401, 'invalid_api_key') }, 401);
  if (error.word === 'PERMISSION_DENIED' && error.message.startsWith("Method doesn't allow"))
    return json({ error: openAiError("You didn't provide an API key.", 401) }, 401);
  const code = error.word === 'RESOURCE_EXHAUSTED' ? 'rate_limit_exceeded' : null;
  return json({ error: openAiError(error.message, error.httpStatus, code) }, error.httpStatus, error.headers);
}
