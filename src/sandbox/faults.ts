import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ApiError, quotaExceeded, quotaMessage } from './errors';
import { json, textReply, type Exchange, type Reply } from './exchange';
import { jobFaultNames, type JobFault } from './jobRecord';
import type { SandboxClock } from './sandboxClock';
import type { Disposable } from '../util/disposable';

/** Which requests a fault hits, and how often. */
const matching = {
  /** HTTP method; any when absent. */
  method: z.string().optional(),
  /** A piece of the path, such as `:batchGenerateContent` or `/upload/`; any path when absent. */
  path: z.string().optional(),
  /** How many times it strikes; until it is cleared when absent. */
  times: z.coerce.number().int().positive().optional(),
  /** How many matching requests it lets pass before. */
  after: z.coerce.number().int().min(0).optional(),
};
const bytes = z.coerce.number().int().min(0);

/** What can be made to go wrong on demand. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** The answer is begun `ms` later. */
  z.strictObject({ kind: z.literal('latency'), ms: z.coerce.number().min(0), ...matching }),
  /** An error in the service's words instead of the call; `retryAfter` in seconds. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.coerce.number().int().min(400).max(599),
    retryAfter: z.coerce.number().min(0).optional(),
    ...matching,
  }),
  /** A page instead of JSON, as proxies and load balancers send it. */
  z.strictObject({
    kind: z.literal('html'),
    status: z.coerce.number().int().min(200).max(599).default(502),
    ...matching,
  }),
  /** The connection breaks after so many bytes of the request's body. What arrived has arrived. */
  z.strictObject({ kind: z.literal('cut-up'), bytes, ...matching }),
  /** The connection breaks after so many bytes of the answer's body. */
  z.strictObject({ kind: z.literal('cut-down'), bytes, ...matching }),
  /** The answer ends, properly closed, after so many bytes; in the middle when absent. */
  z.strictObject({ kind: z.literal('truncate'), bytes: bytes.optional(), ...matching }),
  /** The call takes effect, but its answer never comes: the connection breaks. */
  z.strictObject({ kind: z.literal('lose-answer'), ...matching }),
  /**
   * The call takes effect only `ms` later, by the sandbox's wall clock, long after its connection broke or, with `status`, was
   * answered with an error.
   */
  z.strictObject({
    kind: z.literal('late-effect'),
    ms: z.coerce.number().min(0),
    status: z.coerce.number().int().min(400).max(599).optional(),
    ...matching,
  }),
  /** Bodies go both ways at no more than so many bytes a second. */
  z.strictObject({ kind: z.literal('throttle'), bytesPerSecond: z.coerce.number().positive(), ...matching }),
  /** The next jobs created have this fault. */
  z.strictObject({
    kind: z.literal('job'),
    fault: z.enum(jobFaultNames),
    times: matching.times,
  }),
]);
export type Fault = z.infer<typeof faultSchema>;
type RequestFault = Exclude<Fault, { kind: 'job' }>;

/** Breaks the connection instead of answering. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** The faults in force, and what they do to requests. */
export class Faults implements Disposable {
  private armed: { fault: Fault; left: number; toSkip: number }[] = [];
  private readonly closing = new AbortController();

  constructor(
    initial: readonly Fault[],
    private readonly clock: SandboxClock,
  ) {
    for (const fault of initial) this.add(fault);
  }

  add(fault: Fault): void {
    this.armed.push({
      fault,
      left: fault.times ?? Infinity,
      toSkip: fault.kind === 'job' ? 0 : (fault.after ?? 0),
    });
  }

  clear(): void {
    this.armed = [];
  }

  /** What is still to strike. */
  list(): { readonly fault: Fault; readonly timesLeft: number | null }[] {
    return this.armed.map(({ fault, left }) => ({ fault, timesLeft: Number.isFinite(left) ? left : null }));
  }

  /** The faults of the next job created. */
  takeJobFaults(): JobFault[] {
    return this.take((fault) => fault.kind === 'job').flatMap((fault) =>
      fault.kind === 'job' ? [fault.fault] : [],
    );
  }

  /** Answers one request by way of `handle`, with what is to go wrong with it. Throws {@link Broken} to cut the connection. */
  async around(exchange: Exchange, handle: (exchange: Exchange) => Promise<Reply>): Promise<Reply> {
    const faults = this.take((fault) => fault.kind !== 'job' && matches(fault, exchange)) as RequestFault[];
    if (faults.length === 0) return handle(exchange);
    for (const fault of faults) if (fault.kind === 'latency') await sleep(fault.ms);
    const late = faults.find((fault) => fault.kind === 'late-effect');
    if (late !== undefined) return this.putOff(late, exchange, handle);
    const instead = faults.map(replyInstead).find((reply) => reply !== undefined);
    if (instead !== undefined) return instead;
    const body = faults.reduce(spoilUpload, exchange.body);
    const reply = await handle({ ...exchange, body });
    if (faults.some((fault) => fault.kind === 'lose-answer')) throw new Broken();
    return faults.reduce(spoilReply, reply);
  }

