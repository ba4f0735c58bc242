import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import type { Fault } from '../../../src/sandbox';
import type { ValidationSummary } from '../../../src/shared/lsp';
import { ServiceError } from '../../../src/shared/serviceError';
import { hashFile } from '../../../src/util/files';
import { keysOf, nextFinish, SandboxWorld } from './support/sandboxWorld';

/** The engine with the real client against the sandbox: everything but VS Code. */
describe('job engine, Gemini client and sandbox together', function () {
  this.timeout(180_000);
  let world: SandboxWorld;
  beforeEach(async () => {
    world = await SandboxWorld.create();
  });
  afterEach(() => world.dispose());

  for (const input of ['file', 'inline'] as const) {
    it(`submit, follow, fetch, ask again and merge (${input})`, async () => {
      const engine = await world.start();
      const job = await engine.submit(
        world.request(['Hello', '[[sandbox:failed]]', 'Bye', '[[sandbox:truncated]]'], { input }),
      );
      assert.equal(job.displayName, 'Together');
      const done = await world.ended(engine, job.id);
      assert.equal(done.state, 'SUCCEEDED');
      assert.deepEqual([done.counts.total, done.counts.failed], [4, 1]);
      const results = await engine.downloadResults(job.id);
      assert.deepEqual(keysOf(results.path).sort(), ['k0', 'k1', 'k2', 'k3']);
      const retry = await engine.createRetryFile(job.id, new Set(['failed', 'truncated']));
      assert.deepEqual(keysOf(retry.path), ['k1', 'k3']);
      const second = await engine.submit({
        ...world.request(['Hello', '[[sandbox:failed]]', 'Bye', '[[sandbox:truncated]]']),
        ...retry,
      });
      await world.ended(engine, second.id);
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
      const engine = await world.start();
      world.sandbox.control.addFault(fault);
      const job = await engine.submit(world.request(['Hello']));
      assert.equal(job.phase, 'submitted');
      await engine.refresh();
      assert.equal(engine.jobs.length, 1);
      assert.equal(engine.jobs[0]?.origin, 'here');
      assert.equal((await world.ended(engine, job.id)).state, 'SUCCEEDED');
    });
  }

  const unclear: readonly [string, Fault][] = [
    ['a web page', { kind: 'html', status: 200, path: ':batchGenerateContent', times: 1 }],
    ['503', { kind: 'status', status: 503, path: ':batchGenerateContent', times: 1 }],
  ];
  for (const [what, fault] of unclear) {
    it(`a creation that is answered by ${what} is sent again when a person says so`, async () => {
      const engine = await world.start();
      world.sandbox.control.addFault(fault);
      await assert.rejects(engine.submit(world.request(['Hello'])), UnconfirmedError);
      const job = await engine.resume(engine.jobs[0]!.id, { createAgain: true });
      await engine.refresh();
      assert.equal(engine.jobs.length, 1);
      assert.equal((await world.ended(engine, job.id)).state, 'SUCCEEDED');
    });
  }

  it('a malformed row is refused in the service’s words, and nothing is left', async () => {
    const engine = await world.start();
    const bad = world.request(['Hello']);
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
    const engine = await world.start();
    world.sandbox.control.addFault({ kind: 'status', status: 403, path: ':batchGenerateContent', times: 1 });
    await assert.rejects(engine.submit(world.request(['Hello'])), ServiceError);
    assert.equal(engine.jobs[0]?.phase, 'interrupted');
    world.key = 'wrong';
    await assert.rejects(
      engine.resume(engine.jobs[0].id),
      (error) => error instanceof ServiceError && error.kind === 'auth',
    );
    world.key = world.sandbox.key;
    const job = await engine.resume(engine.jobs[0].id);
    assert.equal(job.phase, 'submitted');
  });

  it('a job goes on through a restart, and its end is told at the next start', async () => {
    world.sandbox.control.setSpeed(0);
    const first = await world.start();
    const { id } = await first.submit(world.request(['Hello']));
    first.dispose();
    world.sandbox.control.setSpeed(1_000);
    const second = await world.start();
    const told = await nextFinish(second);
    assert.deepEqual(
      told.map((job) => [job.id, job.state]),
      [[id, 'SUCCEEDED']],
    );
  });

  it('cancelling is asked for and may take a while; deleting takes the results along', async () => {
    world.sandbox.control.setSpeed(0);
    const engine = await world.start();
    const { id } = await engine.submit(world.request(['Hello']));
    await engine.cancel(id);
    world.sandbox.control.setSpeed(1_000);
    assert.equal((await world.ended(engine, id)).state, 'CANCELLED');
    await assert.rejects(engine.downloadResults(id), /ended as cancelled and has no results/);
    await engine.delete(id);
    await engine.refresh();
    assert.deepEqual(engine.jobs, []);
  });

  it('parts of a file come back as one', async () => {
    const engine = await world.start();
    const jobs = await engine.submitInParts(world.request(['a', 'b', 'c', 'd', 'e']), { maxRows: 2 });
    assert.equal(jobs.length, 3);
    for (const { id } of jobs) await world.ended(engine, id);
    const merged = await engine.mergeResults(jobs[0]!.group!.id);
    assert.deepEqual(keysOf(merged.file.path), ['k0', 'k1', 'k2', 'k3', 'k4']);
  });

  it('preflight has the tokens of a sample counted', async () => {
    const engine = await world.start();
    const { path } = world.request(['Count these words, please.', 'And these.']);
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
