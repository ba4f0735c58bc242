import assert from 'node:assert/strict';
import type { ContextKey } from '../../../src/contributions';
import type { ContextKeys } from '../../../src/config/contextKeys';
import type { KeyStore } from '../../../src/config/keys';
import type { SettingsReader } from '../../../src/config/settings';
import { Emitter } from '../../../src/util/event';
import { silentLogger } from '../../../src/util/logger';
import { ConnectionState } from '../../../src/views/connectionState';

describe('ConnectionState', () => {
  let connection: string;
  const custom = [{ name: 'mine', baseUrl: 'https://api.example/v1' }];
  let stored: Map<string, string>;
  let context: Map<ContextKey, unknown>;
  let shown: string[];
  let state: ConnectionState;
  const settingsChanged = new Emitter<readonly never[]>();
  const keysChanged = new Emitter<string>();
  /** Lets promises that are settled be heard. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    connection = 'gemini';
    stored = new Map();
    context = new Map();
    shown = [];
    state = new ConnectionState(
      {
        get: (id: string) => (id === 'connections' ? custom : connection),
        onDidChange: settingsChanged.event,
      } as unknown as SettingsReader,
      {
        get: (id: string) => Promise.resolve(stored.get(id)),
        onDidChange: keysChanged.event,
      } as unknown as KeyStore,
      { set: (key: ContextKey, value: unknown) => context.set(key, value) } as unknown as ContextKeys,
      { useConnection: (id, label) => shown.push(`${id} ${label}`) },
      silentLogger,
    );
  });
  afterEach(() => state.dispose());

  it('says at once which connection is in use, and then whether it has a key', async () => {
    assert.equal(context.get('batchwright.connection'), 'gemini');
    assert.equal(context.has('batchwright.ready'), false);
    await settled();
    assert.deepEqual([context.get('batchwright.hasKey'), context.get('batchwright.ready')], [false, true]);
    assert.deepEqual(shown, ['gemini Gemini']);
  });

  it('follows keys', async () => {
    await settled();
    stored.set('gemini', 'k');
    keysChanged.fire('gemini');
    await settled();
    assert.equal(context.get('batchwright.hasKey'), true);
  });

  it('follows the setting, and does not take a late answer for the new connection', async () => {
    stored.set('gemini', 'k');
    connection = 'mine';
    settingsChanged.fire(['connection'] as never);
    await settled();
    assert.equal(context.get('batchwright.hasKey'), false);
    assert.equal(shown.at(-1), 'mine mine');
  });

  it('says when the settings name a connection that there is not', () => {
    assert.equal(context.get('batchwright.noSuchConnection'), false);
    for (const [id, missing] of [
      ['mine', false],
      ['nowhere', true],
      ['sandbox', false],
    ] as const) {
      connection = id;
      settingsChanged.fire(['connections'] as never);
      assert.equal(context.get('batchwright.noSuchConnection'), missing, id);
    }
  });

  it('knows which connections have webhooks', () => {
    assert.equal(context.get('batchwright.hasWebhooks'), true);
    connection = 'mine';
    settingsChanged.fire(['connection'] as never);
    assert.equal(context.get('batchwright.hasWebhooks'), false);
  });
});
