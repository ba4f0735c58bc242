import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import {
  ReceiverControl,
  type ReceiverControlOptions,
} from '../../../../src/commands/webhooks/receiverControl';
import type { Settings } from '../../../../src/contributions';
import type { Transport } from '../../../../src/http/transport';
import { systemClock } from '../../../../src/util/clock';
import { silentLogger } from '../../../../src/util/logger';
import type { Delivery } from '../../../../src/webhooks/delivery';
import { serve } from '../../../support/localServer';

const secret = `whsec_${Buffer.from('thirty-two bytes of nothing much').toString('base64')}`;
const remote = {
  id: 'gemini',
  label: 'Gemini',
  family: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  apiVersion: 'v1beta',
} as const;
const local = { ...remote, id: 'sandbox', baseUrl: 'http://127.0.0.1:1' };

describe('ReceiverControl', () => {
  let settings: Partial<Settings>;
  let stored: Map<string, string>;
  let external: (url: string) => string;
  let control: ReceiverControl;

  function make(): ReceiverControl {
    return new ReceiverControl({
      settings: {
        get: (<K extends keyof Settings>(id: K) => settings[id]) as ReceiverControlOptions['settings']['get'],
        set: () => Promise.resolve(),
        onDidChange: () => ({ dispose: () => undefined }),
      },
      secrets: { all: () => Promise.resolve([secret]) } as unknown as ReceiverControlOptions['secrets'],
      vault: {
        get: (name) => Promise.resolve(stored.get(name)),
        store: (name, value) => Promise.resolve(void stored.set(name, value)),
      },
      transport: { request: () => Promise.reject(new Error('no network here')) } as unknown as Transport,
      clock: systemClock,
      logger: silentLogger,
      connection: () => Promise.resolve(local),
      asExternal: (url) => Promise.resolve(external(url)),
    });
  }

  beforeEach(() => {
    settings = {
      connection: 'sandbox',
      'webhooks.receive': true,
      'webhooks.port': 0,
      'webhooks.publicAddress': '',
    };
    stored = new Map();
    external = (url) => url;
    control = make();
  });
  afterEach(() => control.dispose());

  it('is off until the settings ask for it, and off again when they no longer do', async () => {
    settings['webhooks.receive'] = false;
    await control.apply();
    assert.deepEqual(await control.state(), { kind: 'off' });
    assert.equal(await control.addressFor(local), undefined);
    settings['webhooks.receive'] = true;
    await control.apply();
    assert.equal((await control.state()).kind, 'on');
    settings['webhooks.receive'] = false;
    await control.apply();
    assert.deepEqual(await control.state(), { kind: 'off' });
  });

  it('passes a signed delivery on', async () => {
    await control.apply();
    const heard: Delivery[] = [];
    control.onDelivery((delivery) => heard.push(delivery));
    const body = '{"type":"batch.succeeded","data":{"id":"batches/abc"}}';
    const now = new Date();
    const response = await fetch((await control.address())?.url ?? '', {
      method: 'POST',
      body,
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
      },
    });
    assert.equal(response.status, 204);
    assert.deepEqual(
      heard.map(({ jobName }) => jobName),
      ['batches/abc'],
    );
  });

  it('keeps its path between sessions, and its port while nothing changes', async () => {
    await control.apply();
    const before = await control.address();
    await control.apply();
    assert.deepEqual(await control.address(), before);
    control.dispose();
    control = make();
    await control.apply();
    const after = await control.address();
    assert.equal(new URL(after?.url ?? '').pathname, new URL(before?.url ?? '').pathname);
  });

  it('moves when the port changes and starts anew for another connection', async () => {
    await control.apply();
    const before = await control.address();
    settings.connection = 'gemini';
    await control.apply();
    assert.notEqual((await control.address())?.url, before?.url);
  });

  it('is reached from this machine only, unless there is a public address', async () => {
    await control.apply();
    assert.equal((await control.address())?.reach, 'loopback');
    assert.equal(await control.addressFor(remote), undefined);
    assert.match((await control.addressFor(local)) ?? '', /^http:\/\/127\.0\.0\.1:/);
    external = (url) => url.replace(/http:\/\/127\.0\.0\.1:\d+/, 'https://forwarded.example');
    assert.match((await control.addressFor(remote)) ?? '', /^https:\/\/forwarded\.example\/hooks\//);
    settings['webhooks.publicAddress'] = 'https://tunnel.example/base/';
    assert.match(
      (await control.addressFor(remote)) ?? '',
      /^https:\/\/tunnel\.example\/base\/hooks\/[0-9a-f]{32}$/,
    );
    assert.deepEqual(
      { ...(await control.state()), port: 0 },
      { kind: 'on', port: 0, reach: 'public', host: 'tunnel.example' },
    );
  });

  it('says that a public address is none', async () => {
    settings['webhooks.publicAddress'] = 'http://tunnel.example';
    await control.apply();
    const state = await control.state();
    assert.match(state.kind === 'failed' ? state.reason : '', /publicAddress is no https address/);
  });

  it('says that its port is taken, and listens once it is free', async () => {
    const other = await serve(() => undefined);
    settings['webhooks.port'] = other.port;
    await control.apply();
    const state = await control.state();
    assert.match(state.kind === 'failed' ? state.reason : '', /is taken/);
    await other.close();
    await control.apply();
    assert.equal((await control.state()).kind, 'on');
  });

  it('does not start after it was disposed', async () => {
    control.dispose();
    await control.apply();
    assert.deepEqual(await control.state(), { kind: 'off' });
  });
});
