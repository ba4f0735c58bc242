import assert from 'node:assert/strict';
import type { CommandHandler } from '../../../../src/commands/context';
import { createWebhook } from '../../../../src/commands/webhooks/createWebhook';
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  pingWebhook,
  refreshWebhooks,
} from '../../../../src/commands/webhooks/manage';
import {
  copyReceiverAddress,
  startReceiver,
  stopReceiver,
} from '../../../../src/commands/webhooks/receiverCommands';
import { copyWebhookSecret, rotateWebhookSecret } from '../../../../src/commands/webhooks/secret';
import type { Webhook, WebhookApi } from '../../../../src/shared/webhook';
import { CommandWorld } from '../../../support/commandWorld';

describe('webhook commands', () => {
  let world: CommandWorld;
  let calls: string[];
  let webhook: Webhook;

  beforeEach(() => {
    world = new CommandWorld();
    calls = [];
    webhook = {
      id: 'w1',
      label: 'Nightly',
      uri: 'https://example.com/h',
      events: ['batch.failed'],
      state: 'enabled',
      secrets: [],
    };
    world.service = { webhooks: apiOf() };
  });

  function apiOf(): WebhookApi {
    const note = <T>(text: string, value: T) => {
      calls.push(text);
      return Promise.resolve(value);
    };
    return {
      list: () => Promise.resolve([webhook]),
      get: () => Promise.resolve(webhook),
      create: (request) => note(`create ${JSON.stringify(request)}`, { webhook, secret: 'whsec_new' }),
      update: (id, change) => note(`update ${id} ${JSON.stringify(change)}`, webhook),
      delete: (id) => note(`delete ${id}`, undefined),
      ping: (id) => note(`ping ${id}`, undefined),
      rotateSecret: (id, revocation) => note(`rotate ${id} ${revocation}`, 'whsec_rotated'),
    };
  }

  const run: CommandWorld['run'] = (...args) => world.run(...args);

  it('creates one for another address, keeps its secret and offers one copy of it', async () => {
    world.answers.push(
      'https://example.com/h ',
      ['batch.succeeded', 'batch.cancelled'],
      'Nightly',
      'Copy Secret Once',
    );
    await run(createWebhook);
    assert.deepEqual(calls, [
      'create {"label":"Nightly","uri":"https://example.com/h","events":["batch.succeeded","batch.cancelled"]}',
    ]);
    assert.equal(world.clipboard, 'whsec_new');
    assert.ok(world.said.includes('keep w1 immediately'));
    assert.ok(world.said.includes('refresh webhooks'));
    assert.ok(!world.said.join('\n').includes('whsec_'));
  });

  it('offers the receiver of this machine when it listens', async () => {
    world.receiverAddress = { url: 'https://me.example/hooks/abc', reach: 'public' };
    world.answers.push('To this machine', 'batch.failed', 'Mine');
    await run(createWebhook);
    assert.match(calls[0] ?? '', /"uri":"https:\/\/me\.example\/hooks\/abc"/);
    assert.ok(!world.said.join('\n').includes('/hooks/abc'));
  });

  it('asks for another address where one is wanted', async () => {
    world.receiverAddress = { url: 'http://127.0.0.1:1/hooks/abc', reach: 'loopback' };
    world.answers.push('To another address …', 'https://example.com/x', 'batch.failed', 'Mine');
    await run(createWebhook);
    assert.match(calls[0] ?? '', /"uri":"https:\/\/example\.com\/x"/);
  });

  it('marks the events that the reference does not list and ticks those about batches', async () => {
    world.answers.push('https://example.com/x', undefined);
    await run(createWebhook);
    const labels = (fits: (choice: (typeof world.lastChoices)[number]) => boolean) =>
      world.lastChoices.filter(fits).map(({ label }) => label);
    assert.deepEqual(
      labels(({ description }) => description !== undefined),
      ['batch.cancelled', 'interaction.cancelled'],
    );
    assert.deepEqual(
      labels(({ picked }) => picked === true),
      ['batch.succeeded', 'batch.failed', 'batch.expired'],
    );
  });

  const addresses: [string, RegExp][] = [
    ['nonsense', /whole address/],
    ['http://example.com/x', /https/],
    ['https://user:password@example.com/', /user or password/],
  ];
  for (const [address, problem] of addresses) {
    it(`does not take ${address}`, async () => {
      world.answers.push(address);
      await run(createWebhook);
      assert.match(world.said.join('\n'), problem);
      assert.deepEqual(calls, []);
    });
  }

  it('does not take a name that is empty or too long', async () => {
    for (const name of ['  ', 'x'.repeat(101)]) {
      world.answers.push('https://example.com/x', 'batch.failed', name);
      await run(createWebhook);
    }
    assert.deepEqual(calls, []);
    assert.equal(world.said.filter((line) => line.startsWith('problem')).length, 2);
  });

  const changes: [string, CommandHandler, Webhook['state'], string][] = [
    ['enables', enableWebhook, 'disabled', 'update w1 {"state":"enabled"}'],
    ['disables', disableWebhook, 'enabled', 'update w1 {"state":"disabled"}'],
    ['pings', pingWebhook, 'enabled', 'ping w1'],
  ];
  for (const [name, handler, state, call] of changes) {
    it(`${name} from the row and from the palette`, async () => {
      webhook = { ...webhook, state };
      await run(handler, { kind: 'webhook', webhook });
      world.answers.push('Nightly');
      await run(handler);
      assert.deepEqual(calls, [call, call]);
    });
  }

  it('says so when there is nothing to enable', async () => {
    await run(enableWebhook);
    assert.deepEqual(world.said, ['information Every webhook is enabled.']);
  });

  it('deletes after a yes and forgets the secret', async () => {
    world.answers.push(undefined);
    await run(deleteWebhook, { webhook });
    assert.deepEqual(calls, []);
    world.answers.push('Delete');
    await run(deleteWebhook, { webhook });
    assert.deepEqual(calls, ['delete w1']);
    assert.ok(world.said.includes('forget w1'));
  });

  const rotations: [string, string][] = [
    ['Keep the Old One for 24 Hours', 'after24h'],
    ['Revoke the Old One Now', 'immediately'],
  ];
  for (const [answer, revocation] of rotations) {
    it(`rotates: ${answer}`, async () => {
      world.answers.push(answer);
      await run(rotateWebhookSecret, { webhook });
      assert.deepEqual(calls, [`rotate w1 ${revocation}`]);
      assert.ok(world.said.includes(`keep w1 ${revocation}`));
      assert.equal(world.webhookSecrets.get('w1'), 'whsec_rotated');
    });
  }

  it('copies a secret once', async () => {
    world.webhookSecrets.set('w1', 'whsec_x');
    world.answers.push('Nightly');
    await run(copyWebhookSecret);
    assert.equal(world.clipboard, 'whsec_x');
    world.clipboard = '';
    await run(copyWebhookSecret, { webhook });
    assert.equal(world.clipboard, '');
    assert.match(world.said.at(-1) ?? '', /was copied before.*\[Rotate Secret\]/);
    await run(copyWebhookSecret);
    assert.match(world.said.at(-1) ?? '', /no secret that was not copied/);
  });

  it('has nothing to offer where the service has no webhooks', async () => {
    world.service = {};
    await run(createWebhook);
    assert.deepEqual(world.said, ['information Sandbox has no webhooks.']);
  });

  it('refreshes the view', async () => {
    await run(refreshWebhooks);
    assert.deepEqual(world.said, ['refresh webhooks']);
  });

  describe('of the receiver', () => {
    it('starts it and says that the service reaches it', async () => {
      world.receiver = { kind: 'on', port: 4711, reach: 'loopback', host: '127.0.0.1:4711' };
      world.receiverAddress = { url: 'http://127.0.0.1:4711/hooks/abc', reach: 'loopback' };
      await run(startReceiver);
      assert.deepEqual(world.said, [
        'set webhooks.receive true',
        'apply',
        'refresh webhooks',
        'flash The webhook receiver listens on port 4711.',
      ]);
    });

    it('says what is missing where the service cannot', async () => {
      world.receiver = { kind: 'on', port: 4711, reach: 'loopback', host: '127.0.0.1:4711' };
      await run(startReceiver);
      assert.match(world.said.at(-1) ?? '', /cannot reach this machine.*tunnel.*\[Open Settings\]/);
    });

    it('says why it does not listen', async () => {
      world.receiver = { kind: 'failed', reason: 'port 80 is not allowed' };
      await run(startReceiver);
      assert.match(world.said.at(-1) ?? '', /^warning The webhook receiver does not listen: port 80/);
    });

    it('stops it', async () => {
      await run(stopReceiver);
      assert.deepEqual(world.said.slice(0, 2), ['set webhooks.receive false', 'apply']);
    });

    it('copies its address, which is shown nowhere', async () => {
      await run(copyReceiverAddress);
      assert.match(world.said.at(-1) ?? '', /is off.*\[Start Receiver\]/);
      world.receiverAddress = { url: 'https://me.example/hooks/abc', reach: 'public' };
      await run(copyReceiverAddress);
      assert.equal(world.clipboard, 'https://me.example/hooks/abc');
      assert.ok(!world.said.join('\n').includes('/hooks/abc'));
    });
  });
});
