import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { errorCode } from '../util/files';

const linkSchema = z.object({ path: z.string(), parentId: z.string().min(1) });

/**
 * Which job or group the retry files that were made here ask again for. Kept on disk, one file for each, because a retry file may be
 * edited for days before it is submitted, and from any window.
 */
export class RetryLinks {
  constructor(private readonly directory: string) {}

  async remember(path: string, parentId: string): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const link: z.infer<typeof linkSchema> = { path: resolve(path), parentId };
    await writeFileAtomic(this.fileOf(path), JSON.stringify(link), { fsync: false });
  }

  async parentOf(path: string): Promise<string | undefined> {
    try {
      const link = linkSchema.safeParse(JSON.parse(await readFile(this.fileOf(path), 'utf8'))).data;
      return link?.path === resolve(path) ? link.parentId : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  private fileOf(path: string): string {
    const name = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32);
    return join(this.directory, `${name}.json`);
  }
}
