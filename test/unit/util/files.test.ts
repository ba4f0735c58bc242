import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError } from '../../../src/util/async';
import { errorCode, exists, freePath, hashFile, renameExclusive } from '../../../src/util/files';

describe('files', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'files-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('hashes in lower-case hex and tells how far it is', async () => {
    const path = join(directory, 'a');
    await writeFile(path, 'abc');
    let seen = 0;
    const hash = await hashFile(path, { onProgress: (bytes) => (seen = bytes) });
    assert.equal(hash, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(seen, 3);
  });

  it('stops hashing when cancelled', async () => {
    const path = join(directory, 'a');
    await writeFile(path, 'abc');
    await assert.rejects(hashFile(path, { signal: AbortSignal.abort() }), CancelledError);
  });

  const names: [string, string][] = [
    ['plain.txt', 'plain (2).txt'],
    ['a.results.jsonl', 'a (2).results.jsonl'],
    ['none', 'none (2)'],
    ['.hidden', '.hidden (2)'],
  ];
  for (const [taken, free] of names) {
    it(`finds ${free} when ${taken} is taken`, async () => {
      assert.equal(await freePath(join(directory, taken)), join(directory, taken));
      await writeFile(join(directory, taken), '');
      assert.equal(await freePath(join(directory, taken)), join(directory, free));
    });
  }

  it('sees broken links', async () => {
    await symlink(join(directory, 'nowhere'), join(directory, 'link'));
    assert.equal(await exists(join(directory, 'link')), true);
    assert.equal(await exists(join(directory, 'nowhere')), false);
  });

  it('never overwrites by renaming', async () => {
    const [from, to] = [join(directory, 'from'), join(directory, 'to')];
    await writeFile(from, 'new');
    await writeFile(to, 'old');
    await assert.rejects(renameExclusive(from, to), (error) => errorCode(error) === 'EEXIST');
    assert.equal(await readFile(to, 'utf8'), 'old');
    assert.equal(await readFile(from, 'utf8'), 'new');
    await rm(to);
    await renameExclusive(from, to);
    assert.equal(await readFile(to, 'utf8'), 'new');
    assert.equal(await exists(from), false);
  });
});