  /** What is put off never happens any more. */
  dispose(): void {
    this.closing.abort();
  }

  private async putOff(
    { ms, status }: Extract<Fault, { kind: 'late-effect' }>,
    exchange: Exchange,
    handle: (exchange: Exchange) => Promise<Reply>,
  ): Promise<Reply> {
    const chunks: Buffer[] = [];
    for await (const chunk of exchange.body) chunks.push(chunk);
    const body = Readable.from([Buffer.concat(chunks)]);
    this.clock
      .until(this.clock.now() + ms, this.closing.signal)
      .then(() => handle({ ...exchange, body }))
      // Nobody is there any more to be told of a refusal.
      .catch(() => undefined);
    if (status === undefined) throw new Broken();
    return statusReply(status);
  }

  private take(applies: (fault: Fault) => boolean): Fault[] {
    const taken: Fault[] = [];
    for (const entry of this.armed) {
      if (!applies(entry.fault)) continue;
      if (entry.toSkip > 0) {
        entry.toSkip -= 1;
        continue;
      }
      entry.left -= 1;
      taken.push(entry.fault);
    }
    this.armed = this.armed.filter((entry) => entry.left > 0);
    return taken;
  }
}

function matches(fault: RequestFault, { request, url }: Exchange): boolean {
  const methodFits = fault.method === undefined || fault.method.toUpperCase() === request.method;
  return methodFits && (fault.path === undefined || decodeURI(url.pathname).includes(fault.path));
}

const errorsByStatus: Readonly<Record<number, () => ApiError>> = {
  400: () => new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.'),
  403: () => new ApiError('PERMISSION_DENIED', 'The caller does not have permission'),
  404: () => new ApiError('NOT_FOUND', 'Requested entity was not found.'),
  429: () => quotaExceeded(quotaMessage),
  500: () =>
    new ApiError(
      'INTERNAL',
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
  503: () => new ApiError('UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  504: () => new ApiError('DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
};

function replyInstead(fault: RequestFault): Reply | undefined {
  if (fault.kind === 'html')
    return textReply(
      fault.status,
      'text/html',
      `<!DOCTYPE html>\n<html lang=en>\n<title>Error ${fault.status} (Server Error)</title>\n<p><b>${fault.status}.</b> That’s an error.\n`,
    );
  return fault.kind === 'status' ? statusReply(fault.status, fault.retryAfter) : undefined;
}

function statusReply(status: number, retryAfter?: number): Reply {
  if (status === 429 && retryAfter !== undefined) {
    const error = quotaExceeded(quotaMessage, retryAfter);
    return json(error.toBody(), 429, error.headers);
  }
  const body = errorsByStatus[status]?.().toBody() ?? {
    error: { code: status, message: 'Simulated by a fault of the sandbox.', status: 'UNKNOWN' },
  };
  return json(body, status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
}

function spoilUpload(body: AsyncIterable<Buffer>, fault: RequestFault): AsyncIterable<Buffer> {
  if (fault.kind === 'cut-up') return cutAfter(body, fault.bytes);
  return fault.kind === 'throttle' ? paced(body, fault.bytesPerSecond) : body;
}

function spoilReply(reply: Reply, fault: RequestFault): Reply {
  const whole = Buffer.isBuffer(reply.body) ? [reply.body] : (reply.body as AsyncIterable<Buffer>);
  const length = Buffer.isBuffer(reply.body) ? reply.body.length : Number(reply.headers['content-length']);
  const headers = { ...reply.headers, 'content-length': String(length) };
  switch (fault.kind) {
    case 'cut-down':
      return { ...reply, headers, body: Readable.from(cutAfter(whole, fault.bytes), { objectMode: false }) };
    case 'throttle':
      return {
        ...reply,
        headers,
        body: Readable.from(paced(whole, fault.bytesPerSecond), { objectMode: false }),
      };
    case 'truncate': {
      const most = Math.min(fault.bytes ?? Math.floor(length / 2), length);
      return {
        ...reply,
        headers: { ...headers, 'content-length': String(most) },
        body: Readable.from(firstBytes(whole, most), { objectMode: false }),
      };
    }
    default:
      return reply;
  }
}

type Chunks = AsyncIterable<Buffer> | Iterable<Buffer>;

async function* firstBytes(chunks: Chunks, most: number): AsyncGenerator<Buffer> {
  let left = most;
  for await (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

/** Passes on so many bytes and breaks then, also when there were fewer. */
async function* cutAfter(chunks: Chunks, most: number): AsyncGenerator<Buffer> {
  yield* firstBytes(chunks, most);
  throw new Broken();
}

async function* paced(chunks: Chunks, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const step = Math.max(1, Math.ceil(bytesPerSecond / 20));
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += step) {
      const piece = chunk.subarray(at, at + step);
      await sleep((piece.length / bytesPerSecond) * 1000);
      yield piece;
    }
}
