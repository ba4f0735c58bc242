import assert from 'node:assert/strict';
import { fileNameIn, fileStates } from '../../../src/dialects';

const origin = 'https://generativelanguage.googleapis.com';
const hour = 3_600_000;

describe('fileNameIn', () => {
  for (const [uri, name] of [
    [`${origin}/v1beta/files/abc-1`, 'files/abc-1'],
    [`${origin}/v1/files/abc`, 'files/abc'],
    [`${origin}/v1beta/cachedContents/abc`, undefined],
    [`${origin}.evil.example/v1beta/files/abc`, undefined],
    ['https://example.com/v1beta/files/abc', undefined],
    ['gs://bucket/files/abc', undefined],
    ['https://www.youtube.com/watch?v=1', undefined],
  ] as const) {
    it(`finds ${name ?? 'nothing'} in ${uri}`, () => assert.equal(fileNameIn(uri, origin), name));
  }
});

describe('fileStates', () => {
  let now = Date.UTC(2026, 0, 1);
  const stateOf = fileStates(
    { origin, files: [{ name: 'files/short', expiresAt: now + 30 * hour }, { name: 'files/endless' }] },
    () => now,
  );
  const short = `${origin}/v1beta/files/short`;

  it('tells what lives, what will not for long, what is over and what is not there', () => {
    assert.equal(stateOf(short), 'ok');
    now += 7 * hour;
    assert.equal(stateOf(short), 'expiring');
    now += 23 * hour;
    assert.equal(stateOf(short), 'expired');
    assert.equal(stateOf(`${origin}/v1beta/files/endless`), 'ok');
    assert.equal(stateOf(`${origin}/v1beta/files/gone`), 'missing');
  });

  it('does not judge what is not of that service', () => {
    assert.equal(stateOf('https://example.com/picture.png'), undefined);
  });
});
