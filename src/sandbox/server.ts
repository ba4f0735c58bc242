import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../util/logger';
import { ApiError } from './errors';
import { sendJson, type Exchange } from './exchange';
import { isLoopbackHost, presentedKey, refusal, requireKey } from './guard';
import type { Router } from './router';
import { uploadPath } from './uploads';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly log: Logger;
}

/** Paths that need no key. */
const openPaths: ReadonlySet<string> = new Set(['/.well-known/jwks.json']);

/** The HTTP side: listens on loopback, refuses strangers, checks the key, finds the route, turns errors into bodies. */
export class SandboxServer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async listen(router: Router, settings: ServerSettings): Promise<SandboxServer> {
    if (!isLoopbackHost(settings.host))
      throw new Error(
        `The sandbox listens on loopback only (127.0.0.1, ::1, localhost), not on ${settings.host}.`,
      );
    const server = createServer((request, response) => void serve(request, response, router, settings));
    // An upload may take as long as it takes; a client that sends no headers may not.
    server.requestTimeout = 0;
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
  const refused = refusal(request);
  if (refused !== undefined) {
    response.writeHead(403, { 'content-type': 'text/plain; charset=UTF-8', connection: 'close' });
    response.end(`${refused}\n`);
    return;
  }
  const exchange = begin(request, response);
  try {
    await route(exchange, router, settings);
  } catch (error) {
    fail(exchange, error, settings.log);
  }
}

function begin(request: IncomingMessage, response: ServerResponse): Exchange {
  // Never an absolute URL of the client's: only its path and query, on the host that was checked.
  const target = request.url ?? '/';
  const url = new URL(`http://${request.headers.host ?? ''}`);
  const [path = '/', query] = target.split(/\?(.*)/s);
  url.pathname = path;
  url.search = query ?? '';
  return { request, response, url, params: {} };
}

async function route(exchange: Exchange, router: Router, settings: ServerSettings): Promise<void> {
  const { request, url } = exchange;
  const path = decodePath(url.pathname);
  const found = path === undefined ? undefined : router.find(request.method ?? 'GET', path);
  if (found === undefined || path === undefined) {
    sendMissingPage(exchange);
    return;
  }
  const presented = presentedKey(request, url.searchParams);
  const isSession = uploadPath.test(path) && url.searchParams.has('upload_id');
  if (!(openPaths.has(path) || (isSession && presented === undefined))) requireKey(presented, settings.key);
  await found.handler({ ...exchange, params: found.params });
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Paths that nothing serves get a page, as they do at the service: not everything that comes back is JSON. */
function sendMissingPage({ request, response, url }: Exchange): void {
  const path = url.pathname.replace(/[<>&"]/g, '');
  response.writeHead(404, { 'content-type': 'text/html; charset=UTF-8' });
  response.end(
    request.method === 'HEAD'
      ? undefined
      : `<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)</title>\n<p><b>404.</b> The requested URL <code>${path}</code> was not found on this server.\n`,
  );
}

function fail(exchange: Exchange, error: unknown, log: Logger): void {
  const { request, response } = exchange;
  // The client is gone, or was already told something: nothing can be said any more.
  if (response.headersSent || response.destroyed || request.errored !== null) {
    response.destroy();
    return;
  }
  const known = error instanceof ApiError;
  if (!known) log.error(`${request.method ?? ''} ${exchange.url.pathname} broke: ${String(error)}`);
  const answer = known
    ? error
    : new ApiError(
        'INTERNAL',
        'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      );
  // What is left of the body is not read: the connection cannot serve another request.
  const unread = !request.complete;
  sendJson(exchange, answer.toBody(), answer.httpStatus, {
    ...answer.headers,
    ...(unread ? { connection: 'close' } : {}),
  });
  if (unread) request.resume();
}
