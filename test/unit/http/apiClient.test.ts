import assert from 'node:assert/strict';
import * as z from 'zod';
import { ApiClient, resourcePath, type ApiCall } from '../../../src/http/apiClient';
import { TransportError } from '../../../src/http/transport';
import { isCancelled } from '../../../src/util/async';
import { HurryingClock, ScriptedTransport, type ScriptedAnswer } from '../../support/scriptedTransport';

const key = 'canary-key-0001';
const cut = new TransportError('The connection broke off.', 'exchange', 'SOCKET');
const refusedConnection = new TransportError('Nothing answers.', 'connect', 'ECONNREFUSED');
const numbers = z.object({ n: z.number() });

function setUp(
  script: ConstructorParameters<typeof ScriptedTransport>[0],
  baseUrl = 'https://api.test/base',
) {
  const transport = new ScriptedTransport(script);
  const clock = new HurryingClock();
  const log: string[] = [];
  const note = (line: string) => void log.push(line);
  const client = new ApiClient({
    baseUrl,
    transport,
    key: () => Promise.resolve(key),
    keyHeader: (value) => ['x-goog-api-key', value],
    logger: { debug: note, info: note, warn: note, error: note },
    clock,
    random: () => 1,
  });
  return { client, transport, clock, log };
}

const get: ApiCall = { method: 'GET', path: '/v1/things', repeat: 'always', doing: 'list the jobs' };
const create: ApiCall = {
  method: 'POST',
  path: '/v1/things',
  repeat: 'untouched',
  doing: 'create the job',
  body: '{}',
};

