import {
  EventEmitter,
  FileSystemError,
  RelativePattern,
  Uri,
  workspace,
  type CustomDocument,
  type Event,
} from 'vscode';
import { dirname } from 'node:path';
import type { Job } from '../../jobs/api';
import type { IndexCache } from '../../results/indexCache';
import { ResultSet } from '../../results/resultSet';
import type { Scanner } from '../../results/scanner';
import { isCancelled } from '../../util/async';
import { DisposableStore } from '../../util/disposable';
import { errorCode, exists, hashFile } from '../../util/files';
import type { ResultsServices } from './api';
import { jobOfResults, requestPathsFor } from './jobLink';

export interface DocumentParts {
  readonly services: ResultsServices;
  readonly scanner: Scanner;
  readonly cache: IndexCache;
  /** Request files that a person chose. */
  readonly chosen: RememberedFiles;
  /** Results of earlier runs that were compared last. */
  readonly earlierRuns: RememberedFiles;
}

/** Paths by the path of the results file that they belong to; kept with the workspace. */
export interface RememberedFiles {
  get(results: string): string | undefined;
  set(results: string, file: string): Promise<void>;
}

/** Changes of a file come in bursts while it is written. */
const settleMs = 300;

/** A results file that is open, with what is known of its job, indexed and joined. Read anew when its files change. */
export class ResultsDocument implements CustomDocument {
  private readonly owned = new DisposableStore();
  private readonly replaced = this.owned.add(new EventEmitter<void>());
  private readonly learned = this.owned.add(new EventEmitter<void>());
  private timer: NodeJS.Timeout | undefined;
  private current: ResultSet;
  job: Job | undefined;
  requestsChanged = false;
  /** The results file is not there any more; what was read of it stays. */
  gone = false;
  /** The files changed and there is another set. */
  readonly onDidReplace: Event<void> = this.replaced.event;
  /** More is known about the job or the request file. */
  readonly onDidLearn: Event<void> = this.learned.event;

  private constructor(
    readonly uri: Uri,
    private readonly parts: DocumentParts,
    set: ResultSet,
    job: Job | undefined,
  ) {
    this.current = set;
    this.job = job;
    const watcher = this.owned.add(
      workspace.createFileSystemWatcher(
        new RelativePattern(Uri.file(dirname(uri.fsPath)), '*.{jsonl,ndjson}'),
      ),
    );
    const onChange = (changed: Uri) => this.onFileChange(changed.fsPath);
    this.owned.add(watcher.onDidChange(onChange));
    this.owned.add(watcher.onDidCreate(onChange));
    this.owned.add(watcher.onDidDelete(onChange));
    void this.lookAtRequests();
  }

  /** Rejects with a FileSystemError that VS Code shows in the editor's place. */
  static async open(uri: Uri, parts: DocumentParts): Promise<ResultsDocument> {
    if (uri.scheme !== 'file') throw FileSystemError.Unavailable(uri);
    const job = await knownJob(uri.fsPath, parts);
    try {
      return new ResultsDocument(uri, parts, await openSet(uri.fsPath, job, parts), job);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw FileSystemError.FileNotFound(uri);
      throw error;
    }
  }

  get set(): ResultSet {
    return this.current;
  }

  get requestsPath(): string | undefined {
    return this.current.requestLines?.path;
  }

  async chooseRequests(requests: string): Promise<void> {
    await this.parts.chosen.set(this.uri.fsPath, requests);
    await this.reload();
  }

  private onFileChange(path: string): void {
    if (path !== this.uri.fsPath && path !== this.requestsPath) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reload().catch((error: unknown) => this.log(error)), settleMs);
  }

  private async reload(): Promise<void> {
    const gone = !(await exists(this.uri.fsPath));
    if (gone || this.gone) {
      this.gone = gone;
      this.learned.fire();
    }
    if (gone) return;
    this.job = await knownJob(this.uri.fsPath, this.parts);
    const set = await openSet(this.uri.fsPath, this.job, this.parts);
    if (this.owned.isDisposed) {
      set.dispose();
      return;
    }
    this.current.dispose();
    this.current = set;
    this.replaced.fire();
    await this.lookAtRequests();
  }

  /** Whether the request file is still what was submitted. Reading it all is put off until size and time leave a doubt. */
  private async lookAtRequests(): Promise<void> {
    const submitted = this.job?.requestFile;
    const stamp = this.current.requestsStamp;
    if (submitted === undefined || submitted.path !== stamp?.path) return;
    try {
      const sameSize = submitted.sizeBytes === stamp.sizeBytes;
      const untouched = sameSize && submitted.modifiedAt === stamp.modifiedAt;
      const changed = !untouched && (!sameSize || (await hashFile(stamp.path)) !== submitted.sha256);
      if (changed === this.requestsChanged) return;
      this.requestsChanged = changed;
      this.learned.fire();
    } catch (error) {
      this.log(error);
    }
  }

  /** Tells the ledger what became of the job's rows, once they are joined to its own requests. */
  async keepOutcomes(): Promise<void> {
    const { job, current } = this;
    if (job === undefined || current.join === undefined || job.requestFile?.path !== this.requestsPath)
      return;
    const { counts, usage } = current.summary();
    try {
      await (await this.parts.services.engine()).setOutcomes(job.id, counts, usage);
    } catch (error) {
      this.log(error);
    }
  }

  private log(error: unknown): void {
    if (!isCancelled(error))
      this.parts.services.logger.warn(`Results: ${error instanceof Error ? error.message : String(error)}`);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.current.dispose();
    this.owned.dispose();
  }
}

async function knownJob(results: string, { services }: DocumentParts): Promise<Job | undefined> {
  try {
    return jobOfResults((await services.engine()).jobs, results);
  } catch (error) {
    // Results can be looked at without any job.
    services.logger.warn(
      `Results: the jobs cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

async function openSet(results: string, job: Job | undefined, parts: DocumentParts): Promise<ResultSet> {
  const requests = await requestsOf(results, job, parts);
  return ResultSet.open({
    results,
    ...(requests === undefined ? {} : { requests }),
    scanner: parts.scanner,
    cache: parts.cache,
  });
}

/** The request file of results: the one a person chose, the job's, or the one of the same name. */
async function requestsOf(
  results: string,
  job: Job | undefined,
  { chosen }: DocumentParts,
): Promise<string | undefined> {
  const own = chosen.get(results);
  const ofJob = job?.requestFile?.path;
  for (const path of [own, ofJob, ...requestPathsFor(results)]) {
    if (path !== undefined && path !== results && (await exists(path))) return path;
  }
  return undefined;
}
