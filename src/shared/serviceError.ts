import type { ServiceLineError } from './lineErrors';

/** Families of failures, by what a person can do about them. */
export type ServiceErrorKind =
  | 'auth' // wrong, missing or powerless key
  | 'billing' // prepaid credit gone, free tier, region
  | 'quota' // rate, enqueued tokens, spend, concurrent jobs
  | 'invalid' // the request itself
  | 'notFound' // job, file or model gone
  | 'unavailable' // the service answered that it cannot now (5xx)
  | 'network' // no answer: refused, reset, timed out, DNS, TLS, proxy
  | 'protocol' // an answer nobody can read (HTML, truncated JSON)
  | 'local'; // this machine: file missing, changed or in the way, disk full

export interface ServiceErrorDetails {
  readonly kind: ServiceErrorKind;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  /** The service's own status word or ErrorInfo reason, e.g. `API_KEY_INVALID`. */
  readonly reason?: string;
  readonly requestId?: string;
  /** How long the service asked to wait. */
  readonly retryAfterMs?: number;
  /**
   * Whether the call may have taken effect although it failed (a lost answer, a 5xx after the body was sent).
   * A creation with `ambiguous: true` must be looked up before it is ever sent again.
   */
  readonly ambiguous: boolean;
  /** One sentence: what the person can do. */
  readonly advice?: string;
  /** The machine has no network, as far as the failure tells: worth trying again when there is one. */
  readonly offline?: boolean;
  /** The model that the service names as the successor of a retired one, without `models/`. */
  readonly suggestedModel?: string;
  /** What the service found wrong with single lines of the request file. */
  readonly lineErrors?: readonly ServiceLineError[];
  readonly cause?: unknown;
}

/**
 * A failed call to a service. `message` is fit for a person: it never holds a key, a prompt, an answer, an upload URL or a
 * raw body.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: ServiceErrorKind;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly ambiguous: boolean;
  readonly advice: string | undefined;
  readonly offline: boolean;
  readonly suggestedModel: string | undefined;
  readonly lineErrors: readonly ServiceLineError[];

  constructor(message: string, details: ServiceErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = details.kind;
    this.status = details.status;
    this.reason = details.reason;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.ambiguous = details.ambiguous;
    this.advice = details.advice;
    this.offline = details.offline ?? false;
    this.suggestedModel = details.suggestedModel;
    this.lineErrors = details.lineErrors ?? [];
  }
}
