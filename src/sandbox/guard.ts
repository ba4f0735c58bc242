import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../util/loopback';
import { ApiError } from './errors';

/**
 * Why a request must not be served at all, before its key is even looked at: it was addressed to a name that is not
 * loopback (DNS rebinding), or a web page of another origin sent it.
 */
export function refusal(request: IncomingMessage): string | undefined {
  const host = request.headers.host;
  if (host === undefined || !isLoopback(hostName(host)))
    return 'This service answers to loopback names only.';
  const { origin } = request.headers;
  if (origin !== undefined && !isLoopbackOrigin(origin)) return 'This service does not answer to web pages.';
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return 'This service does not answer to web pages.';
  return undefined;
}

function hostName(host: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host)?.[1] ?? '';
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
}

/** The key of a request, wherever it stands: header, query or bearer token. */
export function presentedKey(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const inHeader = request.headers['x-goog-api-key'];
  if (typeof inHeader === 'string' && inHeader !== '') return inHeader;
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  return query.get('key') ?? undefined;
}

/** Compares without telling by its duration how much was right. */
export function sameKey(presented: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(expected));
}

/** Throws what the service answers to a missing or wrong key. */
export function requireKey(presented: string | undefined, expected: string): void {
  if (presented === undefined)
    throw new ApiError(
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    );
  if (sameKey(presented, expected)) return;
  const message = 'API key not valid. Please pass a valid API key.';
  throw new ApiError('INVALID_ARGUMENT', message, [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    },
    { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
  ]);
}
