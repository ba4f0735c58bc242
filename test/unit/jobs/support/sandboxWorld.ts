import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGeminiService } from '../../../../src/gemini/service';
import { createTransport } from '../../../../src/http/undiciTransport';
import type { Job, JobEngine, JobEngineOptions, SubmitRequest } from '../../../../src/jobs/api';
import { createJobEngine } from '../../../../src/jobs/engine';
import { createSandbox, type Sandbox } from '../../../../src/sandbox';
import { silentLogger } from '../../../../src/util/logger';
import { MemorySecrets } from './harness';

/** A sandbox, the real client, and engines on one ledger; everything is gone after `dispose`. */
export class SandboxWorld {
  readonly root = mkdtempSync(join(tmpdir(), 'batchwright-engine-'));
  /** What the engines give as the key. */
  key: string | undefined;
  private readonly transport = createTransport({ useProxy: false, environment: {} });
  private readonly secrets = new MemorySecrets();
  private readonly engines: JobEngine[] = [];

  private constructor(readonly sandbox: Sandbox) {
    this.key = sandbox.key;
  }

  static async create(
    options: Parameters<typeof createSandbox>[0] = { speed: 1_000 },
  ): Promise<SandboxWorld> {
    return new SandboxWorld(await createSandbox(options));
  }

  /** An engine, started. @param directory of its ledger, in the world's folder */
  async start(options: Partial<JobEngineOptions> = {}, directory = 'ledger'): Promise<JobEngine> {
    const service = createGeminiService({
      connection: {
        id: 'sandbox',
        label: 'Sandbox',
        family: 'gemini',
        baseUrl: this.sandbox.url,
        apiVersion: 'v1beta',
      },
      transport: this.transport,
      key: () => Promise.resolve(this.key),
      logger: silentLogger,
    });
    const engine = createJobEngine({
      directory: join(this.root, directory),
      service: () => Promise.resolve(service),
      connectionIds: () => ['sandbox'],
      secrets: this.secrets,
      pollSeconds: () => 5,
      reconcileLooksMs: [0, 50, 200],
      ...options,
    });
    this.engines.push(engine);
    await engine.start();
    return engine;
  }

  /** A request file with one line a text, keys `k0`, `k1` and so on, and how to submit it. */
  request(
    texts: readonly string[],
    change: Partial<SubmitRequest> = {},
    file = 'requests.jsonl',
  ): SubmitRequest {
    const path = join(this.root, file);
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
  async ended(engine: JobEngine, id: string): Promise<Job> {
    for (;;) {
      await engine.refresh();
      const job = engine.get(id);
      assert.ok(job);
      if (job.endedAt !== undefined && (job.state !== 'SUCCEEDED' || job.output !== undefined)) return job;
    }
  }

  async dispose(): Promise<void> {
    for (const engine of this.engines) engine.dispose();
    this.transport.dispose();
    await this.sandbox.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The keys of a file of requests or results, in its order. */
export function keysOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { key: string }).key);
}

/** Resolves with what an engine tells as soon as jobs have ended. */
export function nextFinish(engine: JobEngine): Promise<readonly Job[]> {
  return new Promise((resolve) => {
    // The engine's own timers do not keep a process alive.
    const alive = setInterval(() => undefined, 1_000);
    const subscription = engine.onDidFinish((jobs) => {
      clearInterval(alive);
      subscription.dispose();
      resolve(jobs);
    });
  });
}

/** Resolves as soon as `condition` holds for the jobs of an engine, which is asked to look meanwhile. */
export async function looksUntil(engine: JobEngine, condition: () => boolean): Promise<void> {
  for (let look = 0; !condition(); look += 1) {
    assert.ok(look < 200, 'It did not happen.');
    await engine.refresh();
    await new Promise(setImmediate);
  }
}
