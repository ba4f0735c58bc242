import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import { createSandbox } from '../../../src/sandbox';
import { Bench, errorOf, row, useSandbox, type Json } from './support';

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { readonly type: string; readonly data: Json };
}

/** A place to deliver to. Answers with the next of `statuses`, then with 200. */
class Receiver {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}
  private readonly waiting: ((delivery: Delivery) => void)[] = [];
  private readonly arrived: Delivery[] = [];
  statuses: number[] = [];

  static async open(): Promise<Receiver> {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        response.writeHead(receiver.statuses.shift() ?? 200, { location: '/elsewhere' }).end();
        const delivery = { headers: request.headers, text, body: JSON.parse(text) as Delivery['body'] };
        const waiting = receiver.waiting.shift();
        if (waiting === undefined) receiver.arrived.push(delivery);
        else waiting(delivery);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    return receiver;
  }

  next(): Promise<Delivery> {
    const arrived = this.arrived.shift();
    return arrived === undefined
      ? new Promise((resolve) => this.waiting.push(resolve))
      : Promise.resolve(arrived);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const verify = (secret: string, { text, headers }: Delivery) =>
  new Webhook(secret).verify(text, headers as Record<string, string>);

describe('sandbox webhooks', () => {
  const start = useSandbox();
  let receiver: Receiver;
  beforeEach(async () => (receiver = await Receiver.open()));
  afterEach(() => receiver.close());

  async function subscribe(bench: Bench, events = ['batch.succeeded', 'batch.failed', 'batch.cancelled']) {
    const created = await bench.call('POST', '/v1/webhooks', {
      name: 'mine',
      uri: receiver.url,
      subscribed_events: events,
    });
    assert.equal(created.status, 200, created.text);
    return created.body as { id: string; new_signing_secret: string };
  }

  it('creates, shows, lists, changes and deletes, the secret being shown once', async () => {
    const bench = await start();
    const created = await subscribe(bench);
    assert.match(created.new_signing_secret, /^whsec_/);
    const shown = await bench.call('GET', `/v1beta/webhooks/${created.id}`);
    assert.equal('new_signing_secret' in shown.body, false);
    assert.deepEqual(shown.body.signing_secrets, [
      { truncated_secret: `whsec_...${created.new_signing_secret.slice(-4)}` },
    ]);
    assert.equal(shown.body.state, 'enabled');
    const second = await subscribe(bench);
    const list = await bench.call('GET', '/v1/webhooks?page_size=1');
    assert.equal((list.body.webhooks as Json[])[0]?.id, second.id);
    const rest = await bench.call('GET', `/v1/webhooks?page_token=${String(list.body.next_page_token)}`);
    assert.equal((rest.body.webhooks as Json[])[0]?.id, created.id);
    const changed = await bench.call('PATCH', `/v1/webhooks/${created.id}?update_mask=state`, {
      state: 'disabled',
      name: 'no',
    });
    assert.deepEqual([changed.body.state, changed.body.name], ['disabled', 'mine']);
    assert.deepEqual((await bench.call('DELETE', `/v1/webhooks/${created.id}`)).body, {});
    assert.equal((await bench.call('GET', `/v1/webhooks/${created.id}`)).status, 404);
  });

  const refused: readonly [what: string, body: Json, message: RegExp][] = [
    ['no address', { subscribed_events: ['batch.failed'] }, /uri is required/],
    ['no events', { uri: 'http://127.0.0.1/' }, /subscribed_events is required/],
    ['an empty list of events', { uri: 'http://127.0.0.1/', subscribed_events: [] }, /at least one event/],
    [
      'an unknown event',
      { uri: 'http://127.0.0.1/', subscribed_events: ['batch.done'] },
      /Unknown event: batch\.done/,
    ],
    ['another scheme', { uri: 'ftp://127.0.0.1/', subscribed_events: ['batch.failed'] }, /http or https/],
    ['an unknown field', { uri: 'http://127.0.0.1/', events: ['batch.failed'] }, /Unknown name "events"/],
  ];
  for (const [what, body, message] of refused)
    it(`refuses ${what}`, async () => {
      const bench = await start();
      const answer = await bench.call('POST', '/v1/webhooks', body);
      assert.equal(answer.status, 400);
      assert.match(errorOf(answer.body).message, message);
    });

  it('refuses to change what is not to be changed', async () => {
    const bench = await start();
    const { id } = await subscribe(bench);
    for (const [query, body] of [
      ['?update_mask=id', { id: 'x' }],
      ['', { state: 'disabled_due_to_failed_deliveries' }],
    ] as const)
      assert.equal((await bench.call('PATCH', `/v1/webhooks/${id}${query}`, body)).status, 400);
    const rotation = await bench.call('POST', `/v1/webhooks/${id}:rotateSigningSecret`, {
      revocation_behavior: 'NOW',
    });
    assert.equal(rotation.status, 400);
  });

  it('delivers the end of a job, signed', async () => {
    const bench = await start();
    const { new_signing_secret: secret } = await subscribe(bench);
    const name = await bench.submit([row('a')]);
    const delivery = await receiver.next();
    verify(secret, delivery);
    assert.throws(() => verify(secret, { ...delivery, text: `${delivery.text} ` }));
    assert.equal(delivery.body.type, 'batch.succeeded');
    assert.deepEqual(delivery.body.data, {
      id: name,
      output_file_uri: name.replace('batches/', 'files/batch-'),
    });
  });

  it('delivers failures and cancellations, and nothing nobody asked for', async () => {
    const bench = await start({ speed: 0 });
    await subscribe(bench, ['batch.failed', 'batch.cancelled', 'batch.expired']);
    bench.sandbox.control.addFault({ kind: 'job', fault: 'fail', times: 1 });
    await bench.submit([row('a')]);
    bench.sandbox.control.setSpeed(10_000);
    const failed = await receiver.next();
    assert.deepEqual([failed.body.type, failed.body.data.error_code], ['batch.failed', '8']);
    await bench.finished(await bench.submit([row('quiet')]));
    bench.sandbox.control.setSpeed(0);
    const name = await bench.submit([row('a')]);
    await bench.call('POST', `/v1beta/${name}:cancel`, {});
    bench.sandbox.control.setSpeed(10_000);
    const cancelled = await receiver.next();
    assert.deepEqual([cancelled.body.type, cancelled.body.data], ['batch.cancelled', { id: name }]);
  });

  it('pings', async () => {
    const bench = await start();
    const { id, new_signing_secret: secret } = await subscribe(bench);
    assert.equal((await bench.call('POST', `/v1/webhooks/${id}:ping`)).status, 200);
    const delivery = await receiver.next();
    verify(secret, delivery);
    assert.equal(delivery.body.type, 'webhook.ping');
  });

  it('tries again under the same id until it is taken; a redirect is no success', async () => {
    const bench = await start({ speed: 100_000 });
    const { id } = await subscribe(bench);
    receiver.statuses = [500, 302, 200];
    await bench.call('POST', `/v1/webhooks/${id}:ping`);
    const ids = [await receiver.next(), await receiver.next(), await receiver.next()].map(
      ({ headers }) => headers['webhook-id'],
    );
    assert.equal(new Set(ids).size, 1);
  });

  it('gives up after a day and says so', async () => {
    const bench = await start({ speed: 1e9 });
    const { id } = await subscribe(bench);
    receiver.statuses = Array.from({ length: 15 }, () => 500);
    await bench.call('POST', `/v1/webhooks/${id}:ping`);
    let state: unknown = 'enabled';
    while (state === 'enabled') ({ state } = (await bench.call('GET', `/v1/webhooks/${id}`)).body);
    assert.equal(state, 'disabled_due_to_failed_deliveries');
    assert.equal(receiver.statuses.length, 0);
  });

  it('signs with both secrets for a day after a rotation, unless told otherwise', async () => {
    const bench = await start();
    const { id, new_signing_secret: first } = await subscribe(bench);
    const rotate = async (behavior?: string) =>
      (
        await bench.call(
          'POST',
          `/v1/webhooks/${id}:rotateSigningSecret`,
          behavior === undefined ? {} : { revocation_behavior: behavior },
        )
      ).body.secret as string;
    const ping = async () => {
      await bench.call('POST', `/v1/webhooks/${id}:ping`);
      return receiver.next();
    };
    const second = await rotate();
    let delivery = await ping();
    verify(first, delivery);
    verify(second, delivery);
    const secrets = (await bench.call('GET', `/v1/webhooks/${id}`)).body.signing_secrets as Json[];
    assert.deepEqual(
      secrets.map((secret) => 'expire_time' in secret),
      [false, true],
    );
    bench.sandbox.control.advance(25 * 3_600_000);
    delivery = await ping();
    verify(second, delivery);
    assert.throws(() => verify(first, delivery));
    const third = await rotate('revoke_previous_secrets_immediately');
    delivery = await ping();
    verify(third, delivery);
    assert.throws(() => verify(second, delivery));
  });

  it('signs for an address that a job brought with a token of its own key', async () => {
    const bench = await start();
    const webhookConfig = { uris: [receiver.url], userMetadata: { token: 't-1' } };
    const name = await bench.submit([row('a')], { webhookConfig });
    const { headers, body } = await receiver.next();
    assert.deepEqual(body.data.user_metadata, { token: 't-1' });
    assert.equal(body.data.id, name);
    const keys = createRemoteJWKSet(new URL(`${bench.sandbox.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(String(headers['webhook-signature']), keys, {
      algorithms: ['RS256'],
      audience: receiver.url,
    });
    assert.equal(payload.jti, headers['webhook-id']);
  });

  it('sends nothing off this machine', async () => {
    const warnings: string[] = [];
    const log = {
      debug: () => 0,
      info: () => 0,
      error: () => 0,
      warn: (text: string) => warnings.push(text),
    };
    const sandbox = await createSandbox({ speed: 10_000 }, log);
    const bench = new Bench(sandbox);
    try {
      await bench.finished(
        await bench.submit([row('a')], { webhookConfig: { uris: ['https://example.com/hook'] } }),
      );
    } finally {
      await sandbox.close();
    }
    assert.match(warnings.join(), /loopback addresses only/);
  });

  it('goes on with deliveries after a restart', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-test-'));
    try {
      const first = new Bench(await createSandbox({ dataDir: folder, speed: 0 }));
      const { id, new_signing_secret: secret } = await subscribe(first);
      receiver.statuses = [503];
      await first.call('POST', `/v1/webhooks/${id}:ping`);
      const failed = await receiver.next();
      await first.sandbox.close();
      const second = await createSandbox({ dataDir: folder, speed: 0 });
      try {
        const again = await receiver.next();
        verify(secret, again);
        assert.equal(again.headers['webhook-id'], failed.headers['webhook-id']);
      } finally {
        await second.close();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
