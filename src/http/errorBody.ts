import { defined } from '../util/defined';
import { asNumber, asObject, asString, objectsOf, parseJson, type JsonObject } from '../util/json';

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
  const value = parseJson(body);
  return { ...(value === undefined ? fromPiece(body) : fromJson(value)), html: false };
}

/** Members of what is no refusal, even if it tells of an error: a job that failed, a row of results. */
const ownNames = ['name', 'id', 'metadata', 'key', 'custom_id', 'response'];

/**
 * The status of a refusal that came with a success's status, as some services and gateways send it; undefined for anything else.
 * Codes of google.rpc, which the errors of rows and jobs have, are far below those of HTTP.
 */
export function hiddenRefusal(text: string): number | undefined {
  if (text.length > errorBodyLimit || !text.includes('"error"')) return undefined;
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  const holder = asObject(Array.isArray(value) ? value[0] : value);
  const error = asObject(holder?.error);
  if (holder === undefined || error === undefined || ownNames.some((name) => name in holder))
    return undefined;
  const code = asNumber(error.code);
  if (code !== undefined) return code >= 400 && code <= 599 ? code : undefined;
  // OpenAI's form, whose code is a word: nothing says which status was meant.
  return asString(error.message) === undefined ? undefined : 500;
}

type Fields = Omit<ErrorBody, 'html'>;

function fromJson(value: unknown): Fields {
  const holder = Array.isArray(value) ? objectsOf(value)[0] : value;
  const error = asObject(holder)?.error ?? asObject(holder)?.detail ?? holder;
  if (typeof error === 'string') return { ...clean(error), quotas: [] };
  const fields = asObject(error);
  if (fields === undefined) return { quotas: [] };
  const details = objectsOf(fields.details);
  // The first text of that name in any of the details.
  const detail = (name: string) => firstText(details.map((each) => each[name]));
  return {
    ...clean(asString(fields.message) ?? ''),
    quotas: details.flatMap(quotaNames),
    ...defined({
      status: firstText([fields.status, fields.code, fields.type]),
      reason: detail('reason'),
      requestId: detail('requestId'),
      retryAfterMs: details.map((each) => durationMs(each.retryDelay)).find((ms) => ms !== undefined),
    }),
  };
}

function firstText(values: readonly unknown[]): string | undefined {
  return values.map(asString).find((text) => text !== undefined && text !== '');
}

function quotaNames(detail: JsonObject): string[] {
  return objectsOf(detail.violations)
    .map((violation) => firstText([violation.quotaId, violation.quotaMetric, violation.subject]))
    .filter((name) => name !== undefined);
}

/** A JSON duration: `"34.5s"`, or `{seconds, nanos}`. */
function durationMs(value: unknown): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(asString(value) ?? '')?.[1];
  if (seconds !== undefined) return Math.round(Number(seconds) * 1000);
  const parts = asObject(value);
  if (parts === undefined) return undefined;
  return Math.round((asNumber(parts.seconds) ?? 0) * 1000 + (asNumber(parts.nanos) ?? 0) / 1e6);
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
  return asString(parseJson(literal)) ?? literal.slice(1, -1);
}

function clean(message: string): { message?: string } {
  const text = message.trim();
  if (text === '') return {};
  return { message: text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text };
}
