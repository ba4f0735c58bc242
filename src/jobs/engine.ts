import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { BatchService } from '../shared/batchService';
import type { ResultsFileRef } from '../shared/job';
import type { OutcomeCounts, TokenUsage } from '../shared/outcome';
import { isCancelled } from '../util/async';
import { systemClock } from '../util/clock';
import { DisposableStore } from '../util/disposable';
import { Emitter } from '../util/event';
import { silentLogger } from '../util/logger';
import { Announcer } from './announcer';
import { Archive } from './archive';
import type { Job, JobEngine, JobEngineOptions, NudgeHint, SubmitRequest } from './api';
import { Downloader, type DownloadRequest } from './downloader';
import { findDuplicates, type Content } from './duplicates';
import { Groups } from './groups';
import { JobActions } from './jobActions';
import { JobStore } from './jobStore';
import { Ledger } from './ledger/ledger';
import { exportLedger, importLedger, type ImportReport } from './ledger/portable';
import { watchLedger } from './ledger/watchLedger';
import { PollLease } from './lease';
import { Pollers } from './pollers';
import { OpenMarks } from './openMarks';
import { OutcomeKeeper } from './outcomeKeeper';
import {
  preflight,
  type Preflight,
  type PreflightContext,
  type PreflightRequest,
} from './preflight/preflight';
import { Queue } from './queue';
import type { Removal, RemovalOptions } from './removal';
import { Resumption } from './resumption';
import type { PartLimits } from './rows/planParts';
import type { RetryableOutcome } from './rows/retryFile';
import {
  Runs,
  type MergedResults,
  type RetryFile,
  type MergeOptions,
  type TargetOptions,
  type RetryParent,
} from './runs';
import { RetryLinks } from './retryLinks';
import { SeenLists } from './seenLists';
import { Submitter, type RunOptions } from './submitter';
import { TimeMemory, type Forecast } from './timeMemory';
import { Troubles } from './troubles';
import { UploadSessions } from './uploadSessions';
import { Windows } from './windows';

