import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** Numbered pictures of one run, in a folder that is emptied first. */
export class Screenshots {
  #taken = 0;

  constructor(readonly directory: string) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
  }

  /** @returns the file's path */
  async take(page: Page, name: string): Promise<string> {
    this.#taken += 1;
    const slug = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '');
    const file = path.join(this.directory, `${String(this.#taken).padStart(2, '0')}-${slug}.png`);
    // What fades or slides in is shown as it will be.
    await page.screenshot({ path: file, animations: 'disabled' });
    return file;
  }
}
