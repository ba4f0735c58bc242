import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { isLoopback } from '../util/loopback';
import type { Disk } from './disk';

const ownerSchema = z.object({
  url: z.url().refine((url) => isLoopback(new URL(url).hostname)),
  token: z.string(),
});

/**
 * Sees to it that two sandboxes never work on one data folder. Who holds it is asked, not guessed from a process id: a folder
 * whose sandbox was killed is free at once.
 */
export class Owner {
  private constructor(private readonly file: string) {}

  /** Rejects when another sandbox answers for the folder. */
  static async check(disk: Disk): Promise<Owner> {
    const owner = new Owner(path.join(disk.root, 'owner.json'));
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
  } catch {
    return false;
  }
}
