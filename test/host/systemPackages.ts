import { access, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findProgram, isExecutable, runCommand } from './process';

/** Something outside npm that a host needs. */
interface Requirement {
  /** For the message when it is missing. */
  readonly what: string;
  /** Its package on Debian. */
  readonly debian: string;
  isPresent(): Promise<boolean>;
}

const program = (name: string, debian = name): Requirement => ({
  what: name,
  debian,
  isPresent: async () => (await findProgram(name)) !== undefined,
});

const requirements = {
  chromium: {
    what: 'Chromium',
    debian: 'chromium',
    isPresent: async () => (await findChromium()) !== undefined,
  },
  fonts: { what: 'a font', debian: 'fonts-dejavu-core', isPresent: hasFonts },
  kerberos: {
    what: 'the Kerberos headers',
    debian: 'libkrb5-dev',
    isPresent: async () => process.platform !== 'linux' || (await exists('/usr/include/gssapi/gssapi.h')),
  },
  compiler: program('g++'),
  make: program('make'),
  python: program('python3'),
  xvfb: program('Xvfb', 'xvfb'),
} as const satisfies Record<string, Requirement>;

export type RequirementName = keyof typeof requirements;

/**
 * Makes sure that the named things are there. On Debian (and its children) as root they are installed; elsewhere the error
 * names the one command that installs them.
 */
export async function ensureSystemPackages(names: readonly RequirementName[]): Promise<void> {
  const missing = await findMissing(names);
  if (missing.length === 0) return;
  const packages = missing.map((requirement) => requirement.debian);
  if ((await exists('/etc/debian_version')) && process.getuid?.() === 0) {
    console.log(`Installing system packages: ${packages.join(' ')}`);
    await aptInstall(packages);
    if ((await findMissing(names)).length === 0) return;
  }
  throw new Error(missingMessage(missing));
}

async function findMissing(names: readonly RequirementName[]): Promise<Requirement[]> {
  const missing: Requirement[] = [];
  for (const name of names) {
    const requirement: Requirement = requirements[name];
    if (!(await requirement.isPresent())) missing.push(requirement);
  }
  return missing;
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another process may hold the lock of the package manager: wait for it instead of failing.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const update = await runCommand('apt-get', [...lock, 'update'], { env });
  const install = await runCommand(
    'apt-get',
    [...lock, 'install', '--yes', '--no-install-recommends', ...packages],
    { env },
  );
  if (install.code !== 0) {
    const listing = update.code === 0 ? '' : update.output;
    throw new Error(
      `apt-get could not install ${packages.join(' ')}:\n${listing}${install.output.slice(-4_000)}`,
    );
  }
}

function missingMessage(missing: readonly Requirement[]): string {
  const packages = missing.map((requirement) => requirement.debian).join(' ');
  const what = missing.map((requirement) => requirement.what).join(', ');
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return [
    `The VS Code server host needs ${what}. On Debian or Ubuntu:`,
    `  ${sudo}apt-get update && ${sudo}apt-get install --yes ${packages}`,
    'Elsewhere install the same by other means (CHROMIUM_PATH names a Chromium or Chrome), or set VSCODE_PATH to a desktop VS Code.',
  ].join('\n');
}

const macChromiums = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** CHROMIUM_PATH, or the first Chromium or Chrome on this machine. */
export async function findChromium(): Promise<string | undefined> {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') return named;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const found = await findProgram(name);
    if (found !== undefined) return found;
  }
  for (const candidate of macChromiums) if (await isExecutable(candidate)) return candidate;
  return undefined;
}

async function hasFonts(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', path.join(os.homedir(), '.fonts')];
  for (const folder of folders) {
    const files = await readdir(folder, { recursive: true }).catch(() => []);
    if (files.some((file) => /\.(ttf|otf|ttc|pfb)$/i.test(file))) return true;
  }
  return false;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
