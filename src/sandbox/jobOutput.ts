import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { JobFault } from './jobRecord';
import type { RowResult } from './rows';

const shuffleWindow = 8;
const flushBytes = 1 << 18;

/**
 * Writes the results of a job line by line to a part file, which takes its name when all is written. Holds a few lines in
 * memory, never all.
 */
export class JobOutput {
  private pending: string[] = [];
  private pendingBytes = 0;
  private window: string[] = [];
  private count = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly faults: ReadonlySet<JobFault>,
  ) {}

  static async create(path: string, faults: readonly JobFault[]): Promise<JobOutput> {
    return new JobOutput(path, await open(`${path}.part`, 'w'), new Set(faults));
  }

  async add(row: RowResult): Promise<void> {
    const third = this.count++ % 3 === 0;
    if (row.placement === 'missing' || (third && this.faults.has('missing'))) return;
    await this.place(row.line);
    if (row.placement === 'duplicate' || (third && this.faults.has('duplicate'))) await this.place(row.line);
    if (row.placement === 'unexpected' || (third && this.faults.has('unexpected')))
      await this.place(strangerOf(row.line, this.count));
  }

  /** Ends the file and returns its size in bytes. */
  async finish(): Promise<number> {
    for (const line of this.window.reverse()) this.queue(line);
    this.window = [];
    await this.flush();
    const { size } = await this.handle.stat();
    await this.handle.sync();
    await this.handle.close();
    await rename(`${this.path}.part`, this.path);
    return size;
  }

  async abandon(): Promise<void> {
    await this.handle.close();
    await rm(`${this.path}.part`, { force: true });
  }

  /** Lines leave a window in reverse when they are to be out of order. */
  private async place(line: string): Promise<void> {
    if (!this.faults.has('shuffle')) this.queue(line);
    else if (this.window.push(line) >= shuffleWindow) {
      for (const held of this.window.reverse()) this.queue(held);
      this.window = [];
    }
    if (this.pendingBytes > flushBytes) await this.flush();
  }

  private queue(line: string): void {
    this.pending.push(line);
    this.pendingBytes += line.length;
  }

  private async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const text = `${this.pending.join('\n')}\n`;
    this.pending = [];
    this.pendingBytes = 0;
    await this.handle.appendFile(text);
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
