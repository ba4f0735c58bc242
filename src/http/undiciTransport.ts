import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { buildConnector, Dispatcher } from 'undici';
import connectThrough from 'undici/lib/api/api-connect.js';
import requestThrough from 'undici/lib/api/api-request.js';
import makeConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Client from 'undici/lib/dispatcher/client.js';
import * as l10n from '@vscode/l10n';
import { CancelledError } from '../util/async';
import { defined } from '../util/defined';
import { errorCode } from '../util/files';
import { isSafeAddress } from '../util/loopback';
import { trustedContext } from './certificates';
import { decoded, encodings } from './decode';
import { skipContinue } from './interimAnswer';
import { proxyFor, type NetworkSettings, type Proxy } from './proxy';
import {
  TransportError,
  type Timeouts,
  type Transport,
  type TransportPhase,
  type TransportRequest,
  type TransportResponse,
} from './transport';

export interface TransportOptions {
  /** For DNS, TCP, TLS and a proxy together. */
  readonly connectTimeoutMs?: number;
}

/** Proxies add to headers, some of them a lot. */
const maxHeaderSize = 256 * 1024;
const defaultTimeouts: Timeouts = { headersMs: 60_000, idleMs: 60_000 };

/**
 * A transport over undici with its own connections, so that nothing that VS Code or another extension does to the global `fetch`
 * changes it.
 * @param settings read anew for each connection when it is a function, so that a changed setting counts at once.
 */
export function createTransport(
  settings: NetworkSettings | (() => NetworkSettings) = {},
  options: TransportOptions = {},
): Transport {
  return new UndiciTransport(typeof settings === 'function' ? settings : () => settings, options);
}

class UndiciTransport implements Transport {
  private readonly agent: Agent;
  private readonly connectTimeoutMs: number;
  /** Errors that came before there was a connection: the service cannot have seen those requests. */
  private readonly beforeConnection = new WeakSet<Error>();
  private trust: { readonly key: string; readonly context: SecureContext } | undefined;

  constructor(
    private readonly settings: () => NetworkSettings,
    options: TransportOptions,
  ) {
    this.connectTimeoutMs = options.connectTimeoutMs ?? 20_000;
    this.agent = new Agent({
      maxHeaderSize,
      connect: (target, callback) => {
        this.connect(target).then(
          (socket) => {
            skipContinue(socket);
            callback(null, socket);
          },
          (error: unknown) => {
            const failure = error instanceof Error ? error : new Error(String(error));
            this.beforeConnection.add(failure);
            callback(failure, null);
          },
        );
      },
    });
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const url = new URL(request.url);
    if (!isSafeAddress(url))
      throw new TransportError(
        l10n.t('{0}//{1} is not used: only https is, and http within this machine.', url.protocol, url.host),
        'address',
        'UNSAFE_ADDRESS',
      );
    if (request.signal?.aborted) throw new CancelledError();
    const timeouts = { ...defaultTimeouts, ...request.timeouts };
    try {
      const response = await requestThrough.call(this.agent, {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...request.headers, ...bodyLength(request.body) },
        headersTimeout: timeouts.headersMs,
        bodyTimeout: timeouts.idleMs,
        ...(request.body === undefined ? {} : { body: toUndiciBody(request.body) }),
        ...defined({ signal: request.signal }),
      });
      return this.toResponse(response, url, request.signal);
    } catch (error) {
      throw this.toFailure(error, url, request.signal);
    }
  }

  dispose(): void {
    // Whatever still runs ends with an error of its own, which its caller sees.
    this.agent.destroy().catch(() => undefined);
  }

  private toResponse(
    response: Dispatcher.ResponseData,
    url: URL,
    signal: AbortSignal | undefined,
  ): TransportResponse {
    const { body } = response;
    // A body given up half way tells so by an event; nobody needs to hear it, and unheard it would end the process.
    body.on('error', () => undefined);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    const { 'content-encoding': encoding, 'content-length': length, ...others } = headers;
    const empty = length === '0' || response.statusCode === 204;
    const encoded = encodings(encoding).length > 0 && !empty;
    const toFailure = (error: unknown) => this.toFailure(error, url, signal);
    async function* read(): AsyncGenerator<Buffer, void, void> {
      try {
        for await (const chunk of encoded ? decoded(body, encoding) : body) yield chunk as Buffer;
      } catch (error) {
        throw toFailure(error);
      }
    }
    return {
      status: response.statusCode,
      // The length is that of the encoded body, which nobody gets to see.
      headers: encoded ? { ...others, 'content-encoding': encoding ?? '' } : headers,
      body: read(),
      discard: () => body.destroy(),
    };
  }

  private async connect(target: buildConnector.Options): Promise<Socket> {
    const settings = this.settings();
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    const proxy = proxyFor({ hostname: target.hostname, port }, settings);
    if (proxy === undefined) return open(this.connector(target.protocol, settings), target);
    // Plain http goes only to this machine and never through a proxy, so a proxied connection is always a TLS one in a tunnel.
    const httpSocket = await this.tunnel(proxy, `${bracketed(target.hostname)}:${port}`, settings);
    try {
      return await open(this.connector(target.protocol, settings), { ...target, httpSocket });
    } catch (error) {
      httpSocket.destroy();
      throw error;
    }
  }

  private connector(protocol: string, settings: NetworkSettings): buildConnector.connector {
    if (protocol !== 'https:') return makeConnector({ timeout: this.connectTimeoutMs });
    return makeConnector({
      timeout: this.connectTimeoutMs,
      secureContext: this.trusted(settings),
      rejectUnauthorized: settings.strictSsl !== false,
    });
  }

  private trusted(settings: NetworkSettings): SecureContext {
    const key = JSON.stringify([settings.systemCertificates, settings.extraCertificates]);
    if (this.trust?.key !== key) this.trust = { key, context: trustedContext(settings) };
    return this.trust.context;
  }

  /** Asks the proxy for a connection to `destination` (host:port). */
  private async tunnel(proxy: Proxy, destination: string, settings: NetworkSettings): Promise<Socket> {
    const { protocol, host } = new URL(proxy.origin);
    const client = new Client(proxy.origin, {
      connect: this.connector(protocol, settings),
      headersTimeout: this.connectTimeoutMs,
    });
    try {
      const answer = await connectThrough.call(client, {
        path: destination,
        headers: {
          host: destination,
          ...defined({ 'proxy-authorization': proxy.authorization }),
        },
      });
      const { socket, statusCode, headers } = answer;
      if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
      socket.destroy();
      throw proxyRefusal(host, statusCode, {
        offered: [headers['proxy-authenticate'] ?? []].flat(),
        presented: proxy.authorization !== undefined,
      });
    } catch (error) {
      if (error instanceof TransportError) throw error;
      const code = codeOf(error);
      const message = l10n.t('The proxy {0} cannot be reached ({1}).', host, code);
      throw new TransportError(message, 'connect', `PROXY_${code}`, { cause: error });
    } finally {
      // The socket is the tunnel's now; the client has nothing left to hold.
      await client.destroy();
    }
  }

  private toFailure(error: unknown, url: URL, signal: AbortSignal | undefined): Error {
    if (signal?.aborted) return new CancelledError();
    if (error instanceof TransportError || error instanceof CancelledError) return error;
    // What the body itself threw while it was read (file changed, disk unreadable) is not the network's doing.
    if (error instanceof BodySourceError) return error.source;
    const code = codeOf(error);
    const early = error instanceof Error && this.beforeConnection.has(error);
    const phase: TransportPhase = code === 'INVALID_ARG' ? 'address' : early ? 'connect' : 'exchange';
    return new TransportError(describe(code, phase, url), phase, code, { cause: error });
  }
}

