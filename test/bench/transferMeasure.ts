import { peakMemoryMB } from './peakMemory';

export type Direction = 'up' | 'down' | 'flushed' | 'inline';

/** What the command line of a transfer says: `up|down|flushed|inline URL FILE SIZE`. */
export interface TransferTask {
  /** `flushed`: down, and then to the disk; `inline`: down, but out of the job instead of from a file. */
  readonly direction: Direction;
  readonly url: string;
  readonly file: string;
  /** Bytes, for a download. */
  readonly size: number;
}

/** Runs one transfer and prints {"seconds":…,"peakMB":…}. One process a transfer: its peak memory is the transfer's. */
export async function measure(transfer: (task: TransferTask) => Promise<void>): Promise<void> {
  const [direction, url = '', file = '', size = '0'] = process.argv.slice(2);
  const started = performance.now();
  await transfer({ direction: direction as Direction, url, file, size: Number(size) });
  const seconds = (performance.now() - started) / 1000;
  const peakMB = peakMemoryMB();
  console.log(JSON.stringify({ seconds, peakMB }));
}
