import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../util/files';

/** One empty file for each record that somebody has to look after; see openMarks.ts. */
export const openMarksFolder = 'open';

/**
 * Whether the ledger in `directory` has jobs that are not finished and told, without reading it: cheap enough for the start of
 * every window, which loads the engine only when there is something to do.
 */
export async function hasUnfinishedJobs(directory: string): Promise<boolean> {
  return (await listOpenMarks(directory)).length > 0;
}

/** The ids of the records that are marked. */
export async function listOpenMarks(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(join(directory, openMarksFolder));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
