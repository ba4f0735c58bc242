import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { isLoopback } from '../util/loopback';
import { ownFolderPrefix, type Disk } from './disk';

const ownerSchema = z.object({
  url: z.url().refine((url) => isLoopback(new URL(url).hostname)),
  token: z.string(),
});

/**
 * Sees to it that two sandboxes never work on one data folder. Who holds it is asked, not guessed from a process id: a folder
 * whose sandbox was killed is free at once.
 */
export class Owner {
  private readonly file: string;

  private constructor(root: string) {
    this.file = path.join(root, 'owner.json');
  }

  /** Removes the folders of their own that killed sandboxes left in `parent`. Folders of sandboxes that live are let be. */
  static async sweep(parent: string): Promise<void> {
    for (const name of await readdir(parent)) {
      if (!name.startsWith(ownFolderPrefix)) continue;
      const folder = path.join(parent, name);
      const holder = await new Owner(folder).read();
      // One without a holder may be just beginning; such ones are few, so they stay.
      if (holder === undefined || (await answers(holder.url, holder.token))) continue;
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Rejects when another sandbox answers for the folder. */
  static async check(disk: Disk): Promise<Owner> {
    const owner = new Owner(disk.root);
    const holder = await owner.read();
    if (holder !== undefined && (await answers(holder.url, holder.token)))
      throw new Error(`The data folder ${disk.root} is in use by the sandbox at ${holder.url}.`);
    return owner;
  }

  /** Says who holds the folder from now on. @param token what `/ready` of that sandbox answers with */
  claim(url: string, token: string): Promise<void> {
    return writeFile(this.file, JSON.stringify({ url, token }));
  }

  release(): Promise<void> {
    return rm(this.file, { force: true });
  }

  private async read(): Promise<z.infer<typeof ownerSchema> | undefined> {
    try {
      return ownerSchema.parse(JSON.parse(await readFile(this.file, 'utf8')));
    } catch {
      // None, or one cut off by a crash: nobody can be asked.
      return undefined;
    }
  }
}

/** Whether the sandbox with that token still listens there, and not somebody else who got its port. */
async function answers(url: string, token: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) });
    return (await response.text()) === token;
  } catch (error) {
    // One that is too busy to answer is there.
    return error instanceof Error && error.name === 'TimeoutError';
  }
}
