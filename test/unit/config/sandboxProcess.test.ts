import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { SandboxProcess } from '../../../src/config/sandboxProcess';
import { silentLogger } from '../../../src/util/logger';

/** A stand-in for the sandbox: answers the health check, and ends with its parent. */
const program = `
  const http = require('node:http');
  const server = http.createServer((request, response) => {
    if (request.url === '/die') process.exit(3);
    response.statusCode = request.headers['x-goog-api-key'] === 'sandbox' ? 200 : 400;
    response.end(JSON.stringify({ args: process.argv.slice(2), key: process.env.GEMINI_API_KEY ?? 'none' }));
  });
  server.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port, key: 'sandbox' }));
  });
  process.stdin.on('end', () => process.exit()).resume();
`;

describe('SandboxProcess', () => {
  let directory: string;
  let script: string;
  const made: SandboxProcess[] = [];
  const make = (options: { script?: string; startTimeoutMs?: number } = {}) => {
    const process_ = new SandboxProcess({
      script,
      directory,
      logger: silentLogger,
      environment: { ...process.env, GEMINI_API_KEY: 'secret' },
      ...options,
    });
    made.push(process_);
    return process_;
  };
  const ask = async (url: string) =>
    (await fetch(`${url}/`, { headers: { 'x-goog-api-key': 'sandbox' } })).json() as Promise<{
      args: string[];
      key: string;
    }>;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sandbox-'));
    script = path.join(directory, 'program.cjs');
    await writeFile(script, program);
  });
  afterEach(async () => {
    for (const process_ of made.splice(0)) process_.dispose();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  it('starts once, on a port of its own, without any key of the person', async () => {
    const sandbox = make();
    const [first, second] = await Promise.all([sandbox.ensure(), sandbox.ensure()]);
    assert.deepEqual(first, second);
    assert.deepEqual(await sandbox.ensure(), first);
    const { args, key } = await ask(first.url);
    assert.deepEqual(args, ['--port', '0', '--data', path.join(directory, 'data'), '--exit-with-parent']);
    assert.equal(key, 'none');
    assert.ok(!existsSync(path.join(directory, 'starting.lock')));
  });

  it('is shared by the windows of a machine, also when they start together', async () => {
    const addresses = await Promise.all([make().ensure(), make().ensure(), make().ensure()]);
    assert.equal(new Set(addresses.map(({ url }) => url)).size, 1);
  });

  it('is started again by another window when its own is gone', async () => {
    const first = make();
    const other = make();
    const { url } = await first.ensure();
    assert.equal((await other.ensure()).url, url);
    first.dispose();
    assert.ok(!existsSync(path.join(directory, 'ready.json')));
    assert.notEqual((await other.ensure()).url, url);
  });

  it('is started again when it died', async () => {
    const sandbox = make();
    const { url } = await sandbox.ensure();
    await assert.rejects(fetch(`${url}/die`));
    let next = await sandbox.ensure();
    // The news of its death may be a moment later than the death.
    while (next.url === url) {
      await once(setImmediateTarget(), 'tick');
      next = await sandbox.ensure();
    }
    await ask(next.url);
  });

  it('takes no other program for a sandbox that happens to have its port', async () => {
    const stranger = createServer((_request, response) => response.writeHead(404).end());
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    await writeFile(path.join(directory, 'ready.json'), JSON.stringify({ url, key: 'sandbox' }));
    assert.notEqual((await make().ensure()).url, url);
    stranger.close();
  });

  for (const [what, text] of [
    ['a torn', '{"url":'],
    ['a foreign', '{"other":1}'],
  ] as const) {
    it(`writes over ${what} ready file`, async () => {
      await writeFile(path.join(directory, 'ready.json'), text);
      const { url } = await make().ensure();
      assert.match(await readFile(path.join(directory, 'ready.json'), 'utf8'), new RegExp(url));
    });
  }

  it('does not wait for a window that died while it started one', async () => {
    const lock = path.join(directory, 'starting.lock');
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await ask((await make().ensure()).url);
  });

  for (const [what, text, expected] of [
    [
      'ends at once',
      'console.error("no disk"); process.exit(1)',
      /did not start: it ended with exit code 1\.\nno disk/,
    ],
    [
      'says something else',
      'console.log("hello"); setInterval(() => {}, 1000)',
      /its first line is not its address/,
    ],
    ['says nothing', 'setInterval(() => {}, 1000)', /no answer within 0\.3 s/],
  ] as const) {
    it(`says why when the program ${what}, and can try again`, async () => {
      await writeFile(script, text);
      const isSilent = what === 'says nothing';
      const sandbox = make(isSilent ? { startTimeoutMs: 300 } : {});
      await assert.rejects(sandbox.ensure(), expected);
      await writeFile(script, program);
      // A busy machine may need longer than that for a program that does answer.
      await ask((await (isSilent ? make() : sandbox).ensure()).url);
    });
  }

  it('stops a sandbox that was still starting', async () => {
    const sandbox = make();
    const starting = sandbox.ensure();
    sandbox.dispose();
    await assert.rejects(starting, /stopped while it started|did not start/);
  });
});

/** Emits `tick` in the next turn of the event loop. */
function setImmediateTarget(): EventTarget {
  const target = new EventTarget();
  setImmediate(() => target.dispatchEvent(new Event('tick')));
  return target;
}
