import { copyFile, link, rm } from 'node:fs/promises';
import path from 'node:path';
import { Emitter } from '../util/event';
import { errorCode } from '../util/files';
import type { Logger } from '../util/logger';
import { RecordStore, type Disk } from './disk';
import { notFound, quotaExceeded, quotaMessage } from './errors';
import type { OutputFile, Outputs } from './files';
import { inputTokens } from './inputTokens';
import { faultsInName, isFinal, jobRecord, type JobFault, type JobRecord } from './jobRecord';
import { JobOutput, type OutputSizes } from './jobOutput';
import { JobRunner, type RunnerHost } from './jobRunner';
import type { Limits } from './options';
import { microTime, nanoTime, randomId } from './random';
import type { RowAnswerer } from './rows';
import { RunQueue } from './runQueue';
import type { SandboxClock } from './sandboxClock';

/** What the caller of a creation decides; the service adds the rest. */
export type NewJob = Pick<JobRecord, 'kind' | 'model' | 'rows'> &
  Partial<Pick<JobRecord, 'displayName' | 'priority' | 'webhook' | 'inputFile' | 'openai'>>;

interface Surroundings {
  readonly clock: SandboxClock;
  readonly limits: Limits;
  readonly log: Logger;
  answerer(job: JobRecord): RowAnswerer;
  /** See {@link RunnerHost.publish}. */
  publish(job: JobRecord, sizes: OutputSizes, jobs: JobService): Promise<Partial<JobRecord>>;
  /** Faults that the next job created shall have. */
  takeFaults(): JobFault[];
}

/** All jobs, whatever API they came by: kept on disk, run, cancelled, deleted. */
export class JobService implements Outputs {
  private readonly runners = new Map<string, { runner: JobRunner; over: Promise<void> }>();
  private readonly closing = new AbortController();
  private readonly finished = new Emitter<JobRecord>();
  /** Hears of every job that came to its end. */
  readonly onFinished = this.finished.event;
  private readonly queue: RunQueue;
  private sequence: number;

  private constructor(
    private readonly records: RecordStore<JobRecord>,
    private readonly folder: string,
    private readonly around: Surroundings,
  ) {
    this.sequence = Math.max(0, ...records.all().map((job) => job.sequence));
    this.queue = new RunQueue(() => around.limits.runningJobs);
  }

  static async open(disk: Disk, around: Surroundings): Promise<JobService> {
    const records = await RecordStore.open(disk, 'jobs', jobRecord, around.log);
    const now = around.clock.now();
    await disk.sweep('work', (name) => {
      const [id = '', what] = name.split('.');
      const job = records.get(id);
      if (job === undefined || name.endsWith('.part')) return false;
      if (what === 'input') return !isFinal(job);
      return job.endedAt === undefined || job.endedAt + around.limits.resultsLifetimeMs > now;
    });
    return new JobService(records, await disk.folder('work'), around);
  }

  /** Goes on with what was unfinished when the sandbox last stopped. */
  resume(): void {
    for (const job of this.records.all()) if (!isFinal(job)) this.start(job);
  }

  /** Throws when no further job may be started. */
  requirePlace(): void {
    if (this.unfinished().length >= this.around.limits.concurrentJobs) throw quotaExceeded(quotaMessage, 30);
  }

  /** Lets more jobs run where a limit leaves more room than before. */
  admit(): void {
    this.queue.settle();
  }

  /** Path for the input of a job that is about to be created, by its id. */
  inputPathOf(id: string): string {
    return path.join(this.folder, `${id}.input.jsonl`);
  }

  /** Keeps the bytes of `file` as a job's own, so that they outlive the upload. */
  async keepInput(id: string, file: string): Promise<void> {
    try {
      await link(file, this.inputPathOf(id));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return;
      await copyFile(file, this.inputPathOf(id));
    }
  }

  /** @param id of `inputPathOf`, under which the input already lies. */
  async create(id: string, facts: NewJob): Promise<JobRecord> {
    this.requirePlace();
    const tokens = await this.takeTokens(id, facts);
    const now = this.around.clock.now();
    const time = nanoTime(now);
    const job: JobRecord = {
      ...facts,
      ...(tokens === undefined ? {} : { tokens }),
      id,
      sequence: ++this.sequence,
      state: 'PENDING',
      createdAt: now,
      createTime: time,
      updateTime: time,
      succeeded: 0,
      failed: 0,
      deleted: false,
      faults: [...this.around.takeFaults(), ...faultsInName(facts.displayName)],
      outputBytes: 0,
    };
    await this.records.put(job);
    this.start(job);
    return job;
  }

  find(id: string): JobRecord | undefined {
    const job = this.records.get(id);
    return job?.deleted === false ? job : undefined;
  }

  /** Newest first. */
  list(): JobRecord[] {
    return this.records
      .all()
      .filter((job) => !job.deleted)
      .sort((a, b) => b.sequence - a.sequence);
  }

