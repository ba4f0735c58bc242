import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';

/** A sandbox and a scratch folder for each test of a `describe`. */
export interface Place {
  readonly sandbox: Sandbox;
  /** A path in the scratch folder. */
  file(name: string): string;
}

export function usePlace(options: SandboxOptions = {}): () => Place {
  let sandbox: Sandbox | undefined;
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
    sandbox = await createSandbox({ speed: 10_000, ...options });
  });
  afterEach(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true });
  });
  return () => {
    if (sandbox === undefined) throw new Error('The sandbox is there only while a test runs.');
    return { sandbox, file: (name) => path.join(folder, name) };
  };
}

/** Asks again until `good` says so; the sandbox is quick, so nothing is waited for. */
export async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
  }
}
