import { join } from 'node:path';
import type { BatchService } from '../shared/batchService';
import { isFinalState, type ResultsFileRef } from '../shared/job';
import type { OutcomeCounts, TokenUsage } from '../shared/outcome';
import { ServiceError } from '../shared/serviceError';
import { isCancelled } from '../util/async';
import { systemClock } from '../util/clock';
import { DisposableStore } from '../util/disposable';
import { silentLogger } from '../util/logger';
import { Announcer } from './announcer';
import type { Job, JobEngine, JobEngineOptions, NudgeHint, SubmitRequest } from './api';
import { ConnectionPoller } from './connectionPoller';
import { Downloader, type DownloadRequest } from './downloader';
import { findDuplicates, type Content } from './duplicates';
import { Groups } from './groups';
import { JobStore } from './jobStore';
import { Ledger } from './ledger/ledger';
import { exportLedger, importLedger, type ImportReport } from './ledger/portable';
import { watchLedger } from './ledger/watchLedger';
import { PollLease } from './lease';
import { OpenMarks } from './openMarks';
import {
  preflight,
  type Preflight,
  type PreflightContext,
  type PreflightRequest,
} from './preflight/preflight';
import { Queue } from './queue';
import { adoptedRecord } from './records';
import { removeJobs, type Removal, type RemovalOptions } from './removal';
import type { PartLimits } from './rows/planParts';
import type { RetryableOutcome } from './rows/retryFile';
import { Runs, type MergedResults, type RetryFile, type TargetOptions } from './runs';
import { SeenLists } from './seenLists';
import { Submitter, type RunOptions } from './submitter';
import { summariseRun } from './rows/summariseRun';
import { TimeMemory, type Forecast } from './timeMemory';
import { UploadSessions } from './uploadSessions';
import { Windows } from './windows';

/** See JobEngineOptions. A minute in all: after that a person is told, and polls go on to look. */
const defaultLooksMs = [0, 1_000, 3_000, 8_000, 18_000, 30_000, 60_000];
const defaultPollSeconds = 30;
/** Submissions of a former session that are resumed at the same time. */
const resumedAtOnce = 3;

/** Builds the engine on a ledger directory. Nothing is read or asked before `start`. */
export function createJobEngine(options: JobEngineOptions): JobEngine {
  return new Engine(options);
}

type Resolved = ReturnType<typeof withDefaults>;

function withDefaults(options: JobEngineOptions) {
  const pollSeconds = options.pollSeconds ?? (() => defaultPollSeconds);
  return {
    ...options,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    random: options.random ?? Math.random,
    pollSeconds,
    isOnline: options.isOnline ?? (() => true),
    deleteInputFiles: options.deleteInputFiles ?? (() => false),
    looksMs: options.reconcileLooksMs ?? defaultLooksMs,
  };
}

class Engine implements JobEngine {
  private readonly options: Resolved;
  private readonly disposables = new DisposableStore();
  private readonly ledger: Ledger;
  private readonly windows: Windows;
  private readonly store: JobStore;
  private readonly lists: SeenLists;
  private readonly lease: PollLease;
  private readonly submitter: Submitter;
  private readonly queue: Queue;
  private readonly downloader: Downloader;
  private readonly announcer: Announcer;
  private readonly marks: OpenMarks;
  private readonly groups: Groups;
  private readonly runs: Runs;
  private timeMemory: TimeMemory | undefined;
  private readonly pollers = new Map<string, ConnectionPoller>();
  private readonly troubles = new Map<string, Error>();
  private focused = true;

