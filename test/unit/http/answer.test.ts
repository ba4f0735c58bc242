import assert from 'node:assert/strict';
import * as z from 'zod';
import { ApiClient, type ApiCall } from '../../../src/http/apiClient';
import { silentLogger } from '../../../src/util/logger';
import { HurryingClock, ScriptedTransport } from '../../support/scriptedTransport';

const key = 'canary-key-0001';
const denied = { error: { code: 403, message: `No right with ${key}.`, status: 'PERMISSION_DENIED' } };
const call: ApiCall = { method: 'GET', path: '/v1/things', repeat: 'always', doing: 'list the jobs' };

function client(body: string) {
  return new ApiClient({
    baseUrl: 'https://api.test',
    transport: new ScriptedTransport([{ body }]),
    key: () => Promise.resolve(key),
    keyHeader: (value) => ['x-goog-api-key', value],
    logger: silentLogger,
    clock: new HurryingClock(),
  });
}

/** The ways in which an answer is read. */
const readings: Readonly<Record<string, (body: string) => Promise<unknown>>> = {
  'as JSON': (body) => client(body).json(z.unknown(), call),
  'as text': (body) => client(body).text(call),
  'as a stream': (body) =>
    client(body).stream(call, async (answer) => answer.parse(z.unknown(), await answer.text())),
  'for nothing': (body) => client(body).remove({ ...call, method: 'DELETE' }),
};

describe('an answer read', () => {
  for (const [how, read] of Object.entries(readings))
    describe(how, () => {
      for (const [what, body] of [
        ['an object', denied],
        ['a list', [denied]],
      ] as const)
        it(`is the refusal that came as a success, ${what}`, async () => {
          await assert.rejects(read(JSON.stringify(body, undefined, 2)), {
            name: 'ServiceError',
            kind: 'auth',
            status: 403,
            message: 'Could not list the jobs: No right with [redacted].',
          });
        });

      it('is the refusal in the form of OpenAI', async () => {
        await assert.rejects(read('{"error":{"message":"Bad key.","code":"invalid_api_key"}}'), {
          kind: 'auth',
          reason: 'invalid_api_key',
        });
      });

      for (const body of [
        '{"name":"batches/x","done":true,"error":{"code":13,"message":"It failed."}}',
        '{"name":"batches/x","error":{"code":429,"message":"It failed."}}',
        '{"key":"a","error":{"code":500,"message":"x"}}',
        '{"error":{"code":4}}',
        '{"error":null}',
        '{"error":"x"}',
        '[1]',
      ].filter((text) => how !== 'for nothing' || text.includes('name')))
        it(`is what it is: ${body}`, async () => {
          await read(body);
        });
    });

  it('is not read when it is nested so deeply that nobody can walk through it', async () => {
    const depth = 200_000;
    const schema = z.preprocess(function walk(value: unknown): unknown {
      return Array.isArray(value) ? value.map(walk) : value;
    }, z.unknown());
    await assert.rejects(client('['.repeat(depth) + ']'.repeat(depth)).json(schema, call), {
      kind: 'protocol',
    });
  });

  it('may begin with a byte order mark', async () => {
    const mark = '\uFEFF';
    assert.deepEqual(await readings['as JSON']?.(`${mark}{"n":1}`), { n: 1 });
    assert.equal(await readings['as text']?.(`${mark}text`), 'text');
    await assert.rejects(client(`${mark}${JSON.stringify(denied)}`).text(call), { status: 403 });
  });
});
