import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type {
  BatchService,
  CreateJobRequest,
  DownloadedResults,
  Model,
  RemoteFile,
  ServiceCapabilities,
  UploadOptions,
} from '../../../../src/shared/batchService';
import type { JobState, RemoteJob } from '../../../../src/shared/job';
import { ServiceError } from '../../../../src/shared/serviceError';
import type { Clock } from '../../../../src/util/clock';
import { throwIfCancelled } from '../../../../src/util/async';

type Call =
  | 'listModels'
  | 'listJobs'
  | 'getJob'
  | 'createJob'
  | 'cancelJob'
  | 'deleteJob'
  | 'uploadFile'
  | 'getFile'
  | 'listFiles'
  | 'deleteFile'
  | 'downloadResults';

/** What may go wrong: before the call takes effect, or after it did. */
export interface Fault {
  readonly call: Call;
  readonly when: 'before' | 'after';
  readonly error: Error;
}

export const lostAnswer = () =>
  new ServiceError('The connection broke before the answer came.', { kind: 'network', ambiguous: true });
export const refused = () =>
  new ServiceError('The connection was refused.', { kind: 'network', ambiguous: false });
export const quota = (retryAfterMs?: number) =>
  new ServiceError('Too many enqueued tokens.', {
    kind: 'quota',
    status: 429,
    ambiguous: false,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
export const invalid = () =>
  new ServiceError('Error on line 1: no.', { kind: 'invalid', status: 400, ambiguous: false });
export const wrongKey = () =>
  new ServiceError('The key is not valid.', { kind: 'auth', status: 400, ambiguous: false });

const fileLifeMs = 48 * 3_600_000;

/** A batch service in memory that does what it is told and counts what it was asked. */
export class FakeService implements BatchService {
  readonly family = 'gemini';
  capabilities: ServiceCapabilities = {
    deleteJob: true,
    inlineJobs: true,
    webhooks: false,
    priority: true,
    dialects: ['gemini'],
    maxFileBytes: 2 ** 31,
    maxInlineBytes: 1_000,
    maxConcurrentJobs: 100,
  };
  /** Newest first. */
  jobs: RemoteJob[] = [];
  files: RemoteFile[] = [];
  readonly models: Model[] = [{ id: 'gemini-3.8-flash', label: 'Flash', batchDialects: ['gemini'] }];
  /** Absent unless a test sets it. */
  declare countTokens?: NonNullable<BatchService['countTokens']>;
  readonly calls: Call[] = [];
  readonly limits: (number | undefined)[] = [];
  readonly faults: Fault[] = [];
  /** Goes wrong by itself: asked before and after each call takes effect. */
  chaos: (call: Call, when: Fault['when']) => Error | undefined = () => undefined;
  /** Results by job name. */
  readonly results = new Map<string, string>();
  /** How many of the newest jobs the list does not show yet. */
  hidden = 0;
  /** Creations break off and take effect this much later, milliseconds; they come to nothing when their file is gone by then. */
  lateMs: number | undefined;
  private readonly late: { readonly due: number; readonly effect: () => void }[] = [];
  /** Called in the middle of an upload. */
  onUpload: () => Promise<void> | void = () => undefined;
  private counter = 0;

  /** @param offsetMs how far the service's clock is ahead of `clock`. */
  constructor(
    private readonly clock: Clock,
    private readonly offsetMs = 0,
  ) {}

  count(call: Call): number {
    return this.calls.filter((made) => made === call).length;
  }

  fail(call: Call, when: Fault['when'], error: Error, times = 1): void {
    for (let n = 0; n < times; n += 1) this.faults.push({ call, when, error });
  }

  /** Changes a job as the service would. */
  set(name: string, change: Partial<RemoteJob>): void {
    this.jobs = this.jobs.map((job) => (job.name === name ? { ...job, ...change } : job));
  }

  finish(name: string, state: JobState = 'SUCCEEDED', results = '{"key":"a","response":{}}\n'): void {
    const job = this.jobs.find((candidate) => candidate.name === name);
    const total = job?.counts.total ?? 0;
    const succeeded = state === 'SUCCEEDED';
    this.results.set(name, results);
    this.set(name, {
      state,
      endedAt: this.time(),
      counts: { total, succeeded: succeeded ? total : 0, failed: 0, pending: 0 },
      ...(succeeded && { output: { kind: 'file', file: `files/out-${name.replace('/', '-')}` } }),
      ...(!succeeded && { error: { code: 13, message: `It ended as ${state}.` } }),
    });
  }

  add(job: Partial<RemoteJob> & Pick<RemoteJob, 'name'>): void {
    const counts = { total: 1, succeeded: 0, failed: 0, pending: 1 };
    const base = {
      displayName: job.name,
      model: 'gemini-3.8-flash',
      dialect: 'gemini',
      state: 'RUNNING',
    } as const;
    this.jobs.unshift({ ...base, counts, createdAt: this.time(), ...job });
  }

  listModels(options: { signal?: AbortSignal } = {}) {
    return this.call('listModels', options.signal, () => this.models);
  }

  listJobs(options: { signal?: AbortSignal; limit?: number } = {}) {
    this.limits.push(options.limit);
    return this.call('listJobs', options.signal, () => {
      for (const { due, effect } of this.late.splice(0)) {
        if (due <= this.clock.now()) effect();
        else this.late.push({ due, effect });
      }
      return this.jobs.slice(this.hidden).slice(0, options.limit);
    });
  }

  getJob(name: string, options: { signal?: AbortSignal } = {}) {
    return this.call('getJob', options.signal, () => this.job(name));
  }

  createJob(request: CreateJobRequest) {
    return this.call('createJob', undefined, () => {
      const { input } = request;
      const file = input.kind === 'file' ? input.file : undefined;
      const isFileGone = () => file !== undefined && !this.files.some((candidate) => candidate.name === file);
      if (isFileGone()) {
        throw new ServiceError('You may not read that file.', {
          kind: 'auth',
          status: 403,
          ambiguous: false,
        });
      }
      const effect = () =>
        this.add({
          name: `batches/${(this.counter += 1)}`,
          displayName: request.displayName,
          model: request.model,
          dialect: request.dialect,
          state: 'PENDING',
          ...(file !== undefined && { inputFile: file }),
        });
      if (this.lateMs !== undefined) {
        const due = this.clock.now() + this.lateMs;
        this.late.push({ due, effect: () => (isFileGone() ? undefined : effect()) });
        throw lostAnswer();
      }
      effect();
      return this.jobs[0]!;
    });
  }

  cancelJob(name: string) {
    return this.call('cancelJob', undefined, () => {
      this.job(name);
    });
  }

  deleteJob(name: string) {
    return this.call('deleteJob', undefined, () => {
      this.job(name);
      this.jobs = this.jobs.filter((job) => job.name !== name);
    });
  }

  async uploadFile(path: string, options: UploadOptions): Promise<RemoteFile> {
    const bytes = await readFile(path);
    return this.call('uploadFile', options.signal, async () => {
      await options.onSession?.({
        url: 'http://127.0.0.1/secret',
        mimeType: 'jsonl',
        sizeBytes: bytes.length,
        modifiedAt: 0,
      });
      await this.onUpload();
      throwIfCancelled(options.signal);
      options.onProgress?.({ bytes: bytes.length });
      const file: RemoteFile = {
        name: `files/${(this.counter += 1)}`,
        displayName: options.displayName,
        sizeBytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        createdAt: this.time(),
        expiresAt: new Date(Date.parse(this.time()) + fileLifeMs).toISOString(),
        state: 'ACTIVE',
      };
      this.files.push(file);
      return file;
    });
  }

  getFile(name: string, options: { signal?: AbortSignal } = {}) {
    return this.call('getFile', options.signal, () => {
      const file = this.files.find((candidate) => candidate.name === name);
      if (file === undefined) throw gone();
      return file;
    });
  }

  listFiles(options: { signal?: AbortSignal } = {}) {
    return this.call('listFiles', options.signal, () => this.files);
  }

  deleteFile(name: string) {
    return this.call('deleteFile', undefined, () => {
      this.files = this.files.filter((file) => file.name !== name);
    });
  }

  downloadResults(
    job: RemoteJob,
    target: string,
    options: { onProgress?: (progress: { bytes: number; totalBytes?: number }) => void } = {},
  ): Promise<DownloadedResults> {
    return this.call('downloadResults', undefined, async () => {
      const text = this.results.get(job.name) ?? '';
      await writeFile(target, text, { flag: 'wx' });
      await rm(`${target}.part`, { force: true });
      options.onProgress?.({ bytes: text.length, totalBytes: text.length });
      return { path: target, sizeBytes: Buffer.byteLength(text), rows: text.split('\n').length - 1 };
    });
  }

  private job(name: string): RemoteJob {
    const job = this.jobs.find((candidate) => candidate.name === name);
    if (job === undefined) throw gone();
    return job;
  }

  private async call<T>(
    call: Call,
    signal: AbortSignal | undefined,
    effect: () => T | Promise<T>,
  ): Promise<T> {
    throwIfCancelled(signal);
    this.calls.push(call);
    this.throwFault(call, 'before');
    const result = await effect();
    this.throwFault(call, 'after');
    return result;
  }

  private throwFault(call: Call, when: Fault['when']): void {
    const at = this.faults.findIndex((fault) => fault.call === call && fault.when === when);
    const [fault] = at === -1 ? [] : this.faults.splice(at, 1);
    const error = fault?.error ?? this.chaos(call, when);
    if (error !== undefined) throw error;
  }

  private time(): string {
    return new Date(this.clock.now() + this.offsetMs).toISOString();
  }
}

function gone(): ServiceError {
  return new ServiceError('There is no such thing.', { kind: 'notFound', status: 404, ambiguous: false });
}
