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
  readonly worker: Worker;
}

/** Keeps the host's memory small, and two is what it takes to read as fast as a disk does. */
const maxWorkers = 2;

const idleMs = 5000;

/** Scans in worker threads, which start with the first task and end on disposal. */
export class WorkerScanner implements Scanner {
  readonly parallel = maxWorkers;
  private readonly workers: Worker[] = [];
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
    const worker = this.idlest();
    const id = this.nextId;
    this.nextId += 1;
    const batch = new Promise<RowBatch>((resolve, reject) => {
      this.pending.set(id, { resolve, reject, worker });
    });
    worker.postMessage({ id, task } satisfies WorkerRequest);
    const result = await batch.finally(() => this.restSoon());
    throwIfCancelled(signal);
    return result;
  }

  /** Threads that nobody needs give their memory back; the next task starts new ones. */
  private restSoon(): void {
    if (this.pending.size > 0 || this.disposed) return;
    this.rest = this.clock.after(idleMs, () => this.terminate());
  }

  private terminate(): void {
    for (const worker of this.workers.splice(0)) void worker.terminate();
  }

  private idlest(): Worker {
    const load = (worker: Worker) =>
      [...this.pending.values()].filter((each) => each.worker === worker).length;
    const idle = this.workers.find((worker) => load(worker) === 0);
    if (idle !== undefined) return idle;
    if (this.workers.length < this.parallel) return this.start();
    return this.workers.reduce((best, worker) => (load(worker) < load(best) ? worker : best));
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
    this.workers.push(worker);
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
    const index = this.workers.indexOf(worker);
    if (index !== -1) this.workers.splice(index, 1);
    for (const [id, waiting] of this.pending) {
      if (waiting.worker !== worker) continue;
      this.pending.delete(id);
      waiting.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  dispose(): void {
    this.disposed = true;
    for (const waiting of this.pending.values()) waiting.reject(new CancelledError());
    this.pending.clear();
    this.rest?.dispose();
    this.terminate();
  }
}
