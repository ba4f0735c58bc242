import assert from 'node:assert/strict';
import { leastShownMs, patienceMs, patiently } from '../../../../src/commands/host/patientProgress';
import { CancelledError } from '../../../../src/util/async';
import { ManualClock } from '../../../support/manualClock';

describe('patiently', () => {
  let clock: ManualClock;
  let seen: string[];
  let cancel: () => void;
  const open = (onCancel: () => void) => {
    cancel = onCancel;
    seen.push('opened');
    return {
      report: (message: string, fraction?: number) => seen.push(`${message} ${fraction ?? '?'}`),
      close: () => seen.push('closed'),
    };
  };
  /** Lets promises that can settle do so. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    clock = new ManualClock();
    seen = [];
  });

  it('shows nothing of work that ends soon', async () => {
    assert.equal(await patiently({ clock, open }, () => Promise.resolve(7)), 7);
    clock.advance(10_000);
    assert.deepEqual(seen, []);
    assert.equal(clock.pending, 0);
  });

  it('shows work that goes on, beginning with its latest news', async () => {
    let end: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    const work = patiently({ clock, open }, async ({ report }) => {
      report('first', 0.1);
      report('second');
      await gate;
      report('third', 0.5);
    });
    clock.advance(patienceMs);
    assert.deepEqual(seen, ['opened', 'second ?']);
    clock.advance(leastShownMs);
    end?.();
    await work;
    assert.deepEqual(seen, ['opened', 'second ?', 'third 0.5', 'closed']);
    assert.equal(clock.pending, 0);
  });

  it('does not go on before the sign has left the screen, also when the work fails', async () => {
    let fail: ((reason: Error) => void) | undefined;
    const gate = new Promise<void>((_, reject) => (fail = reject));
    let settled = false;
    const work = patiently({ clock, open }, () => gate).finally(() => (settled = true));
    clock.advance(patienceMs + 100);
    fail?.(new Error('refused'));
    await settle();
    assert.deepEqual(seen, ['opened', 'closed']);
    assert.equal(settled, false);
    clock.advance(leastShownMs - 100);
    await assert.rejects(work, /refused/);
  });

  it('lets its button cancel the work, and does not wait then', async () => {
    const work = patiently({ clock, open }, ({ signal }) => {
      return new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    });
    clock.advance(patienceMs);
    cancel();
    await assert.rejects(work, CancelledError);
    assert.equal(clock.pending, 0);
  });
});
