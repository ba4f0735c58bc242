import * as l10n from '@vscode/l10n';
import { parseLineErrors } from '../shared/lineErrors';
import { ServiceError, type ServiceErrorKind } from '../shared/serviceError';
import { isCancelled } from '../util/async';
import { defined } from '../util/defined';
import { parseJson } from '../util/json';
import { redact } from '../util/redact';
import { couldNot, type Doing } from './couldNot';
import { errorBodyLimit, parseErrorBody, type ErrorBody } from './errorBody';
import { TransportError } from './transport';

/** What was being done when it failed. */
export interface CallContext {
  readonly doing: Doing;
  /** Whether doing it twice would matter: then a lost answer makes the failure ambiguous. */
  readonly changesSomething: boolean;
  /** Taken out of messages wherever the service echoes them. */
  readonly secrets?: readonly string[];
  /** Milliseconds since the epoch, to read dates in Retry-After. */
  readonly now: number;
}

/** The error for a response that is no success. */
export function refusal(
  response: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  bodyText: string,
  context: CallContext,
): ServiceError {
  const { status } = response;
  const body = parseErrorBody(bodyText);
  const kind = refusalKind(status, body);
  const message = body.html ? undefined : body.message;
  const suggestedModel = message === undefined ? undefined : successor(message);
  const requestId = body.requestId ?? firstHeader(response.headers, requestIdHeaders);
  const retryAfterMs = body.retryAfterMs ?? retryAfter(response.headers, context.now);
  const reason = body.reason ?? body.status;
  const advice = refusalAdvice(kind, status, body, suggestedModel);
  const detail = redirection(response) ?? message ?? emptyHanded(status, body);
  return new ServiceError(couldNot(context.doing, redact(detail, context.secrets)), {
    kind,
    status,
    ambiguous: context.changesSomething && (status >= 500 || status === 408 || status === 499),
    lineErrors: message === undefined ? [] : parseLineErrors(redact(message, context.secrets)),
    ...defined({ reason, requestId, retryAfterMs, suggestedModel, advice }),
  });
}

/** The error for an exchange that got no answer, or half of one. Cancellation and errors that are ours already pass through. */
export function noAnswer(error: unknown, context: CallContext): unknown {
  if (isCancelled(error) || !(error instanceof TransportError)) return error;
  const { code, phase } = error;
  const offline = offlineCodes.has(code.replace(/^PROXY_/, ''));
  return new ServiceError(couldNot(context.doing, redact(error.message, context.secrets)), {
    kind: 'network',
    reason: code,
    ambiguous: context.changesSomething && phase === 'exchange',
    offline,
    advice: networkAdvice(code, offline),
    cause: error,
  });
}

/** The error for a success whose body nobody can read. */
export function unreadable(
  response: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  bodyText: string,
  context: CallContext,
): ServiceError {
  const { html, message } = parseErrorBody(bodyText);
  const requestId = firstHeader(response.headers, requestIdHeaders);
  const what = unreadableWords(bodyText, html, message);
  return new ServiceError(couldNot(context.doing, redact(what, context.secrets)), {
    kind: 'protocol',
    status: response.status,
    ambiguous: context.changesSomething,
    advice:
      html || isJson(bodyText)
        ? somethingBetween()
        : l10n.t('Try again; if it stays so, check the base URL and the API version of the connection.'),
    ...defined({ requestId }),
  });
}

function somethingBetween(): string {
  return l10n.t(
    'Something between this machine and the service answered, such as a login page or a proxy. Check the base URL of the connection and http.proxy.',
  );
}

/** Whether trying the same once more may help. */
export function isTransient(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  switch (error.kind) {
    case 'unavailable':
    case 'quota':
      return true;
    case 'network':
      return !(error.cause instanceof TransportError) || !isSettled(error.cause.code);
    case 'protocol':
      return error.status !== undefined && error.status >= 200 && error.status < 300;
    default:
      return false;
  }
}

/** Whether the service cannot have acted on the call, so that even a creation may be sent again. */
export function isUntouched(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  if (error.status === 429) return true;
  return (
    error.cause instanceof TransportError && error.cause.phase === 'connect' && !isSettled(error.cause.code)
  );
}

const offlineCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
]);

/** Failures that stay as they are until a person changes something. */
function isSettled(code: string): boolean {
  return code.startsWith('PROXY_A') || settledCodes.has(code) || isCertificate(code);
}

