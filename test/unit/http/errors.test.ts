import assert from 'node:assert/strict';
import {
  isTransient,
  isUntouched,
  noAnswer,
  refusal,
  unreadable,
  type CallContext,
} from '../../../src/http/errors';
import { TransportError } from '../../../src/http/transport';
import { ServiceError, type ServiceErrorKind } from '../../../src/shared/serviceError';
import { CancelledError } from '../../../src/util/async';

const context: CallContext = { doing: 'create the job', changesSomething: true, now: Date.UTC(2026, 0, 1) };

function refused(
  status: number,
  message: string,
  extra: { readonly word?: string; readonly reason?: string; readonly headers?: Record<string, string> } = {},
): ServiceError {
  const details = extra.reason === undefined ? [] : [{ reason: extra.reason }];
  const body = JSON.stringify({ error: { code: status, message, status: extra.word, details } });
  return refusal({ status, headers: extra.headers ?? {} }, body, context);
}

describe('refusals', () => {
  const table: readonly [
    status: number,
    message: string,
    extra: { readonly word?: string; readonly reason?: string },
    kind: ServiceErrorKind,
    advice: RegExp | undefined,
  ][] = [
    [
      400,
      'API key not valid. Please pass a valid API key.',
      { reason: 'API_KEY_INVALID' },
      'auth',
      /Set a key/,
    ],
    [400, 'API key expired.', { reason: 'API_KEY_EXPIRED' }, 'auth', /Set a key/],
    [401, 'Request had invalid credentials.', { word: 'UNAUTHENTICATED' }, 'auth', /Set a key/],
    [403, 'Generative Language API has not been used', { reason: 'SERVICE_DISABLED' }, 'auth', /Enable/],
    [403, 'Your API key was reported as leaked.', { word: 'PERMISSION_DENIED' }, 'auth', /new key/],
    [403, 'Enable billing first.', { word: 'PERMISSION_DENIED' }, 'billing', /billing/],
    [
      403,
      'You do not have permission to access the File abc or it may not exist.',
      { word: 'PERMISSION_DENIED' },
      'notFound',
      /48 hours/,
    ],
    [402, 'Prepaid credit is gone.', { word: 'RESOURCE_EXHAUSTED' }, 'billing', /credit/],
    [429, 'You exceeded it.', { word: 'insufficient_quota' }, 'billing', /billing/],
    [
      400,
      'User location is not supported for the API use.',
      { word: 'FAILED_PRECONDITION' },
      'billing',
      /not offered/,
    ],
    [400, 'The file is not ready.', { word: 'FAILED_PRECONDITION' }, 'invalid', undefined],
    [400, 'Request payload size exceeds the limit: 20971520 bytes.', {}, 'invalid', /Submit it as a file/],
    [413, 'Too large', {}, 'invalid', /Submit it as a file/],
    [429, 'Enqueued token quota exceeded', {}, 'quota', /tokens wait/],
    [429, 'Too many concurrent batches', {}, 'quota', /unfinished/],
    [429, 'The spend limit was hit', {}, 'quota', /spend limit/],
    [429, 'File storage quota exceeded', {}, 'quota', /Delete files/],
    [429, 'requests per day', {}, 'quota', /tomorrow/],
    [429, 'You exceeded your current quota', {}, 'quota', /ai\.dev/],
    [404, 'Requested entity was not found.', { word: 'NOT_FOUND' }, 'notFound', undefined],
    [404, 'models/x is not found for API version v1beta', {}, 'notFound', /another model/],
    [410, 'Gone', {}, 'notFound', undefined],
    [408, 'Timeout', {}, 'unavailable', /trouble/],
    [499, 'Cancelled', { word: 'CANCELLED' }, 'unavailable', /trouble/],
    [500, 'Internal', { word: 'INTERNAL' }, 'unavailable', /trouble/],
    [503, 'Overloaded', { word: 'UNAVAILABLE' }, 'unavailable', /trouble/],
    [418, 'Teapot', {}, 'invalid', undefined],
    [304, '', {}, 'protocol', /base URL/],
  ];
  for (const [status, message, extra, kind, advice] of table)
    it(`${status} ${message}`, () => {
      const error = refused(status, message, extra);
      assert.equal(error.kind, kind);
      assert.equal(error.status, status);
      if (advice === undefined) assert.equal(error.advice, undefined);
      else assert.match(error.advice ?? '', advice);
      if (message !== '') assert.equal(error.message, `Could not create the job: ${message}`);
      assert.equal(error.reason, extra.reason ?? extra.word);
    });

  for (const [status, kind] of [
    [401, 'protocol'],
    [403, 'protocol'],
    [404, 'protocol'],
    [410, 'protocol'],
    [413, 'invalid'],
    [429, 'quota'],
    [503, 'unavailable'],
  ] as const)
    it(`${status} as a web page, which knows nothing of keys and jobs, is ${kind}`, () => {
      const error = refusal({ status, headers: {} }, '<html><title>Sign in</title>', context);
      assert.equal(error.kind, kind);
      if (kind === 'protocol') assert.match(error.advice ?? '', /login page or a proxy/);
    });

  it('names the successor of a retired model', () => {
    const error = refused(
      404,
      'This model models/gemini-2.5-flash-lite is no longer available to new users. Please update your code to use models/gemini-3.5-flash-lite',
    );
    assert.equal(error.kind, 'notFound');
    assert.equal(error.suggestedModel, 'gemini-3.5-flash-lite');
    assert.equal(error.advice, 'This model is retired. Use gemini-3.5-flash-lite instead.');
  });

  it('reads the line errors of a refused file', () => {
    const error = refused(
      400,
      "Error on line 1: invalid JSON, near column 1032: no such field: 'thinking_config'\nError on line 7: invalid JSON, near column 23: unexpected character: '['; expected '{'",
    );
    assert.deepEqual(error.lineErrors, [
      { line: 1, column: 1032, reason: "no such field: 'thinking_config'", field: 'thinking_config' },
      { line: 7, column: 23, reason: "unexpected character: '['; expected '{'" },
    ]);
  });

  it('keeps request id and waiting time, from body or headers', () => {
    const ids = refused(503, 'x', { headers: { 'x-request-id': 'r-7', 'retry-after': '12' } });
    assert.equal(ids.requestId, 'r-7');
    assert.equal(ids.retryAfterMs, 12_000);
    const at = new Date(context.now + 90_000).toUTCString();
    assert.equal(refused(429, 'x', { headers: { 'retry-after': at } }).retryAfterMs, 90_000);
    const skewed = { 'retry-after': at, date: new Date(Date.parse(at) - 5_000).toUTCString() };
    assert.equal(refused(429, 'x', { headers: skewed }).retryAfterMs, 5_000);
    assert.equal(refused(429, 'x', { headers: { 'retry-after-ms': '250' } }).retryAfterMs, 250);
    assert.equal(refused(429, 'x', { headers: { 'retry-after': 'soon' } }).retryAfterMs, undefined);
  });

  it('is ambiguous only where the call changes something and may have been carried out', () => {
    for (const [status, ambiguous] of [
      [400, false],
      [404, false],
      [429, false],
      [408, true],
      [499, true],
      [500, true],
      [503, true],
    ] as const) {
      assert.equal(refused(status, 'x').ambiguous, ambiguous, String(status));
      const read = refusal({ status, headers: {} }, '', { ...context, changesSomething: false });
      assert.equal(read.ambiguous, false);
    }
  });

  it('describes refusals that say nothing', () => {
    const page = refusal({ status: 502, headers: {} }, '<html><title>Bad Gateway</title>', context);
    assert.equal(
      page.message,
      'Could not create the job: a web page came instead of an answer (502, "Bad Gateway").',
    );
    assert.equal(page.kind, 'unavailable');
    assert.equal(
      refusal({ status: 500, headers: {} }, '', context).message,
      'Could not create the job: the service answered with status 500.',
    );
    assert.equal(
      refusal({ status: 500, headers: {} }, '{"error":{"status":"INTERNAL"}}', context).message,
      'Could not create the job: the service answered with status 500 (INTERNAL).',
    );
  });

  it('takes the key out of what the service echoes', () => {
    const body = '{"error":{"message":"Bad key canary-123."}}';
    const error = refusal({ status: 400, headers: {} }, body, { ...context, secrets: ['canary-123'] });
    assert.equal(error.message, 'Could not create the job: Bad key [redacted].');
  });
});

