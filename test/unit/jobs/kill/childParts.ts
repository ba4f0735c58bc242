import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createGeminiService } from '../../../../src/gemini/service';
import { createTransport } from '../../../../src/http/undiciTransport';
import type { SecretStore } from '../../../../src/jobs/api';
import type { BatchService } from '../../../../src/shared/batchService';
import { silentLogger } from '../../../../src/util/logger';

/** Where the ledger of a child is and which sandbox it talks to. */
export interface Place {
  readonly directory: string;
  readonly url: string;
  readonly key: string;
}

/** Calls `step` before and after every change on disk under `directory`. */
export function watchDisk(directory: string, step: () => void): void {
  for (const name of ['link', 'unlink', 'open', 'rename', 'writeFile'] as const) {
    const original = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(fs.promises, {
      [name]: async (...args: unknown[]) => {
        if (!String(args[0]).startsWith(directory)) return original(...args);
        step();
        const result = await original(...args);
        step();
        return result;
      },
    });
  }
}

/**
 * The real client. Calls `step` before every call, while its answer is on the way (after `turns` of the event loop), and after it.
 */
export function watchedService({ url, key }: Place, turns: number, step: () => void): BatchService {
  const service = createGeminiService({
    connection: { id: 'sandbox', label: 'Sandbox', family: 'gemini', baseUrl: url, apiVersion: 'v1beta' },
    transport: createTransport({ useProxy: false, environment: {} }),
    key: () => Promise.resolve(key),
    logger: silentLogger,
  });
  return new Proxy(service, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        step();
        const answer = member.apply(target, args) as Promise<unknown>;
        // Whether it fails is for whoever awaits it below.
        answer.catch(() => undefined);
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        step();
        const result = await answer;
        step();
        return result;
      };
    },
  });
}

/** Secrets on disk, one file each, as durable as those of an editor. */
export function secretsIn(directory: string): SecretStore {
  fs.mkdirSync(directory, { recursive: true });
  const pathOf = (key: string) => join(directory, createHash('sha256').update(key).digest('hex'));
  return {
    get: (key) =>
      Promise.resolve(fs.existsSync(pathOf(key)) ? fs.readFileSync(pathOf(key), 'utf8') : undefined),
    store: (key, value) => {
      fs.writeFileSync(`${pathOf(key)}.${process.pid}`, value);
      fs.renameSync(`${pathOf(key)}.${process.pid}`, pathOf(key));
      return Promise.resolve();
    },
    delete: (key) => {
      fs.rmSync(pathOf(key), { force: true });
      return Promise.resolve();
    },
  };
}

/** Keeps the process alive, which the timers of an engine do not, and ends it with the test run that began it. */
export function liveWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    // The test run was stopped: nobody waits for this process any more.
    if (process.ppid !== parent) process.exit(1);
  }, 1_000);
}

/** Ends the process with `work`: with its outcome on standard output, or its failure on the other. */
export function runToEnd(work: Promise<object>): void {
  work.then(
    (report) => {
      fs.writeSync(1, `${JSON.stringify(report)}\n`);
      process.exit(0);
    },
    (error: unknown) => {
      fs.writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
}