  constructor(options: JobEngineOptions) {
    const resolved = withDefaults(options);
    const { directory, clock, logger, service } = resolved;
    this.options = resolved;
    this.ledger = this.disposables.add(new Ledger(join(directory, 'records'), logger));
    this.windows = new Windows(join(directory, 'windows'), clock);
    this.store = this.disposables.add(new JobStore(this.ledger, this.windows, clock));
    this.lists = new SeenLists(join(directory, 'lists'));
    this.lease = new PollLease(join(directory, 'lists'), this.windows);
    const shared = {
      ...resolved,
      ledger: this.ledger,
      windows: this.windows,
      store: this.store,
      lease: this.lease,
    };
    this.marks = this.disposables.add(new OpenMarks(shared));
    this.submitter = this.disposables.add(
      new Submitter({
        ...shared,
        sessions: new UploadSessions(resolved.secrets),
        whyNoRoom: (connectionId, api) => this.whyNoRoom(connectionId, api),
        onIntent: (id) => this.marks.mark(id),
        onUploadProgress: (id, fraction) => this.store.setProgress(id, fraction),
      }),
    );
    this.queue = new Queue({
      ...shared,
      submitter: this.submitter,
      hasRoom: async (connectionId) =>
        this.whyNoRoom(connectionId, await service(connectionId)) === undefined,
      baseMs: () => resolved.pollSeconds() * 1000,
    });
    this.downloader = new Downloader({ ledger: this.ledger, service });
    this.groups = new Groups({ ...shared, submitter: this.submitter });
    this.runs = new Runs({
      ...shared,
      groups: this.groups,
      download: (id, request) => this.downloadResults(id, request),
    });
    this.announcer = this.disposables.add(new Announcer(shared));
    this.disposables.add(
      this.store.onDidChange(() => {
        this.timeMemory = undefined;
        this.wake();
      }),
    );
  }

  get jobs(): readonly Job[] {
    return this.store.jobs;
  }

  get onDidChange() {
    return this.store.onDidChange;
  }

  get onDidFinish() {
    return this.announcer.onDidFinish;
  }

  get trouble(): ReadonlyMap<string, Error> {
    return this.troubles;
  }

  get brokenRecords() {
    return this.ledger.brokenRecords;
  }

  get(id: string): Job | undefined {
    return this.store.get(id);
  }

  async start(): Promise<void> {
    await this.windows.open();
    await this.ledger.open();
    await this.marks.open();
    const connections = new Set([...this.options.connectionIds(), ...this.store.busyConnections]);
    for (const connectionId of connections) {
      const seen = await this.lists.read(connectionId);
      if (seen !== undefined) this.store.setSeen(connectionId, seen, 'shared');
    }
    const records = join(this.options.directory, 'records');
    this.disposables.add(watchLedger(records, () => this.reload(), this.options));
    for (const connectionId of connections) this.inBackground(this.pollerOf(connectionId).refresh());
    this.inBackground(this.resumeInterrupted());
  }

