import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '../util/logger';
import { isLoopback } from '../util/loopback';
import { ApiError, notFound } from './errors';
import { json, textReply, type Exchange, type Reply } from './exchange';
import { Broken, type Faults } from './faults';
import { presentedKey, refusal, requireKey } from './guard';
import { openAiReply, standaloneBase } from './openai/errors';
import type { Router } from './router';
import { uploadPath } from './uploads';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly log: Logger;
  readonly faults: Faults;
}

/** Paths that need no key. */
const openPaths: ReadonlySet<string> = new Set(['/.well-known/jwks.json', '/ready']);

/** The HTTP side: listens on loopback, refuses strangers, checks the key, finds the route, turns errors into bodies. */
export class SandboxServer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async listen(router: Router, settings: ServerSettings): Promise<SandboxServer> {
    // It has a key that everybody knows, so nobody else may reach it.
    if (!isLoopback(settings.host))
      throw new Error(
        `The sandbox listens on loopback only (127.0.0.1, ::1, localhost), not on ${settings.host}.`,
      );
    const server = createServer((request, response) => void serve(request, response, router, settings));
    // An upload may take as long as it takes; a client that sends no headers may not.
    server.requestTimeout = 0;
    // Longer than clients keep connections, so that none is closed under a request that is just being sent.
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.port, settings.host, resolve);
    });
    const { address, family, port } = server.address() as AddressInfo;
    return new SandboxServer(server, `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
  }

  /** Ends all connections and resolves when the port is free. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  router: Router,
  settings: ServerSettings,
): Promise<void> {
  try {
    const refused = refusal(request);
    const reply =
      refused === undefined
        ? await answer(begin(request), router, settings)
        : textReply(403, 'text/plain', `${refused}\n`);
    await send(request, response, reply);
  } catch (error) {
    // Only a broken connection gets here: the client's doing, or a fault's.
    if (!(error instanceof Broken) && !response.destroyed && !request.destroyed)
      settings.log.error(
        `${request.method ?? ''} ${request.url?.split('?')[0] ?? ''} broke: ${String(error)}`,
      );
    request.socket.destroy();
  }
}

function begin(request: IncomingMessage): Exchange {
  // Never an absolute URL of the client's: only its path and query, on the host that was checked.
  const target = request.url ?? '/';
  const url = new URL(`http://${request.headers.host ?? ''}`);
  const [path = '/', query] = target.split(/\?(.*)/s);
  url.pathname = path;
  url.search = query ?? '';
  // Who stops reading half way still wants to answer: the connection must outlive the loop.
  const body = { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
  return { request, body: body as AsyncIterable<Buffer>, url, params: {} };
}

/** The answer to a request, errors being answers too. Throws only when none can be given. */
async function answer(exchange: Exchange, router: Router, settings: ServerSettings): Promise<Reply> {
  const guarded = async (own: Exchange) => {
    try {
      return await route(own, router, settings);
    } catch (error) {
      return errorReply(own, error, settings.log);
    }
  };
  const path = exchange.url.pathname;
  return path.startsWith('/control/') ? guarded(exchange) : settings.faults.around(exchange, guarded);
}

async function route(exchange: Exchange, router: Router, settings: ServerSettings): Promise<Reply> {
  const { request, url } = exchange;
  const path = decodePath(url.pathname);
  const found = path === undefined ? undefined : router.find(request.method ?? 'GET', path);
  if (found === undefined || path === undefined)
    return url.pathname.startsWith(`${standaloneBase}/`)
      ? openAiReply(notFound(`Invalid URL (${request.method ?? ''} ${url.pathname})`))
      : missingPage(url);
  const presented = presentedKey(request, url.searchParams);
  const isSession = uploadPath.test(path) && url.searchParams.has('upload_id');
  if (!(openPaths.has(path) || (isSession && presented === undefined))) requireKey(presented, settings.key);
  return found.handler({ ...exchange, params: found.params });
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Paths that nothing serves get a page, as they do at the service: not everything that comes back is JSON. */
function missingPage(url: URL): Reply {
  const path = url.pathname.replace(/[<>&"]/g, '');
  return textReply(
    404,
    'text/html',
    `<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)</title>\n<p><b>404.</b> The requested URL <code>${path}</code> was not found on this server.\n`,
  );
}

function errorReply({ request, url }: Exchange, error: unknown, log: Logger): Reply {
  // The client is gone, or a fault cut it off: nothing can be said any more.
  if (error instanceof Broken || request.errored !== null || request.socket.destroyed) throw error;
  if (error instanceof ApiError) return inStyleOf(url.pathname, error);
  log.error(`${request.method ?? ''} ${url.pathname} broke: ${String(error)}`);
  const internal = new ApiError(
    'INTERNAL',
    'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  );
  return inStyleOf(url.pathname, internal);
}

/** The error as the API of that path words it. */
function inStyleOf(path: string, error: ApiError): Reply {
  if (path.startsWith(`${standaloneBase}/`)) return openAiReply(error);
  // Gemini's compatible layer wraps its errors in a list.
  const body = /^\/v1(beta)?\/openai\//.test(path) ? [error.toBody()] : error.toBody();
  return json(body, error.httpStatus, error.headers);
}

async function send(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  // A body that was not read to its end keeps the connection from serving another request.
  const unread = !request.complete;
  const { status, headers, body } = reply;
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, {
      ...headers,
      'content-length': body.length,
      ...(unread ? { connection: 'close' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    if (unread) request.resume();
    return;
  }
  response.writeHead(status, headers);
  await pipeline(body, response);
}