/** Carries an error of a streamed body through undici, so that it can be told from one of the connection. */
class BodySourceError extends Error {
  override readonly name = 'BodySourceError';

  constructor(readonly source: Error) {
    super(source.message);
  }
}

function toUndiciBody(body: NonNullable<TransportRequest['body']>): string | Readable {
  if (typeof body === 'string') return body;
  async function* marked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* chunks;
    } catch (error) {
      throw new BodySourceError(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return Readable.from(marked(body.chunks), { objectMode: false, highWaterMark: 1 << 16 });
}

function bodyLength(body: TransportRequest['body']): Record<string, string> {
  return body === undefined || typeof body === 'string' ? {} : { 'content-length': String(body.length) };
}

function open(connector: buildConnector.connector, target: buildConnector.Options): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connector(target, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}

function bracketed(hostname: string): string {
  return hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
}

/** @param logOn the ways to log on that the proxy offers, as its headers say it, and whether something was presented */
function proxyRefusal(
  host: string,
  status: number,
  logOn: { readonly offered: readonly string[]; readonly presented: boolean },
): TransportError {
  const failure = (message: string, code: string) => new TransportError(message, 'connect', code);
  if (status !== 407)
    return failure(l10n.t('The proxy {0} refused the connection ({1}).', host, status), 'PROXY_REFUSED');
  // Several may stand in one header; their names are the words that no equals sign follows.
  const ways = logOn.offered.flatMap((header) => header.match(/(?<=^|,\s*)[a-z]+(?=\s|,|$)/gi) ?? []);
  if (ways.length > 0 && !ways.some((way) => way.toLowerCase() === 'basic')) {
    const names = ways.join(', ');
    return failure(
      l10n.t('The proxy {0} lets in only who logs on by {1} (407), which cannot be done here.', host, names),
      'PROXY_AUTH_KIND',
    );
  }
  return failure(
    logOn.presented
      ? l10n.t('The proxy {0} did not accept the user and the password (407).', host)
      : l10n.t('The proxy {0} asks for a user and a password (407).', host),
    'PROXY_AUTH',
  );
}

/** One short word for what happened, whoever named it: undici, Node's sockets or OpenSSL. */
function codeOf(error: unknown): string {
  const code = errorCode(error) ?? (error instanceof Error ? errorCode(error.cause) : undefined);
  // An attempt at several addresses of one name gathers its errors.
  if (code === undefined && error instanceof AggregateError) return codeOf(error.errors[0]);
  if (code === undefined && error instanceof Error && error.name === 'HTTPParserError') return 'NOT_HTTP';
  return (code ?? 'UNKNOWN').replace(/^UND_ERR_/, '');
}

function describe(code: string, phase: TransportPhase, url: URL): string {
  const { host } = url;
  switch (code) {
    case 'ECONNREFUSED':
      return l10n.t('Nothing answers at {0} (connection refused).', url.origin);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return l10n.t('The address of {0} cannot be found ({1}).', host, code);
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return l10n.t('There is no way to {0} ({1}).', host, code);
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return l10n.t('{0} cannot be reached in time.', host);
    case 'HEADERS_TIMEOUT':
      return l10n.t('{0} took the request but did not answer in time.', host);
    case 'INVALID_ARG':
      return l10n.t(
        'A request to {0} cannot be sent as it is: a header holds characters that no header may.',
        host,
      );
    case 'NOT_HTTP':
      return l10n.t('{0} answers, but not as a web service does.', host);
    case 'BODY_TIMEOUT':
      return l10n.t('{0} stopped in the middle of its answer.', host);
    default:
      return phase === 'connect'
        ? l10n.t('No secure connection to {0} could be made ({1}).', host, code)
        : l10n.t('The connection to {0} broke off ({1}).', host, code);
  }
}
