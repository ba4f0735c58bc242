import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a test's entry script once, so that hundreds of processes start in a fraction of the time. @returns the script to run. */
export async function bundleChild(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, 'child.cjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}

export interface ChildResult {
  /** Killed by SIGKILL. */
  readonly killed: boolean;
  readonly output: string;
}

/** Runs a bundled script with `options` as its argument. Rejects when it fails otherwise than by a kill. */
export function runChild(
  script: string,
  options: object,
  onStart: (child: ChildProcess) => void = () => undefined,
): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: `${script}.cache` },
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (errors += String(chunk)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve({ killed: signal === 'SIGKILL', output });
      else reject(new Error(`A child failed: ${errors || String(code)}`));
    });
    onStart(child);
  });
}
