import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import { ServiceError } from '../shared/serviceError';
import { systemClock, type Clock } from '../util/clock';
import { defined } from '../util/defined';
import { isLoopback, isSafeAddress } from '../util/loopback';
import type { Logger } from '../util/logger';
import { Answer } from './answer';
import { couldNot, type Doing } from './couldNot';
import { errorBodyLimit } from './errorBody';
import { isTransient, isUntouched, noAnswer, refusal, type CallContext } from './errors';
import { briefPolicy, patientPolicy, withRetry, type RetryPolicy } from './retry';
import { acknowledgement } from './tolerant';
import {
  TransportError,
  type Timeouts,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport';

export interface ApiClientOptions {
  /** Origin and optional path. */
  readonly baseUrl: string;
  readonly transport: Transport;
  /** Read for each call; rejects or gives an empty text where there is no key. */
  readonly key: () => Promise<string | undefined>;
  /** The header that carries the key. */
  readonly keyHeader: (key: string) => readonly [name: string, value: string];
  readonly logger: Logger;
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

export interface ApiCall {
  readonly method: TransportRequest['method'];
  /** Path below the base URL, beginning with a slash and already encoded; or a whole URL that the service gave. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A streamed one can be sent once only: `repeat` is `never` then. */
  readonly body?: TransportRequest['body'];
  /**
   * `always`: may be sent again after any failure that may pass. `untouched`: only when the service cannot have acted on it
   * (429, no connection). `never`: sent once; whoever calls goes on in another way.
   */
  readonly repeat: 'always' | 'untouched' | 'never';
  readonly doing: Doing;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: Partial<Timeouts>;
  /** A status beside 200 to 299 that is a success of this call. */
  readonly success?: number;
}

const redirectLimit = 5;

/**
 * Calls of one service: address, key, retries, redirects and errors. Everything rejects with ServiceError, or with
 * CancelledError when the call's signal fires. The key goes to the origin of the base URL and nowhere else.
 */
export class ApiClient {
  private readonly baseUrl: string;
  private readonly origin: string;
  readonly clock: Clock;
  readonly random: () => number;

  constructor(private readonly options: ApiClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.origin = new URL(this.baseUrl).origin;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  get logger(): Logger {
    return this.options.logger;
  }

  /** A call whose answer is JSON of the shape `schema`. */
  async json<T>(schema: z.ZodType<T>, call: ApiCall): Promise<T> {
    return this.repeated(call, async (key) => {
      const answer = await this.send(call, key);
      // Deleting and cancelling are answered with nothing by some services.
      return answer.json(schema, call.method === 'GET' ? undefined : '{}');
    });
  }

  /** A call whose answer says no more than that it is done. */
  async done(call: ApiCall): Promise<void> {
    await this.json(acknowledgement, call);
  }

  /** A call whose answer is JSON of the shape `schema`; its text. */
  async jsonText(schema: z.ZodType, call: ApiCall): Promise<string> {
    return this.repeated(call, async (key) => {
      const answer = await this.send(call, key);
      const text = await answer.text();
      answer.parse(schema, text);
      return text;
    });
  }

  /** A call whose answer is a text. */
  async text(call: ApiCall): Promise<string> {
    return this.repeated(call, async (key) => (await this.send(call, key)).text());
  }

  /**
   * A call whose successful answer is read as a stream by `consume`, which may be called again from the beginning where
   * `call.repeat` allows it.
   */
  async stream<T>(call: ApiCall, consume: (answer: Answer) => Promise<T>): Promise<T> {
    return this.repeated(call, async (key) => {
      const answer = await this.send(call, key);
      try {
        return await consume(answer);
      } catch (error) {
        throw noAnswer(error, this.context(call, key));
      } finally {
        answer.discard();
      }
    });
  }

  /** A deletion. Where an earlier try may have done it already, "not there" is what was wanted. */
  async remove(call: ApiCall): Promise<void> {
    let maybeDone = false;
    await this.repeated(call, async (key) => {
      try {
        await (await this.send(call, key)).json(acknowledgement, '{}');
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (maybeDone && error.kind === 'notFound') return;
        maybeDone ||= error.ambiguous;
        throw error;
      }
    });
  }

  private async repeated<T>(call: ApiCall, attempt: (key: string) => Promise<T>): Promise<T> {
    const policy: RetryPolicy =
      call.repeat === 'always'
        ? patientPolicy
        : call.repeat === 'untouched'
          ? briefPolicy
          : { ...briefPolicy, attempts: 1 };
    const mayRepeat = call.repeat === 'always' ? isTransient : isUntouched;
    return withRetry(
      async () => attempt(await this.requireKey(call)),
      (error) => {
        if (!mayRepeat(error)) return { again: false };
        this.logger.debug(`${call.doing}: ${error.reason ?? error.kind} ${error.status ?? ''}`.trim());
        return { again: true, afterMs: error.retryAfterMs };
      },
      policy,
      { clock: this.clock, random: this.random, signal: call.signal },
    );
  }

  /** One exchange with redirects followed; resolves with a success only. */
  private async send(call: ApiCall, key: string): Promise<Answer> {
    const context = this.context(call, key);
    const started = this.clock.now();
    let url = this.url(call);
    for (let redirects = 0; ; redirects += 1) {
      let response: TransportResponse;
      try {
        response = await this.options.transport.request(this.toRequest(call, url, key));
      } catch (error) {
        this.log(call, url, error instanceof TransportError ? error.code : 'cancelled', started);
        throw noAnswer(error, context);
      }
      this.log(call, url, response.status, started);
      if ((response.status >= 200 && response.status < 300) || response.status === call.success)
        return new Answer(response, context);
      const next = redirectTarget(call, response, url);
      if (next !== undefined && redirects < redirectLimit) {
        response.discard();
        url = next;
        continue;
      }
      throw refusal(response, await readSome(response, errorBodyLimit), context);
    }
  }

  /** A whole URL out of one that the service gave, perhaps relative; undefined where it must not be used. */
  resolve(url: string | undefined): string | undefined {
    if (url === undefined || !URL.canParse(url, this.baseUrl)) return undefined;
    const target = new URL(url, this.baseUrl);
    return mayLeadTo(target, new URL(this.baseUrl)) ? target.href : undefined;
  }

  private url(call: ApiCall): URL {
    const url = new URL(call.path.startsWith('/') ? this.baseUrl + call.path : call.path);
    for (const [name, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  private toRequest(call: ApiCall, url: URL, key: string): TransportRequest {
    const [name, value] = this.options.keyHeader(key);
    return {
      method: call.method,
      url: url.href,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'batchwright',
        ...call.headers,
        ...(url.origin === this.origin ? { [name]: value } : {}),
      },
      ...defined({ body: call.body, signal: call.signal, timeouts: call.timeouts }),
    };
  }

  private async requireKey(call: ApiCall): Promise<string> {
    const key = (await this.options.key())?.trim() ?? '';
    if (key !== '') return key;
    throw new ServiceError(couldNot(call.doing, l10n.t('there is no API key.')), {
      kind: 'auth',
      reason: 'NO_KEY',
      ambiguous: false,
      advice: l10n.t('Set an API key, or try the sandbox, which needs none.'),
    });
  }

  private context(call: ApiCall, key: string): CallContext {
    return {
      doing: call.doing,
      changesSomething: call.method !== 'GET',
      now: this.clock.now(),
      secrets: [key],
    };
  }

  /** Method, path without query (which may hold an upload's secret), outcome and time. */
  private log(call: ApiCall, url: URL, outcome: number | string, started: number): void {
    this.logger.debug(
      `${call.method} ${url.host}${url.pathname} ${outcome} ${this.clock.now() - started} ms`,
    );
  }
}

/**
 * Joins `/`-separated segments of a resource name into an encoded path, so that a name that a service made up cannot leave
 * its collection.
 */
export function resourcePath(name: string): string {
  return name
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .map((segment) => `/${encodeURIComponent(segment).replaceAll('%3A', ':')}`)
    .join('');
}

/**
 * Where a call goes on; undefined where there is no redirect or where it must not be followed: to plain http, from outside into
 * this machine, and for what is sent along, to any other origin.
 */
function redirectTarget(call: ApiCall, response: TransportResponse, from: URL): URL | undefined {
  const location = response.headers.location;
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from);
  // Only these two keep method and body, and a streamed body is gone already.
  if (call.method !== 'GET')
    return [307, 308].includes(response.status) &&
      target.origin === from.origin &&
      typeof (call.body ?? '') === 'string'
      ? target
      : undefined;
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  return mayLeadTo(target, from) ? target : undefined;
}

/** Whether what is at `from` may name `target` as a place to go on. toRequest() leaves the key out for another origin. */
function mayLeadTo(target: URL, from: URL): boolean {
  if (target.origin === from.origin) return true;
  // A service outside must not send us into this machine.
  return isSafeAddress(target) && (!isLoopback(target.hostname) || isLoopback(from.hostname));
}

/** At most `limit` bytes; what breaks off is as good as what came. */
async function readSome(response: TransportResponse, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= limit) break;
    }
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
  }
  response.discard();
  return Buffer.concat(chunks).toString('utf8', 0, limit);
}
