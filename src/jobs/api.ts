import type { CreateJobRequest } from '../shared/batchService';
import type { Dialect } from '../shared/dialect';
import type { JobCounts, JobError, JobOutput, JobState, RequestFileRef, ResultsFileRef } from '../shared/job';
import type { OutcomeCounts, TokenUsage } from '../shared/outcome';
import type { Disposable } from '../util/disposable';
import type { Event } from '../util/event';

/**
 * How far a job is on its way to the service. `submitted` jobs are at the service and have a state of its own; the others
 * exist only here. `interrupted`: a submission that stopped half way and can be resumed or given up.
 */
export type JobPhase = 'preparing' | 'uploading' | 'creating' | 'queued' | 'interrupted' | 'submitted';

/** A job as everything above the engine sees it: the ledger's record joined to what the service last said. */
export interface Job {
  /** Stable on this machine: the ledger's record id, or the service's name for jobs created elsewhere. */
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
  /** Milliseconds since the epoch, by the service's clock where it gave a time. */
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
  /** Present once the results were joined to the requests. */
  readonly outcomes?: OutcomeCounts;
  readonly usage?: TokenUsage;
  /** The job whose rows this one retries. */
  readonly parentId?: string;
  /** Set on the parts of a split submission. */
  readonly group?: { readonly id: string; readonly part: number; readonly of: number };
  /** Created by this extension on this machine, or found at the service. */
  readonly origin: 'here' | 'elsewhere';
  /** The service no longer knows it. */
  readonly gone: boolean;
  /** Why a queued or interrupted submission waits, for a person. */
  readonly waiting?: string;
}

/** What changed since the last event; ids, so that a view redraws only those. */
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
}

export interface SubmitProgress {
  readonly step: 'hashing' | 'uploading' | 'creating';
  /** 0 to 1 within the step, absent when unknown. */
  readonly fraction?: number;
}

/** The job engine as commands and views use it. */
export interface JobEngine extends Disposable {
  /** Newest first. */
  readonly jobs: readonly Job[];
  get(id: string): Job | undefined;
  readonly onDidChange: Event<JobsChange>;
  /** Jobs that reached a final state, gathered so that one notification tells of all; also those that ended while closed. */
  readonly onDidFinish: Event<readonly Job[]>;
  /** What keeps the list of a connection from being fresh, for a person; undefined when all is well. */
  readonly trouble: ReadonlyMap<string, Error>;

  /** Reads the ledger, finishes or reconciles what was interrupted, and starts polling where something is unfinished. */
  start(): Promise<void>;
  /** Asks the service now. */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<void>;
  submit(
    request: SubmitRequest,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: SubmitProgress) => void },
  ): Promise<Job>;
  cancel(id: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Streams the results beside the request file (or into `directory`) under a name that is free, unless they are there. */
  downloadResults(
    id: string,
    options?: {
      readonly directory?: string;
      readonly signal?: AbortSignal;
      readonly onProgress?: (fraction: number | undefined) => void;
    },
  ): Promise<ResultsFileRef>;
  /** A window that is not looked at is polled more slowly. */
  setFocused(focused: boolean): void;
}
