import type { Transport } from './transport';

export interface FetchOptions {
  /** Longest body that is taken. */
  readonly maxBytes: number;
}

/** What a library that wants a `fetch` for a public document passes. */
export interface FetchInit {
  readonly method?: string;
  readonly signal?: AbortSignal | null;
}

/**
 * A `fetch` for public documents, such as a service's signing keys, over our own transport: GET only, without any key, the body
 * read whole. Rejects with TransportError, CancelledError, or TypeError for anything else than a GET and for a body that is
 * too long.
 */
export function fetchThrough(
  transport: Transport,
  { maxBytes }: FetchOptions,
): (url: string | URL, init?: FetchInit) => Promise<Response> {
  return async (url, init = {}) => {
    if (init.method !== undefined && init.method.toUpperCase() !== 'GET')
      throw new TypeError('Only GET is possible here.');
    const response = await transport.request({
      method: 'GET',
      url: String(url),
      headers: { accept: 'application/json' },
      ...(init.signal === undefined || init.signal === null ? {} : { signal: init.signal }),
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > maxBytes) {
        response.discard();
        throw new TypeError(`The document is longer than ${maxBytes} bytes.`);
      }
      chunks.push(chunk);
    }
    // A Response of these statuses may have no body, not even an empty one.
    const body = [204, 205, 304].includes(response.status) ? null : Buffer.concat(chunks);
    return new Response(body, { status: response.status, headers: response.headers });
  };
}