  async cancel(id: string): Promise<JobRecord> {
    const job = this.require(id);
    const running = this.runners.get(id);
    if (isFinal(job) || running === undefined || job.cancelRequestedAt !== undefined) return job;
    const changed = running.runner.update({ cancelRequestedAt: this.around.clock.now() });
    await this.save(changed);
    running.runner.cancel();
    return changed;
  }

  /** Removes the job and its results for everybody; one that runs goes on unseen and keeps its place until it ends. */
  async delete(id: string): Promise<void> {
    const job = this.require(id);
    const running = this.runners.get(id);
    if (running === undefined) await this.purge(job);
    else await this.save(running.runner.update({ deleted: true }));
  }

  async update(id: string, change: Pick<Partial<JobRecord>, 'displayName' | 'priority'>): Promise<JobRecord> {
    const job = this.require(id);
    const changed = this.runners.get(id)?.runner.update(change) ?? { ...job, ...change };
    await this.save(changed);
    return this.require(id);
  }

  outputPath(id: string): string {
    return path.join(this.folder, `${id}.output.jsonl`);
  }

  /** Rows that failed, of jobs that keep them apart. */
  failuresPath(id: string): string {
    return path.join(this.folder, `${id}.failures.jsonl`);
  }

  /** Whether the results of a finished job are to be had now. */
  hasOutput(job: JobRecord): boolean {
    const now = this.around.clock.now();
    if (job.outputFrom === undefined || job.endedAt === undefined) return false;
    return job.outputFrom <= now && now < job.endedAt + this.around.limits.resultsLifetimeMs;
  }

  /** Results as a file, of jobs that had a file as input. */
  findOutput(jobId: string): OutputFile | undefined {
    const job = this.find(jobId);
    if (job?.inputFile === undefined || job.endedAt === undefined || !this.hasOutput(job)) return undefined;
    return {
      path: this.outputPath(job.id),
      sizeBytes: job.outputBytes,
      createTime: microTime(job.endedAt),
      expirationTime: microTime(job.endedAt + this.around.limits.resultsLifetimeMs),
    };
  }

  totalBytes(): number {
    return this.records.all().reduce((sum, job) => sum + job.outputBytes, 0);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.runners.values()].map(({ over }) => over));
    await this.records.flush();
  }

  /** A fresh id of a batch. */
  newId(): string {
    return randomId(36);
  }

  private unfinished(): JobRecord[] {
    return this.records.all().filter((job) => !isFinal(job));
  }

  /** Counts a new job's tokens where there is a limit; throws when they are too many beside those that wait already. */
  private async takeTokens(id: string, { kind, model }: NewJob): Promise<number | undefined> {
    const { enqueuedTokens } = this.around.limits;
    if (!Number.isFinite(enqueuedTokens)) return undefined;
    const tokens = await inputTokens(kind, this.inputPathOf(id));
    const waiting = this.unfinished().filter((job) => job.model === model);
    const sum = waiting.reduce((total, job) => total + (job.tokens ?? 0), tokens);
    // The service says no more than that; which quota it was, nobody is told.
    if (sum > enqueuedTokens) throw quotaExceeded(quotaMessage, 30);
    return tokens;
  }

  private require(id: string): JobRecord {
    const job = this.find(id);
    if (job === undefined) throw notFound();
    return job;
  }

  private start(job: JobRecord): void {
    const { clock, limits, log } = this.around;
    const host: RunnerHost = {
      clock,
      log,
      jobLifetimeMs: limits.jobLifetimeMs,
      inputPath: ({ id }) => this.inputPathOf(id),
      openOutput: ({ id, faults, openai }) =>
        new JobOutput(
          this.outputPath(id),
          openai?.standalone === true ? this.failuresPath(id) : undefined,
          faults,
        ),
      publish: (record, sizes) => this.around.publish(record, sizes, this),
      answerer: (record) => this.around.answerer(record),
      queue: this.queue,
      save: (record) => this.save(record),
      show: (record) => this.records.show({ ...record, updateTime: nanoTime(clock.now()) }),
    };
    const runner = new JobRunner(job, host, this.closing.signal);
    const over = runner
      .run()
      .then((ended) => this.settle(job.id, ended))
      .catch((error: unknown) => log.error(`Job ${job.id} could not be ended: ${String(error)}`));
    this.runners.set(job.id, { runner, over });
  }

  /** @param ended the job in its final state; undefined when the sandbox closed before. */
  private async settle(id: string, ended: JobRecord | undefined): Promise<void> {
    this.runners.delete(id);
    if (ended === undefined) return;
    await rm(this.inputPathOf(id), { force: true });
    // Somebody may have deleted it in its last moment.
    if (this.records.get(id)?.deleted === false) this.finished.fire(ended);
    else await this.purge(ended);
  }

  private async save(job: JobRecord): Promise<void> {
    const now = nanoTime(this.around.clock.now());
    const ended = isFinal(job) && job.endTime === undefined ? { endTime: now } : {};
    await this.records.put({ ...job, updateTime: now, ...ended });
  }

  private async purge(job: JobRecord): Promise<void> {
    await this.records.delete(job.id);
    await rm(this.outputPath(job.id), { force: true });
  }
}
