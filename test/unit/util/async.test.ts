import assert from 'node:assert/strict';
import { CancelledError, delay, isCancelled, Sequencer } from '../../../src/util/async';
import { ManualClock } from '../../support/manualClock';

describe('delay', () => {
  it('resolves when its time has come and not before', async () => {
    const clock = new ManualClock();
    let done = false;
    const waiting = delay(100, undefined, clock).then(() => (done = true));
    clock.advance(99);
    await Promise.resolve();
    assert.equal(done, false);
    clock.advance(1);
    await waiting;
    assert.equal(done, true);
  });

  it('rejects as soon as it is cancelled, and leaves no timer', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const waiting = delay(100, abort.signal, clock);
    abort.abort();
    await assert.rejects(waiting, CancelledError);
    assert.equal(clock.pending, 0);
    await assert.rejects(delay(100, abort.signal, clock), CancelledError);
  });
});

describe('isCancelled', () => {
  it('knows our error and that of AbortController, and no other', () => {
    assert.equal(isCancelled(new CancelledError()), true);
    assert.equal(isCancelled(new DOMException('stop', 'AbortError')), true);
    assert.equal(isCancelled(new Error('boom')), false);
  });
});

describe('Sequencer', () => {
  it('runs tasks one after another, also after a failure', async () => {
    const sequencer = new Sequencer();
    const log: string[] = [];
    const first = sequencer.run(async () => {
      log.push('first begins');
      await Promise.resolve();
      log.push('first ends');
      throw new Error('boom');
    });
    const second = sequencer.run(() => {
      log.push('second');
      return Promise.resolve(2);
    });
    await assert.rejects(first, /boom/);
    assert.equal(await second, 2);
    assert.deepEqual(log, ['first begins', 'first ends', 'second']);
  });
});
