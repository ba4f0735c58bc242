import assert from 'node:assert/strict';
import { DisposableStore, toDisposable } from '../../../src/util/disposable';

describe('DisposableStore', () => {
  it('releases in reverse order, once', () => {
    const released: string[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => released.push('first')));
    store.add(toDisposable(() => released.push('second')));
    store.dispose();
    store.dispose();
    assert.deepEqual(released, ['second', 'first']);
  });

  it('releases at once what is added too late', () => {
    const store = new DisposableStore();
    store.dispose();
    let released = false;
    store.add(toDisposable(() => (released = true)));
    assert.equal(released, true);
  });
});
