import assert from 'node:assert/strict';
import type { Webhook } from '../../../src/shared/webhook';
import { presentReceiver, presentWebhook } from '../../../src/views/presentWebhook';

const webhook: Webhook = {
  id: 'w1',
  label: 'Nightly *runs*',
  uri: 'https://hooks.example.com/secret-path?x=1',
  events: ['batch.succeeded', 'batch.failed'],
  state: 'enabled',
  secrets: [
    { truncated: 'whsec_...MnM=' },
    { truncated: 'whsec_...old=', expiresAt: '2026-11-22T10:00:00Z' },
  ],
};

describe('presentWebhook', () => {
  it('says state, host and events, and shows no path', () => {
    const row = presentWebhook(webhook, true);
    assert.equal(row.description, 'enabled · hooks.example.com · 2 events');
    assert.equal(row.contextValue, 'webhook.enabled.copyable');
    assert.equal(row.accessibleLabel, 'Nightly *runs*, enabled, hooks.example.com, 2 events');
    assert.ok(!JSON.stringify(row).includes('secret-path'));
    assert.match(row.tooltip, /\*\*Nightly \\\*runs\\\*\*\*/);
    assert.match(row.tooltip, /until/);
  });

  const states: [Webhook['state'], string, string][] = [
    ['disabled', 'disabled', 'webhook.disabled'],
    ['disabled_due_to_failed_deliveries', 'disabled by the service: deliveries failed', 'webhook.disabled'],
    ['sleeping', 'sleeping', 'webhook.disabled'],
  ];
  for (const [state, text, flags] of states) {
    it(`tells ${state} apart`, () => {
      const row = presentWebhook({ ...webhook, state, events: ['batch.failed'], secrets: [] }, false);
      assert.equal(row.description, `${text} · hooks.example.com · 1 event`);
      assert.equal(row.contextValue, flags);
    });
  }

  it('shows an address that is none as it is', () => {
    assert.match(presentWebhook({ ...webhook, uri: 'nonsense' }, false).description, /nonsense/);
  });
});

describe('presentReceiver', () => {
  it('says whether it listens and who can reach it', () => {
    const rows = [
      presentReceiver({ kind: 'off' }),
      presentReceiver({ kind: 'failed', reason: 'port 80 is not allowed' }),
      presentReceiver({ kind: 'on', port: 4711, reach: 'loopback', host: '127.0.0.1:4711' }),
      presentReceiver({ kind: 'on', port: 4711, reach: 'public', host: 'me.tunnel.example' }),
    ];
    assert.deepEqual(
      rows.map(({ description, contextValue }) => [description, contextValue]),
      [
        ['off', 'receiver.off'],
        ['not listening: port 80 is not allowed', 'receiver.failed'],
        ['listening · port 4711 of this machine only', 'receiver.on'],
        ['listening · me.tunnel.example', 'receiver.on'],
      ],
    );
  });
});
