import type { BatchService, CreateJobRequest } from '../shared/batchService';
import type { Dialect } from '../shared/dialect';
import type { JobCounts, JobError, JobOutput, JobState, RequestFileRef, ResultsFileRef } from '../shared/job';
import type { Scanner } from '../results/scanner';
import type { OutcomeCounts, TokenUsage } from '../shared/outcome';
import type { Clock } from '../util/clock';
import type { Disposable } from '../util/disposable';
import type { Event } from '../util/event';
import type { Logger } from '../util/logger';
import type { Content } from './duplicates';
import type { ImportReport } from './ledger/portable';
import type { Preflight, PreflightRequest } from './preflight/preflight';
import type { Removal, RemovalOptions } from './removal';
import type { PartLimits } from './rows/planParts';
import type { RetryableOutcome } from './rows/retryFile';
import type { MergedResults, RetryFile, MergeOptions, TargetOptions, RetryParent } from './runs';
import type { Forecast } from './timeMemory';

/**
 * How far a job is on its way to the service. `submitted` jobs are at the service and have a state of its own; the others
 * exist only here. `interrupted`: a submission that stopped half way and can be resumed or given up.
 */
export type JobPhase = 'preparing' | 'uploading' | 'creating' | 'queued' | 'interrupted' | 'submitted';

/** A job as everything above the engine sees it: the ledger's record joined to what the service last said. */
export interface Job {
  /** Stable on this machine: the ledger's record id, or connection and name (`gemini:batches/…`) for jobs created elsewhere. */
  readonly id: string;
  readonly connectionId: string;
  /** Without our token. */
  readonly displayName: string;
  readonly model: string;
  readonly dialect: Dialect;
  readonly phase: JobPhase;
  /** The service's name; absent until it is created. */
  readonly name?: string;
  /** PENDING until the service says otherwise. */
  readonly state: JobState;
  readonly counts: JobCounts;
  /**
   * Milliseconds since the epoch, all three times by this machine's clock: the service's times are shifted by the difference
   * measured when a job was created, so an age is simply `now - createdAt`.
   */
  readonly createdAt: number;
  readonly endedAt?: number;
  /** When the service gives up on an unfinished job (48 h after creation). */
  readonly expiresAt: number;
  readonly error?: JobError;
  readonly output?: JobOutput;
  /** Absent for jobs created elsewhere. */
  readonly requestFile?: RequestFileRef;
  /** `files/…` at the service. */
  readonly inputFile?: string;
  /** Present once downloaded. */
  readonly results?: ResultsFileRef;
  /** What is wrong with the results although the job ended well, for a person: fewer or more than the service announced. */
  readonly warning?: string;
  /** Present once the results were joined to the requests. */
  readonly outcomes?: OutcomeCounts;
  readonly usage?: TokenUsage;
  /** The job whose rows this one retries. */
  readonly parentId?: string;
  /** Set on the parts of a split submission. */
  readonly group?: JobGroup;
  /** First digits of the SHA-256 of the request file, where only the display name at the service still says it. */
  readonly hashPrefix?: string;
  /** Input tokens of all requests as estimated before the submission. */
  readonly estimatedTokens?: number;
  /** Created by this extension on this machine, or found at the service. */
  readonly origin: 'here' | 'elsewhere';
  /** The service no longer knows it. */
  readonly gone: boolean;
  /** Why a queued or interrupted submission waits, for a person. */
  readonly waiting?: string;
  /** A queued submission waits for a network and not for room at the service. */
  readonly offline?: boolean;
  /**
   * A creation was sent at `since` (milliseconds since the epoch), had no clear answer, and the service does not list its job (yet).
   * Phase is `interrupted`; the job is looked for at every refresh and becomes `submitted` by itself when it turns up. It is never
   * created again unless a person says so. `givenUp`: it is cancelled when it turns up, and forgotten when it does not.
   */
  readonly unconfirmed?: { readonly since: number; readonly givenUp: boolean };
  /** Of the upload, 0 to 1, while this window uploads. */
  readonly progress?: number;
}

/** Which part of a split submission a job is. */
export interface JobGroup {
  readonly id: string;
  /** From 1. */
  readonly part: number;
  readonly of: number;
  /** The request file that was split. */
  readonly path?: string;
}

