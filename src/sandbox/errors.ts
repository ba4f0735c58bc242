/** Status words of google.rpc with their HTTP status and rpc code, as the service pairs them. */
export const statusWords = {
  INVALID_ARGUMENT: { http: 400, rpc: 3 },
  FAILED_PRECONDITION: { http: 400, rpc: 9 },
  PERMISSION_DENIED: { http: 403, rpc: 7 },
  NOT_FOUND: { http: 404, rpc: 5 },
  RESOURCE_EXHAUSTED: { http: 429, rpc: 8 },
  CANCELLED: { http: 499, rpc: 1 },
  INTERNAL: { http: 500, rpc: 13 },
  UNAVAILABLE: { http: 503, rpc: 14 },
  DEADLINE_EXCEEDED: { http: 504, rpc: 4 },
} as const;
export type StatusWord = keyof typeof statusWords;

/** A google.rpc.Status as it stands in a result line or an operation. */
export interface RpcError {
  readonly code: number;
  readonly message?: string;
}

/** An answer that is an error, in the service's words. Thrown by handlers, written by the server. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly httpStatus: number;

  constructor(
    readonly word: StatusWord,
    message: string,
    readonly details: readonly Readonly<Record<string, unknown>>[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.httpStatus = statusWords[word].http;
  }

  /** The error as a row of a batch carries it. */
  toRpc(): RpcError {
    return { code: statusWords[this.word].rpc, message: this.message };
  }

  /** The body the service answers with. */
  toBody(): { error: Record<string, unknown> } {
    return {
      error: {
        code: this.httpStatus,
        message: this.message,
        status: this.word,
        ...(this.details.length > 0 ? { details: this.details } : {}),
      },
    };
  }
}

export const invalid = (message: string) => new ApiError('INVALID_ARGUMENT', message);
export const notFound = (message = 'Requested entity was not found.') => new ApiError('NOT_FOUND', message);

/** What the service says of a file that is gone, never was, or belongs to somebody else. */
export const fileGone = (id: string) =>
  new ApiError(
    'PERMISSION_DENIED',
    `You do not have permission to access the File ${id} or it may not exist.`,
  );

/** A proto JSON error: one description a violation, the message being all of them. */
export function badRequest(
  violations: readonly { readonly field: string; readonly description: string }[],
): ApiError {
  return new ApiError('INVALID_ARGUMENT', violations.map((violation) => violation.description).join('\n'), [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations },
  ]);
}

export function quotaExceeded(message: string, retryAfterSeconds?: number): ApiError {
  const help = {
    '@type': 'type.googleapis.com/google.rpc.Help',
    links: [
      {
        description: 'Learn more about Gemini API quotas',
        url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
      },
    ],
  };
  if (retryAfterSeconds === undefined) return new ApiError('RESOURCE_EXHAUSTED', message, [help]);
  const retryInfo = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${retryAfterSeconds}s`,
  };
  return new ApiError('RESOURCE_EXHAUSTED', message, [help, retryInfo], {
    'retry-after': String(Math.ceil(retryAfterSeconds)),
  });
}

/** The service's own sentence for "no more for now". */
export const quotaMessage =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ';
