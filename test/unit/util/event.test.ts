import assert from 'node:assert/strict';
import { Emitter } from '../../../src/util/event';

describe('Emitter', () => {
  it('tells every listener until it unsubscribes', () => {
    const heard: string[] = [];
    const emitter = new Emitter<number>();
    const first = emitter.event((value) => heard.push(`first ${value}`));
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire(1);
    first.dispose();
    emitter.fire(2);
    emitter.dispose();
    emitter.fire(3);
    assert.deepEqual(heard, ['first 1', 'second 1', 'second 2']);
  });

  it('hears the same listener as often as it is subscribed', () => {
    let heard = 0;
    const listener = () => (heard += 1);
    const emitter = new Emitter<undefined>();
    emitter.event(listener);
    emitter.event(listener).dispose();
    emitter.fire(undefined);
    assert.equal(heard, 1);
  });

  it('goes on after a listener that throws, and reports it', () => {
    const errors: unknown[] = [];
    let heard = false;
    const emitter = new Emitter<undefined>((error) => errors.push(error));
    const boom = new Error('boom');
    emitter.event(() => {
      throw boom;
    });
    emitter.event(() => (heard = true));
    emitter.fire(undefined);
    assert.deepEqual(errors, [boom]);
    assert.equal(heard, true);
  });
});
