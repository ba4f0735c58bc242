import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withLock } from '../../host/lock';
import { findProgram, runCommand } from '../../host/process';
import { writeSettings } from '../../host/profile';
import { until } from '../../host/until';
import { copyFolder } from '../../host/workspace';

describe('what the VS Code hosts stand on', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'batchwright-host-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describe('the lock', () => {
    it('lets one in at a time, and leaves no file', async () => {
      const file = path.join(folder, 'lock');
      let inside = 0;
      const enter = () =>
        withLock(file, async () => {
          inside += 1;
          assert.equal(inside, 1);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        });
      await Promise.all([enter(), enter()]);
      assert.equal(existsSync(file), false);
    });

    it('is taken over from a process that is gone', async () => {
      const file = path.join(folder, 'lock');
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      await writeFile(file, String(pid));
      assert.equal(await withLock(file, () => Promise.resolve('in')), 'in');
    });

    it('is given back when the action fails', async () => {
      const file = path.join(folder, 'lock');
      await assert.rejects(
        withLock(file, () => Promise.reject(new Error('no'))),
        /no/,
      );
      assert.equal(existsSync(file), false);
    });
  });

  describe('commands', () => {
    it('give their code and all they printed', async () => {
      const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
      const { code, output } = await runCommand(process.execPath, ['-e', script]);
      assert.equal(code, 3);
      assert.match(output, /out/);
      assert.match(output, /err/);
    });

    it('fail when a signal ended them, and say so', async () => {
      const result = await runCommand(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")']);
      assert.equal(result.code, 1);
      assert.match(result.output, /ended by SIGTERM/);
    });

    it('reject when they cannot be started', () =>
      assert.rejects(runCommand(path.join(folder, 'none'), []), /ENOENT/));

    it('are found on the path, or not', async () => {
      assert.ok(await findProgram('npm'));
      assert.equal(await findProgram('no-such-program-here'), undefined);
    });
  });

  it('writes quiet settings, and what was asked for where a server looks as well', async () => {
    await writeSettings(folder, { 'batchwright.connection': 'sandbox' });
    const read = async (name: string) =>
      JSON.parse(await readFile(path.join(folder, name, 'settings.json'), 'utf8')) as Record<string, unknown>;
    const user = await read('User');
    assert.equal(user['telemetry.telemetryLevel'], 'off');
    assert.equal(user['batchwright.connection'], 'sandbox');
    assert.deepEqual(await read('Machine'), { 'batchwright.connection': 'sandbox' });
  });

  it('says what it waited for in vain, and what it saw last', async () => {
    await assert.rejects(
      until('the moon', () => Promise.resolve(false), { timeout: 1, seen: () => Promise.resolve('clouds') }),
      /Waited 0.001 s for the moon. Last seen: "clouds"/,
    );
  });

  it('copies a workspace away from the repository, and removes the copy', async () => {
    await writeFile(path.join(folder, 'a.jsonl'), '{}\n');
    const workspace = await copyFolder(folder);
    assert.equal(await readFile(path.join(workspace.folder, 'a.jsonl'), 'utf8'), '{}\n');
    await workspace.remove();
    assert.equal(existsSync(workspace.folder), false);
  });
});
