import { spawn, type ChildProcess } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths';

export interface CommandResult {
  /** Exit code; 1 when a signal ended the process. */
  readonly code: number;
  /** Standard output and standard error in the order they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Also show what the command prints, as it comes. */
  readonly echo?: boolean;
  /** Milliseconds after which the process is killed; no limit when absent. */
  readonly timeout?: number;
}

/** Runs a command to its end. A command that cannot be started rejects; a failing one resolves with its code. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    const chunks: Buffer[] = [];
    const collect = (chunk: Buffer): void => {
      chunks.push(chunk);
      if (options.echo === true) process.stdout.write(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal !== null) chunks.push(Buffer.from(`\n${command} was ended by ${signal}.\n`));
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/** Where a program is on PATH, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const extension of extensions) {
      const candidate = path.join(directory, name + extension);
      if (directory !== '' && (await isExecutable(candidate))) return candidate;
    }
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const started = new Set<ChildProcess>();

/** Sees to it that a group does not outlive this process, however this process ends (SIGKILL aside). */
export function endWithThisProcess(child: ChildProcess): void {
  if (started.size === 0) {
    process.once('exit', endAllNow);
    // By default a signal ends the process without an `exit` event.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        // Where somebody else listens too, ending is theirs.
        if (process.listenerCount(signal) === 0) process.exit(130);
      });
    }
  }
  started.add(child);
}

function endAllNow(): void {
  for (const { pid, exitCode } of started) {
    if (pid !== undefined && exitCode === null) signalGroup(pid, 'SIGKILL');
  }
}

/** Ends a process that was started as the leader of a group (`detached: true`) and all its children; resolves when it is gone. */
export async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(pid, 'SIGTERM');
  const insist = setTimeout(() => signalGroup(pid, 'SIGKILL'), 5_000);
  await gone;
  clearTimeout(insist);
}

/** As a crash or a power cut would: no handler runs. */
export async function killGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(pid, 'SIGKILL');
  await gone;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Already gone.
  }
}
