import assert from 'node:assert/strict';
import { isLoopback, isSafeAddress } from '../../../src/util/loopback';

describe('addresses that may get a key', () => {
  for (const [url, safe] of [
    ['https://api.test/', true],
    ['http://api.test/', false],
    ['http://localhost:1/', true],
    ['http://127.0.0.1:1/', true],
    ['http://127.200.1.1/', true],
    ['http://[::1]:1/', true],
    ['http://0.0.0.0/', false],
    ['http://localhost.evil.test/', false],
    ['http://127.0.0.1.evil.test/', false],
    ['http://[::ffff:10.0.0.1]/', false],
    ['ftp://localhost/', false],
  ] as const)
    it(`${safe ? 'takes' : 'refuses'} ${url}`, () => assert.equal(isSafeAddress(new URL(url)), safe));

  it('knows the loopback address without brackets', () => {
    assert.ok(isLoopback('::1'));
    assert.ok(!isLoopback('::2'));
  });
});
