import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JobEngine, JobEngineOptions, SecretStore, SubmitRequest } from '../../../../src/jobs/api';
import { createJobEngine } from '../../../../src/jobs/engine';
import { ManualClock } from '../../../support/manualClock';
import { FakeService } from './fakeService';
import { randomOf } from './random';

/** Secrets that survive an engine, as those of VS Code survive a window. */
export class MemorySecrets implements SecretStore {
  readonly values = new Map<string, string>();

  get(key: string) {
    return Promise.resolve(this.values.get(key));
  }

  store(key: string, value: string) {
    this.values.set(key, value);
    return Promise.resolve();
  }

  delete(key: string) {
    this.values.delete(key);
    return Promise.resolve();
  }
}

/** A directory, a clock, a service, and engines on them; everything is gone after `dispose`. */
export class Harness {
  readonly root = mkdtempSync(join(tmpdir(), 'batchwright-jobs-'));
  readonly directory = join(this.root, 'ledger');
  readonly clock = new ManualClock();
  readonly secrets = new MemorySecrets();
  service = new FakeService(this.clock);
  private readonly engines: JobEngine[] = [];
  readonly random = randomOf(20_261_121);

  engine(options: Partial<JobEngineOptions> = {}): JobEngine {
    const engine = createJobEngine({
      directory: this.directory,
      service: () => Promise.resolve(this.service),
      connectionIds: () => ['gemini'],
      secrets: this.secrets,
      clock: this.clock,
      random: this.random,
      reconcileLooksMs: [0],
      ...options,
    });
    this.engines.push(engine);
    return engine;
  }

  async started(options: Partial<JobEngineOptions> = {}): Promise<JobEngine> {
    const engine = this.engine(options);
    await engine.start();
    await engine.refresh().catch(() => undefined);
    return engine;
  }

  /** Writes a request file, unless `change` names one, and says how to submit it. */
  request(change: Partial<SubmitRequest> = {}, text = '{"key":"a","request":{}}\n'): SubmitRequest {
    const path = join(this.root, 'requests.jsonl');
    if (change.path === undefined) writeFileSync(path, text);
    return {
      connectionId: 'gemini',
      path,
      dialect: 'gemini',
      model: 'gemini-3.8-flash',
      displayName: 'My batch',
      rows: 1,
      ...change,
    };
  }

  /** Lets work and time go on, a second at a time, until `condition` holds; fails after `seconds`. */
  async until(condition: () => boolean, seconds = 600): Promise<void> {
    for (let second = 0; !condition(); second += 1) {
      if (second > seconds) throw new Error(`It did not happen within ${seconds} s of the test's clock.`);
      await turns();
      if (!condition()) this.clock.advance(1_000);
    }
  }

  /** Collects what an engine tells. */
  finishes(engine: JobEngine): string[][] {
    const told: string[][] = [];
    engine.onDidFinish((jobs) => told.push(jobs.map(({ id }) => id)));
    return told;
  }

  dispose(): void {
    for (const engine of this.engines) engine.dispose();
    rmSync(this.root, { recursive: true, force: true });
  }
}

const scratch = join(mkdtempSync(join(tmpdir(), 'batchwright-turns-')), 'turn');
after(() => rmSync(dirname(scratch), { recursive: true, force: true }));

/**
 * Lets everything run that needs no further time. The engine waits for the disk, so a turn is one trip to the disk and back and
 * keeps the test's clock from running ahead of real files.
 */
export async function turns(count = 4): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const handle = await open(scratch, 'w');
    await handle.write('.');
    await handle.sync();
    await handle.close();
    await new Promise(setImmediate);
  }
}
