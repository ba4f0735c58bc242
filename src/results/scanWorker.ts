import { closeSync, openSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { RangeScanner } from './rangeScanner';
import { buffersOf, type RowBatch } from './rowBatch';
import type { ScanTask } from './scanner';

/** What the pool says to a worker, and hears from it. */
export interface WorkerRequest {
  readonly id: number;
  readonly task: ScanTask;
}
export type WorkerReply =
  | { readonly id: number; readonly batch: RowBatch }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } };

let idle: RangeScanner | undefined;

function scan(task: ScanTask): RowBatch {
  const scanner = idle ?? new RangeScanner();
  // Taken out while it runs: after an error it holds half a batch and must not be used again.
  idle = undefined;
  const file = openSync(task.path, 'r');
  try {
    const steps = scanner.scan(file, task);
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        idle = scanner;
        return step.value;
      }
    }
  } finally {
    closeSync(file);
  }
}

const port = parentPort;
port?.on('message', ({ id, task }: WorkerRequest) => {
  try {
    const batch = scan(task);
    port.postMessage({ id, batch } satisfies WorkerReply, buffersOf(batch));
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const reply: WorkerReply = { id, error: { message, ...(code === undefined ? {} : { code }) } };
    port.postMessage(reply);
  }
});