  async refresh(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const connections = new Set([...this.options.connectionIds(), ...this.store.busyConnections]);
    const looks = [...connections].map((connectionId) => this.pollerOf(connectionId).refresh(options.signal));
    const failed = (await Promise.allSettled(looks)).find((look) => look.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async submit(request: SubmitRequest, options: RunOptions = {}): Promise<Job> {
    const { id } = await this.submitter.begin(request, options);
    return this.runSubmission(id, options);
  }

  async submitInParts(
    request: SubmitRequest,
    limits: PartLimits,
    options: RunOptions = {},
  ): Promise<readonly Job[]> {
    const group = await this.groups.begin(request, limits, options);
    await this.groups.run(group, options);
    return group.parts.map((id) => this.existing(id));
  }

  async duplicatesOf(content: Content): Promise<readonly Job[]> {
    await this.reload();
    return findDuplicates(this.store.jobs, content);
  }

  async preflight(
    request: PreflightRequest,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Preflight> {
    const { connectionId, model, validation } = request;
    const service = await this.options.service(connectionId);
    const active = this.store.unfinishedOf(connectionId);
    const now = this.options.clock.now();
    const context: PreflightContext = {
      service,
      jobs: this.store.jobs,
      duplicates: await this.duplicatesOf({ connectionId, model, sha256: validation.sha256 }),
      activeJobs: active.filter((job) => job.phase === 'submitted').length,
      enqueuedTokens: active
        .filter((job) => job.model === model)
        .reduce((sum, job) => sum + (job.estimatedTokens ?? 0), 0),
      now: now + (this.store.clockOffset(connectionId) ?? 0),
    };
    return preflight(request, context, options.signal);
  }

  async resume(id: string, options: RunOptions = {}): Promise<Job> {
    return this.runSubmission(id, options);
  }

  async discard(id: string): Promise<void> {
    const group = this.store.get(id)?.group;
    await this.submitter.discard(id);
    if (group !== undefined) await this.groups.tidy(group.id);
  }

  async cancel(id: string): Promise<void> {
    const job = this.existing(id);
    if (job.phase !== 'submitted') return this.discard(id);
    if (job.name === undefined || isFinalState(job.state)) return;
    const service = await this.options.service(job.connectionId);
    await service.cancelJob(job.name);
    this.inBackground(this.pollerOf(job.connectionId).refresh());
  }

  async delete(id: string): Promise<void> {
    const job = this.existing(id);
    if (job.phase !== 'submitted') return this.discard(id);
    const service = await this.options.service(job.connectionId);
    if (job.name !== undefined && !job.gone && service.capabilities.deleteJob) {
      await service.deleteJob(job.name).catch((error: unknown) => {
        // Deleted elsewhere already: nothing is left to do there.
        if (!(error instanceof ServiceError) || error.kind !== 'notFound') throw error;
      });
    }
    if (job.name !== undefined) this.store.forget(job.connectionId, job.name);
    await this.ledger.remove(id);
    if (job.group !== undefined) await this.groups.tidy(job.group.id);
  }

  async deleteAll(ids: readonly string[], options: RemovalOptions): Promise<readonly Removal[]> {
    const jobs = ids.flatMap((id) => this.store.get(id) ?? []);
    const { directory, signal } = options;
    return removeJobs(jobs, options, {
      cancel: (id) => this.cancel(id),
      save: async (id) => {
        const request = { ...(directory !== undefined && { directory }), ...(signal && { signal }) };
        // A folder is asked for only where there is no request file to put the results beside.
        const beside = this.store.get(id)?.requestFile !== undefined;
        const adopted = await this.adopt(id);
        const { path } = await this.downloader.download(adopted, beside ? signal && { signal } : request);
        return { path, id: adopted };
      },
      delete: (id) => this.delete(id),
    });
  }

  async downloadResults(id: string, request: DownloadRequest = {}): Promise<ResultsFileRef> {
    const record = await this.adopt(id);
    const results = await this.downloader.download(record, request);
    this.inBackground(this.summarise(record));
    return results;
  }

  async setOutcomes(id: string, outcomes: OutcomeCounts, usage: TokenUsage): Promise<void> {
    await this.ledger.update(await this.adopt(id), (record) => ({
      ...record,
      outcomes: { ...outcomes },
      usage: { ...usage },
    }));
  }

  createRetryFile(
    id: string,
    outcomes: ReadonlySet<RetryableOutcome>,
    options?: TargetOptions,
  ): Promise<RetryFile> {
    return this.runs.createRetryFile(id, outcomes, options);
  }

  resubmission(id: string, change?: { readonly model?: string }): SubmitRequest {
    return this.runs.resubmission(id, change);
  }

  mergeResults(id: string, options?: TargetOptions): Promise<MergedResults> {
    return this.runs.merge(id, options);
  }

  forecast(id: string): Forecast | undefined {
    const job = this.store.get(id);
    this.timeMemory ??= new TimeMemory(this.store.jobs);
    return job && this.timeMemory.forecast(job, this.options.clock.now());
  }

  exportLedger(target: string): Promise<number> {
    return exportLedger(this.ledger, target);
  }

  importLedger(path: string): Promise<ImportReport> {
    return importLedger(this.ledger, path);
  }

  nudge({ connectionId, jobName, token }: NudgeHint): void {
    const byToken = token === undefined ? undefined : this.store.findByToken(token);
    const byName = jobName === undefined ? undefined : this.store.jobs.find((job) => job.name === jobName);
    const job = byToken ?? byName;
    if (job?.name !== undefined) {
      this.pollerOf(job.connectionId).nudge(job.name);
      return;
    }
    const connections = connectionId === undefined ? this.options.connectionIds() : [connectionId];
    for (const connection of connections) this.pollerOf(connection).nudge(undefined);
  }

  setFocused(focused: boolean): void {
    if (focused === this.focused) return;
    this.focused = focused;
    for (const poller of this.pollers.values()) {
      if (focused) this.inBackground(poller.comeForward());
    }
  }

  dispose(): void {
    for (const poller of this.pollers.values()) poller.dispose();
    this.disposables.dispose();
    // Others take over what this window was at as soon as it has left: not before the answer to what it sent is there.
    if (this.submitter.isCreating) void this.submitter.creationsSettled().then(() => this.windows.dispose());
    else this.windows.dispose();
  }

  async adopt(id: string): Promise<string> {
    const elsewhere = this.store.remoteElsewhere(id);
    if (elsewhere === undefined || this.ledger.get(id) !== undefined) return this.existing(id).id;
    const fields = adoptedRecord(elsewhere.connectionId, elsewhere.remote, this.options.clock.now());
    return (await this.ledger.insert(fields)).id;
  }

  private async reload(): Promise<void> {
    await this.windows.look();
    await this.ledger.reload();
  }

  private existing(id: string): Job {
    const job = this.store.get(id);
    if (job === undefined) throw new Error(`There is no job ${id} any more.`);
    return job;
  }

  private async runSubmission(id: string, options: RunOptions): Promise<Job> {
    await this.submitter.run(id, options);
    return this.existing(id);
  }

  /** Finishes what a former session, or a window that died, left half way. */
  private async resumeInterrupted(): Promise<void> {
    const completed = await this.groups.finishInterrupted();
    // What was looked for in vain already is left to the polls.
    const halfWay = this.store.jobs
      .filter(({ id, phase }) => phase === 'interrupted' && this.ledger.get(id)?.unconfirmed !== true)
      .map(({ id }) => id);
    const interrupted = [...new Set([...completed, ...halfWay])];
    const worker = async (): Promise<void> => {
      for (let id = interrupted.pop(); id !== undefined; id = interrupted.pop()) {
        await this.submitter.run(id, { unattended: true }).catch((error: unknown) => this.report(error));
      }
    };
    await Promise.all(Array.from({ length: resumedAtOnce }, worker));
  }

  /** Why no further job fits at a connection now. */
  private whyNoRoom(connectionId: string, service: BatchService): string | undefined {
    const limit = service.capabilities.maxConcurrentJobs;
    if (limit === undefined) return undefined;
    const active = this.store.unfinishedOf(connectionId).filter((job) => job.phase === 'submitted').length;
    return active < limit
      ? undefined
      : `${active} jobs are unfinished; the service takes ${limit} at a time.`;
  }

  private pollerOf(connectionId: string): ConnectionPoller {
    const existing = this.pollers.get(connectionId);
    if (existing !== undefined) return existing;
    const poller = new ConnectionPoller(connectionId, {
      ...this.options,
      ledger: this.ledger,
      store: this.store,
      windows: this.windows,
      lease: this.lease,
      lists: this.lists,
      submitter: this.submitter,
      isFocused: () => this.focused,
      onLooked: () => this.queue.run(connectionId),
      onTrouble: (error) => this.noteTrouble(connectionId, error),
    });
    this.pollers.set(connectionId, poller);
    return poller;
  }

  /** Joins results to their requests once they are here, so that outcomes and usage are known without opening them. */
  private async summarise(id: string): Promise<void> {
    const record = this.ledger.get(id);
    if (record === undefined || this.disposables.isDisposed) return;
    const summary = await summariseRun(record);
    if (summary !== undefined) await this.setOutcomes(id, summary.counts, summary.usage);
  }

  private noteTrouble(connectionId: string, error: Error | undefined): void {
    const before = this.troubles.get(connectionId);
    if (error === undefined) this.troubles.delete(connectionId);
    else this.troubles.set(connectionId, error);
    if (before?.message !== error?.message) this.store.announceAgain();
  }

  /** Something changed: whatever is unfinished now has to be followed. */
  private wake(): void {
    if (this.disposables.isDisposed) return;
    for (const connectionId of this.store.busyConnections) this.pollerOf(connectionId).wake();
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.report(error));
  }

  private report(error: unknown): void {
    if (!isCancelled(error)) this.options.logger.warn(error instanceof Error ? error.message : String(error));
  }
}
