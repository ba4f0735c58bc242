import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EngineHost } from '../../../../src/commands/host/engineHost';
import { sandboxConnection } from '../../../../src/config/connections';
import { createGeminiService } from '../../../../src/gemini/service';
import { createTransport } from '../../../../src/http/undiciTransport';
import type { Job, JobEngine } from '../../../../src/jobs/api';
import { createSandbox } from '../../../../src/sandbox';
import { silentLogger } from '../../../../src/util/logger';
import { focusWindow } from '../../../support/fakeVscode';

describe('EngineHost', () => {
  let folder: string;
  let key: string | undefined;
  let listed: number;
  let said: string[];
  let answer: string | undefined;
  let context: Map<string, unknown>;
  let release: (() => Promise<void> | void)[];
  let heard: (() => void) | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'host-'));
    key = 'sandbox';
    listed = 0;
    said = [];
    answer = undefined;
    context = new Map();
    release = [];
  });
  afterEach(async () => {
    for (const one of release.reverse()) await one();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const say = (line: string): Promise<void> => {
    said.push(line);
    heard?.();
    return Promise.resolve();
  };
  /** Waits until a line was said that matches. */
  const sees = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      heard = () => said.some((line) => pattern.test(line)) && resolve();
      heard();
    });

  async function host(): Promise<EngineHost> {
    const sandbox = await createSandbox({ speed: 1000 });
    const transport = createTransport();
    const service = createGeminiService({
      connection: sandboxConnection(sandbox.url),
      key: () => Promise.resolve('sandbox'),
      transport,
      logger: silentLogger,
    });
    const made = new EngineHost({
      engine: {
        directory: path.join(folder, 'ledger'),
        service: () => {
          listed += 1;
          return Promise.resolve(service);
        },
        secrets: {
          get: () => Promise.resolve(undefined),
          store: () => Promise.resolve(),
          delete: () => Promise.resolve(),
        },
        pollSeconds: () => 1,
      },
      current: () => 'sandbox',
      keys: {
        get: () => Promise.resolve(key === undefined ? undefined : { value: key, source: 'stored' }),
        set: () => Promise.resolve(),
        remove: () => Promise.resolve(),
      },
      view: { attach: () => void say('attached') },
      contextKeys: { set: (name, value) => void context.set(name, value) },
      ui: {
        notify: (severity, message, ...actions) => {
          void say(`${severity} ${message} ${actions.map((action) => `[${action}]`).join(' ')}`);
          return Promise.resolve(actions.find((action) => action === answer));
        },
      },
      log: { ...silentLogger, warn: (text) => void say(`log ${text}`), show: () => void say('log shown') },
      run: (command, args) => say(`run ${command} ${args.join(' ')}`),
      showJobs: () => say('jobs shown'),
      busy: (work) => void work.then(() => say('read')),
      onStarted: () => say('started'),
    });
    release.push(() => sandbox.close());
    release.push(() => transport.dispose());
    release.push(() => made.dispose());
    return made;
  }

  async function submit(engine: JobEngine, displayName: string): Promise<Job> {
    const file = path.join(folder, 'a.jsonl');
    await writeFile(file, '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}\n');
    return engine.submit({
      connectionId: 'sandbox',
      path: file,
      dialect: 'gemini',
      model: 'gemini-3.8-flash',
      displayName,
      rows: 1,
    });
  }

  it('starts the engine once, and lets the view follow it', async () => {
    const one = await host();
    assert.equal(await one.get(), await one.get());
    await sees(/^started$/);
    assert.deepEqual(said, ['attached', 'started']);
    assert.equal(context.get('batchwright.hasJobs'), false);
    focusWindow(false);
  });

  it('asks no service without a key', async () => {
    key = undefined;
    const one = await host();
    await one.get();
    assert.equal(context.get('batchwright.listed'), undefined, 'nobody knows yet whether there are jobs');
    one.refreshQuietly();
    await sees(/^read$/);
    assert.equal(listed, 0);
    assert.equal(context.get('batchwright.listed'), true);
  });

  it('tells that a job ended, and opens its results when told to', async () => {
    answer = 'Open Results';
    const job = await submit(await (await host()).get(), 'told');
    await sees(/^run /);
    assert.ok(said.some((line) => line.startsWith('information Batch “told” is done: 1 ok. [Open Results]')));
    assert.ok(said.includes(`run batchwright.openResults ${job.id}`));
    assert.equal(context.get('batchwright.hasJobs'), true);
  });

  it('says what could not be read of the ledger', async () => {
    const first = await host();
    await submit(await first.get(), 'broken');
    first.dispose();
    const records = globSync(path.join(folder, 'ledger', '**', '*.json'));
    assert.ok(records.length > 0);
    for (const record of records) await writeFile(record, 'torn');
    answer = 'Show Log';
    await (await host()).get();
    await sees(/^log shown$/);
    assert.ok(said.some((line) => line.startsWith('warning One record of the job list could not be read')));
  });

  it('hands what a delivery names on to the engine, the token of the submission included', async () => {
    const made = await host();
    const engine = await made.get();
    const hint = new Promise((resolve) => Object.assign(engine, { nudge: resolve }));
    made.nudge('sandbox', {
      type: 'batch.succeeded',
      jobName: 'batches/a',
      userMetadata: { batchwright: 'token-1', other: 'x' },
    });
    assert.deepEqual(await hint, { connectionId: 'sandbox', jobName: 'batches/a', token: 'token-1' });
  });
});
