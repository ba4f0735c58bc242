import assert from 'node:assert/strict';
import { lazy } from '../../../src/util/lazy';

describe('lazy', () => {
  it('creates once, at the first call', async () => {
    let made = 0;
    const get = lazy(() => Promise.resolve(++made));
    assert.equal(made, 0);
    assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
    assert.equal(await get(), 1);
  });

  it('tries again after a failure', async () => {
    let tries = 0;
    const get = lazy(() => (++tries === 1 ? Promise.reject(new Error('no')) : Promise.resolve(tries)));
    await assert.rejects(get(), /no/);
    assert.equal(await get(), 2);
  });
});
