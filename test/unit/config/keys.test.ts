import assert from 'node:assert/strict';
import { KeyStore, keyProblem, type SecretVault } from '../../../src/config/keys';
import { Emitter } from '../../../src/util/event';

/** A secret storage in memory. */
function memoryVault(): SecretVault & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  const changed = new Emitter<{ key: string }>();
  return {
    entries,
    get: (name) => Promise.resolve(entries.get(name)),
    store: (name, value) => {
      entries.set(name, value);
      changed.fire({ key: name });
      return Promise.resolve();
    },
    delete: (name) => {
      entries.delete(name);
      changed.fire({ key: name });
      return Promise.resolve();
    },
    onDidChange: changed.event,
  };
}

describe('KeyStore', () => {
  it('keeps a key per connection, without the spaces of pasting', async () => {
    const vault = memoryVault();
    const keys = new KeyStore(vault, {});
    await keys.set('gemini', '  abc\n');
    assert.deepEqual(await keys.get('gemini'), { value: 'abc', source: 'stored' });
    assert.equal(await keys.get('other'), undefined);
    await keys.remove('gemini');
    assert.equal(await keys.get('gemini'), undefined);
    keys.dispose();
  });

  it('falls back to the environment for Gemini alone', async () => {
    const keys = new KeyStore(memoryVault(), { GEMINI_API_KEY: ' ', GOOGLE_API_KEY: 'env' });
    assert.deepEqual(await keys.get('gemini'), {
      value: 'env',
      source: 'environment',
      variable: 'GOOGLE_API_KEY',
    });
    assert.equal(await keys.get('somewhere-else'), undefined);
    await keys.set('gemini', 'stored');
    assert.equal((await keys.get('gemini'))?.value, 'stored');
    keys.dispose();
  });

  it('has a fixed key for the sandbox, whatever is stored', async () => {
    const keys = new KeyStore(memoryVault(), { GEMINI_API_KEY: 'env' });
    assert.deepEqual(await keys.get('sandbox'), { value: 'sandbox', source: 'fixed' });
    keys.dispose();
  });

  it('tells whose key changed, and of no other secret', async () => {
    const vault = memoryVault();
    const keys = new KeyStore(vault, {});
    const heard: string[] = [];
    keys.onDidChange((id) => heard.push(id));
    await keys.set('gemini', 'x');
    await vault.store('something else', 'y');
    assert.deepEqual(heard, ['gemini']);
    keys.dispose();
    await vault.store('batchwright.key.gemini', 'z');
    assert.deepEqual(heard, ['gemini']);
  });
});

describe('keyProblem', () => {
  for (const [key, problem] of [
    ['AIzaSy-abc_123', undefined],
    ['  padded  ', undefined],
    ['', 'empty'],
    ['   ', 'empty'],
    ['two words', 'spaces'],
    ['clé', 'characters'],
    ['key\u0000', 'characters'],
  ] as const) {
    it(`says ${problem ?? 'nothing'} of ${JSON.stringify(key)}`, () =>
      assert.equal(keyProblem(key), problem));
  }
});
