import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { JobFault } from './jobRecord';
import type { RowResult } from './rows';

const shuffleWindow = 8;
const flushBytes = 1 << 18;

/** A file that grows line by line under another name and takes its own when it is complete. Opened with the first line. */
class LineFile {
  private handle: FileHandle | undefined;
  private pending: string[] = [];
  private pendingBytes = 0;

  constructor(private readonly path: string) {}

  async add(line: string): Promise<void> {
    this.pending.push(line);
    this.pendingBytes += line.length;
    if (this.pendingBytes > flushBytes) await this.flush();
  }

  /** Ends the file and returns its size in bytes. */
  async finish(): Promise<number> {
    const handle = await this.flush();
    const { size } = await handle.stat();
    await handle.sync();
    await handle.close();
    await rename(`${this.path}.part`, this.path);
    return size;
  }

  async abandon(): Promise<void> {
    await this.handle?.close();
    await rm(`${this.path}.part`, { force: true });
  }

  private async flush(): Promise<FileHandle> {
    this.handle ??= await open(`${this.path}.part`, 'w');
    if (this.pending.length > 0) await this.handle.appendFile(`${this.pending.join('\n')}\n`);
    this.pending = [];
    this.pendingBytes = 0;
    return this.handle;
  }
}

/** Sizes of what a job wrote, in bytes; absent files had no rows. */
export interface OutputSizes {
  readonly results: number;
  readonly failures: number | undefined;
}

/** Writes the results of a job as they come. Holds a few lines in memory, never all. */
export class JobOutput {
  private readonly results: LineFile;
  private readonly failures: LineFile | undefined;
  private readonly faults: ReadonlySet<JobFault>;
  private window: string[] = [];
  private count = 0;
  private failed = 0;

  /** @param failuresPath where rows that failed go when they are kept apart; else they stand among the results. */
  constructor(path: string, failuresPath: string | undefined, faults: readonly JobFault[]) {
    this.results = new LineFile(path);
    this.failures = failuresPath === undefined ? undefined : new LineFile(failuresPath);
    this.faults = new Set(faults);
  }

  async add(row: RowResult): Promise<void> {
    const third = this.count++ % 3 === 0;
    if (row.placement === 'missing' || (third && this.faults.has('missing'))) return;
    if (!row.ok && this.failures !== undefined) {
      this.failed += 1;
      await this.failures.add(row.line);
      return;
    }
    await this.place(row.line);
    if (row.placement === 'duplicate' || (third && this.faults.has('duplicate'))) await this.place(row.line);
    if (row.placement === 'unexpected' || (third && this.faults.has('unexpected')))
      await this.place(strangerOf(row.line, this.count));
  }

  async finish(): Promise<OutputSizes> {
    await this.emptyWindow();
    const results = await this.results.finish();
    return { results, failures: this.failed > 0 ? await this.failures?.finish() : undefined };
  }

  async abandon(): Promise<void> {
    await this.results.abandon();
    await this.failures?.abandon();
  }

  /** Lines leave a window in reverse when they are to be out of order. */
  private async place(line: string): Promise<void> {
    if (!this.faults.has('shuffle')) await this.results.add(line);
    else if (this.window.push(line) >= shuffleWindow) await this.emptyWindow();
  }

  private async emptyWindow(): Promise<void> {
    for (const line of this.window.reverse()) await this.results.add(line);
    this.window = [];
  }
}

/** The same result under a key that no request had. */
function strangerOf(line: string, count: number): string {
  const row = JSON.parse(line) as Record<string, unknown>;
  const key = `sandbox-unexpected-${count}`;
  if ('custom_id' in row) row.custom_id = key;
  else if ('metadata' in row) row.metadata = { key };
  else row.key = key;
  return JSON.stringify(row);
}
