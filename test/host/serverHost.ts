import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Host, ShownWindow, TestModuleResult, TestModuleRun, VSCodeWindow, WindowOptions } from './host';
import { root } from './paths';
import { runCommand } from './process';
import { writeSettings } from './profile';
import { ensureServer, type ServerInstall } from './serverInstall';
import {
  installPacked,
  linkExtension,
  startServer,
  userDataDirectory,
  type ServerProcess,
} from './serverProcess';
import { ensureSystemPackages, findChromium } from './systemPackages';

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const viewport = { width: 1440, height: 900 };

/** The VS Code server from npm in a real Chromium: a real VS Code where no desktop build can be had. */
export async function createServerHost(): Promise<Host> {
  await ensureSystemPackages(['chromium', 'fonts']);
  const install = await ensureServer();
  const executable = await findChromium();
  if (executable === undefined) throw new Error('Chromium was installed but is not on PATH.');
  const version = await runCommand(executable, ['--version', '--no-sandbox']);
  return {
    kind: 'server',
    description:
      `VS Code server ${install.vscodeVersion} (code-server ${install.codeServerVersion}) ` +
      `in ${version.output.trim().split('\n').at(-1)}`,
    runTests: (run) => runTests(install, executable, run),
    openWindow: (options) => openWindow(install, executable, options),
    show: (options) => show(install, options),
  };
}

async function runTests(
  install: ServerInstall,
  executable: string,
  run: TestModuleRun,
): Promise<TestModuleResult> {
  const profile = await createProfile(run.settings);
  for (const folder of run.beside ?? []) await linkExtension(profile, folder);
  const server = await startServer(install, { profile, env: run.env, runsTests: true });
  const browser = await launchBrowser(executable);
  const lines: string[] = [];
  try {
    const page = await (await browser.newContext({ viewport })).newPage();
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      lines.push(`[${type}] ${args.map(String).join(' ')}`);
    });
    const code = await new Promise<number>((resolve, reject) => {
      const give = setTimeout(() => {
        reject(
          new Error(`The tests did not end within ${run.timeout / 1000} s.\n${lines.slice(-50).join('\n')}`),
        );
      }, run.timeout);
      const finish = (exitCode: number): void => {
        clearTimeout(give);
        resolve(exitCode);
      };
      page
        .exposeFunction('codeAutomationExit', finish)
        .then(() =>
          page.goto(
            windowUrl(server.origin, run.folder, [
              ['extensionDevelopmentPath', remotePath(server.origin, root)],
              ['extensionTestsPath', remotePath(server.origin, run.module)],
            ]),
          ),
        )
        .catch((error: unknown) => {
          clearTimeout(give);
          reject(error instanceof Error ? error : new Error(String(error)));
        });
    });
    return { runs: [{ version: install.vscodeVersion, code, log: lines.join('\n') }] };
  } finally {
    await browser.close();
    await server.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

async function openWindow(
  install: ServerInstall,
  executable: string,
  options: WindowOptions,
): Promise<VSCodeWindow> {
  const profile = await prepare(install, options);
  let server = await serve(install, profile, options);
  const url = windowUrl(server.origin, options.folder);
  const browser = await launchBrowser(executable);
  const context = await browser.newContext({ viewport });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  let page = await openPage(context, url);
  return {
    get page() {
      return page;
    },
    profile,
    log: () => server.log(),
    crashAndReopen: async () => {
      await server.kill();
      await page.close();
      server = await serve(install, profile, options, Number(new URL(url).port));
      page = await openPage(context, url);
      return page;
    },
    close: async () => {
      await browser.close();
      await server.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

async function show(install: ServerInstall, options: WindowOptions): Promise<ShownWindow> {
  const profile = await prepare(install, options);
  const server = await serve(install, profile, options);
  const url = windowUrl(server.origin, options.folder);
  return {
    where: `The VS Code server listens. Open in a browser on this machine:\n\n  ${url}\n`,
    closed: server.ended,
    close: async () => {
      await server.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

async function prepare(install: ServerInstall, options: WindowOptions): Promise<string> {
  const profile = await createProfile(options.settings);
  const { extension } = options;
  if (extension.kind === 'packed') {
    for (const vsix of [extension.vsix, ...(extension.beside ?? [])]) {
      await installPacked(install, profile, vsix);
    }
  } else await linkExtension(profile, extension.path);
  return profile;
}

function serve(
  install: ServerInstall,
  profile: string,
  { env }: WindowOptions,
  port?: number,
): Promise<ServerProcess> {
  return startServer(install, { profile, ...(env && { env }), ...(port !== undefined && { port }) });
}

async function createProfile(settings: WindowOptions['settings']): Promise<string> {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'batchwright-profile-'));
  await writeSettings(userDataDirectory(profile), settings);
  return profile;
}

function launchBrowser(executable: string): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: chromiumFlags,
    headless: true,
    // Signals are this program's business: it exits, and the browser goes with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

function windowUrl(
  origin: string,
  folder: string,
  payload: readonly (readonly [string, string])[] = [],
): string {
  const url = new URL(origin);
  url.searchParams.set('folder', folder);
  if (payload.length > 0)
    url.searchParams.set('payload', JSON.stringify([...payload, ['skipWelcome', 'true']]));
  return url.href;
}

/** How the page names a path of the machine the server runs on. */
function remotePath(origin: string, file: string): string {
  return `vscode-remote://${new URL(origin).host}${file}`;
}
