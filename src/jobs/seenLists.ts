import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import type { RemoteJob } from '../shared/job';
import { errorCode } from '../util/files';
import { remoteJobSchema } from './ledger/record';

const listFile = z.array(remoteJobSchema);

/**
 * What the polling window saw at a service beside the ledger, one file per connection: the other windows show it, and the next
 * start shows it before the first call is answered. Losing it costs nothing, so it is not synced.
 */
export class SeenLists {
  private readonly written = new Map<string, readonly RemoteJob[]>();
  private readonly readAt = new Map<string, number>();

  constructor(private readonly directory: string) {}

  async write(connectionId: string, jobs: readonly RemoteJob[]): Promise<void> {
    const before = this.written.get(connectionId);
    if (before?.length === jobs.length && before.every((job, at) => job === jobs[at])) return;
    await mkdir(this.directory, { recursive: true });
    await writeFileAtomic(this.pathOf(connectionId), JSON.stringify(jobs), { fsync: false });
    this.written.set(connectionId, jobs);
  }

  /** What is there now; undefined when it is what the last call gave already, or nothing at all. */
  async read(connectionId: string): Promise<readonly RemoteJob[] | undefined> {
    const path = this.pathOf(connectionId);
    try {
      const { mtimeMs } = await stat(path);
      if (this.readAt.get(connectionId) === mtimeMs) return undefined;
      const parsed = listFile.safeParse(JSON.parse(await readFile(path, 'utf8')));
      this.readAt.set(connectionId, mtimeMs);
      this.written.delete(connectionId);
      return parsed.success ? parsed.data : undefined;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private pathOf(connectionId: string): string {
    return join(this.directory, `${encodeURIComponent(connectionId)}.json`);
  }
}
