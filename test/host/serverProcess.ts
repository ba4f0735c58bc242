import { spawn } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { endGroup, endWithThisProcess, killGroup, runCommand } from './process';
import type { ServerInstall } from './serverInstall';

export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Resolves when the process is gone, however it ended. */
  readonly ended: Promise<void>;
  log(): string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** Holds the server's data and extensions; see dataDirectory and extensionsDirectory. */
  readonly profile: string;
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Honour the part of the page's address that names a test module. Only for that: notifications are not shown then.
   */
  readonly runsTests?: boolean;
  /** The port of an earlier run: the browser keeps its state for the origin, so a restarted server must be found there. */
  readonly port?: number;
}

export const dataDirectory = (profile: string): string => path.join(profile, 'server');
/** Where the server reads user settings, as a desktop does from its user data directory. */
export const userDataDirectory = (profile: string): string => path.join(dataDirectory(profile), 'data');
const extensionsDirectory = (profile: string): string => path.join(profile, 'extensions');

function directoryArguments(profile: string): string[] {
  return [
    '--server-data-dir',
    dataDirectory(profile),
    '--extensions-dir',
    extensionsDirectory(profile),
    '--telemetry-level',
    'off',
    '--accept-server-license-terms',
  ];
}

/** Starts the server on a free loopback port and resolves when it listens. */
export async function startServer(install: ServerInstall, options: ServerOptions): Promise<ServerProcess> {
  const child = spawn(
    install.node,
    [
      install.serverMain,
      ...directoryArguments(options.profile),
      '--without-connection-token',
      ...(options.runsTests === true ? ['--enable-smoke-test-driver'] : []),
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
    ],
    {
      cwd: os.tmpdir(),
      env: serverEnvironment(options.env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  endWithThisProcess(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  const port = await new Promise<number>((resolve, reject) => {
    const give = setTimeout(() => {
      reject(new Error(`The VS Code server did not listen within 60 s:\n${log}`));
    }, 60_000);
    const collect = (chunk: Buffer): void => {
      log += chunk.toString('utf8');
      const match = /Extension host agent listening on (\d+)/.exec(log);
      if (match === null) return;
      clearTimeout(give);
      resolve(Number(match[1]));
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(give);
      reject(new Error(`The VS Code server ended with code ${String(code)}:\n${log}`));
    });
  }).catch(async (error: unknown) => {
    await endGroup(child);
    throw error;
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    ended,
    log: () => log,
    stop: () => endGroup(child),
    kill: () => killGroup(child),
  };
}

/** Installs a packed extension into the profile, as `code --install-extension` does. */
export async function installPacked(install: ServerInstall, profile: string, vsix: string): Promise<void> {
  const result = await runCommand(
    install.node,
    [install.serverMain, ...directoryArguments(profile), '--install-extension', vsix],
    { cwd: os.tmpdir(), env: serverEnvironment(), timeout: 120_000 },
  );
  if (result.code !== 0 || !result.output.includes('successfully installed')) {
    throw new Error(`VS Code did not install ${path.basename(vsix)}:\n${result.output}`);
  }
}

/** Lets VS Code find the extension in the folder it is developed in, as if it were installed. */
export async function linkExtension(profile: string, extension: string): Promise<void> {
  await mkdir(extensionsDirectory(profile), { recursive: true });
  await symlink(extension, path.join(extensionsDirectory(profile), path.basename(extension)), 'dir');
}

/** The environment without what a terminal inside VS Code, npm or a coverage run would hand down. */
function serverEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|npm_|NODE_OPTIONS$|NODE_V8_COVERAGE$|GEMINI_API_KEY$|GOOGLE_API_KEY$)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}
