import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { l10n } from 'vscode';
import * as z from 'zod';
import { delay } from '../util/async';
import type { Disposable } from '../util/disposable';
import type { Logger } from '../util/logger';

/** Where a running sandbox listens and what key it takes. */
export interface SandboxAddress {
  /** E.g. `http://127.0.0.1:49152`. */
  readonly url: string;
  readonly key: string;
}

export interface SandboxProcessOptions {
  /** The bundled sandbox, `dist/sandbox.js`. */
  readonly script: string;
  /** Where its jobs and files live; shared by all windows. */
  readonly directory: string;
  readonly logger: Logger;
  /** Environment of the child. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long the child may take to say that it listens. */
  readonly startTimeoutMs?: number;
  /** The Node (or Electron) that runs the child. */
  readonly execPath?: string;
}

const readyLine = z.object({ url: z.url(), key: z.string().min(1) });

const startTimeoutMs = 30_000;
const healthTimeoutMs = 5_000;
/** A lock older than this was left behind by a window that died while it started a sandbox. */
const staleLockMs = 40_000;
const lockPollMs = 100;
const stderrTailLines = 20;

/** What the child never needs to see: keys, and options that would change how it runs. */
const withheld = [
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'OPENAI_API_KEY',
  'NODE_OPTIONS',
  'VSCODE_INSPECTOR_OPTIONS',
];

/**
 * The sandbox as a child process that all windows share. The first window that needs it starts it and writes its address to
 * `ready.json`; the others find it there. It ends with its window; whoever needs it next starts a new one over the same data.
 */
export class SandboxProcess implements Disposable {
  private child: ChildProcess | undefined;
  private own: SandboxAddress | undefined;
  private starting: Promise<SandboxAddress> | undefined;
  private disposed = false;

  constructor(private readonly options: SandboxProcessOptions) {}

  /** The address of a sandbox that answers, started if there is none. Rejects with an Error that says why it cannot start. */
  ensure(): Promise<SandboxAddress> {
    if (this.own !== undefined) return Promise.resolve(this.own);
    this.starting ??= this.findOrStart().finally(() => (this.starting = undefined));
    return this.starting;
  }

  dispose(): void {
    this.disposed = true;
    if (this.own !== undefined) rmSync(this.readyFile, { force: true });
    this.own = undefined;
    this.child?.kill();
  }

  private get readyFile(): string {
    return path.join(this.options.directory, 'ready.json');
  }

  private async findOrStart(): Promise<SandboxAddress> {
    await mkdir(this.options.directory, { recursive: true });
    const lock = path.join(this.options.directory, 'starting.lock');
    for (;;) {
      const running = await this.findRunning();
      if (running !== undefined) return running;
      if (await takeLock(lock)) break;
      await delay(lockPollMs);
    }
    try {
      // Another window may have started one between our look and our lock.
      return (await this.findRunning()) ?? (await this.start());
    } finally {
      await rm(lock, { force: true });
    }
  }

  /** The sandbox of another window, if it answers. */
  private async findRunning(): Promise<SandboxAddress | undefined> {
    const text = await readFile(this.readyFile, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const address = parseReady(text);
    return address !== undefined && (await answers(address)) ? address : undefined;
  }

  private async start(): Promise<SandboxAddress> {
    const { script, directory, logger, execPath } = this.options;
    const child = spawn(
      execPath ?? process.execPath,
      [script, '--port', '0', '--data', path.join(directory, 'data'), '--exit-with-parent'],
      { env: this.childEnvironment(), stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
    );
    this.child = child;
    const address = await firstLine(child, this.options.startTimeoutMs ?? startTimeoutMs);
    child.once('exit', (code) => {
      this.own = undefined;
      if (!this.disposed)
        logger.warn(`The sandbox ended (exit code ${String(code)}); it starts again when needed.`);
    });
    if (this.wasDisposed()) {
      child.kill();
      throw new Error(l10n.t('The sandbox was stopped while it started.'));
    }
    this.own = address;
    await writeFile(`${this.readyFile}.new`, JSON.stringify(address), { mode: 0o600 });
    await rename(`${this.readyFile}.new`, this.readyFile);
    logger.info(`The sandbox listens at ${address.url}.`);
    return address;
  }

  /** A method, because the flag can change during an await, which the compiler does not see. */
  private wasDisposed(): boolean {
    return this.disposed;
  }

  private childEnvironment(): NodeJS.ProcessEnv {
    const environment: NodeJS.ProcessEnv = { ...this.options.environment, ELECTRON_RUN_AS_NODE: '1' };
    for (const name of withheld) Reflect.deleteProperty(environment, name);
    return environment;
  }
}

function parseReady(text: string): SandboxAddress | undefined {
  try {
    return readyLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Creates the lock file; false when another window holds it. A stale one is removed so that the next try gets it. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const held = await stat(lock).catch(() => undefined);
    if (held !== undefined && Date.now() - held.mtimeMs > staleLockMs) await rm(lock, { force: true });
    return false;
  }
}

/** Whether a sandbox, and not some other program that got its port, listens there. */
function answers(address: SandboxAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      `${address.url}/v1beta/models?pageSize=1`,
      { headers: { 'x-goog-api-key': address.key }, timeout: healthTimeoutMs },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** Waits for the ready line; kills the child and rejects with what it wrote to stderr when none comes. */
function firstLine(child: ChildProcess, timeoutMs: number): Promise<SandboxAddress> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null)
    return Promise.reject(new Error('The sandbox has no output streams.'));
  const tail: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => {
    tail.push(line);
    if (tail.length > stderrTailLines) tail.shift();
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill();
      reject(new Error([l10n.t('The sandbox did not start: {0}', why), ...tail].join('\n')));
    };
    const timer = setTimeout(() => fail(l10n.t('no answer within {0} s.', timeoutMs / 1000)), timeoutMs);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => fail(l10n.t('it ended with exit code {0}.', String(code))));
    createInterface({ input: stdout }).once('line', (line) => {
      clearTimeout(timer);
      const address = parseReady(line);
      if (address === undefined) fail(l10n.t('its first line is not its address.'));
      else resolve(address);
    });
  });
}
