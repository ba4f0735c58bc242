import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { createSandbox, type Sandbox } from '../../../src/sandbox';
import { Owner } from '../../../src/sandbox/owner';
import { Bench, row } from './support';

describe('sandbox process', function () {
  this.timeout(120_000);
  let folder: string;
  let program: string;
  const running: ChildProcessWithoutNullStreams[] = [];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-test-'));
    program = path.join(folder, 'sandbox.js');
    buildSync({
      entryPoints: [path.join(__dirname, '../../../src/sandbox/main.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    });
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  after(() => rm(folder, { recursive: true }));

  function start(...args: string[]): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, [program, ...args]);
    running.push(child);
    return child;
  }

  /** The line that says where it is; a Bench cannot close it, so `control` is missing. */
  async function ready(child: ChildProcessWithoutNullStreams): Promise<Bench> {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { url, key, ...rest } = JSON.parse(line) as { url: string; key: string };
    assert.deepEqual(rest, {});
    return new Bench({ url, key } as Sandbox);
  }

  async function outcome(child: ChildProcessWithoutNullStreams) {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, said };
  }

  it('prints one line of JSON when it is ready, and ends with SIGTERM', async () => {
    const child = start('--port', '0', '--key', 'mine');
    const bench = await ready(child);
    assert.match(bench.sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(bench.sandbox.key, 'mine');
    assert.equal((await bench.call('GET', '/v1beta/models')).status, 200);
    child.kill('SIGTERM');
    assert.equal((await outcome(child)).code, 0);
  });

  it('ends with its parent when asked to', async () => {
    const child = start('--exit-with-parent');
    await ready(child);
    child.stdin.end();
    assert.equal((await outcome(child)).code, 0);
  });

  it('explains itself', async () => {
    const { code, said } = await outcome(start('--help'));
    assert.equal(code, 0);
    for (const word of ['--exit-with-parent', 'lose-answer', 'blocked', 'late-output'])
      assert.ok(said.includes(word), word);
  });

  for (const [args, message] of [
    [['--host', '0.0.0.0'], /loopback only/],
    [['--prot', '1'], /Unknown option: --prot/],
  ] as const)
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, said } = await outcome(start(...args));
      assert.equal(code, 2);
      assert.match(said, message);
    });

  it('goes on after it was killed in the middle of everything', async () => {
    const data = path.join(folder, 'data');
    const first = start('--data', data, '--speed', '2');
    const bench = await ready(first);
    const name = await bench.submit(Array.from({ length: 40 }, (_, n) => row(`k${n}`)));
    await bench.until(name, ({ metadata }) => metadata.state === 'BATCH_STATE_RUNNING');
    const url = await bench.startUpload(6);
    await bench.call('POST', url, '012', { 'x-goog-upload-command': 'upload', 'x-goog-upload-offset': '0' });
    first.kill('SIGKILL');
    await once(first, 'exit');
    await writeFile(path.join(data, 'jobs', 'torn.json'), '{"id":');
    await writeFile(path.join(data, 'work', 'orphan.output.jsonl.part'), 'x');
    await writeFile(path.join(data, 'owner.json'), '{"url":');

    const again = await ready(start('--data', data, '--speed', '1000'));
    assert.equal((await again.results(name)).length, 40);
    const asked = await again.call('POST', url, undefined, { 'x-goog-upload-command': 'query' });
    assert.equal(asked.headers.get('x-goog-upload-size-received'), '3');
    const left = await readdir(path.join(data, 'work'));
    assert.deepEqual(
      left.filter((file) => file.startsWith('orphan') || file.endsWith('.part')),
      [],
    );
  });

  it('removes what killed ones left behind, and nothing else', async () => {
    const parent = path.join(folder, 'temporary');
    const own = (name: string) => path.join(parent, `batchwright-sandbox-${name}`);
    const alive = await createSandbox({ dataDir: own('alive') });
    for (const name of ['dead', 'beginning']) await (await createSandbox({ dataDir: own(name) })).close();
    await writeFile(path.join(own('dead'), 'owner.json'), '{"url":"http://127.0.0.1:9","token":"x"}');
    await mkdir(path.join(parent, 'other'));
    await Owner.sweep(parent);
    await alive.close();
    const left = (await readdir(parent)).sort();
    assert.deepEqual(left, ['batchwright-sandbox-alive', 'batchwright-sandbox-beginning', 'other']);
  });

  it('leaves a folder alone that another sandbox works on, and takes it when that one is gone', async () => {
    const data = path.join(folder, 'shared');
    const first = start('--data', data);
    await ready(first);
    await assert.rejects(createSandbox({ dataDir: data }), /in use by the sandbox at http/);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await (await createSandbox({ dataDir: data })).close();
  });
});
