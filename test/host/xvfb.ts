import { spawn } from 'node:child_process';
import { ensureSystemPackages } from './systemPackages';

/** Whether a window of this machine can be seen. macOS and Windows are taken to have a screen. */
export function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || [DISPLAY, WAYLAND_DISPLAY].some((name) => (name ?? '') !== '');
}

/** Gives this process a display where Linux has none: a virtual one that ends with the process. */
export async function ensureDisplay(): Promise<void> {
  if (hasDisplay()) return;
  await ensureSystemPackages(['xvfb']);
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const display = await new Promise<string>((resolve, reject) => {
    server.stdio[3]?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim()));
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with code ${String(code)}.`)));
  });
  process.env.DISPLAY = `:${display}`;
  server.unref();
  process.once('exit', () => server.kill());
}