const settledCodes: ReadonlySet<string> = new Set([
  'PROXY_REFUSED',
  'PROXY_KIND',
  'UNSAFE_ADDRESS',
  'INVALID_ARG',
  'TOO_LONG',
]);

function isCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH/.test(code);
}

function networkAdvice(code: string, offline: boolean): string {
  if (offline) return l10n.t('Check the network connection of this machine.');
  if (code === 'PROXY_AUTH')
    return l10n.t(
      'Put user and password into http.proxy (http://user:password@host:port) or set http.proxyAuthorization.',
    );
  if (code === 'PROXY_AUTH_KIND')
    return l10n.t(
      'Use a proxy that takes a user and a password (Basic), or one on this machine that logs on in your name, and set http.proxy to it.',
    );
  if (code === 'PROXY_KIND')
    return l10n.t(
      'Set http.proxy to the address of an http or https proxy; it goes before the environment. One on this machine can pass on to a SOCKS proxy or follow a script.',
    );
  if (code.startsWith('PROXY_') && !isCertificate(code))
    return l10n.t('Check http.proxy and http.noProxy in the settings.');
  if (isCertificate(code))
    return l10n.t(
      "Its certificate is not trusted here. Add the certificate of its authority to the operating system's store; http.systemCertificates must be on.",
    );
  if (code === 'UNSAFE_ADDRESS') return l10n.t('Use an https address for the connection.');
  if (code === 'ECONNREFUSED') return l10n.t('Check that the service runs and that the base URL is right.');
  return l10n.t('Check the network connection, then try again.');
}

const authReasons: ReadonlySet<string> = new Set([
  'API_KEY_INVALID',
  'API_KEY_EXPIRED',
  'API_KEY_SERVICE_BLOCKED',
  'API_KEY_HTTP_REFERRER_BLOCKED',
  'API_KEY_IP_ADDRESS_BLOCKED',
  'ACCESS_TOKEN_EXPIRED',
  'CREDENTIALS_MISSING',
  'SERVICE_DISABLED',
  'CONSUMER_INVALID',
  'CONSUMER_SUSPENDED',
  'invalid_api_key',
]);

const aboutKeysAndNames: ReadonlySet<number> = new Set([401, 403, 404, 410]);

function refusalKind(status: number, body: ErrorBody): ServiceErrorKind {
  const message = body.message ?? '';
  if (authReasons.has(body.reason ?? '') || authReasons.has(body.status ?? '')) return 'auth';
  if (body.status === 'insufficient_quota') return 'billing';
  // A web page speaks for whatever made it: of keys and jobs the service says what there is to say, and not in HTML.
  if (body.html && aboutKeysAndNames.has(status)) return 'protocol';
  switch (status) {
    case 401:
      return 'auth';
    case 402:
      return 'billing';
    case 403:
      return isFileGone(message) ? 'notFound' : /billing/i.test(message) ? 'billing' : 'auth';
    case 404:
    case 410:
      return 'notFound';
    case 408:
    case 499:
      return 'unavailable';
    case 429:
      return 'quota';
    case 400:
      return body.status === 'FAILED_PRECONDITION' &&
        /billing|free tier|location|region|country/i.test(message)
        ? 'billing'
        : 'invalid';
    default:
      if (status >= 500) return 'unavailable';
      return status >= 400 ? 'invalid' : 'protocol';
  }
}

function isFileGone(message: string): boolean {
  return /\bfile\b/i.test(message) && /may not exist/i.test(message);
}

