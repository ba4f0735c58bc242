import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IndexCache } from '../../../src/results/indexCache';
import { ResultSet } from '../../../src/results/resultSet';
import { LocalScanner, type Scanner } from '../../../src/results/scanner';
import { answer, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

describe('IndexCache', () => {
  const large = () =>
    scratch.lines(Array.from({ length: 34 }, (_, row) => answer(`k${row}`, 'x'.repeat(1 << 20))));
  const refusing: Scanner = {
    parallel: 1,
    scan: () => Promise.reject(new Error('scanned again')),
    dispose: () => undefined,
  };

  it('saves the scan of a large file and forgets it when the file changes', async () => {
    const cache = new IndexCache(join(scratch.directory, 'cache'));
    const path = large();
    const open = async (scanner: Scanner) => {
      const set = await ResultSet.open({ results: path, scanner, cache });
      await set.ready.finally(() => set.dispose());
      return set;
    };
    const first = await open(new LocalScanner());
    const again = await open(refusing);
    assert.deepEqual(again.summary(), first.summary());
    assert.equal(again.keyOf(33), 'k33');
    appendFileSync(path, `${JSON.stringify(answer('late'))}\n`);
    await assert.rejects(open(refusing), /scanned again/);
    assert.equal((await open(new LocalScanner())).summary().resultRows, 35);
    const later = new Date(Date.now() + 5000);
    utimesSync(path, later, later);
    await assert.rejects(open(refusing), /scanned again/);
  });

  it('takes a damaged cache for none', async () => {
    const directory = join(scratch.directory, 'damaged');
    const cache = new IndexCache(directory);
    const path = large();
    const open = async (scanner: Scanner) => {
      const set = await ResultSet.open({ results: path, scanner, cache });
      await set.ready.finally(() => set.dispose());
      return set.summary().resultRows;
    };
    await open(new LocalScanner());
    const [name = ''] = readdirSync(directory);
    const whole = readFileSync(join(directory, name));
    truncateSync(join(directory, name), 400);
    assert.equal(await open(new LocalScanner()), 34);
    assert.equal(await open(refusing), 34);
    // One bit anywhere: in the header, a batch's head, its columns, its keys, the end.
    for (const at of [10, 300, Math.floor(whole.length / 2), whole.length - 20, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      writeFileSync(join(directory, name), damaged);
      await assert.rejects(open(refusing), /scanned again/, `byte ${at}`);
    }
    writeFileSync(join(directory, name), whole);
    assert.equal(await open(refusing), 34);
  });

  it('keeps the newest within its size', async () => {
    const directory = join(scratch.directory, 'evict');
    const cache = new IndexCache(directory, 1);
    const writer = await cache.write({ path: '/a', sizeBytes: 1, modifiedAt: 1 }, 'results');
    await writer.finish(true);
    assert.deepEqual(readdirSync(directory), []);
    const given = await cache.write({ path: '/b', sizeBytes: 1, modifiedAt: 1 }, 'results');
    await given.finish(false);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('does without when its directory cannot be made', async () => {
    const cache = new IndexCache(join(scratch.file('in the way'), 'cache'));
    const writer = await cache.write({ path: '/a', sizeBytes: 1, modifiedAt: 1 }, 'results');
    writer.json({});
    await writer.finish(true);
    assert.equal(
      await cache.read({ path: '/a', sizeBytes: 1, modifiedAt: 1 }, 'results', () => undefined),
      false,
    );
  });
});
