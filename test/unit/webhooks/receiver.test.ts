import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../../src/util/clock';
import { silentLogger } from '../../../src/util/logger';
import type { Delivery } from '../../../src/webhooks/delivery';
import { newPath, startWebhookReceiver, type WebhookReceiver } from '../../../src/webhooks/receiver';
import { createVerifier } from '../../../src/webhooks/verifier';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
const oldSecret = `whsec_${Buffer.from('the secret before that, rotated').toString('base64')}`;
const event = JSON.stringify({ type: 'batch.succeeded', version: 'v1', data: { id: 'batch_abc123' } });

interface Answer {
  status: number;
}

/** Sends one request as is and resolves with the status. */
function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: options.method ?? 'POST', headers: options.headers ?? {} },
      (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0 }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** Signs as the Standard Webhooks text says, written out here so that no one library judges itself. */
function signByHand(
  body: string,
  { id = 'msg_1', at = Date.now(), key = secret } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const bytes = Buffer.from(key.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', bytes).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

describe('the webhook receiver', () => {
  let receiver: WebhookReceiver;
  let heard: Delivery[];
  let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
  let jwksFetches: number;

  before(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
  });

  beforeEach(async () => {
    heard = [];
    jwksFetches = 0;
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256' };
    const verifier = createVerifier({
      secrets: () => Promise.resolve([oldSecret, 'not base64 !', secret]),
      jwks: {
        url: 'https://example.invalid/.well-known/jwks.json',
        fetch: () => {
          jwksFetches += 1;
          return Promise.resolve(Response.json({ keys: [jwk] }));
        },
      },
      clock: systemClock,
    });
    receiver = await startWebhookReceiver({
      port: 0,
      path: newPath(),
      verifier,
      clock: systemClock,
      logger: silentLogger,
    });
    receiver.onDelivery((delivery) => heard.push(delivery));
  });
  afterEach(() => receiver.dispose());

  const jwt = (claims: Record<string, unknown> = {}, kid = 'k1', key = keys.privateKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
  const seconds = (offset = 0) => Math.floor(Date.now() / 1000) + offset;

  it('listens on loopback only, on a path nobody can guess', () => {
    assert.match(receiver.url, /^http:\/\/127\.0\.0\.1:\d+\/hooks\/[0-9a-f]{32}$/);
    assert.notEqual(newPath(), newPath());
  });

  it('hears a delivery signed by another implementation', async () => {
    assert.equal((await send(receiver.url, { headers: signByHand(event), body: event })).status, 204);
    assert.deepEqual(heard, [{ type: 'batch.succeeded', jobName: 'batches/abc123', userMetadata: {} }]);
  });

  it('hears a delivery signed by the reference library, and by the secret before rotation', async () => {
    const now = new Date();
    const headers = {
      'webhook-id': 'msg_2',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_2', now, event),
    };
    assert.equal((await send(receiver.url, { headers, body: event })).status, 204);
    const rotated = signByHand(event, { id: 'msg_3', key: oldSecret });
    assert.equal((await send(receiver.url, { headers: rotated, body: event })).status, 204);
    assert.equal(heard.length, 2);
  });

  it('takes one good signature among several', async () => {
    const headers = signByHand(event);
    headers['webhook-signature'] =
      `v2,abc v1,${Buffer.alloc(32).toString('base64')} ${headers['webhook-signature'] ?? ''}`;
    assert.equal((await send(receiver.url, { headers, body: event })).status, 204);
  });

  it('answers a repeated delivery like the first, and tells of it once', async () => {
    const headers = signByHand(event);
    for (let n = 0; n < 3; n += 1)
      assert.equal((await send(receiver.url, { headers, body: event })).status, 204);
    assert.equal(heard.length, 1);
  });

  it('hears a dynamic delivery, and the same token once', async () => {
    const token = await jwt({ iat: seconds() });
    const body = JSON.stringify({
      type: 'batch.failed',
      data: { id: 'batches/xyz', user_metadata: { token: 't1', n: 1 } },
    });
    assert.equal((await send(receiver.url, { headers: { 'webhook-signature': token }, body })).status, 204);
    const again = { 'webhook-signature': token, 'webhook-id': 'another' };
    assert.equal((await send(receiver.url, { headers: again, body })).status, 204);
    assert.deepEqual(heard, [
      { type: 'batch.failed', jobName: 'batches/xyz', userMetadata: { token: 't1' } },
    ]);
    assert.equal(jwksFetches, 1);
  });

  const refusals: [string, () => Promise<{ headers: Record<string, string>; body?: string }>][] = [
    ['no signature', () => Promise.resolve({ headers: {} })],
    ['a forged signature', () => Promise.resolve({ headers: signByHand(event, { key: 'whsec_Zm9yZ2Vk' }) })],
    [
      'a body that was changed',
      () => Promise.resolve({ headers: signByHand(event), body: event.replace('abc', 'abd') }),
    ],
    [
      'an id that was changed',
      () => Promise.resolve({ headers: { ...signByHand(event), 'webhook-id': 'msg_9' } }),
    ],
    [
      'a late delivery',
      () => Promise.resolve({ headers: signByHand(event, { at: Date.now() - 6 * 60_000 }) }),
    ],
    [
      'one from the future',
      () => Promise.resolve({ headers: signByHand(event, { at: Date.now() + 6 * 60_000 }) }),
    ],
    [
      'a time that is no number',
      () => Promise.resolve({ headers: { ...signByHand(event), 'webhook-timestamp': 'now' } }),
    ],
    ['a late token', async () => ({ headers: { 'webhook-signature': await jwt({ iat: seconds(-400) }) } })],
    [
      'an expired token',
      async () => ({ headers: { 'webhook-signature': await jwt({ iat: seconds(), exp: seconds(-400) }) } }),
    ],
    ['a token without any time', async () => ({ headers: { 'webhook-signature': await jwt() } })],
    [
      'a token of an unknown key',
      async () => ({ headers: { 'webhook-signature': await jwt({ iat: seconds() }, 'k2') } }),
    ],
    [
      'a token signed by somebody else',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return { headers: { 'webhook-signature': await jwt({ iat: seconds() }, 'k1', privateKey) } };
      },
    ],
    [
      'a token that names no algorithm',
      () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const signature = `${part({ alg: 'none', kid: 'k1' })}.${part({ iat: seconds() })}.x`;
        return Promise.resolve({ headers: { 'webhook-signature': signature } });
      },
    ],
  ];
  for (const [name, make] of refusals) {
    it(`refuses ${name}`, async () => {
      const { headers, body } = await make();
      assert.equal((await send(receiver.url, { headers, body: body ?? event })).status, 401);
      assert.deepEqual(heard, []);
    });
  }

  it('knows one path and one method', async () => {
    const other = receiver.url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    assert.equal((await send(other, { headers: signByHand(event), body: event })).status, 404);
    assert.equal((await send(receiver.url, { method: 'GET' })).status, 405);
    assert.equal(
      (await send(receiver.url, { method: 'PUT', headers: signByHand(event), body: event })).status,
      405,
    );
    assert.deepEqual(heard, []);
  });

  it('reads no more than 64 KB, announced or not', async () => {
    const body = JSON.stringify({ type: 'x'.repeat(64 * 1024) });
    assert.equal((await send(receiver.url, { headers: signByHand(body), body })).status, 413);
    const chunked = { ...signByHand(body), 'transfer-encoding': 'chunked' };
    assert.equal((await send(receiver.url, { headers: chunked, body })).status, 413);
    assert.deepEqual(heard, []);
  });

  it('refuses a signed body that is no event', async () => {
    for (const body of ['', 'not json', '[]', '{"data":{}}']) {
      assert.equal((await send(receiver.url, { headers: signByHand(body), body })).status, 400, body);
    }
  });

  it('stands a flood of 1,000 deliveries and hears each once', async () => {
    const statuses: number[] = [];
    for (let wave = 0; wave < 10; wave += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          send(receiver.url, { headers: signByHand(event, { id: `flood_${wave}_${n}` }), body: event }),
        ),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    assert.deepEqual([...new Set(statuses)], [204]);
    assert.equal(heard.length, 1_000);
  });

  it('goes on after a listener that throws', async () => {
    receiver.onDelivery(() => {
      throw new Error('boom');
    });
    assert.equal((await send(receiver.url, { headers: signByHand(event), body: event })).status, 204);
    assert.equal(
      (await send(receiver.url, { headers: signByHand(event, { id: 'msg_2' }), body: event })).status,
      204,
    );
    assert.equal(heard.length, 2);
  });

  it('says when its port is taken', async () => {
    const verifier = createVerifier({ secrets: () => Promise.resolve([]), clock: systemClock });
    await assert.rejects(
      startWebhookReceiver({
        port: receiver.port,
        path: '/x',
        verifier,
        clock: systemClock,
        logger: silentLogger,
      }),
      /EADDRINUSE/,
    );
  });

  it('refuses tokens where no keys are configured, and when the keys cannot be had', async () => {
    const token = await jwt({ iat: seconds() });
    const headers = { id: undefined, timestamp: undefined, signature: token };
    const without = createVerifier({ secrets: () => Promise.resolve([]), clock: systemClock });
    assert.deepEqual(await without.verify(headers, event), {
      ok: false,
      reason: 'dynamic deliveries are not expected',
    });
    const offline = createVerifier({
      secrets: () => Promise.resolve([]),
      jwks: {
        url: 'https://example.invalid/jwks.json',
        fetch: () => Promise.reject(new TypeError('offline')),
      },
      clock: systemClock,
    });
    assert.equal((await offline.verify(headers, event)).ok, false);
  });
});
