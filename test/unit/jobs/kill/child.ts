// One window in a process of its own, for killed.test.ts: runs the real engine with the real client on a ledger directory, counts
// every call to the service and every change on disk, and kills itself at the one it was told.
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SecretStore } from '../../../../src/jobs/api';
import { createJobEngine } from '../../../../src/jobs/engine';
import { createGeminiService } from '../../../../src/gemini/service';
import { createTransport } from '../../../../src/http/undiciTransport';
import type { BatchService } from '../../../../src/shared/batchService';
import { silentLogger } from '../../../../src/util/logger';

export interface ChildOptions {
  readonly directory: string;
  readonly url: string;
  readonly key: string;
  /** Submitted when the ledger is empty. */
  readonly requestFile: string;
  /** Dies at this event; never when absent. */
  readonly killAt?: number;
  /** How many turns of the event loop a call gets before a kill that falls upon it. */
  readonly turns: number;
}

/** What a child prints when it gets to its end. */
export interface ChildReport {
  readonly events: number;
  readonly phases: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
let events = 0;

/** One more event; the last one of this process if it is the one. */
function step(): void {
  events += 1;
  if (events === options.killAt) process.kill(process.pid, 'SIGKILL');
}

/** Every change on disk is an event before and after it. */
function watchDisk(): void {
  for (const name of ['link', 'unlink', 'open', 'rename', 'writeFile'] as const) {
    const original = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(fs.promises, {
      [name]: async (...args: unknown[]) => {
        if (!String(args[0]).startsWith(options.directory)) return original(...args);
        step();
        const result = await original(...args);
        step();
        return result;
      },
    });
  }
}

/** Every call is an event before it, while its answer is on the way, and after it. */
function watched(service: BatchService): BatchService {
  return new Proxy(service, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        step();
        const answer = member.apply(target, args) as Promise<unknown>;
        // Whether it fails is for whoever awaits it below.
        answer.catch(() => undefined);
        for (let turn = 0; turn < options.turns; turn += 1) await new Promise(setImmediate);
        step();
        const result = await answer;
        step();
        return result;
      };
    },
  });
}

/** Secrets on disk, one file each, as durable as those of an editor. */
function secretsIn(directory: string): SecretStore {
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

async function main(): Promise<void> {
  // The timers of the engine do not keep a process alive, and this one has nothing else to live for.
  const parent = process.ppid;
  setInterval(() => {
    // The test run was stopped: nobody waits for this process any more.
    if (process.ppid !== parent) process.exit(1);
  }, 1_000);
  watchDisk();
  const transport = createTransport({ useProxy: false, environment: {} });
  const service = watched(
    createGeminiService({
      connection: {
        id: 'sandbox',
        label: 'Sandbox',
        family: 'gemini',
        baseUrl: options.url,
        apiVersion: 'v1beta',
      },
      transport,
      key: () => Promise.resolve(options.key),
      logger: silentLogger,
    }),
  );
  const engine = createJobEngine({
    directory: options.directory,
    service: () => Promise.resolve(service),
    connectionIds: () => ['sandbox'],
    secrets: secretsIn(`${options.directory}-secrets`),
    pollSeconds: () => 5,
    reconcileLooksMs: [0, 100, 400],
  });
  await engine.start();
  const ours = () => engine.jobs.filter((job) => job.origin === 'here');
  if (ours().length === 0) {
    const path = options.requestFile;
    await engine.submit({
      connectionId: 'sandbox',
      path,
      dialect: 'gemini',
      model: 'gemini-3.8-flash',
      displayName: 'Killed',
      rows: 2,
    });
  }
  const submitted = () => ours().every((job) => job.phase === 'submitted');
  const person = setInterval(() => {
    for (const { id, unconfirmed } of ours()) {
      // Asked what nobody can know, the person decides to submit again. Another window may be at it.
      if (unconfirmed !== undefined) engine.resume(id, { createAgain: true }).catch(() => undefined);
    }
  }, 100);
  if (!submitted()) {
    await new Promise<void>((resolve) => {
      engine.onDidChange(() => {
        if (submitted()) resolve();
      });
    });
  }
  clearInterval(person);
  const report: ChildReport = { events, phases: ours().map((job) => job.phase) };
  engine.dispose();
  fs.writeSync(1, `${JSON.stringify(report)}\n`);
  process.exit(0);
}

void main().catch((error: unknown) => {
  fs.writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
