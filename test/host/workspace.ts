import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface Workspace {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A copy of a folder in a temporary place, so that nothing a run does lands in the repository. */
export async function copyFolder(source: string): Promise<Workspace> {
  const parent = await mkdtemp(path.join(await realpath(os.tmpdir()), 'batchwright-'));
  const folder = path.join(parent, path.basename(source));
  await cp(source, folder, { recursive: true });
  return { folder, remove: () => rm(parent, { recursive: true, force: true }) };
}
