import type { ConnectionFamily } from './connection';
import type { Dialect } from './dialect';
import type { RemoteJob } from './job';
import type { WebhookApi } from './webhook';

/**
 * A service that runs batches: the seam between the job engine and the wire. One adapter per API (gemini/, openai/), all of
 * them held to one conformance suite. Every method rejects with ServiceError, or CancelledError when `signal` fires.
 */
export interface BatchService {
  readonly family: ConnectionFamily;
  readonly capabilities: ServiceCapabilities;

  /** All models, with whether they can run batches. */
  listModels(options?: CallOptions): Promise<readonly Model[]>;

  /** Every job of the key's project, newest first, all pages. `limit` stops early. */
  listJobs(options?: CallOptions & { readonly limit?: number }): Promise<readonly RemoteJob[]>;
  getJob(name: string, options?: CallOptions): Promise<RemoteJob>;
  /** Creates a job. Never sent twice by itself except after 429 or a refused connection. */
  createJob(request: CreateJobRequest, options?: CallOptions): Promise<RemoteJob>;
  /** Asks the service to stop; the job may still succeed. */
  cancelJob(name: string, options?: CallOptions): Promise<void>;
  /** Removes the job and its results at the service. Does not stop a running job. */
  deleteJob(name: string, options?: CallOptions): Promise<void>;

  /** Streams the file at `path`; resumes `options.session` where the service still knows it. */
  uploadFile(path: string, options: UploadOptions): Promise<RemoteFile>;
  getFile(name: string, options?: CallOptions): Promise<RemoteFile>;
  listFiles(options?: CallOptions): Promise<readonly RemoteFile[]>;
  deleteFile(name: string, options?: CallOptions): Promise<void>;

  /**
   * Streams the results of a finished job to `target` as JSON Lines, one result a line, whatever way the service keeps them.
   * Writes to `target + '.part'` and renames at the end; rejects when `target` exists.
   */
  downloadResults(job: RemoteJob, target: string, options?: DownloadOptions): Promise<DownloadedResults>;

  /** Input tokens of one request body (a JSON text as in a request line). Absent where the service cannot count. */
  countTokens?(model: string, dialect: Dialect, requestJson: string, options?: CallOptions): Promise<number>;
  /** Runs one request at once, not as a batch; the answer's JSON text. */
  tryRequest?(model: string, dialect: Dialect, requestJson: string, options?: CallOptions): Promise<string>;
  /** Changes an unfinished job. Absent where the service cannot. */
  updateJob?(name: string, change: JobChange, options?: CallOptions): Promise<RemoteJob>;
  /** Contents cached at the service that requests may refer to. */
  listCachedContents?(options?: CallOptions): Promise<readonly CachedContent[]>;
  /** Room taken by files that were uploaded; results count too but are not listed by the service. */
  storageUsed?(options?: CallOptions): Promise<StorageUse>;
  /** Present exactly where `capabilities.webhooks` is true. */
  readonly webhooks?: WebhookApi;
}

/** What of a job can be changed after its creation; what is absent stays. */
export interface JobChange {
  readonly displayName?: string;
  readonly priority?: number;
}

/** Times are ISO 8601 as received. */
export interface CachedContent {
  /** `cachedContents/…`, as requests name it. */
  readonly name: string;
  readonly displayName?: string;
  /** Without the `models/` prefix. */
  readonly model: string;
  readonly tokens?: number;
  readonly expiresAt?: string;
}

export interface StorageUse {
  readonly files: number;
  readonly bytes: number;
  /** What the project may keep at once, where it is known. */
  readonly limitBytes?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a service can do beside the basics; what is false is not offered. */
export interface ServiceCapabilities {
  readonly deleteJob: boolean;
  readonly inlineJobs: boolean;
  readonly webhooks: boolean;
  readonly priority: boolean;
  /** Dialects whose files it takes. */
  readonly dialects: readonly Dialect[];
  readonly maxFileBytes: number;
  /** Largest request body of an inline creation; absent where `inlineJobs` is false. */
  readonly maxInlineBytes?: number;
  readonly maxRows?: number;
  /** Jobs that may be unfinished at once. */
  readonly maxConcurrentJobs?: number;
}

export interface Model {
  /** Without the `models/` prefix. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly inputTokenLimit?: number;
  readonly outputTokenLimit?: number;
  /** Dialects that it runs as batches; empty when it cannot batch. */
  readonly batchDialects: readonly Dialect[];
}

export interface CreateJobRequest {
  readonly model: string;
  readonly dialect: Dialect;
  readonly displayName: string;
  readonly input:
    | { readonly kind: 'file'; readonly file: string }
    /** Rows are read from the request file and sent in the body; the service limits it to 20 MB. */
    | { readonly kind: 'inline'; readonly path: string };
  /** `url` of the request lines, e.g. `/v1/chat/completions`. Of use for the dialect `openai` only, whose jobs name it. */
  readonly endpoint?: string;
  /** Higher runs first; the service's default is 0. */
  readonly priority?: number;
  readonly webhook?: {
    readonly uris: readonly string[];
    readonly userMetadata?: Readonly<Record<string, string>>;
  };
}

/** A file at the service. Times are ISO 8601 as received. */
export interface RemoteFile {
  /** `files/…` */
  readonly name: string;
  readonly displayName?: string;
  readonly mimeType?: string;
  readonly sizeBytes: number;
  readonly createdAt?: string;
  readonly expiresAt?: string;
  /** Lower-case hex, where the service says it. */
  readonly sha256?: string;
  readonly state: 'PROCESSING' | 'ACTIVE' | 'FAILED' | (string & Record<never, never>);
  readonly uri?: string;
}

/** What is needed to go on with an upload after a restart. The URL is a secret: whoever has it can write the file. */
export interface UploadSession {
  readonly url: string;
  readonly mimeType: string;
  /** Size and modification time of the file when the session began; a different file must not be sent to it. */
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

export interface UploadOptions extends CallOptions {
  readonly displayName: string;
  readonly session?: UploadSession;
  /** Called once the service has opened a session, before any byte of the file is sent. Awaited. */
  readonly onSession?: (session: UploadSession) => Promise<void> | void;
  readonly onProgress?: (progress: TransferProgress) => void;
  /** SHA-256 of the file in lower-case hex when the caller knows it; compared with what the service reports. */
  readonly sha256?: string;
}

export interface TransferProgress {
  readonly bytes: number;
  /** Absent when the service does not say how much there is. */
  readonly totalBytes?: number;
}

export interface DownloadOptions extends CallOptions {
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface DownloadedResults {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rows: number;
  /** How many rows the service said there are, where it did and where it differs from `rows`. */
  readonly announcedRows?: number;
}
