import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PollLease } from '../../../src/jobs/lease';
import { Windows } from '../../../src/jobs/windows';
import { ManualClock } from '../../support/manualClock';
import { until } from '../../host/until';
import { turns } from './support/harness';

describe('windows', () => {
  let directory: string;
  let clock: ManualClock;
  const opened: Windows[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'batchwright-windows-'));
    clock = new ManualClock();
  });
  afterEach(() => {
    for (const windows of opened.splice(0)) windows.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(): Promise<Windows> {
    const windows = new Windows(directory, clock);
    opened.push(windows);
    await windows.open();
    return windows;
  }

  /** The file of a window that this test plays. */
  function write(id: string, pid: number, host = hostname()): string {
    const path = join(directory, `${id}.json`);
    writeFileSync(path, JSON.stringify({ pid, host }));
    return path;
  }

  /** Lets `seconds` pass in steps in which every beat is done. */
  async function pass(seconds: number, each: () => void = () => undefined): Promise<void> {
    for (let second = 0; second < seconds; second += 5) {
      each();
      clock.advance(5_000);
      await turns();
    }
  }

  const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

  it('see each other while they live, and at once when one closes', async () => {
    const [one, other] = [await open(), await open()];
    await one.look();
    assert.equal(one.isAlive(other.self), true);
    assert.equal(one.isAlive(one.self), true);
    await pass(120);
    assert.equal(one.isAlive(other.self), true);
    other.dispose();
    await one.look();
    assert.equal(one.isAlive(other.self), false);
  });

  it('a process that is gone is dead at once', async () => {
    write('gone', deadPid());
    const windows = await open();
    assert.equal(windows.isAlive('gone'), false);
  });

  if (process.platform === 'linux') {
    it('a process that has ended is dead, also while its parent does not ask for it', async () => {
      // The shell becomes a program that knows nothing of the child it has; only then does the child end.
      const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60']);
      try {
        const [line] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(line.toString());
        const name = () => readFile(`/proc/${parent.pid ?? 0}/comm`, 'utf8');
        await until('the shell to be another program', async () => (await name()) === 'sleep\n');
        parent.stdin.end();
        write('zombie', pid);
        const windows = await open();
        await until('it to be dead', async () => {
          await windows.look();
          return !windows.isAlive('zombie');
        });
        assert.doesNotThrow(() => process.kill(pid, 0), 'its id is still taken');
      } finally {
        parent.kill('SIGKILL');
      }
    });
  }

  it('tells when another one closed, died or fell silent, and of nothing else', async () => {
    const windows = await open();
    let losses = 0;
    windows.onDidLose(() => (losses += 1));
    const closing = await open();
    write('silent', process.pid);
    write('never-alive', deadPid());
    await pass(10);
    assert.equal(losses, 0);
    closing.dispose();
    await pass(5);
    assert.equal(losses, 1);
    await pass(30);
    assert.equal(losses, 2);
    await pass(30);
    assert.equal(losses, 2);
  });

  it('unknown windows and none are dead', async () => {
    const windows = await open();
    assert.equal(windows.isAlive('never-heard-of'), false);
    assert.equal(windows.isAlive(undefined), false);
  });

  it('a process id that was given to somebody else does not keep a window alive', async () => {
    const path = write('old', process.pid);
    const windows = await open();
    assert.equal(windows.isAlive('old'), true);
    await pass(30);
    assert.equal(windows.isAlive('old'), false);
    assert.equal(existsSync(path), false, 'and its file is buried');
  });

  it('a window of another host lives as long as its file changes', async () => {
    const path = write('far', deadPid(), 'another-host');
    const windows = await open();
    let beat = 1;
    await pass(60, () => utimesSync(path, beat, (beat += 1)));
    assert.equal(windows.isAlive('far'), true);
    await pass(30);
    assert.equal(windows.isAlive('far'), false);
  });

  it('nobody dies of a clock that jumps or a laptop that slept', async () => {
    const path = write('far', deadPid(), 'another-host');
    const windows = await open();
    utimesSync(path, 1, 1);
    await windows.look();
    assert.equal(windows.isAlive('far'), true, 'a beat of 1970 is as good as any');
    utimesSync(path, 4_000_000_000, 4_000_000_000);
    await windows.look();
    assert.equal(windows.isAlive('far'), true);
  });

  it('a window that was buried while it hung introduces itself again', async () => {
    const windows = await open();
    rmSync(join(directory, `${windows.self}.json`));
    await pass(5);
    assert.equal(existsSync(join(directory, `${windows.self}.json`)), true);
  });

  it('half written files are looked at again later', async () => {
    writeFileSync(join(directory, 'half.json'), '{"pid":');
    const windows = await open();
    assert.equal(windows.isAlive('half'), false);
    write('half', process.pid);
    await windows.look();
    assert.equal(windows.isAlive('half'), true);
  });

  describe('poll lease', () => {
    it('is held by one window until it dies, then by the next', async () => {
      const [one, other] = [await open(), await open()];
      await one.look();
      const leases = [new PollLease(directory, one), new PollLease(directory, other)] as const;
      assert.equal(await leases[0].acquire('gemini'), true);
      assert.equal(await leases[1].acquire('gemini'), false);
      assert.equal(await leases[1].acquire('a/b:c'), true, 'each connection has its own');
      assert.equal(await leases[0].acquire('gemini'), true);
      one.dispose();
      await other.look();
      assert.equal(await leases[1].acquire('gemini'), true);
      assert.deepEqual(
        readdirSync(directory)
          .filter((name) => name.endsWith('.lease'))
          .sort(),
        ['a%2Fb%3Ac.lease', 'gemini.lease'],
      );
    });
  });
});