/** See JobEngineOptions. A minute in all: after that a person is told, and polls go on to look. */
const defaultLooksMs = [0, 1_000, 3_000, 8_000, 18_000, 30_000, 60_000];
const defaultPollSeconds = 30;

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
  private readonly archive: Archive;
  private readonly windows: Windows;
  private readonly store: JobStore;
  private readonly lists: SeenLists;
  private readonly lease: PollLease;
  private readonly submitter: Submitter;
  private readonly queue: Queue;
  private readonly actions: JobActions;
  private readonly outcomes: OutcomeKeeper;
  private readonly announcer: Announcer;
  private readonly resumption: Resumption;
  private readonly marks: OpenMarks;
  private readonly groups: Groups;
  private readonly runs: Runs;
  private timeMemory: TimeMemory | undefined;
  private readonly pollers: Pollers;
  private readonly stalled = this.disposables.add(new Emitter<readonly Job[]>());
  private readonly troubles = this.disposables.add(new Troubles());

  constructor(options: JobEngineOptions) {
    const resolved = withDefaults(options);
    const { directory, clock, logger, service } = resolved;
    this.options = resolved;
    this.ledger = this.disposables.add(new Ledger(join(directory, 'records'), logger));
    this.archive = new Archive(join(directory, 'archive.jsonl'));
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
      onStalled: (jobs: readonly Job[]) => this.stalled.fire(jobs),
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
    this.groups = new Groups({ ...shared, submitter: this.submitter });
    this.outcomes = this.disposables.add(new OutcomeKeeper(shared));
    this.actions = new JobActions({
      ...shared,
      submitter: this.submitter,
      groups: this.groups,
      downloader: new Downloader({ ledger: this.ledger, service }),
      onResults: (id) => void this.outcomes.work(id),
      look: (connectionId) => this.inBackground(this.pollers.of(connectionId).refresh()),
    });
    this.runs = new Runs({
      ...shared,
      groups: this.groups,
      links: new RetryLinks(join(directory, 'retries')),
      download: (id, request) => this.actions.downloadResults(id, request),
    });
    this.announcer = this.disposables.add(new Announcer(shared));
    this.resumption = new Resumption({ ...shared, groups: this.groups, submitter: this.submitter });
    this.pollers = this.disposables.add(
      new Pollers({
        ...shared,
        lists: this.lists,
        submitter: this.submitter,
        onLooked: (connectionId) => this.queue.run(connectionId),
        onTrouble: (connectionId, error) => this.troubles.note(connectionId, error),
        inBackground: (work) => this.inBackground(work),
      }),
    );
    // For listeners who know of the jobs' event alone.
    this.disposables.add(this.troubles.onDidChange(() => this.store.announceAgain()));
    this.disposables.add(
      this.store.onDidChange(() => {
        this.timeMemory = undefined;
        if (!this.disposables.isDisposed) this.pollers.wake();
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

  get onDidStall() {
    return this.stalled.event;
  }

  get trouble(): ReadonlyMap<string, Error> {
    return this.troubles.all;
  }

  get onDidChangeTrouble() {
    return this.troubles.onDidChange;
  }

  get brokenRecords() {
    return this.ledger.brokenRecords;
  }

  get(id: string): Job | undefined {
    return this.store.get(id);
  }

  async start(): Promise<void> {
    await this.windows.open();
    this.store.rememberOffsets(await this.archive.open());
    await this.ledger.open(this.archive);
    this.store.addResting(this.archive.jobsOf(this.ledger));
    await this.marks.open();
    const { connections } = this.pollers;
    for (const connectionId of connections) {
      const seen = await this.lists.read(connectionId);
      if (seen !== undefined) this.store.setSeen(connectionId, seen, 'shared');
    }
    const records = join(this.options.directory, 'records');
    this.disposables.add(watchLedger(records, () => this.reload(), this.options));
    for (const connectionId of connections) this.inBackground(this.pollers.of(connectionId).refresh());
    this.inBackground(this.resumption.atStart());
    this.disposables.add(this.windows.onDidLose(() => this.takeOver()));
    this.inBackground(this.outcomes.resume(this.ledger.loaded()));
    this.inBackground(this.renewArchive());
  }

  refresh(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.pollers.refresh(options.signal);
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
    return group.parts.map((id) => this.store.existing(id));
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

  discard(id: string): Promise<void> {
    return this.actions.discard(id);
  }

  cancel(id: string): Promise<void> {
    return this.actions.cancel(id);
  }

  delete(id: string): Promise<void> {
    return this.actions.delete(id);
  }

  deleteAll(ids: readonly string[], options: RemovalOptions): Promise<readonly Removal[]> {
    return this.actions.deleteAll(ids, options);
  }

  adopt(id: string): Promise<string> {
    return this.actions.adopt(id);
  }

  downloadResults(id: string, request: DownloadRequest = {}): Promise<ResultsFileRef> {
    return this.actions.downloadResults(id, request);
  }

  async learnOutcomes(id: string, options: { readonly signal?: AbortSignal } = {}): Promise<Job> {
    const job = this.store.existing(id);
    // Parts keep their results among themselves.
    const directory = job.group && this.groups.folderOf(job.group.id);
    await this.actions.downloadResults(id, { ...options, ...(directory !== undefined && { directory }) });
    await this.outcomes.work(id);
    return this.store.existing(id);
  }

  async setOutcomes(id: string, outcomes: OutcomeCounts, usage: TokenUsage): Promise<void> {
    await this.outcomes.set(await this.adopt(id), outcomes, usage);
  }

  createRetryFile(
    id: string,
    outcomes: ReadonlySet<RetryableOutcome>,
    options?: TargetOptions,
  ): Promise<RetryFile> {
    return this.runs.createRetryFile(id, outcomes, options);
  }

  retriedBy(path: string): Promise<RetryParent | undefined> {
    return this.runs.retriedBy(path);
  }

  resubmission(id: string, change?: { readonly model?: string }): SubmitRequest {
    return this.runs.resubmission(id, change);
  }

  mergeResults(id: string, options?: MergeOptions): Promise<MergedResults> {
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

  nudge(hint: NudgeHint): void {
    this.pollers.nudge(hint);
  }

  setFocused(focused: boolean): void {
    this.pollers.setFocused(focused);
  }

  dispose(): void {
    this.disposables.dispose();
    // Others take over what this window was at as soon as it has left: not before the answer to what it sent is there.
    if (this.submitter.isCreating) void this.submitter.creationsSettled().then(() => this.windows.dispose());
    else this.windows.dispose();
  }

  private async reload(): Promise<void> {
    await this.windows.look();
    await this.ledger.reload();
  }

  /** A window has died: what it was at looks abandoned now, and is gone on with. */
  private takeOver(): void {
    this.store.reconsider();
    this.pollers.wake();
    this.inBackground(this.resumption.afterLoss());
  }

  private async renewArchive(): Promise<void> {
    const { ledger, store, disposables } = this;
    await this.archive.renew(ledger, ledger.files, store.clockOffsets, () => disposables.isDisposed);
  }

  private async runSubmission(id: string, options: RunOptions): Promise<Job> {
    await this.submitter.run(id, options);
    return this.store.existing(id);
  }

  /** Why no further job fits at a connection now. */
  private whyNoRoom(connectionId: string, service: BatchService): string | undefined {
    const limit = service.capabilities.maxConcurrentJobs;
    if (limit === undefined) return undefined;
    const active = this.store.unfinishedOf(connectionId).filter((job) => job.phase === 'submitted').length;
    return active < limit
      ? undefined
      : l10n.t('Unfinished jobs: {0}; the service takes {1} at a time.', active, limit);
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.report(error));
  }

  private report(error: unknown): void {
    if (!isCancelled(error)) this.options.logger.warn(error instanceof Error ? error.message : String(error));
  }
}
