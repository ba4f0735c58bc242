import type {
  Transport,
  TransportError,
  TransportRequest,
  TransportResponse,
} from '../../src/http/transport';

/** What a scripted transport does with one request. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | readonly Buffer[];
  /** Fails instead of answering, or, after `body`, in the middle of the answer. */
  readonly failure?: TransportError;
}

/** A request with its body read. */
export interface SentRequest extends Omit<TransportRequest, 'body'> {
  readonly body: string | undefined;
}

/** A transport without a network: answers come from the script, one for each request; the last one stays. */
export class ScriptedTransport implements Transport {
  readonly sent: SentRequest[] = [];
  private next = 0;

  constructor(
    private readonly script: readonly (ScriptedAnswer | ((request: SentRequest) => ScriptedAnswer))[],
  ) {}

  async request(request: TransportRequest): Promise<TransportResponse> {
    const sent = { ...request, body: await bodyOf(request) };
    this.sent.push(sent);
    const entry = this.script[Math.min(this.next, this.script.length - 1)] ?? {};
    this.next += 1;
    const answer = typeof entry === 'function' ? entry(sent) : entry;
    if (answer.failure !== undefined && answer.body === undefined) throw answer.failure;
    return {
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
      body: pieces(answer),
      discard: () => undefined,
    };
  }

  dispose(): void {
    this.next = 0;
  }
}

async function bodyOf(request: TransportRequest): Promise<string | undefined> {
  const { body } = request;
  if (body === undefined || typeof body === 'string') return body;
  const chunks: Uint8Array[] = [];
  // Their memory may be used again for those that follow.
  for await (const chunk of body.chunks) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function* pieces({ body = '', failure }: ScriptedAnswer): AsyncGenerator<Buffer, void, void> {
  await Promise.resolve();
  // Readers may give back what they get.
  yield* (typeof body === 'string' ? [body] : body).map((piece) => Buffer.from(piece));
  if (failure !== undefined) throw failure;
}

/** A clock that has every wait over at once, and remembers them. */
export class HurryingClock {
  readonly waits: number[] = [];
  private time = Date.UTC(2026, 0, 1);

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void) {
    this.waits.push(ms);
    this.time += ms;
    const timer = setImmediate(callback);
    return { dispose: () => clearImmediate(timer) };
  }
}
