import { defined } from '../util/defined';

/** What could be made out of the body of a refusal, whatever shape it had. Everything is optional. */
export interface ErrorBody {
  readonly message?: string;
  /** `INVALID_ARGUMENT`, or the type or code word of another service. */
  readonly status?: string;
  /** `reason` of a google.rpc.ErrorInfo. */
  readonly reason?: string;
  readonly requestId?: string;
  /** Of a google.rpc.RetryInfo. */
  readonly retryAfterMs?: number;
  /** Names of the quotas of a google.rpc.QuotaFailure. */
  readonly quotas: readonly string[];
  /** The body was a web page, not data. */
  readonly html: boolean;
}

/** How much of a refusal is read; what a person is told of it is shorter still. */
export const errorBodyLimit = 256 * 1024;

const longestMessage = 1_200;

/**
 * Reads the body of a refusal: Google's `{"error":{…}}`, the same in an array, OpenAI's and FastAPI's forms, a web page, plain
 * text, nothing, or a piece of any of them. Never throws.
 */
export function parseErrorBody(text: string): ErrorBody {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return { quotas: [], html: false };
  if (/^<(?:!doctype|html|head|body|\?xml|!--)/i.test(body)) return { ...fromHtml(body), html: true };
  try {
    return { ...fromJson(JSON.parse(body)), html: false };
  } catch {
    return { ...fromPiece(body), html: false };
  }
}

type Fields = Omit<ErrorBody, 'html'>;

function fromJson(value: unknown): Fields {
  const holder: unknown = Array.isArray(value) ? value.find(isObject) : value;
  if (typeof holder === 'string') return { ...clean(holder), quotas: [] };
  if (!isObject(holder)) return { quotas: [] };
  const error = holder.error ?? holder.detail ?? holder;
  if (typeof error === 'string') return { ...clean(error), quotas: [] };
  if (!isObject(error)) return { quotas: [] };
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  const word = [error.status, error.code, error.type].find((item) => typeof item === 'string' && item !== '');
  const reason = details.map((detail) => detail.reason).find((item) => typeof item === 'string');
  const requestId = details.map((detail) => detail.requestId).find((item) => typeof item === 'string');
  const retryAfterMs = details
    .map((detail) => durationMs(detail.retryDelay))
    .find((item) => item !== undefined);
  return {
    ...(typeof error.message === 'string' ? clean(error.message) : {}),
    ...(typeof word === 'string' ? { status: word } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...defined({ retryAfterMs }),
    quotas: details.flatMap(quotaNames),
  };
}

function quotaNames(detail: Readonly<Record<string, unknown>>): string[] {
  const violations = Array.isArray(detail.violations) ? detail.violations.filter(isObject) : [];
  return violations
    .map((violation) => violation.quotaId ?? violation.quotaMetric ?? violation.subject)
    .filter((name) => typeof name === 'string');
}

/** A JSON duration: `"34.5s"`, or `{seconds, nanos}`. */
function durationMs(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1];
    return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
  }
  if (!isObject(value)) return undefined;
  const milliseconds = Number(value.seconds ?? 0) * 1000 + Number(value.nanos ?? 0) / 1e6;
  return Number.isFinite(milliseconds) ? Math.round(milliseconds) : undefined;
}

function fromHtml(page: string): Fields {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
  return { ...(title === '' ? {} : { message: title.slice(0, 200) }), quotas: [] };
}

/** JSON that breaks off, or plain text: whatever message and status word can still be read. */
function fromPiece(body: string): Fields {
  if (!/^[[{]/.test(body)) return { ...clean(body), quotas: [] };
  const message = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  const status = /"status"\s*:\s*"([A-Z_]+)"/.exec(body)?.[1];
  const reason = /"reason"\s*:\s*"([A-Z_]+)"/.exec(body)?.[1];
  return {
    ...(message === undefined ? {} : clean(unquote(message))),
    ...defined({ status, reason }),
    quotas: [],
  };
}

function unquote(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal.slice(1, -1);
  }
}

function clean(message: string): { message?: string } {
  const text = message.trim();
  if (text === '') return {};
  return { message: text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
