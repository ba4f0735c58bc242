import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isCancelled, throwIfCancelled } from '../util/async';
import type { Disposable } from '../util/disposable';
import { RangeScanner, type ByteRange, type ScanKind } from './rangeScanner';
import type { RowBatch } from './rowBatch';

/** One range of a file to be scanned. */
export interface ScanTask extends ByteRange {
  readonly path: string;
}

/** Scans ranges of files, several at a time where it can. */
export interface Scanner extends Disposable {
  /** How many ranges are worth handing over at once. */
  readonly parallel: number;
  scan(task: ScanTask, signal?: AbortSignal): Promise<RowBatch>;
}

/** Scans on the calling thread, a chunk a turn of the event loop. For small files, and where no worker can be started. */
export class LocalScanner implements Scanner {
  readonly parallel = 1;
  private scanner: RangeScanner | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  scan(task: ScanTask, signal?: AbortSignal): Promise<RowBatch> {
    // A RangeScanner has one buffer: one task at a time.
    const result = this.tail.then(() => this.run(task, signal));
    this.tail = result.catch(() => undefined);
    return result;
  }

  private async run(task: ScanTask, signal?: AbortSignal): Promise<RowBatch> {
    const scanner = (this.scanner ??= new RangeScanner());
    const file = openSync(task.path, 'r');
    try {
      const steps = scanner.scan(file, task);
      for (;;) {
        throwIfCancelled(signal);
        const step = steps.next();
        if (step.done === true) return step.value;
        await nextTurn();
      }
    } catch (error) {
      // Half a batch must not run into the next one.
      this.scanner = undefined;
      throw error;
    } finally {
      closeSync(file);
    }
  }

  dispose(): void {
    this.scanner = undefined;
  }
}

/**
 * Several scanners as one. A range goes to the first that has nothing to do, so what needs only one never wakes the others.
 * Owns them.
 */
export class ScannerLanes implements Scanner {
  readonly parallel: number;
  private readonly load: number[];

  constructor(private readonly lanes: readonly [Scanner, ...Scanner[]]) {
    this.parallel = lanes.length;
    this.load = lanes.map(() => 0);
  }

  async scan(task: ScanTask, signal?: AbortSignal): Promise<RowBatch> {
    const lane = this.load.indexOf(Math.min(...this.load));
    this.add(lane, 1);
    try {
      return await (this.lanes[lane] ?? this.lanes[0]).scan(task, signal);
    } catch (error) {
      // A thread that cannot be started or was lost is no reason to show nothing; a file's own fault shows again.
      if (lane === 0 || isCancelled(error)) throw error;
      return await this.lanes[0].scan(task, signal);
    } finally {
      this.add(lane, -1);
    }
  }

  private add(lane: number, change: number): void {
    this.load[lane] = (this.load[lane] ?? 0) + change;
  }

  dispose(): void {
    for (const lane of this.lanes) lane.dispose();
  }
}

/** The first range is small, so that its rows can be shown at once. */
const firstRange = 1 << 20;
/** Request lines are short: as many bytes of them make a batch of many more rows, and three batches are under way at once. */
const nextRanges: Readonly<Record<ScanKind, number>> = { results: 4 << 20, requests: 1 << 20 };

/**
 * Scans a whole file and hands its batches over in file order, as they come, one at a time.
 * Rejects with the file system's error, or with CancelledError when `signal` fires.
 */
export async function scanFile(
  scanner: Scanner,
  task: { readonly path: string; readonly kind: ScanKind; readonly sizeBytes: number },
  onBatch: (batch: RowBatch) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  const running: Promise<RowBatch>[] = [];
  let from = 0;
  const startNext = () => {
    if (from >= task.sizeBytes) return;
    const to = Math.min(task.sizeBytes, from === 0 ? firstRange : from + nextRanges[task.kind]);
    const batch = scanner.scan({ path: task.path, kind: task.kind, from, to }, signal);
    // Awaited in order below; a failure of a later one must not count as unhandled meanwhile.
    batch.catch(() => undefined);
    running.push(batch);
    from = to;
  };
  // One more than there are threads, so that none waits for the caller.
  for (let index = 0; index <= scanner.parallel; index += 1) startNext();
  for (let next = running.shift(); next !== undefined; next = running.shift()) {
    const batch = await next;
    throwIfCancelled(signal);
    startNext();
    await onBatch(batch);
  }
}
