import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResultsFile, type OpenFile } from '../../../src/http/resultsFile';

describe('results file', () => {
  let directory: string;
  let target: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'batchwright-results-'));
    target = join(directory, 'a.results.jsonl');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const content = (path: string) => readFile(path, 'utf8');

  it('writes to the part and puts it in place at the end', async () => {
    const results = await ResultsFile.open(target);
    await results.write(Buffer.from('{"key":"a"}\n{"ke'));
    assert.deepEqual(await readdir(directory), ['a.results.jsonl.part']);
    await results.write(Buffer.from('y":"b"}\n'));
    assert.equal(results.rows, 2);
    assert.equal(results.bytes, 24);
    await results.finish();
    assert.deepEqual(await readdir(directory), ['a.results.jsonl']);
    assert.equal(await content(target), '{"key":"a"}\n{"key":"b"}\n');
  });

  for (const [text, rows] of [
    ['', 0],
    ['\n\r\n  \n', 0],
    ['a', 1],
    ['a\nb', 2],
    ['a\r\n\r\nb\r\n', 2],
  ] as const)
    it(`counts ${rows} rows in ${JSON.stringify(text)}, however it is cut`, async () => {
      const whole = await ResultsFile.open(target);
      await whole.write(Buffer.from(text));
      assert.equal(whole.rows, rows);
      await whole.restart();
      assert.equal(whole.rows, 0);
      for (const character of text) await whole.write(Buffer.from(character));
      assert.equal(whole.rows, rows);
      await whole.abandon();
    });

  it('never overwrites, whether it is there before or comes meanwhile', async () => {
    await writeFile(target, 'mine');
    await assert.rejects(ResultsFile.open(target), { kind: 'local', reason: 'EEXIST' });
    await rm(target);
    const results = await ResultsFile.open(target);
    await results.write(Buffer.from('{}\n'));
    await writeFile(target, 'mine');
    await assert.rejects(results.finish(), { kind: 'local', reason: 'EEXIST' });
    assert.equal(await content(target), 'mine');
    assert.equal(await content(`${target}.part`), '{}\n');
  });

  it('goes on with a part that is there, and keeps it when given up', async () => {
    await writeFile(`${target}.part`, '{"key":"a"}\n{"k');
    const results = await ResultsFile.open(target);
    assert.equal(results.bytes, 15);
    assert.equal((await results.tail(4)).toString(), '\n{"k'.slice(0, 4));
    await results.write(Buffer.from('ey":"b"}'));
    assert.equal(results.rows, 2);
    await results.abandon();
    assert.equal(await content(`${target}.part`), '{"key":"a"}\n{"key":"b"}');
  });

  it('goes on only up to a hole that a crash of the machine left', async () => {
    await writeFile(`${target}.part`, `{"key":"a"}\n{"k${'\0'.repeat(4096)}{"key":"z"}\n`);
    const results = await ResultsFile.open(target);
    assert.equal(results.bytes, 15);
    await results.write(Buffer.from('ey":"b"}\n'));
    await results.finish();
    assert.equal(await content(target), '{"key":"a"}\n{"key":"b"}\n');
  });

  it('leaves no empty part behind', async () => {
    const results = await ResultsFile.open(target);
    await results.abandon();
    assert.deepEqual(await readdir(directory), []);
  });

  for (const [text, whole] of [
    ['', true],
    ['{"a":1}\n', true],
    ['{"a":1}', true],
    ['{"a":1}\n{"b":', false],
  ] as const)
    it(`${whole ? 'takes' : 'does not take'} ${JSON.stringify(text)} for whole`, async () => {
      const results = await ResultsFile.open(target);
      await results.write(Buffer.from(text));
      assert.equal(await results.endsWhole(), whole);
      await results.abandon();
    });

  it('writes large amounts in between', async () => {
    const results = await ResultsFile.open(target);
    const line = Buffer.from(`${'x'.repeat(99_999)}\n`);
    for (let n = 0; n < 30; n += 1) await results.write(line);
    await results.finish();
    assert.equal((await content(target)).length, 3_000_000);
    assert.equal(results.rows, 30);
  });

  it('keeps what came before when a section begins anew', async () => {
    const results = await ResultsFile.open(target);
    await results.write(Buffer.from('{"key":"a"}'));
    await results.beginSection();
    assert.equal(results.bytes, 0);
    await results.write(Buffer.from('{"key":"b"}\n{"k'));
    assert.equal((await results.tail(100)).toString(), '{"key":"b"}\n{"k');
    await results.restart();
    await results.write(Buffer.from('{"key":"c"}\n'));
    assert.equal(results.rows, 2);
    assert.equal(results.totalBytes, 24);
    await results.finish();
    assert.equal(await content(target), '{"key":"a"}\n{"key":"c"}\n');
  });

  describe('in two windows at once', () => {
    const rows = Buffer.from('{"key":"a"}\n{"key":"b"}\n');

    it('is put in place once, and both are content', async () => {
      const one = await ResultsFile.open(target);
      const other = await ResultsFile.open(target);
      for (const results of [one, other]) await results.write(rows);
      await one.finish();
      await other.finish();
      assert.deepEqual(await readdir(directory), ['a.results.jsonl']);
      assert.equal(await content(target), rows.toString());
    });

    it('is never put in place with a hole by the one whose beginning was thrown away', async () => {
      const one = await ResultsFile.open(target);
      await one.write(rows);
      const other = await ResultsFile.open(target);
      await other.restart();
      await assert.rejects(one.finish(), { kind: 'local', reason: 'TAKEN_OVER' });
      await other.write(rows);
      await other.finish();
      assert.equal(await content(target), rows.toString());
    });
  });

  it('does not write through a link', async () => {
    if (process.platform === 'win32') return;
    const elsewhere = join(directory, 'precious');
    await writeFile(elsewhere, 'keep me');
    await symlink(elsewhere, `${target}.part`);
    await assert.rejects(ResultsFile.open(target), { kind: 'local', reason: 'ELOOP' });
    assert.equal(await content(elsewhere), 'keep me');
  });

  describe('when the disk', () => {
    /** A file that takes `room` bytes and then fails, as a full disk does: a short write first, then ENOSPC. */
    const limited =
      (room: number): OpenFile =>
      async (path) => {
        const file = await open(path, 'w+');
        let left = room;
        return {
          write: async (buffer, offset, length, position) => {
            if (left === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
            const taken = Math.min(left, length);
            left -= taken;
            return file.write(buffer, offset, taken, position);
          },
          truncate: (length) => file.truncate(length),
          datasync: () => file.datasync(),
          sync: () => file.sync(),
          close: () => file.close(),
          stat: file.stat.bind(file),
          read: file.read.bind(file),
        };
      };

    it('is full: says so and keeps what there is', async () => {
      const results = await ResultsFile.open(target, limited(10));
      await results.write(Buffer.from('{"key":"a"}\n'));
      await assert.rejects(results.finish(), {
        kind: 'local',
        reason: 'ENOSPC',
        message: 'Could not save the results: a.results.jsonl: the disk is full.',
        advice: 'Free some space and try again; what was fetched so far is kept.',
      });
      await results.abandon();
      assert.equal(await content(`${target}.part`), '{"key":"a"');
    });

    it('takes a piece at a time: writes the rest', async () => {
      const slow: OpenFile = async (path) => {
        const file = await limited(Infinity)(path);
        return {
          ...file,
          write: (buffer, offset, length, position) =>
            file.write(buffer, offset, Math.min(length, 5), position),
        };
      };
      const results = await ResultsFile.open(target, slow);
      await results.write(Buffer.from('{"key":"a"}\n'));
      await results.finish();
      assert.equal(await content(target), '{"key":"a"}\n');
    });

    it('has no such folder', async () => {
      await assert.rejects(ResultsFile.open(join(directory, 'none', 'x.jsonl')), {
        kind: 'local',
        reason: 'ENOENT',
      });
    });
  });
});