/** The model that a retired model's refusal recommends. */
function successor(message: string): string | undefined {
  return /(?:update your code to use|use|switch to|migrate to)\s+(?:the\s+)?(?:newer\s+)?[`'"]?(?:models\/)([a-z0-9][\w.-]*\w)/i.exec(
    message,
  )?.[1];
}

function refusalAdvice(
  kind: ServiceErrorKind,
  status: number,
  body: ErrorBody,
  suggestedModel: string | undefined,
): string | undefined {
  const message = body.message ?? '';
  switch (kind) {
    case 'auth':
      if (body.reason === 'SERVICE_DISABLED')
        return l10n.t(
          'Enable the Generative Language API for the project of this key, or use a key of another project.',
        );
      return /reported as leaked/i.test(message)
        ? l10n.t('Make a new key in Google AI Studio and set it: this one was made public and is blocked.')
        : l10n.t('Set a key that is valid for this service and has the right to do this.');
    case 'billing':
      return /location|region|country/i.test(message)
        ? l10n.t(
            'The service is not offered where this request comes from; use a project with billing or another connection.',
          )
        : l10n.t(
            'Batches need a project with billing and credit left. Check the billing of the project of this key.',
          );
    case 'quota':
      return quotaAdvice(`${message} ${body.quotas.join(' ')}`);
    case 'notFound':
      if (suggestedModel !== undefined)
        return l10n.t('This model is retired. Use {0} instead.', suggestedModel);
      if (/\bmodels?\//.test(message))
        return l10n.t('Choose another model; not every model can run batches.');
      return isFileGone(message) || /\bfile\b/i.test(message)
        ? l10n.t(
            'Uploaded files are kept for 48 hours and belong to the project of their key. Upload the file again.',
          )
        : undefined;
    case 'unavailable':
      return l10n.t('The service has trouble of its own. Try again in a few minutes.');
    case 'invalid':
      return status === 413 || /payload size exceeds/i.test(message)
        ? l10n.t('Submit it as a file, which may have up to 2 GB, or split it.')
        : undefined;
    case 'protocol':
      return body.html ? somethingBetween() : l10n.t('Check the base URL of the connection.');
    default:
      return undefined;
  }
}

function quotaAdvice(text: string): string {
  if (/enqueued/i.test(text))
    return l10n.t(
      'Too many tokens wait in unfinished batches. Wait until some have finished, or cancel some.',
    );
  if (/concurrent/i.test(text))
    return l10n.t('Too many batches are unfinished. Wait until some have finished, or cancel some.');
  if (/spend/i.test(text))
    return l10n.t('The spend limit of the project is reached for now. Wait, or raise it.');
  if (/storage/i.test(text))
    return l10n.t('The file storage of the project is full. Delete files that are no longer needed.');
  if (/per ?day/i.test(text))
    return l10n.t('The daily quota is used up. Try again tomorrow, or use another model.');
  // The service does not say so, but it is what refuses most creations.
  return l10n.t(
    'Wait a little and try again. Unfinished batches and the tokens in them count, too; the limits of the project are at https://ai.dev/rate-limit.',
  );
}

function unreadableWords(text: string, html: boolean, title: string | undefined): string {
  if (html)
    return title === undefined
      ? l10n.t('a web page came instead of data.')
      : l10n.t('a web page ("{0}") came instead of data.', title);
  if (text.trim() === '') return l10n.t('the answer was empty.');
  return isJson(text)
    ? l10n.t('the answer is none that this service gives.')
    : l10n.t('the answer cannot be read.');
}

/** Whether it is JSON of whatever kind; no more of a page of results is parsed for that than of a refusal. */
function isJson(text: string): boolean {
  return text.length <= errorBodyLimit && parseJson(text.replace(/^\uFEFF/, '')) !== undefined;
}

/** What to say where the service says nothing a person could read. */
function emptyHanded(status: number, body: ErrorBody): string {
  if (body.html)
    return body.message === undefined
      ? l10n.t('a web page came instead of an answer ({0}).', status)
      : l10n.t('a web page came instead of an answer ({0}, "{1}").', status, body.message);
  return body.status === undefined
    ? l10n.t('the service answered with status {0}.', status)
    : l10n.t('the service answered with status {0} ({1}).', status, body.status);
}

/** A redirect that was not followed. Only the origin is named: the rest may hold a secret. */
function redirection(response: {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}): string | undefined {
  const { location } = response.headers;
  if (response.status < 300 || response.status >= 400 || location === undefined) return undefined;
  const { status } = response;
  return URL.canParse(location)
    ? l10n.t(
        'the service sends this call on to {0} ({1}), where it is not sent.',
        new URL(location).origin,
        status,
      )
    : l10n.t('the service sends this call on to another address ({0}), where it is not sent.', status);
}

const requestIdHeaders = ['x-request-id', 'x-goog-request-id', 'request-id', 'x-cloud-trace-context'];

function firstHeader(
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): string | undefined {
  return names.map((name) => headers[name]).find((value) => value !== undefined && value !== '');
}

/** Seconds or a date, as the headers give it. */
function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const exact = headers['retry-after-ms'];
  if (exact !== undefined && /^\d+(\.\d+)?$/.test(exact)) return Math.round(Number(exact));
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  const date = Date.parse(value);
  // Both dates are the service's: a clock that is wrong here does not matter.
  const sent = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(sent) ? now : sent));
}
