import assert from 'node:assert/strict';
import { redact } from '../../../src/util/redact';

describe('redaction', () => {
  const table: readonly [text: string, expected: string][] = [
    ['key AIzaSyA-0123456789_abcdefghijklmnopqrs used', 'key [redacted] used'],
    ['AQ.Ab8RN6Kabcdefghijklmnopqrstuv', '[redacted]'],
    ['sk-proj-0123456789abcdefghij', '[redacted]'],
    ['whsec_c2VjcmV0c2VjcmV0', '[redacted]'],
    ['x-goog-api-key: canary', 'x-goog-api-key: [redacted]'],
    ['{"X-Goog-Api-Key":"canary"}', '{"X-Goog-Api-Key":"[redacted]"}'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    ['Proxy-Authorization: Basic dTpw', 'Proxy-Authorization: Basic [redacted]'],
    ['bearer abcdefgh12', 'bearer [redacted]'],
    ['GET https://a.test/x?key=canary&alt=media', 'GET https://a.test/x?key=[redacted]&alt=media'],
    [
      'https://a.test/u?upload_id=ABC&upload_protocol=resumable',
      'https://a.test/u?upload_id=[redacted]&upload_protocol=resumable',
    ],
    ['via http://me:secret@proxy:3128/', 'via http://[redacted]@proxy:3128/'],
    ['mail me@example.test about http://a.test/', 'mail me@example.test about http://a.test/'],
    ['nothing to hide in monkey=1', 'nothing to hide in monkey=1'],
  ];
  for (const [text, expected] of table) it(text, () => assert.equal(redact(text), expected));

  it('takes out the secrets it is given, wherever and however often', () => {
    assert.equal(redact('a canary b canary', ['canary']), 'a [redacted] b [redacted]');
    assert.equal(redact('abc', ['a', '']), 'abc');
  });
});