describe('API client', () => {
  it('builds address and headers', async () => {
    const { client, transport } = setUp([{ body: '{"n":1}' }]);
    const query = { pageSize: 5, pageToken: undefined, q: 'a b' };
    assert.deepEqual(await client.json(numbers, { ...get, query, headers: { 'x-more': '1' } }), { n: 1 });
    const sent = transport.sent[0]!;
    assert.equal(sent.url, 'https://api.test/base/v1/things?pageSize=5&q=a+b');
    assert.equal(sent.headers?.['x-goog-api-key'], key);
    assert.equal(sent.headers['x-more'], '1');
  });

  it('takes a base URL with or without a slash at its end', async () => {
    const { client, transport } = setUp([{ body: '{"n":1}' }], 'https://api.test/base//');
    await client.json(numbers, get);
    assert.equal(transport.sent[0]?.url, 'https://api.test/base/v1/things');
  });

  it('needs a key before it sends anything', async () => {
    for (const missing of [undefined, '  ']) {
      const transport = new ScriptedTransport([{}]);
      const silent = () => undefined;
      const client = new ApiClient({
        baseUrl: 'https://api.test',
        transport,
        key: () => Promise.resolve(missing),
        keyHeader: (value) => ['authorization', value],
        logger: { debug: silent, info: silent, warn: silent, error: silent },
      });
      await assert.rejects(client.json(numbers, get), { kind: 'auth', reason: 'NO_KEY' });
      assert.equal(transport.sent.length, 0);
    }
  });

  describe('tries again', () => {
    const passing: readonly [what: string, answer: ScriptedAnswer][] = [
      ['408', { status: 408 }],
      ['429', { status: 429 }],
      ['500', { status: 500, body: '<html>' }],
      ['503', { status: 503 }],
      ['no connection', { failure: refusedConnection }],
      ['a cut connection', { failure: cut }],
      ['an answer that breaks off', { body: '{"n"', failure: cut }],
      ['an answer nobody can read', { body: '<html>' }],
      ['an answer of another shape', { body: '{"m":1}' }],
    ];
    for (const [what, answer] of passing)
      it(`what may be repeated, after ${what}`, async () => {
        const { client, transport } = setUp([answer, answer, { body: '{"n":3}' }]);
        assert.deepEqual(await client.json(numbers, get), { n: 3 });
        assert.equal(transport.sent.length, 3);
      });

    for (const [what, answer] of passing)
      it(`a creation, after ${what}, only where it cannot have counted`, async () => {
        const safe = what === '429' || what === 'no connection';
        const { client, transport } = setUp([answer, { body: '{"n":3}' }]);
        if (safe) assert.deepEqual(await client.json(numbers, create), { n: 3 });
        else
          await assert.rejects(client.json(numbers, create), (error) => {
            assert.ok(error instanceof Error && 'ambiguous' in error);
            assert.equal(error.ambiguous, true);
            return true;
          });
        assert.equal(transport.sent.length, safe ? 2 : 1);
      });

    it('nothing that is simply wrong', async () => {
      const { client, transport } = setUp([{ status: 400, body: '{"error":{"message":"no"}}' }]);
      await assert.rejects(client.json(numbers, get), { kind: 'invalid', ambiguous: false });
      assert.equal(transport.sent.length, 1);
    });

    it('nothing that is told never to', async () => {
      const { client, transport } = setUp([{ status: 503 }, { body: '{"n":1}' }]);
      await assert.rejects(client.json(numbers, { ...get, repeat: 'never' }), { kind: 'unavailable' });
      assert.equal(transport.sent.length, 1);
    });

    it('after the time that the service asked for', async () => {
      const retryInfo = '{"error":{"message":"slow down","details":[{"retryDelay":"7s"}]}}';
      const { client, clock } = setUp([{ status: 429, body: retryInfo }, { body: '{"n":1}' }]);
      await client.json(numbers, get);
      assert.deepEqual(clock.waits, [7_125]);
    });

    it('not for ever', async () => {
      const { client, transport, clock } = setUp([{ status: 503 }]);
      await assert.rejects(client.json(numbers, get), { kind: 'unavailable', status: 503 });
      assert.equal(transport.sent.length, 6);
      assert.ok(clock.waits.reduce((sum, wait) => sum + wait, 0) <= 120_000);
    });

    it('not when cancelled', async () => {
      const controller = new AbortController();
      const { client, transport } = setUp([
        () => {
          controller.abort();
          return { status: 503 };
        },
      ]);
      await assert.rejects(client.json(numbers, { ...get, signal: controller.signal }), isCancelled);
      assert.equal(transport.sent.length, 1);
    });
  });

  describe('redirects', () => {
    const to = (location: string, status = 302): ScriptedAnswer => ({ status, headers: { location } });

    it('stay within the origin with the key, and leave it without', async () => {
      const { client, transport } = setUp([
        to('/elsewhere'),
        to('https://files.test/x?sig=1', 307),
        { body: '{"n":1}' },
      ]);
      await client.json(numbers, get);
      assert.deepEqual(
        transport.sent.map(({ url, headers }) => [url, headers?.['x-goog-api-key']]),
        [
          ['https://api.test/base/v1/things', key],
          ['https://api.test/elsewhere', key],
          ['https://files.test/x?sig=1', undefined],
        ],
      );
    });

    for (const location of [
      'http://files.test/x',
      'http://127.0.0.1:1/x',
      'https://127.0.0.1:1/x',
      'http://[',
      undefined,
    ])
      it(`are not followed to ${location ?? 'nowhere'}`, async () => {
        const answer = location === undefined ? { status: 302 } : to(location);
        const { client, transport } = setUp([answer]);
        await assert.rejects(client.json(numbers, get), { kind: 'protocol', status: 302 });
        assert.equal(transport.sent.length, 1);
      });

    it('take what is sent along within the origin, where method and body are kept', async () => {
      const { client, transport } = setUp([to('/other', 308), { body: '{"n":1}' }]);
      assert.deepEqual(await client.json(numbers, create), { n: 1 });
      assert.deepEqual(
        transport.sent.map(({ method, url, body }) => [method, url, body]),
        [
          ['POST', 'https://api.test/base/v1/things', '{}'],
          ['POST', 'https://api.test/other', '{}'],
        ],
      );
    });

    async function* streamed() {
      yield await Promise.resolve(Buffer.from('{}'));
    }
    for (const [what, location, status, body] of [
      ['to another origin', 'https://files.test/x?secret=1', 307, '{}'],
      ['as a GET', '/other', 302, '{}'],
      ['of what can be read only once', '/other', 307, { chunks: streamed(), length: 2 }],
    ] as const)
      it(`do not take what is sent along: ${what}`, async () => {
        const { client, transport } = setUp([to(location, status)]);
        await assert.rejects(client.json(numbers, { ...create, body }), {
          kind: 'protocol',
          ambiguous: false,
          message:
            location === '/other'
              ? `Could not create the job: the service sends this call on to another address (${status}), where it is not sent.`
              : `Could not create the job: the service sends this call on to https://files.test (${status}), where it is not sent.`,
        });
        assert.equal(transport.sent.length, 1);
      });

    it('are not followed in circles', async () => {
      const circle = setUp([to('/again')]);
      await assert.rejects(circle.client.json(numbers, { ...get, repeat: 'never' }), { kind: 'protocol' });
      assert.equal(circle.transport.sent.length, 6);
    });
  });

  it('gives the key to no other origin, even when the service hands out an address there', async () => {
    const { client, transport } = setUp([{ body: 'x' }]);
    await client.text({ ...get, path: 'https://upload.test/session?upload_id=1' });
    assert.equal(transport.sent[0]?.headers?.['x-goog-api-key'], undefined);
  });

  it('does not read an answer without an end', async () => {
    const chunk = Buffer.alloc(64 << 20);
    const { client, transport } = setUp([{ body: [chunk, chunk, chunk, chunk, chunk] }]);
    await assert.rejects(client.text(get), { kind: 'network', reason: 'TOO_LONG' });
    assert.equal(transport.sent.length, 1);
  });

  it('reads an empty answer to a change as an empty object', async () => {
    const { client } = setUp([{ status: 204 }]);
    assert.deepEqual(await client.json(z.unknown(), { ...get, method: 'DELETE' }), {});
  });

  describe('removing', () => {
    const remove: ApiCall = { ...get, method: 'DELETE', doing: 'delete the job' };
    const gone: ScriptedAnswer = { status: 404 };

    it('takes "not there" for done after a try whose answer was lost', async () => {
      const { client, transport } = setUp([{ failure: cut }, gone]);
      await client.remove(remove);
      assert.equal(transport.sent.length, 2);
    });

    it('reports "not there" otherwise', async () => {
      for (const script of [[gone], [{ status: 429 }, gone], [{ failure: refusedConnection }, gone]])
        await assert.rejects(setUp(script).client.remove(remove), { kind: 'notFound' });
    });
  });

  describe('streams', () => {
    it('are read again from the beginning after a break', async () => {
      const { client } = setUp([{ body: 'ab', failure: cut }, { body: 'abc' }]);
      const text = await client.stream(get, async (response) => {
        let all = '';
        for await (const chunk of response.body) all += chunk.toString();
        return all;
      });
      assert.equal(text, 'abc');
    });

    it('pass on what their reader throws', async () => {
      const { client } = setUp([{ body: 'ab' }]);
      await assert.rejects(
        client.stream(get, () => Promise.reject(new RangeError('mine'))),
        RangeError,
      );
    });
  });

  it('never lets the key, a query or a body into logs and messages', async () => {
    const script: ScriptedAnswer[] = [
      { status: 500, body: `{"error":{"message":"key ${key} is odd"}}` },
      { failure: cut },
      { status: 400, body: `{"error":{"message":"${key}"}}` },
    ];
    const { client, log } = setUp(script);
    const call = { ...get, query: { upload_id: 'session-secret' }, body: 'prompt-text' };
    await assert.rejects(client.json(numbers, call), (error) => {
      assert.ok(error instanceof Error);
      const told = `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}`;
      assert.doesNotMatch(told, /canary-key|session-secret|prompt-text/);
      return true;
    });
    assert.ok(log.length >= 3);
    assert.doesNotMatch(log.join('\n'), /canary-key|session-secret|prompt-text/);
  });
});

describe('resource paths', () => {
  for (const [name, path] of [
    ['batches/abc', '/batches/abc'],
    ['files/batch-1', '/files/batch-1'],
    ['../../x//y/.', '/x/y'],
    ['a b/c?d#e', '/a%20b/c%3Fd%23e'],
    ['models/m:tuned', '/models/m:tuned'],
  ] as const)
    it(name, () => assert.equal(resourcePath(name), path));
});
