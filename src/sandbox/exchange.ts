import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { invalid } from './errors';
import { asObject, type JsonObject } from '../util/json';
import { firstSyntaxFault, parseLeniently } from './jsonSyntax';

/** Most bytes of a JSON body, the service's own limit. */
export const maxJsonBytes = 20_971_520;
/** How much of a body that is too big is read on, so that the client gets to see the answer. */
const maxDrainedBytes = 8 * maxJsonBytes;

/** One request, as handlers see it. */
export interface Exchange {
  readonly request: IncomingMessage;
  /** The bytes of the request; a fault may slow them down or cut them off. */
  readonly body: AsyncIterable<Buffer>;
  /** Path and query as received; the origin is that of the Host header, which was checked to be loopback. */
  readonly url: URL;
  /** The placeholders of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** What a handler answers with. A stream comes with its `content-length` in the headers. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;
}

export function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A placeholder of the route; asking for one that the route lacks is a mistake in the program. */
export function param(exchange: Exchange, name: string): string {
  const value = exchange.params[name];
  if (value === undefined) throw new Error(`The route has no placeholder {${name}}.`);
  return value;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    body: Buffer.from(`${JSON.stringify(body, undefined, 2)}\n`),
  };
}

export function textReply(
  status: number,
  contentType: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': `${contentType}; charset=UTF-8`, ...headers },
    body: Buffer.from(text),
  };
}

/** Reads a body of JSON; an empty one is `{}`. */
export async function readJson(exchange: Exchange, limit = maxJsonBytes): Promise<JsonObject> {
  const bytes = await readBody(exchange, limit);
  const text = bytes.toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = parseLeniently(text);
  } catch {
    throw invalid(`Invalid JSON payload received. ${syntaxComplaint(text)}`);
  }
  const object = asObject(value);
  if (object === undefined)
    throw invalid('Invalid JSON payload received. Unknown name "": Root element must be a message.');
  return object;
}

async function readBody(exchange: Exchange, limit: number): Promise<Buffer> {
  const tooBig = () => invalid(`Request payload size exceeds the limit: ${limit} bytes.`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of exchange.body) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else {
      chunks.length = 0;
      if (size > maxDrainedBytes) break;
    }
  }
  if (size > limit) throw tooBig();
  return Buffer.concat(chunks);
}

/** Proto JSON's way of pointing at a syntax error: what was found, the text there, and a caret. */
function syntaxComplaint(text: string): string {
  const { offset } = firstSyntaxFault(text);
  if (offset >= text.length) return 'Unexpected end of string.';
  const from = Math.max(0, offset - 20);
  return `Unexpected token.\n${text.slice(from, offset + 20)}\n${' '.repeat(offset - from)}^`;
}

/** `pageSize` or `page_size`, `pageToken` or `page_token`. */
export function pageQuery(
  exchange: Exchange,
  defaults: { readonly size: number; readonly max: number },
): { size: number; token: string | undefined } {
  const query = exchange.url.searchParams;
  const raw = query.get('pageSize') ?? query.get('page_size');
  const size = raw === null || raw === '' ? 0 : Number(raw);
  if (!Number.isInteger(size) || size < 0)
    throw invalid(`Invalid value at 'page_size' (TYPE_INT32), ${raw === null ? '""' : JSON.stringify(raw)}`);
  const token = query.get('pageToken') ?? query.get('page_token') ?? '';
  return {
    size: size === 0 ? defaults.size : Math.min(size, defaults.max),
    token: token === '' ? undefined : token,
  };
}

/**
 * One page of `items`, which are in order of listing. The token names the last item shown, so that items that come or go in
 * the meantime neither repeat nor hide others.
 */
export function page<T extends { readonly id: string; readonly sequence: number }>(
  newestFirst: readonly T[],
  { size, token }: { readonly size: number; readonly token: string | undefined },
): { items: readonly T[]; nextPageToken: string | undefined } {
  let rest = newestFirst;
  if (token !== undefined) {
    const before = /^s(\d+)$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
    if (before === undefined) throw invalid('Invalid page token.');
    rest = newestFirst.filter((item) => item.sequence < Number(before));
  }
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  return {
    items,
    nextPageToken: more ? Buffer.from(`s${last.sequence}`, 'latin1').toString('base64url') : undefined,
  };
}
