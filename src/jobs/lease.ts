import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { errorCode } from '../util/files';
import type { Windows } from './windows';

/**
 * Which window polls a connection, so that five windows cost as many list calls as one. Taking it over at the same moment may
 * let two windows poll once: that costs a call and breaks nothing, so there is no lock.
 */
export class PollLease {
  constructor(
    private readonly directory: string,
    private readonly windows: Windows,
  ) {}

  /** Takes or keeps the lease unless a living window has it. */
  async acquire(connectionId: string): Promise<boolean> {
    const path = this.pathOf(connectionId);
    const holder = await read(path);
    if (holder === this.windows.self) return true;
    if (this.windows.isAlive(holder)) return false;
    return this.take(connectionId);
  }

  /** Takes the lease from whoever has it: the window that is looked at polls fastest. */
  async take(connectionId: string): Promise<boolean> {
    const path = this.pathOf(connectionId);
    await mkdir(this.directory, { recursive: true });
    await writeFileAtomic(path, this.windows.self, { fsync: false });
    return (await read(path)) === this.windows.self;
  }

  private pathOf(connectionId: string): string {
    return join(this.directory, `${encodeURIComponent(connectionId)}.lease`);
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
