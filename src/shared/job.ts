import type { Dialect } from './dialect';

/** The states of a batch job, as the service names them, without their wire prefix (`BATCH_STATE_`, `JOB_STATE_`). */
export const knownJobStates = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const;
export type KnownJobState = (typeof knownJobStates)[number];

/** A known state, or the service's own text where it says something newer than this version knows. */
export type JobState = KnownJobState | (string & Record<never, never>);

const finalStates: ReadonlySet<string> = new Set<KnownJobState>([
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
]);

/** Whether the service will not change the job any more. Unknown states count as unfinished. */
export function isFinalState(state: JobState): boolean {
  return finalStates.has(state);
}

/** Row counts of a job; absent counts on the wire are zero. */
export interface JobCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
}

/** Why a job ended badly. `code` is a google.rpc code or, on other services, absent. */
export interface JobError {
  readonly code?: number;
  readonly message: string;
}

/** Where the results of a finished job are. */
export type JobOutput =
  { readonly kind: 'file'; readonly file: string; readonly errorFile?: string } | { readonly kind: 'inline' };

/** A batch job as the service describes it, whatever the wire looked like. Times are ISO 8601 as received. */
export interface RemoteJob {
  /** The service's name, e.g. `batches/leg9wy9p5df6`. */
  readonly name: string;
  /** As the service has it, with our token still in it. */
  readonly displayName: string;
  /** Without the `models/` prefix. */
  readonly model: string;
  readonly dialect: Dialect;
  readonly state: JobState;
  readonly counts: JobCounts;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly endedAt?: string;
  /** `files/…` of the input; absent for inline jobs. */
  readonly inputFile?: string;
  /** Absent until the service has results, which may be a little later than SUCCEEDED. */
  readonly output?: JobOutput;
  readonly error?: JobError;
}

/** The request file of a job as it was when it was submitted. */
export interface RequestFileRef {
  /** Absolute path on this machine. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Modification time, milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** SHA-256 of the content, lower-case hex. */
  readonly sha256: string;
  readonly rows: number;
}

/** Results on this machine. */
export interface ResultsFileRef {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rows: number;
  /** How many the service announced, where that is another number: some are missing, or there are more than were asked for. */
  readonly announcedRows?: number;
}
