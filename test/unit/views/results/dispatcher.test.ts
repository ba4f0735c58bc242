import assert from 'node:assert/strict';
import { RequestDispatcher, type ResultsHandlers } from '../../../../src/views/results/dispatcher';
import { methodNames, type HostMessage } from '../../../../src/shared/resultsMessages';
import { CancelledError } from '../../../../src/util/async';

function world(handlers: Partial<ResultsHandlers>) {
  const posted: HostMessage[] = [];
  const failures: string[] = [];
  const refuse = () => Promise.reject(new Error('not part of this test'));
  const all = Object.fromEntries(methodNames.map((name) => [name, refuse]));
  const dispatcher = new RequestDispatcher(
    { ...(all as unknown as ResultsHandlers), ...handlers },
    (message) => posted.push(message),
    (method, error) => failures.push(`${method}: ${error instanceof Error ? error.message : String(error)}`),
  );
  return { dispatcher, posted, failures };
}

const ask = (method: string, params: unknown, id = 7) => ({ type: 'request', id, method, params });

describe('RequestDispatcher', () => {
  it('answers with the value', async () => {
    const { dispatcher, posted } = world({ positionOf: ({ row }) => Promise.resolve({ position: row * 2 }) });
    await dispatcher.receive(ask('positionOf', { row: 21 }));
    assert.deepEqual(posted, [{ type: 'result', id: 7, value: { position: 42 } }]);
  });

  it('answers with an error, and tells of it', async () => {
    const { dispatcher, posted, failures } = world({
      positionOf: () => Promise.reject(new Error('no disk')),
    });
    await dispatcher.receive(ask('positionOf', { row: 1 }));
    assert.deepEqual(posted, [{ type: 'error', id: 7, message: 'no disk', cancelled: false }]);
    assert.deepEqual(failures, ['positionOf: no disk']);
  });

  it('says that something was cancelled, and tells nobody else', async () => {
    const { dispatcher, posted, failures } = world({
      positionOf: () => Promise.reject(new CancelledError()),
    });
    await dispatcher.receive(ask('positionOf', { row: 1 }));
    assert.equal(posted[0]?.type === 'error' && posted[0].cancelled, true);
    assert.deepEqual(failures, []);
  });

  it('refuses parameters that are not as agreed, and handlers never see them', async () => {
    let called = false;
    const { dispatcher, posted } = world({
      openLink: () => {
        called = true;
        return Promise.resolve({});
      },
    });
    for (const params of [undefined, {}, { uri: 7 }, { uri: 'x'.repeat(10_000) }])
      await dispatcher.receive(ask('openLink', params));
    assert.equal(called, false);
    assert.deepEqual(
      posted.map((message) => message.type),
      ['error', 'error', 'error', 'error'],
    );
  });

  it('ignores what is no message', async () => {
    const { dispatcher, posted } = world({});
    for (const data of [null, 'request', {}, { type: 'request' }, { type: 'cancel', id: 99 }])
      await dispatcher.receive(data);
    assert.deepEqual(posted, []);
  });

  it('refuses what it does not know, but answers', async () => {
    const { dispatcher, posted } = world({});
    for (const [at, method] of ['unknown', 'toString', '__proto__'].entries())
      await dispatcher.receive(ask(method, {}, at));
    assert.deepEqual(
      posted.map((message) => (message.type === 'error' ? [message.id, message.message] : [])),
      [0, 1, 2].map((id) => [id, 'This request is not as agreed.']),
    );
  });

  it('aborts what is cancelled, and answers it still', async () => {
    let heard: AbortSignal | undefined;
    const { dispatcher, posted } = world({
      map: (_params, signal) => {
        heard = signal;
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new CancelledError()), { once: true }),
        );
      },
    });
    const running = dispatcher.receive(ask('map', {}));
    await dispatcher.receive({ type: 'cancel', id: 7 });
    await running;
    assert.equal(heard?.aborted, true);
    assert.deepEqual(
      posted.map((message) => message.type),
      ['error'],
    );
  });

  it('aborts everything when it is disposed', async () => {
    const { dispatcher, posted } = world({
      map: (_params, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new CancelledError()), { once: true }),
        ),
    });
    const running = dispatcher.receive(ask('map', {}));
    dispatcher.dispose();
    await running;
    assert.equal(posted.length, 1);
  });
});