describe('successes nobody can read', () => {
  for (const [body, expected] of [
    ['<html><title>Sign in</title>', /a web page \("Sign in"\) came instead of data/],
    ['', /the answer was empty/],
    ['{"a":', /the answer cannot be read/],
  ] as const)
    it(body, () => {
      const error = unreadable({ status: 200, headers: { 'x-request-id': 'r' } }, body, context);
      assert.match(error.message, expected);
      assert.equal(error.kind, 'protocol');
      assert.equal(error.ambiguous, true);
      assert.equal(error.requestId, 'r');
      assert.ok(isTransient(error));
      assert.ok(!isUntouched(error));
    });
});

describe('no answer', () => {
  const table: readonly [
    code: string,
    phase: 'address' | 'connect' | 'exchange',
    expected: {
      offline: boolean;
      ambiguous: boolean;
      transient: boolean;
      untouched: boolean;
      advice: RegExp;
    },
  ][] = [
    [
      'ECONNREFUSED',
      'connect',
      { offline: false, ambiguous: false, transient: true, untouched: true, advice: /base URL/ },
    ],
    [
      'ENOTFOUND',
      'connect',
      { offline: true, ambiguous: false, transient: true, untouched: true, advice: /network/ },
    ],
    [
      'SOCKET',
      'exchange',
      { offline: false, ambiguous: true, transient: true, untouched: false, advice: /try again/ },
    ],
    [
      'HEADERS_TIMEOUT',
      'exchange',
      { offline: false, ambiguous: true, transient: true, untouched: false, advice: /try again/ },
    ],
    [
      'PROXY_AUTH',
      'connect',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /proxyAuthorization/ },
    ],
    [
      'PROXY_AUTH_KIND',
      'connect',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /Basic/ },
    ],
    [
      'PROXY_KIND',
      'address',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /SOCKS/ },
    ],
    [
      'PROXY_SELF_SIGNED_CERT_IN_CHAIN',
      'connect',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /authority/ },
    ],
    [
      'PROXY_REFUSED',
      'connect',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /noProxy/ },
    ],
    [
      'PROXY_ECONNREFUSED',
      'connect',
      { offline: false, ambiguous: false, transient: true, untouched: true, advice: /noProxy/ },
    ],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'connect',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /systemCertificates/ },
    ],
    [
      'UNSAFE_ADDRESS',
      'address',
      { offline: false, ambiguous: false, transient: false, untouched: false, advice: /https/ },
    ],
  ];
  for (const [code, phase, expected] of table)
    it(code, () => {
      const error = noAnswer(new TransportError('Nothing came.', phase, code), context);
      assert.ok(error instanceof ServiceError);
      assert.equal(error.kind, 'network');
      assert.equal(error.reason, code);
      assert.equal(error.message, 'Could not create the job: Nothing came.');
      assert.equal(error.offline, expected.offline);
      assert.equal(error.ambiguous, expected.ambiguous);
      assert.equal(isTransient(error), expected.transient);
      assert.equal(isUntouched(error), expected.untouched);
      assert.match(error.advice ?? '', expected.advice);
    });

  it('leaves alone what is no failure of the network', () => {
    const cancelled = new CancelledError();
    assert.equal(noAnswer(cancelled, context), cancelled);
    const other = new RangeError('x');
    assert.equal(noAnswer(other, context), other);
    assert.equal(isTransient(other), false);
    assert.equal(isUntouched(other), false);
  });
});
