import assert from 'node:assert/strict';
import { WebhookSecrets } from '../../../src/config/webhookSecrets';
import { ManualClock } from '../../support/manualClock';

class Vault {
  readonly entries = new Map<string, string>();
  get = (name: string) => Promise.resolve(this.entries.get(name));
  store = (name: string, value: string) => Promise.resolve(void this.entries.set(name, value));
  delete = (name: string) => Promise.resolve(void this.entries.delete(name));
}

describe('WebhookSecrets', () => {
  const hour = 3_600_000;
  let clock: ManualClock;
  let vault: Vault;
  let secrets: WebhookSecrets;
  beforeEach(() => {
    clock = new ManualClock();
    vault = new Vault();
    secrets = new WebhookSecrets(vault, clock);
  });

  it('checks with every secret that is valid: the old one for 24 hours after a gentle rotation', async () => {
    await secrets.keep('gemini', 'w1', 'first', 'immediately');
    await secrets.keep('gemini', 'w2', 'other', 'immediately');
    await secrets.keep('gemini', 'w1', 'second', 'after24h');
    assert.deepEqual(await secrets.all('gemini'), ['second', 'first', 'other']);
    clock.advance(24 * hour);
    assert.deepEqual(await secrets.all('gemini'), ['second', 'other']);
  });

  it('does not prolong an old secret by rotating again', async () => {
    await secrets.keep('gemini', 'w1', 'first', 'immediately');
    await secrets.keep('gemini', 'w1', 'second', 'after24h');
    clock.advance(23 * hour);
    await secrets.keep('gemini', 'w1', 'third', 'after24h');
    clock.advance(hour);
    assert.deepEqual(await secrets.all('gemini'), ['third', 'second']);
  });

  it('drops the old one at once where it was revoked', async () => {
    await secrets.keep('gemini', 'w1', 'first', 'immediately');
    await secrets.keep('gemini', 'w1', 'second', 'immediately');
    assert.deepEqual(await secrets.all('gemini'), ['second']);
  });

  it('hands the newest out once, and again after a rotation', async () => {
    await secrets.keep('gemini', 'w1', 'first', 'immediately');
    assert.deepEqual([...(await secrets.copyable('gemini'))], ['w1']);
    assert.equal(await secrets.takeForCopy('gemini', 'w1'), 'first');
    assert.equal(await secrets.takeForCopy('gemini', 'w1'), undefined);
    assert.deepEqual([...(await secrets.copyable('gemini'))], []);
    await secrets.keep('gemini', 'w1', 'second', 'after24h');
    assert.equal(await secrets.takeForCopy('gemini', 'w1'), 'second');
    assert.equal(await secrets.takeForCopy('gemini', 'unknown'), undefined);
  });

  it('keeps connections apart and forgets', async () => {
    await secrets.keep('gemini', 'w1', 'first', 'immediately');
    assert.deepEqual(await secrets.all('sandbox'), []);
    await secrets.forget('gemini', 'w1');
    assert.deepEqual(await secrets.all('gemini'), []);
  });

  it('loses no change when several come at once', async () => {
    await Promise.all(['a', 'b', 'c'].map((id) => secrets.keep('gemini', id, `secret ${id}`, 'immediately')));
    assert.deepEqual(await secrets.all('gemini'), ['secret a', 'secret b', 'secret c']);
  });

  it('says what to do about an entry it cannot read, without quoting it, and stores a new one over it', async () => {
    vault.entries.set('batchwright.webhooks.gemini', '{"w1": whsec_leak');
    await assert.rejects(
      secrets.all('gemini'),
      (error: Error) => error.message.includes('Rotate') && !error.message.includes('leak'),
    );
    await secrets.keep('gemini', 'w1', 'fresh', 'after24h');
    assert.deepEqual(await secrets.all('gemini'), ['fresh']);
  });
});
