import type { BatchService, RemoteFile, UploadSession } from '../shared/batchService';
import { ServiceError } from '../shared/serviceError';
import type { SubmitProgress } from './api';
import type { JobRecord } from './ledger/record';
import { remoteNameOf, requestFileOf } from './records';
import { verifyRequestFile } from './requestFile';
import type { UploadSessions } from './uploadSessions';

export interface InputUploadOptions {
  readonly sessions: UploadSessions;
  readonly service: (connectionId: string) => Promise<BatchService>;
  /** What the service's clock says, where the difference to ours was measured. */
  readonly serviceNow: (connectionId: string) => number | undefined;
  readonly onUploadProgress: (id: string, fraction: number | undefined) => void;
}

export interface UploadRequest {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SubmitProgress) => void;
  /** Nothing of this submission was ever sent, so there is nothing to look for. */
  readonly first: boolean;
}

/** An uploaded file that lives shorter than this is not worth creating a job from. */
const fileMarginMs = 10 * 60_000;

/** Brings the request file of a submission to the service, once: what is there already is found by its name and goes on. */
export class InputUpload {
  constructor(private readonly options: InputUploadOptions) {}

  /**
   * The request file at the service, whole. Rejects with RequestFileError when the file on disk is not the one that was to be
   * submitted any more.
   */
  async upload(record: JobRecord, request: UploadRequest): Promise<RemoteFile> {
    const { signal, first } = request;
    const requestFile = requestFileOf(record);
    const service = await this.options.service(record.connectionId);
    await verifyRequestFile(requestFile, signal);
    // Sent before, the file may be whole at the service although the answer was lost.
    const complete = first ? undefined : await this.findUploaded(service, record, signal);
    const session = first ? undefined : await this.options.sessions.recall(record.id);
    const file = complete ?? (await this.send(service, record, session, request));
    await verifyRequestFile(requestFile, signal).catch(async (error: unknown) => {
      // What was sent may be a mixture of two versions.
      await service.deleteFile(file.name).catch(() => undefined);
      await this.options.sessions.forget(record.id);
      throw error;
    });
    return file;
  }

  private async send(
    service: BatchService,
    record: JobRecord,
    session: UploadSession | undefined,
    request: UploadRequest,
  ): Promise<RemoteFile> {
    const { path, sizeBytes, sha256 } = requestFileOf(record);
    const { signal, onProgress } = request;
    const report = (bytes: number) => {
      const fraction = Math.min(1, bytes / sizeBytes);
      this.options.onUploadProgress(record.id, fraction);
      onProgress?.({ step: 'uploading', fraction });
    };
    // The first byte may be long in coming where the service cannot be reached.
    report(0);
    try {
      return await service.uploadFile(path, {
        displayName: remoteNameOf(record),
        sha256,
        signal,
        ...(session && { session }),
        onSession: (opened) => this.options.sessions.remember(record.id, opened),
        onProgress: ({ bytes }) => report(bytes),
      });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (session !== undefined && error.reason === 'FILE_CHANGED') {
        // Touched since the session began, though the content is the same: a session is bound to the time as well.
        await this.options.sessions.forget(record.id);
        return this.send(service, record, undefined, request);
      }
      if (!error.ambiguous) throw error;
      const complete = await this.findUploaded(service, record, signal);
      if (complete === undefined) throw error;
      return complete;
    }
  }

  /** The request file of this very submission at the service, whole and alive for long enough. */
  private async findUploaded(
    service: BatchService,
    record: JobRecord,
    signal: AbortSignal,
  ): Promise<RemoteFile | undefined> {
    const { sizeBytes, sha256 } = requestFileOf(record);
    const displayName = remoteNameOf(record);
    const files = await service.listFiles({ signal });
    return files.find(
      (file) =>
        file.displayName === displayName &&
        file.state !== 'FAILED' &&
        file.sizeBytes === sizeBytes &&
        (file.sha256 === undefined || file.sha256 === sha256) &&
        this.livesLongEnough(record.connectionId, file),
    );
  }

  private livesLongEnough(connectionId: string, { expiresAt }: Pick<RemoteFile, 'expiresAt'>): boolean {
    const end = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
    const now = this.options.serviceNow(connectionId);
    return Number.isNaN(end) || now === undefined || end - now > fileMarginMs;
  }

  /** Whether a file that was uploaded earlier can still be used. */
  async isAlive(service: BatchService, record: JobRecord, signal?: AbortSignal): Promise<boolean> {
    if (record.inputFile === undefined) return false;
    try {
      const file = await service.getFile(record.inputFile.name, signal && { signal });
      return file.state !== 'FAILED' && this.livesLongEnough(record.connectionId, file);
    } catch (error) {
      if (error instanceof ServiceError && error.kind === 'notFound') return false;
      throw error;
    }
  }
}
