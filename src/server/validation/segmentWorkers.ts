import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CancelledError } from '../../util/async';
import type { ScanSettings, Segment, SegmentResult, WorkerReport } from './protocol';

export interface WorkerOptions {
  readonly count: number;
  /** The worker's script. */
  readonly script: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (bytes: number) => void;
}

/**
 * Scans segments on worker threads, each thread taking the next one as soon as it is done. Results in order of the segments.
 * Rejects with CancelledError when the signal fires, and with an Error that says so when a thread dies; either way no thread is
 * left behind.
 */
export async function scanOnWorkers(
  settings: ScanSettings,
  segments: readonly Segment[],
  { count, script, signal, onProgress }: WorkerOptions,
): Promise<SegmentResult[]> {
  const results: SegmentResult[] = [];
  const queue = [...segments];
  const workers = new Set<Worker>();
  try {
    await new Promise<void>((done, reject) => {
      const cancel = () => reject(new CancelledError());
      if (signal?.aborted) {
        cancel();
        return;
      }
      signal?.addEventListener('abort', cancel, { once: true });
      let left = segments.length;
      const next = (worker: Worker) => {
        const segment = queue.shift();
        if (segment === undefined) return;
        // Those of the segments before come first.
        const before = results.reduce(
          (sum, { index, problems }) => sum + (index < segment.index ? problems.length : 0),
          0,
        );
        worker.postMessage({ ...segment, places: Math.max(0, segment.places - before) } satisfies Segment);
      };
      for (let started = 0; started < Math.min(count, segments.length); started += 1) {
        const worker = new Worker(resolve(script), { workerData: settings });
        workers.add(worker);
        worker.on('message', (report: WorkerReport) => {
          onProgress(report.bytes);
          if (report.type === 'progress') return;
          results[report.result.index] = report.result;
          left -= 1;
          if (left === 0) done();
          else next(worker);
        });
        worker.on('error', (error) => reject(workerFailure(error)));
        worker.on('exit', (code) =>
          reject(new Error(`A validator thread stopped unexpectedly (code ${code}).`)),
        );
        next(worker);
      }
    });
    return results;
  } finally {
    await Promise.all([...workers].map((worker) => worker.terminate()));
  }
}

/** File system errors keep their code, so that callers can tell a file that vanished from a fault of ours. */
function workerFailure(error: unknown): Error {
  if (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('E')
  ) {
    if (!error.code.startsWith('ERR_')) return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`A validator thread failed: ${reason}`, { cause: error });
}
