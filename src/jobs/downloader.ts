import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { BatchService } from '../shared/batchService';
import { isFinalState, type RemoteJob, type ResultsFileRef } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { errorCode, exists, freePath } from '../util/files';
import type { JobEngine } from './api';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { without } from './records';

export type DownloadRequest = NonNullable<Parameters<JobEngine['downloadResults']>[1]>;

/** Results that could not be fetched or written. `message` is for a person. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';

  constructor(
    message: string,
    readonly kind: 'none' | 'notYet' | 'noFolder' | 'diskFull' | 'notWritable',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface DownloaderOptions {
  readonly ledger: Ledger;
  readonly service: (connectionId: string) => Promise<BatchService>;
}

/** How often another program may take the name that we chose. */
const maxNames = 20;
const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const notWritable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT']);

/** Brings results to disk, each job's once, never over a file that is there. */
export class Downloader {
  private readonly running = new Map<string, Promise<ResultsFileRef>>();

  constructor(private readonly options: DownloaderOptions) {}

  /** A second call for the same job joins the first. */
  download(id: string, request: DownloadRequest = {}): Promise<ResultsFileRef> {
    const existing = this.running.get(id);
    if (existing !== undefined) return existing;
    const download = this.work(id, request).finally(() => this.running.delete(id));
    this.running.set(id, download);
    return download;
  }

  private async work(id: string, request: DownloadRequest): Promise<ResultsFileRef> {
    const record = this.options.ledger.get(id);
    if (record?.name === undefined)
      throw new ResultsError(l10n.t('The job is not at the service yet.'), 'notYet');
    if (record.results !== undefined && (await isThere(record.results))) return record.results;
    const service = await this.options.service(record.connectionId);
    const job = await this.finished(service, record, request);
    const folder = folderOf(record, request);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw explain(error, folder);
    });
    return this.fetch(service, record, job, folder, request);
  }

  private async finished(
    service: BatchService,
    record: JobRecord,
    { signal }: DownloadRequest,
  ): Promise<RemoteJob> {
    const known = record.remote;
    if (known !== undefined && isFinalState(known.state) && known.output !== undefined) return known;
    const job = await service.getJob(record.name ?? '', signal && { signal });
    if (job.output !== undefined) return job;
    if (!isFinalState(job.state)) {
      throw new ResultsError(
        l10n.t('"{0}" is still {1}.', record.displayName, job.state.toLowerCase()),
        'notYet',
      );
    }
    if (job.state === 'SUCCEEDED') {
      throw new ResultsError(
        l10n.t(
          'The service has not said yet where the results of "{0}" are. Try again in a minute.',
          record.displayName,
        ),
        'notYet',
      );
    }
    throw new ResultsError(fruitless(record.displayName, job), 'none');
  }

  private async fetch(
    service: BatchService,
    record: JobRecord,
    job: RemoteJob,
    folder: string,
    { signal, onProgress }: DownloadRequest,
  ): Promise<ResultsFileRef> {
    for (let attempt = 1; ; attempt += 1) {
      let target = '';
      try {
        target = await this.targetFor(record.id, folder);
        const { path, sizeBytes, rows, announcedRows } = await service.downloadResults(job, target, {
          ...(signal && { signal }),
          ...(onProgress && {
            onProgress: ({ bytes, totalBytes }) =>
              onProgress(
                totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, bytes / totalBytes),
              ),
          }),
        });
        const results = { path, sizeBytes, rows, ...(announcedRows !== undefined && { announcedRows }) };
        await this.options.ledger.update(record.id, (current) => ({
          ...without(current, 'resultsTarget'),
          results,
          remote: current.remote ?? job,
        }));
        return results;
      } catch (error) {
        // Somebody took the name between our look and the end of the download.
        if (diskCode(error) === 'EEXIST' && attempt < maxNames) continue;
        // The half that is there takes room that somebody needs; the service still has everything.
        if (noRoom.has(diskCode(error))) await unlink(partOf(target)).catch(() => undefined);
        throw explain(error, folder);
      }
    }
  }

  /** A free name; the one of an earlier, unfinished download in the same folder, so that it can go on. */
  private async targetFor(id: string, folder: string): Promise<string> {
    const record = this.options.ledger.get(id);
    const earlier = record?.resultsTarget;
    if (earlier !== undefined && dirname(earlier) === folder && !(await exists(earlier))) return earlier;
    const stem = stemOf(record);
    for (let n = 1; ; n += 1) {
      const name = `${stem}${n === 1 ? '' : ` (${n})`}.results.jsonl`;
      const target = await freePath(join(folder, name));
      if (!(await reserve(partOf(target)))) continue;
      await this.options.ledger.update(id, (current) => ({ ...current, resultsTarget: target }));
      return target;
    }
  }
}

/** Takes the name of a half file, so that no other job's download goes on with ours. */
async function reserve(part: string): Promise<boolean> {
  try {
    await (await open(part, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function partOf(target: string): string {
  return `${target}.part`;
}

function folderOf(record: JobRecord, { directory }: DownloadRequest): string {
  const beside = record.requestFile && dirname(record.requestFile.path);
  if (directory !== undefined) return beside === undefined ? resolve(directory) : resolve(beside, directory);
  if (beside !== undefined) return beside;
  throw new ResultsError(
    l10n.t('"{0}" was not submitted from here: choose a folder for its results.', record.displayName),
    'noFolder',
  );
}

/** The name of the request file, or of the job, without what file systems do not take. */
function stemOf(record: JobRecord | undefined): string {
  const path = record?.requestFile?.path;
  if (path !== undefined) return parse(path).name;
  const name = (record?.displayName ?? '').replace(/[\\/:*?"<>|.\s\p{Cc}]+/gu, '-').replace(/^-+|-+$/g, '');
  return Array.from(name).slice(0, 80).join('') || 'batch';
}

async function isThere(results: ResultsFileRef): Promise<boolean> {
  try {
    return (await stat(results.path)).size === results.sizeBytes;
  } catch {
    return false;
  }
}

/** The system's code of a failure of our own disk, whoever met it. */
function diskCode(error: unknown): string {
  if (error instanceof ServiceError) return error.kind === 'local' ? (error.reason ?? '') : '';
  return errorCode(error) ?? '';
}

/** Why a job that has ended has no results. */
function fruitless(displayName: string, { state, error }: RemoteJob): string {
  const end = state.toLowerCase();
  return error === undefined
    ? l10n.t('"{0}" ended as {1} and has no results.', displayName, end)
    : l10n.t('"{0}" ended as {1} and has no results. The service says: {2}', displayName, end, error.message);
}

function explain(error: unknown, folder: string): unknown {
  const code = diskCode(error);
  if (noRoom.has(code)) {
    return new ResultsError(
      l10n.t(
        'The disk is full: the results do not fit into {0}. Make room there or choose another folder; the service keeps the results meanwhile.',
        folder,
      ),
      'diskFull',
      { cause: error },
    );
  }
  if (notWritable.has(code)) {
    return new ResultsError(
      l10n.t('The results cannot be written to {0} ({1}). Choose another folder.', folder, code),
      'notWritable',
      { cause: error },
    );
  }
  return error;
}
