import assert from 'node:assert/strict';
import { ConnectionServices } from '../../../../src/commands/connections/connectionServices';
import type { ApiKey } from '../../../../src/config/keys';
import type { SettingsReader } from '../../../../src/config/settings';
import type { Settings } from '../../../../src/contributions';
import type { Transport } from '../../../../src/http/transport';
import { silentLogger } from '../../../../src/util/logger';

describe('ConnectionServices', () => {
  let settings: Partial<Settings>;
  let written: unknown[];
  let apiKeys: Map<string, ApiKey>;
  let services: ConnectionServices;

  beforeEach(() => {
    settings = {
      connection: 'gemini',
      connections: [
        { name: 'Mine', baseUrl: 'https://api.example/v1' },
        { name: 'Local', baseUrl: 'http://localhost:1' },
        { name: 'Bad', baseUrl: 'http://api.example' },
      ],
      'gemini.baseUrl': 'https://generativelanguage.googleapis.com',
      'gemini.apiVersion': 'v1beta',
    };
    written = [];
    apiKeys = new Map();
    services = new ConnectionServices({
      settings: {
        get: (<K extends keyof Settings>(id: K) => settings[id]) as SettingsReader['get'],
        set: (id, value) => Promise.resolve(void written.push([id, value])),
        onDidChange: () => ({ dispose: () => undefined }),
      },
      keys: {
        get: (id) => Promise.resolve(apiKeys.get(id)),
        set: () => Promise.resolve(),
        remove: () => Promise.resolve(),
      },
      sandbox: { ensure: () => Promise.resolve({ url: 'http://127.0.0.1:1', key: 'sandbox' }) },
      transport: { request: () => Promise.reject(new Error('no network here')) } as unknown as Transport,
      logger: silentLogger,
    });
  });

  it('knows the built-in connections and those of the settings', () => {
    assert.deepEqual(services.ids, ['gemini', 'sandbox', 'Mine', 'Local']);
    assert.deepEqual(
      ['gemini', 'sandbox', 'Mine', 'Local', 'nobody'].map((id) => services.isLocal(id)),
      [false, true, false, true, false],
    );
  });

  it('describes each', async () => {
    const described = await Promise.all(['gemini', 'sandbox', 'Mine'].map((id) => services.describe(id)));
    assert.deepEqual(
      described.map(({ id, family, baseUrl, apiVersion }) => [id, family, baseUrl, apiVersion]),
      [
        ['gemini', 'gemini', 'https://generativelanguage.googleapis.com', 'v1beta'],
        ['sandbox', 'gemini', 'http://127.0.0.1:1', 'v1beta'],
        ['Mine', 'openai', 'https://api.example/v1', 'v1'],
      ],
    );
  });

  for (const [id, message] of [
    ['nobody', /There is no connection “nobody”/],
    ['Bad', /“Bad” cannot be used\. The address must begin with https/],
  ] as const) {
    it(`says what is wrong with ${id}`, () => assert.rejects(services.describe(id), message));
  }

  for (const [baseUrl, message] of [
    ['nonsense', /is no address: nonsense/],
    ['http://example.com', /must begin with https/],
    ['https://u:p@example.com', /user or password/],
    ['https://example.com/?key=1', /without “\?”/],
  ] as const) {
    it(`does not use ${baseUrl} for Gemini`, async () => {
      settings['gemini.baseUrl'] = baseUrl;
      await assert.rejects(services.describe('gemini'), message);
    });
  }

  it('keeps a service until its connection changes', async () => {
    const first = await services.service('Mine');
    assert.equal(first.family, 'openai');
    assert.equal(await services.service('Mine'), first);
    settings.connections = [{ name: 'Mine', baseUrl: 'https://api.example/v1', models: ['m'] }];
    assert.notEqual(await services.service('Mine'), first);
  });

  it('asks for a key before anything is sent', async () => {
    const service = await services.service('gemini');
    await assert.rejects(service.listModels(), /Gemini needs an API key/);
  });

  it('writes the setting when another connection is to be used', async () => {
    await services.use('gemini');
    assert.deepEqual(written, []);
    await services.use('Mine');
    assert.deepEqual(written, [['connection', 'Mine']]);
  });
});
