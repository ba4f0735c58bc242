import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

const tls = join(import.meta.dirname, '..', 'fixtures', 'tls');
/** The authority that signed {@link serverCertificate}, PEM. */
export const testAuthority = readFileSync(join(tls, 'ca.pem'), 'utf8');
/** For service.test, proxy.test and the loopback addresses. */
export const serverCertificate = {
  cert: readFileSync(join(tls, 'server.pem'), 'utf8'),
  key: readFileSync(join(tls, 'server.key'), 'utf8'),
};

export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  /** Requests whose body was read to its end, in order. */
  readonly requests: readonly RecordedRequest[];
  readonly close: () => Promise<void>;
}

/** Answers one request; `number` counts from 1. */
export type Answer = (request: RecordedRequest, response: ServerResponse, number: number) => void;

/** A server on a free port of this machine that records what it is asked, `slow` where senders have to wait, and answers as told. */
export async function serve(
  answer: Answer,
  options: { readonly secure?: boolean; readonly host?: string; readonly slow?: boolean } = {},
): Promise<LocalServer> {
  const requests: RecordedRequest[] = [];
  const listener = (message: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (options.slow !== true) return;
      message.pause();
      setImmediate(() => message.resume());
    });
    message.on('error', () => undefined);
    message.on('end', () => {
      const { method = '', url = '', headers } = message;
      const request = { method, url, headers, body: Buffer.concat(chunks) };
      requests.push(request);
      answer(request, response, requests.length);
    });
  };
  const secure = options.secure === true;
  const server = secure ? https.createServer(serverCertificate, listener) : http.createServer(listener);
  const host = options.host ?? '127.0.0.1';
  const { port, close } = await listen(server, host);
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `${secure ? 'https' : 'http'}://${name}:${port}`, port, requests, close };
}

/** A server that gets raw connections. */
export async function serveRaw(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  return listen(net.createServer(onConnection), '127.0.0.1');
}

export interface ProxyServer {
  readonly port: number;
  /** What CONNECT asked for, in order, with the Proxy-Authorization that came along. */
  readonly tunnels: readonly { readonly target: string; readonly authorization: string | undefined }[];
  readonly close: () => Promise<void>;
}

/**
 * A real CONNECT proxy. Whatever name it is asked for, it connects to `port` of this machine, as if a name server had said so.
 */
export async function serveProxy(options: {
  readonly port: number;
  /** `user:password` that it insists on. */
  readonly credentials?: string;
  readonly secure?: boolean;
}): Promise<ProxyServer> {
  const tunnels: { target: string; authorization: string | undefined }[] = [];
  const server = options.secure === true ? https.createServer(serverCertificate) : http.createServer();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const authorization = request.headers['proxy-authorization'];
    tunnels.push({ target: request.url ?? '', authorization });
    const expected =
      options.credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(options.credentials).toString('base64')}`;
    if (expected !== undefined && authorization !== expected) {
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n',
      );
      return;
    }
    const upstream = net.connect(options.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    for (const [one, other] of [
      [upstream, client],
      [client, upstream],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  const { port, close } = await listen(server, '127.0.0.1');
  return { port, tunnels, close };
}

async function listen(
  server: net.Server,
  host: string,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  // 'connection' also tells of the raw sockets below TLS.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
