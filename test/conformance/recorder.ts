import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire, flattened to `place → value` so that two can be compared. */
export type Recorded = Readonly<Record<string, string>>;

/** Headers that differ between any two HTTP clients and mean nothing to the service. */
const meaningless: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'cookie',
  'host',
  'keep-alive',
  'sec-fetch-mode',
  'transfer-encoding',
  'user-agent',
  'x-goog-api-client',
]);
/** What the openai client tells of itself. */
const meaninglessPrefix = 'x-stainless-';

/** Stands between a client and a service, passes everything on and notes what the client sent. */
export class Recorder {
  private readonly requests: Recorded[] = [];

  private constructor(
    readonly url: string,
    readonly close: () => void,
  ) {}

  static async open(target: string): Promise<Recorder> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const { method = '', url = '', headers } = request;
        recorder.requests.push(withoutIds(flatten(method, url, headers, body)));
        const answer = await fetch(`${target}${url}`, {
          method,
          headers: passedOn(headers),
          ...(method === 'GET' ? {} : { body }),
        });
        const kept = [...answer.headers].filter(([name]) => !['connection', 'keep-alive'].includes(name));
        // Upload sessions are to come by here as well.
        const aimed = kept.map(([name, value]) => [name, value.replace(target, recorder.url)] as const);
        response.writeHead(answer.status, Object.fromEntries(aimed));
        response.end(Buffer.from(await answer.arrayBuffer()));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const recorder = new Recorder(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {
      server.closeAllConnections();
      server.close();
    });
    return recorder;
  }

  /** What came since the last call. */
  take(): Recorded[] {
    return this.requests.splice(0);
  }
}

function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const dropped = ['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'expect'];
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !dropped.includes(name) ? [[name, value]] : [],
    ),
  );
}

/** Ids that the service drew: each side got its own. */
function withoutIds(flat: Recorded): Recorded {
  const drawn = /(files\/|batches\/|webhooks\/|file-|batch_)(?:[a-z0-9]{36}|[a-z0-9]{12}|[a-z0-9]{24})\b/g;
  return Object.fromEntries(Object.entries(flat).map(([at, value]) => [at, value.replace(drawn, '$1…')]));
}

function flatten(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer): Recorded {
  const url = new URL(target, 'http://localhost');
  const flat: Record<string, string> = { method, path: url.pathname.replace(/\/v1(beta)?\//, '/{version}/') };
  for (const [name, value] of url.searchParams) flat[`query.${name}`] = name === 'upload_id' ? '…' : value;
  for (const [name, value] of Object.entries(headers))
    if (!meaningless.has(name) && !name.startsWith(meaninglessPrefix)) flat[`header.${name}`] = String(value);
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary !== undefined) {
    flat['header.content-type'] = 'multipart/form-data';
    flattenForm(body.toString('latin1'), boundary, flat);
  } else if (body.length > 0) flattenBody(body, flat);
  return flat;
}

/** The fields of a form, their headers and contents. */
function flattenForm(text: string, boundary: string, flat: Record<string, string>): void {
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', content = ''] = part.replace(/^\r\n/, '').split(/\r\n\r\n(.*)\r\n$/s);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    for (const line of head.split('\r\n')) {
      const [header = '', value = ''] = line.split(/:\s*(.*)/s);
      flat[`form.${name}.${header.toLowerCase()}`] = value;
    }
    flat[`form.${name}`] = content;
  }
}

function flattenBody(body: Buffer, flat: Record<string, string>): void {
  const text = body.toString('utf8');
  const isMessage = text.startsWith('{') && text.split('\n').filter(Boolean).length === 1;
  if (isMessage) flattenJson('body', JSON.parse(text), flat);
  else flat.body = `${body.length} bytes`;
}

function flattenJson(place: string, value: unknown, flat: Record<string, string>): void {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
    for (const [name, inner] of Object.entries(value)) flattenJson(`${place}.${name}`, inner, flat);
  else flat[place] = JSON.stringify(value);
}

/** A difference that is meant: where, in which intents, and why. */
export interface MeantDifference {
  readonly what: RegExp;
  readonly at: RegExp;
  readonly why: string;
}

/** Holds two recordings to each other, except for what is meant; notes what of that was needed. */
export class Comparison {
  private readonly used = new Set<MeantDifference>();

  constructor(private readonly meant: readonly MeantDifference[]) {}

  /** The differences of one intent that nobody meant. */
  unmeant(what: string, ours: readonly Recorded[], theirs: readonly Recorded[]): Difference[] {
    return differences(ours, theirs).filter(({ at }) => {
      const rule = this.meant.find((candidate) => candidate.what.test(what) && candidate.at.test(at));
      if (rule !== undefined) this.used.add(rule);
      return rule === undefined;
    });
  }

  /** Differences that are said to be meant and are nowhere. */
  unused(): MeantDifference[] {
    return this.meant.filter((rule) => !this.used.has(rule));
  }
}

/** One place where two recordings differ; `undefined` where a side says nothing. */
export interface Difference {
  readonly at: string;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** All places where the n-th requests of two recordings differ. */
function differences(ours: readonly Recorded[], theirs: readonly Recorded[]): Difference[] {
  const found: Difference[] = [];
  for (let n = 0; n < Math.max(ours.length, theirs.length); n++) {
    const [own, other] = [ours[n] ?? {}, theirs[n] ?? {}];
    for (const place of new Set([...Object.keys(own), ...Object.keys(other)]))
      if (own[place] !== other[place])
        found.push({ at: `${n}.${place}`, ours: own[place], theirs: other[place] });
  }
  return found;
}
