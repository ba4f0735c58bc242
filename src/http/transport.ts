import type { Disposable } from '../util/disposable';

/** One HTTP exchange; follows no redirect, repeats nothing, knows no API. */
export interface Transport extends Disposable {
  /**
   * Resolves when the response's headers are there, whatever its status. Rejects with TransportError, or with CancelledError
   * when `signal` fires; so does the body while it is read.
   */
  request(request: TransportRequest): Promise<TransportResponse>;
}

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** https, or http to this machine. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | StreamedBody;
  readonly signal?: AbortSignal;
  readonly timeouts?: Partial<Timeouts>;
}

/**
 * A body that is read while it is sent. A transport holds two chunks at most, the one being sent and the next: whoever is asked
 * for a third may use the memory of the first again, as long as chunks are of 64 KB or more, the last one excepted.
 */
export interface StreamedBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Exactly as many bytes as `chunks` gives. */
  readonly length: number;
}

/** There is no limit for a whole exchange: a long transfer may take as long as it moves. */
export interface Timeouts {
  /** From the last byte sent (or taken by a slow connection) to the first of the response. */
  readonly headersMs: number;
  /** Between two pieces of the response's body. */
  readonly idleMs: number;
}

export interface TransportResponse {
  readonly status: number;
  /** Names in lower case; several of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Content encodings are undone, and then `content-length`, which counted the encoded bytes, is not among the headers.
   * To be read once, to its end, or given up with `discard`. Chunks belong to the reader, who may give their memory back.
   */
  readonly body: AsyncIterable<Buffer>;
  discard(): void;
}

/** For what the service may have to gather before its first byte, gigabytes of results or the verdict on an upload. */
export const patientTimeouts: Partial<Timeouts> = { headersMs: 300_000 };

/**
 * How far an exchange was when it failed. `address`: refused by us, nothing was tried. `connect`: no connection (DNS, TCP, TLS,
 * proxy), so the service has not seen the request. `exchange`: the service may have acted on it.
 */
export type TransportPhase = 'address' | 'connect' | 'exchange';

/** No answer, or half of one. The message names host and cause, never a path, a header or a body. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    message: string,
    readonly phase: TransportPhase,
    /** What went wrong for programs: `ECONNREFUSED`, `HEADERS_TIMEOUT`, `PROXY_AUTH`, … */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
