import { Worker, type WorkerOptions } from 'node:worker_threads';
import { CancelledError, throwIfCancelled } from '../util/async';
import { systemClock, type Clock } from '../util/clock';
import type { Disposable } from '../util/disposable';
import type { RowBatch } from './rowBatch';
import type { Scanner, ScanTask } from './scanner';
import type { WorkerReply, WorkerRequest } from './scanWorker';

interface Pending {
  resolve(batch: RowBatch): void;
  reject(error: Error): void;
}

/** Longer than the pauses within a file or from one to the next; a thread is started anew in less than it takes to open a menu. */
const idleMs = 100;

/** Scans in a worker thread, which starts with the first task and ends when there has been none for a while. */
export class WorkerScanner implements Scanner {
  readonly parallel = 1;
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private disposed = false;
  private rest: Disposable | undefined;

  /** @param script the bundled scanWorker */
  constructor(
    private readonly script: string | URL,
    private readonly options: WorkerOptions = {},
    private readonly clock: Clock = systemClock,
  ) {}

  async scan(task: ScanTask, signal?: AbortSignal): Promise<RowBatch> {
    throwIfCancelled(signal);
    if (this.disposed) throw new CancelledError();
    this.rest?.dispose();
    const worker = (this.worker ??= this.start());
    const id = this.nextId;
    this.nextId += 1;
    const batch = new Promise<RowBatch>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
    });
    worker.postMessage({ id, task } satisfies WorkerRequest);
    const result = await batch.finally(() => this.restSoon());
    throwIfCancelled(signal);
    return result;
  }

  /** A thread that nobody needs gives its memory back; the next task starts a new one. */
  private restSoon(): void {
    if (this.pending.size > 0 || this.disposed) return;
    this.rest = this.clock.after(idleMs, () => this.terminate());
  }

  private terminate(): void {
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.script, {
      // What a scan allocates is short-lived and small; V8 would otherwise let it grow to the size of a window's own heap.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
      ...this.options,
    });
    worker.unref();
    worker.on('message', (reply: WorkerReply) => this.receive(reply));
    worker.on('error', (error) => this.lose(worker, error));
    worker.on('exit', () => this.lose(worker, new Error('The scanner of results files ended unexpectedly.')));
    return worker;
  }

  private receive(reply: WorkerReply): void {
    const waiting = this.pending.get(reply.id);
    if (waiting === undefined) return;
    this.pending.delete(reply.id);
    if ('batch' in reply) waiting.resolve(reply.batch);
    else waiting.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
  }

  private lose(worker: Worker, error: unknown): void {
    // One that was sent to rest has nothing to lose.
    if (worker !== this.worker) return;
    this.worker = undefined;
    for (const waiting of this.pending.values()) {
      waiting.reject(error instanceof Error ? error : new Error(String(error)));
    }
    this.pending.clear();
  }

  dispose(): void {
    this.disposed = true;
    for (const waiting of this.pending.values()) waiting.reject(new CancelledError());
    this.pending.clear();
    this.rest?.dispose();
    this.terminate();
  }
}