/** What changed since the last event; ids, so that a view redraws only those. All empty when only `trouble` changed. */
export interface JobsChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface SubmitRequest {
  readonly connectionId: string;
  readonly path: string;
  readonly dialect: Dialect;
  readonly model: string;
  readonly displayName: string;
  readonly rows: number;
  readonly parentId?: string;
  readonly priority?: number;
  readonly webhook?: CreateJobRequest['webhook'];
  readonly group?: JobGroup;
  /**
   * How the requests get to the service. `file`, the default: uploaded first, so that a creation is small enough to be repeated
   * at will. `inline`: in the creation itself. `auto`: inline where the service takes it and the file is small enough.
   */
  readonly input?: 'auto' | 'file' | 'inline';
  /** Input tokens of all requests as the preflight estimated them; counts towards the enqueued tokens. */
  readonly estimatedTokens?: number;
}

export interface SubmitProgress {
  /**
   * `hashing` is all reading of the file before the first call: its content hash, and cutting it into parts; `confirming` is looking
   * for a job whose creation had no clear answer.
   */
  readonly step: 'hashing' | 'uploading' | 'creating' | 'confirming';
  /** 0 to 1 within the step, absent when unknown. */
  readonly fraction?: number;
}

/** Where a secret is kept between sessions; VS Code's SecretStorage has this shape. */
export interface SecretStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** Everything the engine needs from outside. Only the first four are needed in production; the rest has working defaults. */
export interface JobEngineOptions {
  /** Folder of the ledger, shared by all windows of this machine; created when it is missing. */
  readonly directory: string;
  /** The service of a connection as it is configured now. Asked often, so cached outside; rejects with what keeps it from use. */
  readonly service: (connectionId: string) => Promise<BatchService>;
  /** Connections whose jobs are listed even when the ledger has nothing unfinished there: the active one. */
  readonly connectionIds: () => readonly string[];
  /** Keeps upload addresses, which allow whoever has them to write the file, out of the ledger. */
  readonly secrets: SecretStore;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** 0 ≤ r < 1, for jitter and tokens. */
  readonly random?: () => number;
  /** Seconds between two looks at a job of ordinary age; read before every tick. 0: only on refresh and nudge. Default 30. */
  readonly pollSeconds?: () => number;
  /** Whether uploaded request files are deleted at the service once their job has succeeded. Default: no. */
  readonly deleteInputFiles?: () => boolean;
  /** Whether this machine has a network at all; while it has none, nothing is asked. */
  readonly isOnline?: (connectionId: string) => boolean;
  /**
   * After a creation without an answer: when to look for the job in the list, milliseconds after the first look. When the last look
   * finds nothing the submission is told to be unconfirmed, and is looked for by every poll from then on.
   */
  readonly reconcileLooksMs?: readonly number[];
  /**
   * Scans results off this thread, so that the outcomes of large jobs are worked out as well once they are downloaded. Without it,
   * jobs of more than 64 MB are joined when somebody opens them.
   */
  readonly createScanner?: () => Scanner;
}

/** The job engine as commands and views use it. */
export interface JobEngine extends Disposable {
  /** Newest first. */
  readonly jobs: readonly Job[];
  get(id: string): Job | undefined;
  readonly onDidChange: Event<JobsChange>;
  /** Jobs that reached a final state, gathered so that one notification tells of all; also those that ended while closed. */
  readonly onDidFinish: Event<readonly Job[]>;
  /**
   * Submissions that nobody waited for (from the queue, or left half way by a former session or a window that died) and that could
   * not be finished without a person: what stopped them is in `waiting`.
   */
  readonly onDidStall: Event<readonly Job[]>;
  /** What keeps the list of a connection from being fresh, for a person; undefined when all is well. */
  readonly trouble: ReadonlyMap<string, Error>;
  /** The connection whose {@link trouble} came, became another, or went. */
  readonly onDidChangeTrouble: Event<string>;

