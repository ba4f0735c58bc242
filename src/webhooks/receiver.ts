import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../util/clock';
import type { Disposable } from '../util/disposable';
import { Emitter, type Event } from '../util/event';
import type { Logger } from '../util/logger';
import { readDelivery, type Delivery } from './delivery';
import { ReplayMemory } from './replayMemory';
import { toleranceMs, type Verifier } from './verifier';

/** The largest body that is read; the documented payloads have a few hundred bytes. */
const maxBodyBytes = 64 * 1024;

export interface ReceiverOptions {
  /** Port on loopback; 0 lets the system choose. */
  readonly port: number;
  /** The secret part of the path. Give the one of last time to keep a public address valid; see {@link newPath}. */
  readonly path: string;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Listens on loopback for webhook deliveries. */
export interface WebhookReceiver extends Disposable {
  /** Where a tunnel has to lead, e.g. `http://127.0.0.1:4711/hooks/…`. The path is a secret. */
  readonly url: string;
  readonly port: number;
  /** A delivery that was verified and is new. */
  readonly onDelivery: Event<Delivery>;
}

/** A path that nobody can guess, 128 bits. */
export function newPath(): string {
  return `/hooks/${randomBytes(16).toString('hex')}`;
}

/**
 * Starts listening. Rejects with the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had.
 *
 * Whoever sends something wrong learns nothing but the status. Whoever sends a delivery twice gets the same answer as the
 * first time, since a sender repeats what it believes lost.
 */
export async function startWebhookReceiver(options: ReceiverOptions): Promise<WebhookReceiver> {
  const { path, verifier, clock, logger } = options;
  const deliveries = new Emitter<Delivery>((error) =>
    logger.error(`A delivery could not be handled: ${String(error)}`),
  );
  const replays = new ReplayMemory(clock, 2 * toleranceMs);

  async function answer(request: IncomingMessage): Promise<number> {
    if (new URL(request.url ?? '/', 'http://loopback').pathname !== path) return 404;
    if (request.method !== 'POST') return 405;
    const body = await readBody(request);
    if (body === undefined) return 413;
    const verdict = await verifier.verify(
      {
        id: header(request, 'webhook-id'),
        timestamp: header(request, 'webhook-timestamp'),
        signature: header(request, 'webhook-signature'),
      },
      body,
    );
    if (!verdict.ok) {
      logger.warn(`A webhook delivery was refused: ${verdict.reason}.`);
      return 401;
    }
    const delivery = readDelivery(body);
    if (delivery === undefined) return 400;
    if (replays.admit(verdict.deliveryId)) deliveries.fire(delivery);
    return 204;
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (status) => end(request, response, status),
      () => end(request, response, 400),
    );
  });
  // A sender has a second's work to do; whoever is slower is not one.
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 1_000;
  server.maxConnections = 256;
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    port,
    onDelivery: deliveries.event,
    dispose() {
      deliveries.dispose();
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The body as text; undefined when it is too large, in which case the rest is not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early must not destroy the socket: the answer still has to go out.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function end(request: IncomingMessage, response: ServerResponse, status: number): void {
  // A body that was not read whole must not be taken for the next request of the connection.
  const headers = request.complete ? undefined : { connection: 'close' };
  response.writeHead(status, headers).end();
}
