import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder that {@link TemporaryFolder.remove} takes away with all that is in it. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'batchwright-test-'));

  /** The path of `name` in it. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes `content` and gives the path. */
  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
