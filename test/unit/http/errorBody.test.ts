import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseErrorBody } from '../../../src/http/errorBody';

const google = {
  error: {
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
      { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'req-1' },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' },
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'EnqueuedTokens' }, { subject: 'project:1' }],
      },
    ],
  },
};
const read = {
  message: 'API key not valid. Please pass a valid API key.',
  status: 'INVALID_ARGUMENT',
  reason: 'API_KEY_INVALID',
  requestId: 'req-1',
  retryAfterMs: 34_500,
  quotas: ['EnqueuedTokens', 'project:1'],
  html: false,
};
const text = JSON.stringify(google);

describe('bodies of refusals', () => {
  const table: readonly [what: string, body: string, expected: object][] = [
    ['an object', text, read],
    ['an array', `[${text}]`, read],
    ['a byte order mark and space around', `\uFEFF\n${text}\n`, read],
    [
      'an object that breaks off',
      text.slice(0, 200),
      { message: read.message, status: read.status, reason: read.reason, quotas: [], html: false },
    ],
    ['an object that breaks off in the message', text.slice(0, 40), { quotas: [], html: false }],
    [
      'an object that breaks off after a message with an escape that is none',
      '{"error":{"message":"a \\q b","co',
      { message: 'a \\q b', quotas: [], html: false },
    ],
    ['nothing', '  ', { quotas: [], html: false }],
    ['plain text', 'upstream connect error', { message: 'upstream connect error', quotas: [], html: false }],
    ['a JSON text', '"not now"', { message: 'not now', quotas: [], html: false }],
    ['a JSON number', '7', { quotas: [], html: false }],
    ['an empty array', '[]', { quotas: [], html: false }],
    [
      'a web page',
      '<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title></head>',
      { message: '502 Bad Gateway', quotas: [], html: true },
    ],
    ['a web page without a title', '<html><body>', { quotas: [], html: true }],
    [
      "OpenAI's form",
      '{"error":{"message":"Incorrect key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
      { message: 'Incorrect key', status: 'invalid_api_key', quotas: [], html: false },
    ],
    [
      'an error that is a text',
      '{"error":"model not found"}',
      { message: 'model not found', quotas: [], html: false },
    ],
    ["FastAPI's form", '{"detail":"Not Found"}', { message: 'Not Found', quotas: [], html: false }],
    ['an error that is null', '{"error":7}', { quotas: [], html: false }],
    [
      'a delay in parts',
      '{"error":{"message":"x","details":[{"retryDelay":{"seconds":"3","nanos":500000000}}]}}',
      { message: 'x', retryAfterMs: 3_500, quotas: [], html: false },
    ],
  ];
  for (const [what, body, expected] of table)
    it(what, () => assert.deepEqual(parseErrorBody(body), expected));

  it('shortens an endless message', () => {
    const message = parseErrorBody(JSON.stringify({ error: { message: 'x'.repeat(9_000) } })).message ?? '';
    assert.ok(message.length < 1_300 && message.endsWith('…'));
  });

  it('are read without ever throwing, whatever they are and wherever they break off', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(text)), fc.nat(600), (body, end) => {
        const { message, status, quotas, html } = parseErrorBody(body.slice(0, end));
        assert.ok(message === undefined || message.length > 0);
        assert.ok(status === undefined || typeof status === 'string');
        assert.ok(Array.isArray(quotas) && typeof html === 'boolean');
      }),
    );
  });
});
