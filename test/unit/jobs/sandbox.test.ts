import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGeminiService } from '../../../src/gemini/service';
import { createTransport } from '../../../src/http/undiciTransport';
import type { Job, JobEngine, SubmitRequest } from '../../../src/jobs/api';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import { createJobEngine } from '../../../src/jobs/engine';
import { createSandbox, type Fault, type Sandbox } from '../../../src/sandbox';
import type { ValidationSummary } from '../../../src/shared/lsp';
import { ServiceError } from '../../../src/shared/serviceError';
import { hashFile } from '../../../src/util/files';
import { silentLogger } from '../../../src/util/logger';
import { MemorySecrets } from './support/harness';

/** The engine with the real client against the sandbox: everything but VS Code. */
describe('job engine, Gemini client and sandbox together', function () {
  this.timeout(180_000);
  let root: string;
  let sandbox: Sandbox;
  let transport: ReturnType<typeof createTransport>;
  const engines: JobEngine[] = [];
  let secrets: MemorySecrets;
  let key: string | undefined;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'batchwright-engine-'));
    sandbox = await createSandbox({ speed: 1_000 });
    transport = createTransport({ useProxy: false, environment: {} });
    secrets = new MemorySecrets();
    key = sandbox.key;
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) engine.dispose();
    transport.dispose();
    await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function start(): Promise<JobEngine> {
    const service = createGeminiService({
      connection: {
        id: 'sandbox',
        label: 'Sandbox',
        family: 'gemini',
        baseUrl: sandbox.url,
        apiVersion: 'v1beta',
      },
      transport,
      key: () => Promise.resolve(key),
      logger: silentLogger,
    });
    const engine = createJobEngine({
      directory: join(root, 'ledger'),
      service: () => Promise.resolve(service),
      connectionIds: () => ['sandbox'],
      secrets,
      pollSeconds: () => 5,
      reconcileLooksMs: [0, 50, 200],
    });
    engines.push(engine);
    await engine.start();
    return engine;
  }

  function request(texts: readonly string[], change: Partial<SubmitRequest> = {}): SubmitRequest {
    const path = join(root, 'requests.jsonl');
    const lines = texts.map(
      (text, n) => `${JSON.stringify({ key: `k${n}`, request: { contents: [{ parts: [{ text }] }] } })}\n`,
    );
    writeFileSync(path, lines.join(''));
    return {
      connectionId: 'sandbox',
      path,
      dialect: 'gemini',
      model: 'gemini-3.8-flash',
      displayName: 'Together',
      rows: texts.length,
      ...change,
    };
  }

  /** Asks the service until the job has ended. */
  async function ended(engine: JobEngine, id: string): Promise<Job> {
    for (;;) {
      await engine.refresh();
      const job = engine.get(id);
      assert.ok(job);
      if (job.endedAt !== undefined && (job.state !== 'SUCCEEDED' || job.output !== undefined)) return job;
    }
  }

  const keysOf = (path: string) =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);

  for (const input of ['file', 'inline'] as const) {
    it(`submit, follow, fetch, ask again and merge (${input})`, async () => {
      const engine = await start();
      const job = await engine.submit(
        request(['Hello', '[[sandbox:failed]]', 'Bye', '[[sandbox:truncated]]'], { input }),
      );
      assert.equal(job.displayName, 'Together');
      const done = await ended(engine, job.id);
      assert.equal(done.state, 'SUCCEEDED');
      assert.deepEqual([done.counts.total, done.counts.failed], [4, 1]);
      const results = await engine.downloadResults(job.id);
      assert.deepEqual(keysOf(results.path).sort(), ['k0', 'k1', 'k2', 'k3']);
      const retry = await engine.createRetryFile(job.id, new Set(['failed', 'truncated']));
      assert.deepEqual(keysOf(retry.path), ['k1', 'k3']);
      const second = await engine.submit({
        ...request(['Hello', '[[sandbox:failed]]', 'Bye', '[[sandbox:truncated]]']),
        ...retry,
      });
      await ended(engine, second.id);
      // The request file was written again with the same content: that is still the file that was submitted.
      const merged = await engine.mergeResults(second.id);
      assert.deepEqual(keysOf(merged.file.path), ['k0', 'k1', 'k2', 'k3']);
      assert.deepEqual([merged.counts.ok, merged.runs], [2, 2]);
    });
  }

  const faults: readonly [string, Fault][] = [
    ['the answer to the creation is lost', { kind: 'lose-answer', path: ':batchGenerateContent', times: 1 }],
    ['the answer to the creation is cut', { kind: 'truncate', path: ':batchGenerateContent', times: 1 }],
    ['the upload breaks off', { kind: 'cut-up', bytes: 40, path: '/upload/', times: 1, after: 1 }],
    ['the last answer to the upload is lost', { kind: 'lose-answer', path: '/upload/', times: 1, after: 1 }],
  ];
  for (const [what, fault] of faults) {
    it(`one job comes of a submission although ${what}`, async () => {
      const engine = await start();
      sandbox.control.addFault(fault);
      const job = await engine.submit(request(['Hello']));
      assert.equal(job.phase, 'submitted');
      await engine.refresh();
      assert.equal(engine.jobs.length, 1);
      assert.equal(engine.jobs[0]?.origin, 'here');
      assert.equal((await ended(engine, job.id)).state, 'SUCCEEDED');
    });
  }

  const unclear: readonly [string, Fault][] = [
    ['a web page', { kind: 'html', status: 200, path: ':batchGenerateContent', times: 1 }],
    ['503', { kind: 'status', status: 503, path: ':batchGenerateContent', times: 1 }],
  ];
  for (const [what, fault] of unclear) {
    it(`a creation that is answered by ${what} is sent again when a person says so`, async () => {
      const engine = await start();
      sandbox.control.addFault(fault);
      await assert.rejects(engine.submit(request(['Hello'])), UnconfirmedError);
      const job = await engine.resume(engine.jobs[0]!.id, { createAgain: true });
      await engine.refresh();
      assert.equal(engine.jobs.length, 1);
      assert.equal((await ended(engine, job.id)).state, 'SUCCEEDED');
    });
  }

  it('a malformed row is refused in the service’s words, and nothing is left', async () => {
    const engine = await start();
    const bad = request(['Hello']);
    writeFileSync(
      bad.path,
      '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}],"thinking_config":{}}}\n',
    );
    await assert.rejects(
      engine.submit(bad),
      (error) => error instanceof ServiceError && /line 1.*thinking_config/.test(error.message),
    );
    assert.deepEqual(engine.jobs, []);
  });

  it('a wrong key interrupts; the right one goes on without another upload', async () => {
    const engine = await start();
    sandbox.control.addFault({ kind: 'status', status: 403, path: ':batchGenerateContent', times: 1 });
    await assert.rejects(engine.submit(request(['Hello'])), ServiceError);
    assert.equal(engine.jobs[0]?.phase, 'interrupted');
    key = 'wrong';
    await assert.rejects(
      engine.resume(engine.jobs[0].id),
      (error) => error instanceof ServiceError && error.kind === 'auth',
    );
    key = sandbox.key;
    const job = await engine.resume(engine.jobs[0].id);
    assert.equal(job.phase, 'submitted');
  });

  it('a job goes on through a restart, and its end is told at the next start', async () => {
    sandbox.control.setSpeed(0);
    const first = await start();
    const { id } = await first.submit(request(['Hello']));
    first.dispose();
    sandbox.control.setSpeed(1_000);
    const second = await start();
    const told = await new Promise<readonly Job[]>((resolve) => {
      const alive = setInterval(() => undefined, 1_000);
      second.onDidFinish((jobs) => {
        clearInterval(alive);
        resolve(jobs);
      });
    });
    assert.deepEqual(
      told.map((job) => [job.id, job.state]),
      [[id, 'SUCCEEDED']],
    );
  });

  it('cancelling is asked for and may take a while; deleting takes the results along', async () => {
    sandbox.control.setSpeed(0);
    const engine = await start();
    const { id } = await engine.submit(request(['Hello']));
    await engine.cancel(id);
    sandbox.control.setSpeed(1_000);
    assert.equal((await ended(engine, id)).state, 'CANCELLED');
    await assert.rejects(engine.downloadResults(id), /ended as cancelled and has no results/);
    await engine.delete(id);
    await engine.refresh();
    assert.deepEqual(engine.jobs, []);
  });

  it('parts of a file come back as one', async () => {
    const engine = await start();
    const jobs = await engine.submitInParts(request(['a', 'b', 'c', 'd', 'e']), { maxRows: 2 });
    assert.equal(jobs.length, 3);
    for (const { id } of jobs) await ended(engine, id);
    const merged = await engine.mergeResults(jobs[0]!.group!.id);
    assert.deepEqual(keysOf(merged.file.path), ['k0', 'k1', 'k2', 'k3', 'k4']);
  });

  it('preflight has the tokens of a sample counted', async () => {
    const engine = await start();
    const { path } = request(['Count these words, please.', 'And these.']);
    const validation: ValidationSummary = {
      kind: 'gemini',
      rows: 2,
      bytes: readFileSync(path).length,
      errors: 0,
      warnings: 0,
      problems: [],
      estimatedTokens: 12,
      sha256: await hashFile(path),
    };
    const preflight = await engine.preflight({
      connectionId: 'sandbox',
      path,
      dialect: 'gemini',
      model: 'gemini-3.8-flash',
      validation,
    });
    assert.deepEqual(preflight.findings, []);
    assert.deepEqual([preflight.input.basis, preflight.input.sampled], ['counted', 2]);
    assert.ok(preflight.price);
  });
});
