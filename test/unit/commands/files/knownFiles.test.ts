import assert from 'node:assert/strict';
import { knownFiles } from '../../../../src/commands/files/knownFiles';
import { CommandWorld } from '../../../support/commandWorld';

describe('knownFiles', () => {
  let world: CommandWorld;
  const ask = () => knownFiles(world.context.connections, world.context.keys);
  beforeEach(() => {
    world = new CommandWorld();
  });

  it('lists the uploads of the key, by the address they bear', async () => {
    const address = 'https://generativelanguage.googleapis.com/v1beta/files/a';
    const file = { name: 'files/a', sizeBytes: 1, state: 'ACTIVE', uri: address };
    world.service.listFiles = () =>
      Promise.resolve([
        { ...file, expiresAt: '2026-11-22T10:00:00Z' },
        { ...file, name: 'files/b', expiresAt: 'soon' },
      ]);
    assert.deepEqual(await ask(), {
      origin: 'https://generativelanguage.googleapis.com',
      files: [{ name: 'files/a', expiresAt: Date.UTC(2026, 10, 22, 10) }, { name: 'files/b' }],
    });
  });

  it('goes by the address of the connection where there are none', async () => {
    world.service.listFiles = () => Promise.resolve([]);
    assert.deepEqual(await ask(), { origin: 'http://127.0.0.1:1234', files: [] });
  });

  it('says nothing without a key', async () => {
    world.connection = 'gemini';
    assert.equal(await ask(), undefined);
  });
});
