import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import { resourcePath, type ApiCall, type ApiClient } from '../http/apiClient';
import { couldNot } from '../http/couldNot';
import { downloadInto } from '../http/download';
import { isTransient } from '../http/errors';
import { fileBody, requireUnchanged, stampOf, type FileStamp } from '../http/fileSource';
import type { ResultsFile } from '../http/resultsFile';
import { backoff } from '../http/retry';
import { patientTimeouts } from '../http/transport';
import type { CallOptions, DownloadOptions, RemoteFile, UploadOptions } from '../shared/batchService';
import { ServiceError } from '../shared/serviceError';
import { delay } from '../util/async';
import { defined } from '../util/defined';
import { isoTime, present } from './jobs';
import { multipartForm } from './multipart';
import { fileSchema, type WireFile } from './wire';

/** Fetches a file into the section of `results` that is begun. */
export type FetchFile = (name: string, results: ResultsFile, options: DownloadOptions) => Promise<void>;

/** The Files API as the adapter uses it. */
export interface OpenAiFiles {
  upload(path: string, options: UploadOptions): Promise<RemoteFile>;
  get(name: string, options?: CallOptions): Promise<RemoteFile>;
  delete(name: string, options?: CallOptions): Promise<void>;
  readonly fetch: FetchFile;
}

/** Largest request file of the service that the others imitate. */
export const maxFileBytes = 200 * 1024 ** 2;

const uploading = 'upload the request file';
const patience = 5;
const pace = { firstDelayMs: 500, maxDelayMs: 30_000 };

/** `/files` of an OpenAI-compatible service. Uploads cannot be resumed there: a break means sending it all again. */
export function openAiFiles(
  client: ApiClient,
  root: string,
  list: (options?: CallOptions) => Promise<readonly RemoteFile[]>,
): OpenAiFiles {
  const path = (name: string, rest = '') => `${root}/files${resourcePath(name)}${rest}`;
  return {
    upload: (file, options) => upload(client, `${root}/files`, file, options, list),
    async get(name, options) {
      const call: ApiCall = {
        method: 'GET',
        path: path(name),
        doing: 'read the file',
        repeat: 'always',
        signal: options?.signal,
      };
      return toRemoteFile(await client.json(fileSchema, call));
    },
    delete: (name, options) =>
      client.remove({
        method: 'DELETE',
        path: path(name),
        doing: 'delete the file',
        repeat: 'always',
        signal: options?.signal,
      }),
    fetch: (name, results, options) =>
      downloadInto(results, client, {
        path: path(name, '/content'),
        doing: 'save the results',
        signal: options.signal,
        onProgress: options.onProgress,
      }),
  };
}

async function upload(
  client: ApiClient,
  collection: string,
  path: string,
  options: UploadOptions,
  list: (options?: CallOptions) => Promise<readonly RemoteFile[]>,
): Promise<RemoteFile> {
  const stamp = await stampOf(path);
  if (stamp.sizeBytes > maxFileBytes) throw tooLarge(path);
  const fileName = `${options.displayName}.jsonl`;
  for (let failures = 0; ;) {
    try {
      const file = await sendOnce(client, collection, path, stamp, fileName, options);
      await requireUnchanged(path, stamp);
      if (file.sizeBytes === 0 || file.sizeBytes === stamp.sizeBytes)
        return { ...file, sizeBytes: stamp.sizeBytes };
      const why = l10n.t('what the service got has another size.');
      throw new ServiceError(couldNot(uploading, why), {
        kind: 'protocol',
        reason: 'UPLOAD_DIFFERS',
        ambiguous: false,
        advice: l10n.t('Submit the file again.'),
      });
    } catch (error) {
      failures += 1;
      if (!isTransient(error) || error.reason === 'UPLOAD_DIFFERS' || failures >= patience) throw error;
      await delay(backoff(failures, pace, client.random, error.retryAfterMs), options.signal, client.clock);
      await requireUnchanged(path, stamp);
      // Only the answer may have been lost. The display name is unique to a submission.
      const arrived = (await list(options)).find(
        (file) => file.displayName === options.displayName && file.sizeBytes === stamp.sizeBytes,
      );
      if (arrived !== undefined) return arrived;
    }
  }
}

async function sendOnce(
  client: ApiClient,
  collection: string,
  path: string,
  stamp: FileStamp,
  fileName: string,
  options: UploadOptions,
): Promise<RemoteFile> {
  const totalBytes = stamp.sizeBytes;
  const content = fileBody(path, stamp, 0, (bytes) => options.onProgress?.({ bytes, totalBytes }));
  const form = multipartForm(
    { purpose: 'batch' },
    { field: 'file', fileName, contentType: 'application/jsonl' },
    content,
  );
  return toRemoteFile(
    await client.json(fileSchema, {
      method: 'POST',
      path: collection,
      doing: uploading,
      repeat: 'never',
      signal: options.signal,
      headers: { 'content-type': form.contentType },
      body: form.body,
      timeouts: patientTimeouts,
    }),
  );
}

/** A file as an OpenAI-compatible service described it, in our words. */
export function toRemoteFile(file: WireFile): RemoteFile {
  const createdAt = isoTime(file.created_at);
  const expiresAt = isoTime(file.expires_at);
  return {
    name: file.id,
    sizeBytes: file.bytes,
    state: file.status === 'error' ? 'FAILED' : 'ACTIVE',
    ...(present(file.filename) ? { displayName: file.filename.replace(/\.jsonl$/, '') } : {}),
    ...defined({ createdAt, expiresAt }),
  };
}

function tooLarge(path: string): ServiceError {
  const why = l10n.t('{0} is larger than 200 MB.', basename(path));
  return new ServiceError(couldNot(uploading, why), {
    kind: 'invalid',
    reason: 'TOO_LARGE',
    ambiguous: false,
    advice: l10n.t('Split it into several files.'),
  });
}
