import * as z from 'zod';
import {
  hostMessage,
  resultsMethods,
  type ClientMessage,
  type ResultsEvent,
  type ResultsMethod,
  type ResultsParams,
  type ResultsResult,
} from '../shared/resultsMessages';

/** A question that the host answered with an error. `cancelled`: it is no longer wanted, and nobody has to be told. */
export class HostError extends Error {
  override readonly name = 'HostError';
  constructor(
    message: string,
    readonly cancelled: boolean,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly method: ResultsMethod;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Asks the host and hears its events. What does not look as agreed is an error, not a guess. */
export class Host {
  private readonly waiting = new Map<number, Waiting>();

  /** @param nextId number of the first request */
  constructor(
    private readonly post: (message: ClientMessage) => void,
    private readonly onEvent: (event: ResultsEvent) => void,
    private nextId = 1,
  ) {}

  call<M extends ResultsMethod>(
    method: M,
    params: ResultsParams<M>,
    signal?: AbortSignal,
  ): Promise<ResultsResult<M>> {
    const id = this.nextId;
    this.nextId += 1;
    return new Promise<ResultsResult<M>>((resolve, reject) => {
      this.waiting.set(id, { method, resolve: (value) => resolve(value as ResultsResult<M>), reject });
      signal?.addEventListener('abort', () => this.post({ type: 'cancel', id }), { once: true });
      this.post({ type: 'request', id, method, params });
    });
  }

  receive(data: unknown): void {
    const parsed = hostMessage.safeParse(data);
    if (!parsed.success) {
      this.refuse(data);
      return;
    }
    const message = parsed.data;
    if (message.type === 'event') {
      this.onEvent(message.event);
      return;
    }
    const waiting = this.take(message.id);
    if (waiting === undefined) return;
    if (message.type === 'error') {
      waiting.reject(new HostError(message.message, message.cancelled));
      return;
    }
    const value = resultsMethods[waiting.method].result.safeParse(message.value);
    if (value.success) waiting.resolve(value.data);
    else waiting.reject(new HostError(`The host's answer to "${waiting.method}" cannot be read.`, false));
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  /** An answer that cannot be read is an answer still: nobody waits for ever. */
  private refuse(data: unknown): void {
    const answered = numbered.safeParse(data);
    const waiting = answered.success ? this.take(answered.data.id) : undefined;
    waiting?.reject(new HostError(`The host's answer to "${waiting.method}" cannot be read.`, false));
  }
}

const numbered = z.object({ id: z.number().int() });
