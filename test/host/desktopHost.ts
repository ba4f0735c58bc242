import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests as runInDesktop,
  SilentReporter,
  TestRunFailedError,
} from '@vscode/test-electron';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import manifest from '../../package.json';
import type { Host, TestModuleResult, TestModuleRun, VSCodeWindow, WindowOptions } from './host';
import { cacheDirectory, root } from './paths';
import { isExecutable } from './process';
import { writeSettings } from './profile';
import { ensureDisplay } from './xvfb';

/** No desktop build can be had here; the message says why. */
export class DesktopUnavailable extends Error {}

interface Desktop {
  readonly version: string;
  readonly executable: string;
}

/** Desktop VS Code through the documented API of @vscode/test-electron; windows are driven through Playwright's Electron API. */
export async function createDesktopHost(): Promise<Host> {
  const desktops = await findDesktops();
  await ensureDisplay();
  return {
    kind: 'desktop',
    description: `VS Code ${desktops.map(({ version }) => version).join(' and ')}`,
    runTests: (run) => runTests(desktops, run),
    openWindow: (options) => openWindow(desktops[desktops.length - 1]!, options),
    show: (options) => show(desktops[desktops.length - 1]!, options),
  };
}

/** The one that VSCODE_PATH names, or the floor the manifest promises and the newest stable build. */
async function findDesktops(): Promise<Desktop[]> {
  const named = process.env.VSCODE_PATH;
  if (named !== undefined && named !== '') {
    if (!(await isExecutable(named))) throw new Error(`VSCODE_PATH names no program: ${named}`);
    return [{ version: `from ${named}`, executable: named }];
  }
  const floor = manifest.engines.vscode.replace(/^\^/, '');
  try {
    const desktops: Desktop[] = [];
    for (const version of [floor, 'stable']) {
      const options = { version, cachePath: cacheDirectory, reporter: new SilentReporter(), timeout: 30_000 };
      desktops.push({ version, executable: await downloadAndUnzipVSCode(options) });
    }
    return desktops;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DesktopUnavailable(`a desktop VS Code could not be downloaded: ${reason}`, { cause: error });
  }
}

async function runTests(desktops: readonly Desktop[], run: TestModuleRun): Promise<TestModuleResult> {
  const runs: { version: string; code: number; log: string }[] = [];
  for (const { version, executable } of desktops) {
    const profile = await createProfile(run.settings);
    let log = '';
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        log += chunk.toString('utf8');
        done();
      },
    });
    const tests = runInDesktop({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: [root, ...(run.beside ?? [])],
      extensionTestsPath: run.module,
      extensionTestsEnv: { ...run.env },
      launchArgs: [run.folder, ...profileArguments(profile)],
      stdout: sink,
      stderr: sink,
    }).catch((error: unknown) => {
      if (error instanceof TestRunFailedError) return error.code ?? 1;
      throw error;
    });
    const code = await Promise.race([tests, tooLate(run.timeout, () => log)]);
    runs.push({ version, code, log });
    await removeProfile(profile);
  }
  return { runs };
}

/** Rejects when the time is over. The timer alone does not keep this process alive. */
function tooLate(timeout: number, log: () => string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`The tests did not end within ${timeout / 1000} s.\n${log().slice(-8_000)}`));
    }, timeout).unref();
  });
}

async function openWindow(desktop: Desktop, options: WindowOptions): Promise<VSCodeWindow> {
  const profile = await prepare(desktop, options);
  let log = '';
  const launch = async (): Promise<{ app: ElectronApplication; page: Page }> => {
    const app = await _electron.launch({
      executablePath: desktop.executable,
      args: windowArguments(profile, options),
      env: environment(options.env),
    });
    app.process().stdout?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
    app.process().stderr?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
    const page = await app.firstWindow();
    await page.setViewportSize({ width: 1440, height: 900 });
    return { app, page };
  };
  let current = await launch();
  return {
    get page() {
      return current.page;
    },
    profile,
    log: () => log,
    crashAndReopen: async () => {
      const gone = current.app.waitForEvent('close');
      current.app.process().kill('SIGKILL');
      await gone;
      current = await launch();
      return current.page;
    },
    close: async () => {
      await current.app.close();
      await removeProfile(profile);
    },
  };
}

async function show(desktop: Desktop, options: WindowOptions): ReturnType<Host['show']> {
  const profile = await prepare(desktop, options);
  const child = execFile(desktop.executable, windowArguments(profile, options), {
    env: environment(options.env),
  });
  const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    where: 'VS Code is open. Close its window to end.',
    closed,
    close: async () => {
      child.kill();
      await closed;
      await removeProfile(profile);
    },
  };
}

async function prepare(desktop: Desktop, options: WindowOptions): Promise<string> {
  const profile = await createProfile(options.settings);
  const { extension } = options;
  if (extension.kind === 'packed') {
    const packages = [extension.vsix, ...(extension.beside ?? [])];
    const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(desktop.executable, {
      reuseMachineInstall: true,
    });
    await promisify(execFile)(
      cli!,
      [...args, ...profileArguments(profile), ...packages.flatMap((one) => ['--install-extension', one])],
      { shell: process.platform === 'win32' },
    );
  }
  return profile;
}

async function createProfile(settings: WindowOptions['settings']): Promise<string> {
  // Short, because VS Code puts a socket below it and such paths may have about 100 characters.
  const profile = await mkdtemp(path.join(os.tmpdir(), 'bw-'));
  await writeSettings(path.join(profile, 'user'), settings);
  return profile;
}

function removeProfile(profile: string): Promise<void> {
  return rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}

function profileArguments(profile: string): string[] {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return [
    '--user-data-dir',
    path.join(profile, 'user'),
    '--extensions-dir',
    path.join(profile, 'extensions'),
    ...(asRoot ? ['--no-sandbox'] : []),
  ];
}

function windowArguments(profile: string, options: WindowOptions): string[] {
  return [
    options.folder,
    ...profileArguments(profile),
    ...(options.extension.kind === 'development'
      ? [`--extensionDevelopmentPath=${options.extension.path}`]
      : []),
    '--disable-updates',
    '--disable-workspace-trust',
    '--skip-release-notes',
    '--skip-welcome',
    // The keychain of the machine would ask its owner for a password.
    '--use-inmemory-secretstorage',
  ];
}

function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ||
    /^(VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$|GEMINI_API_KEY$|GOOGLE_API_KEY$)/.test(name)
      ? []
      : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...extra };
}