  /** Reads the ledger, finishes or reconciles what was interrupted, and starts polling where something is unfinished. */
  start(): Promise<void>;
  /** Asks the service now. */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<void>;
  submit(
    request: SubmitRequest,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: SubmitProgress) => void },
  ): Promise<Job>;
  /**
   * Submits a file in parts, cut at line boundaries, as one group. Everything is in the ledger before the first part is sent, so a
   * crash loses no part. Resolves when every part is at the service or queued.
   */
  submitInParts(
    request: SubmitRequest,
    limits: PartLimits,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: SubmitProgress) => void },
  ): Promise<readonly Job[]>;
  /** Earlier submissions of the same content, also by other windows, from other paths and other machines; newest first. */
  duplicatesOf(content: Content): Promise<readonly Job[]>;
  /** Everything to know before a submission; see preflight/preflight.ts. */
  preflight(request: PreflightRequest, options?: { readonly signal?: AbortSignal }): Promise<Preflight>;
  /**
   * Goes on with an interrupted or queued submission now. Looks the job up first where it may already exist, and rejects with
   * UnconfirmedError where nobody knows whether it will: then `createAgain`, which a person has to be asked for, takes the uploaded
   * file from the earlier creation, so that it comes to nothing should it still be on its way, and submits anew.
   */
  resume(
    id: string,
    options?: {
      readonly signal?: AbortSignal;
      readonly onProgress?: (progress: SubmitProgress) => void;
      readonly createAgain?: boolean;
    },
  ): Promise<Job>;
  /**
   * Gives up an interrupted or queued submission. If the job turns out to be at the service after all, it is cancelled there; an
   * unconfirmed one is watched for an hour for that reason, or until it is discarded once more.
   */
  discard(id: string): Promise<void>;
  /** Asks the service to stop the job (it may still succeed); the same as {@link discard} for what is not at the service yet. */
  cancel(id: string): Promise<void>;
  /** Removes the job and its results at the service, and the record here. Does not stop a running job: cancel it first. */
  delete(id: string): Promise<void>;
  /** Deletes several jobs as a person chose to, and says what was done with each. Never rejects for a single job. */
  deleteAll(ids: readonly string[], options: RemovalOptions): Promise<readonly Removal[]>;
  /** Makes a job from elsewhere one of the ledger, so that it survives restarts and may be told of. @returns its new id. */
  adopt(id: string): Promise<string>;
  /** Fetches the results of a job of the ledger and joins them to its requests. @returns the job, with its outcomes where they can be told */
  learnOutcomes(id: string, options?: { readonly signal?: AbortSignal }): Promise<Job>;
  /** Keeps what the results were joined to the requests say about a job. */
  setOutcomes(id: string, outcomes: OutcomeCounts, usage: TokenUsage): Promise<void>;
  /** Writes the requests of a job or group that ended with one of `outcomes` to a new file; submit it with the given parent. */
  createRetryFile(
    id: string,
    outcomes: ReadonlySet<RetryableOutcome>,
    options?: TargetOptions,
  ): Promise<RetryFile>;
  /**
   * What a retry file that was made here asks again for, also when it was edited since: a submission of it has to name that as its
   * parent. Undefined for other files.
   */
  retriedBy(path: string): Promise<RetryParent | undefined>;
  /** What submits all requests of a job again, linked to it. */
  resubmission(id: string, change?: { readonly model?: string }): SubmitRequest;
  /** One results file from a job or the parts of a group, and all their retries, in the order of the requests. */
  mergeResults(id: string, options?: MergeOptions): Promise<MergedResults>;
  /** When a running job may be done, and whether it takes longer than usual; undefined when too little is known. */
  forecast(id: string): Forecast | undefined;
  /** Writes all records to a new file. @returns how many. */
  exportLedger(target: string): Promise<number>;
  /** Adds the records of an exported file that are not known here. */
  importLedger(path: string): Promise<ImportReport>;
  /** Streams the results beside the request file (or into `directory`) under a name that is free, unless they are there. */
  downloadResults(
    id: string,
    options?: {
      readonly directory?: string;
      readonly signal?: AbortSignal;
      readonly onProgress?: (fraction: number | undefined) => void;
    },
  ): Promise<ResultsFileRef>;
  /**
   * Somebody says that something changed at the service (a webhook): looks at the job it names, else lists once. A thousand hints
   * in a row cost a few calls. Works also when nothing is polled.
   */
  nudge(hint: NudgeHint): void;
  /** A window that is not looked at is polled more slowly. */
  setFocused(focused: boolean): void;
  /** Records that could not be read at the last start or refresh and were set aside, for one message to the person. */
  readonly brokenRecords: readonly BrokenRecord[];
}

/** What is known about a change at the service; the more, the fewer calls. */
export interface NudgeHint {
  readonly connectionId?: string;
  /** The service's name of the job. */
  readonly jobName?: string;
  /** The token of the submission, from a webhook's metadata. */
  readonly token?: string;
}

/** A record of the ledger that could not be read. Its file is kept. */
export interface BrokenRecord {
  /** Where the file was moved to, or where it still is when a newer version of the extension wrote it. */
  readonly path: string;
  /** What is wrong with it, for a person. */
  readonly reason: string;
}
