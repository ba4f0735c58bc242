import assert from 'node:assert/strict';
import { backoff, withRetry, type RetryPolicy } from '../../../src/http/retry';
import { isCancelled } from '../../../src/util/async';
import { ManualClock } from '../../support/manualClock';

const policy: RetryPolicy = { attempts: 4, firstDelayMs: 1_000, maxDelayMs: 3_000, totalMs: 60_000 };

/** Lets everything that waits for a promise run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Run<T> {
  readonly result?: T;
  readonly error?: unknown;
  /** Milliseconds waited between tries. */
  readonly waits: readonly number[];
}

/** Runs `start` and moves the clock on to each timer until it ends. */
async function run<T>(clock: ManualClock, start: () => Promise<T>): Promise<Run<T>> {
  const waits: number[] = [];
  const ended: Omit<Run<T>, 'waits'>[] = [];
  start().then(
    (result) => ended.push({ result }),
    (error: unknown) => ended.push({ error }),
  );
  await settle();
  while (ended.length === 0) {
    let waited = 0;
    for (; clock.pending > 0; waited += 1) clock.advance(1);
    waits.push(waited);
    await settle();
  }
  return { ...ended[0], waits };
}

describe('trying again', () => {
  const flaky = (failures: number) => {
    let calls = 0;
    return (number: number) => {
      calls += 1;
      assert.equal(number, calls);
      return number > failures ? Promise.resolve('done') : Promise.reject(new Error(`no ${number}`));
    };
  };

  it('waits longer each time, up to the longest wait', async () => {
    const clock = new ManualClock();
    const { result, waits } = await run(clock, () =>
      withRetry(flaky(3), () => ({ again: true }), policy, { clock, random: () => 1 }),
    );
    assert.equal(result, 'done');
    assert.deepEqual(waits, [1_000, 2_000, 3_000]);
  });

  it('spreads the waits', () => {
    assert.equal(
      backoff(1, policy, () => 0),
      500,
    );
    assert.equal(
      backoff(3, policy, () => 0.5),
      2_250,
    );
    assert.equal(
      backoff(1, policy, () => 0, 10_000),
      10_000,
    );
    assert.equal(
      backoff(1, policy, () => 1, 10_000),
      10_250,
    );
    assert.equal(
      backoff(3, policy, () => 1, 10),
      3_000,
    );
  });

  it('obeys the time that the service asks for', async () => {
    const clock = new ManualClock();
    const { waits } = await run(clock, () =>
      withRetry(flaky(1), () => ({ again: true, afterMs: 20_000 }), policy, { clock, random: () => 0 }),
    );
    assert.deepEqual(waits, [20_000]);
  });

  it('passes the failure on when the service asks for more time than there is', async () => {
    const clock = new ManualClock();
    const { error, waits } = await run(clock, () =>
      withRetry(flaky(1), () => ({ again: true, afterMs: 61_000 }), policy, { clock }),
    );
    assert.equal((error as Error).message, 'no 1');
    assert.deepEqual(waits, []);
  });

  it('ends with the last failure when tries or time are used up', async () => {
    const clock = new ManualClock();
    const tries = await run(clock, () => withRetry(flaky(9), () => ({ again: true }), policy, { clock }));
    assert.equal((tries.error as Error).message, 'no 4');
    const short = { ...policy, totalMs: 2_500 };
    const time = await run(clock, () =>
      withRetry(flaky(9), () => ({ again: true }), short, { clock, random: () => 1 }),
    );
    assert.equal((time.error as Error).message, 'no 2');
  });

  it('does not repeat what is not worth it', async () => {
    const clock = new ManualClock();
    const { error } = await run(clock, () =>
      withRetry(flaky(1), () => ({ again: false }), policy, { clock }),
    );
    assert.equal((error as Error).message, 'no 1');
  });

  it('stops waiting as soon as it is cancelled', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const running = withRetry(flaky(9), () => ({ again: true }), policy, {
      clock,
      signal: controller.signal,
    });
    await settle();
    assert.equal(clock.pending, 1);
    controller.abort();
    await assert.rejects(running, isCancelled);
    assert.equal(clock.pending, 0);
  });
});
