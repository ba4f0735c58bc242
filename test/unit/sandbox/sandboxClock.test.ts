import assert from 'node:assert/strict';
import { SandboxClock } from '../../../src/sandbox/sandboxClock';
import { isCancelled } from '../../../src/util/async';
import { ManualClock } from '../../support/manualClock';

describe('sandbox clock', () => {
  /** Notes in which order promises come true. */
  function watch(promises: Record<string, Promise<void>>): string[] {
    const order: string[] = [];
    for (const [name, promise] of Object.entries(promises))
      promise.then(
        () => order.push(name),
        (error: unknown) => order.push(isCancelled(error) ? `${name} cancelled` : `${name} failed`),
      );
    return order;
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('runs work at its speed and wall time at one', async () => {
    const machine = new ManualClock();
    const clock = new SandboxClock(10, machine);
    const began = clock.now();
    const order = watch({ wall: clock.until(began + 500), work: clock.afterWork(1000) });
    machine.advance(99);
    await settled();
    assert.deepEqual(order, []);
    machine.advance(1);
    await settled();
    assert.deepEqual(order, ['work']);
    machine.advance(400);
    await settled();
    assert.deepEqual(order, ['work', 'wall']);
    assert.equal(clock.now(), began + 500);
  });

  it('stands still at speed 0 and goes on when told', async () => {
    const machine = new ManualClock();
    const clock = new SandboxClock(0, machine);
    const order = watch({ work: clock.afterWork(100) });
    machine.advance(1_000_000);
    await settled();
    assert.deepEqual(order, []);
    clock.setSpeed(100);
    machine.advance(1);
    await settled();
    assert.deepEqual(order, ['work']);
  });

  it('wakes work before wall time when it is moved far', async () => {
    const clock = new SandboxClock(1, new ManualClock());
    const order = watch({ expiry: clock.until(clock.now() + 1000), work: clock.afterWork(2000) });
    clock.advance(10_000);
    await settled();
    assert.deepEqual(order, ['work', 'expiry']);
  });

  it('lets go of cancelled waits', async () => {
    const machine = new ManualClock();
    const clock = new SandboxClock(1, machine);
    const stop = new AbortController();
    const order = watch({
      work: clock.afterWork(10, stop.signal),
      wall: clock.until(clock.now() + 10, stop.signal),
    });
    stop.abort();
    await settled();
    assert.deepEqual(order, ['work cancelled', 'wall cancelled']);
    await assert.rejects(clock.afterWork(1, stop.signal), isCancelled);
    clock.dispose();
    assert.equal(machine.pending, 0);
  });
});
