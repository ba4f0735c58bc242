import { dirname, join, parse, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { RequestFileRef, ResultsFileRef } from '../shared/job';
import type { OutcomeCounts, TokenUsage } from '../shared/outcome';
import { freePath } from '../util/files';
import type { Job, SubmitRequest } from './api';
import type { Groups } from './groups';
import type { JobStore } from './jobStore';
import type { Ledger } from './ledger/ledger';
import { recallMerge, rememberMerge } from './mergeMemory';
import { RequestFileError, verifyRequestFile } from './requestFile';
import type { RetryLinks } from './retryLinks';
import { mergeRuns, type Section } from './rows/mergeRuns';
import { writeRetryFile, type RetryableOutcome } from './rows/retryFile';

/** A file of requests that are to be asked again. */
export interface RetryFile {
  readonly path: string;
  readonly rows: number;
  /** What a submission of it has to name as its parent: the job, or the group. */
  readonly parentId: string;
}

/** What a retry file asks again for. */
export interface RetryParent {
  /** Of a job or a group. */
  readonly id: string;
  /** Of a group, the first part. */
  readonly job: Job;
}

/** The answers of a job, or of the parts of a split one, and of all retries in one file. */
export interface MergedResults {
  readonly file: ResultsFileRef;
  readonly counts: OutcomeCounts;
  readonly usage: TokenUsage;
  /** How many runs went into it, and how many are not finished yet and could not. */
  readonly runs: number;
  readonly unfinished: number;
}

export interface RunsOptions {
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly groups: Groups;
  readonly links: RetryLinks;
  readonly download: (
    id: string,
    request: { readonly directory?: string; readonly signal?: AbortSignal },
  ) => Promise<ResultsFileRef>;
}

export interface TargetOptions {
  /** Where the file goes, relative to the request file; beside it when absent. */
  readonly directory?: string;
  readonly signal?: AbortSignal;
}

export interface MergeOptions extends TargetOptions {
  /** Of a split submission: take the file that was made before, if it is still there and no run was added. */
  readonly reuse?: boolean;
}

/** What was asked at first: one job, or the parts of a split one. */
interface Root {
  readonly requestFile: RequestFileRef;
  readonly jobs: readonly Job[];
}

/** Runs of the same requests: asking again what failed, and putting the answers of all runs together. */
export class Runs {
  constructor(private readonly options: RunsOptions) {}

  /**
   * Writes the requests of a job, or of a whole group, that ended with one of `outcomes` to a new file. Results that are not here
   * yet are fetched. Rejects with RequestFileError when the request file was changed or nothing has to be asked again.
   */
  async createRetryFile(
    id: string,
    outcomes: ReadonlySet<RetryableOutcome>,
    options: TargetOptions = {},
  ): Promise<RetryFile> {
    const root = await this.rootAt(id);
    await verifyRequestFile(root.requestFile, options.signal);
    const results = await this.resultsOf(root.jobs, options.signal);
    const stem = parse(root.requestFile.path).name.replace(/\.retry-\d+$/, '');
    const name = `${stem}.retry-${this.generation(id) + 1}.jsonl`;
    const target = await freePath(join(folderOf(root, options), name));
    const section: Section = { requests: root.requestFile.path, results };
    const rows = await writeRetryFile(section, outcomes, target, options);
    if (rows === 0)
      throw new RequestFileError(
        l10n.t(
          'No request ended as one of these: {0}. There is nothing to ask again.',
          [...outcomes].join(', '),
        ),
      );
    await this.options.links.remember(target, id);
    return { path: target, rows, parentId: id };
  }

  /** The job or group that a file was made to ask again for, also when it was edited since; undefined when that is not known. */
  async retriedBy(path: string): Promise<RetryParent | undefined> {
    const id = await this.options.links.parentOf(path);
    if (id === undefined) return undefined;
    const job = this.options.store.get(id) ?? this.partsOf(id)[0];
    return job && { id, job };
  }

  /** What submits all requests of a job again, linked to it: after it expired, or to another model. */
  resubmission(id: string, change: { readonly model?: string } = {}): SubmitRequest {
    const { connectionId, requestFile, dialect, model, displayName } = this.options.store.existing(id);
    if (requestFile === undefined) {
      throw new RequestFileError(
        l10n.t('"{0}" was not submitted from here: its request file is not known.', displayName),
      );
    }
    const { path, rows } = requestFile;
    return { connectionId, path, dialect, displayName, rows, parentId: id, model: change.model ?? model };
  }

  /**
   * Puts the answers of a job, or of the parts of a split one, and of all its retries of all generations into one new results
   * file, in the order of the requests; a later success replaces an earlier failure. `id` is any job of the chain, or a group.
   */
  async merge(id: string, options: MergeOptions = {}): Promise<MergedResults> {
    const top = this.topOf(id);
    const root = await this.rootAt(top);
    const jobs = [...root.jobs, ...this.descendants(root)];
    const finished = jobs.filter(
      (job) => job.state === 'SUCCEEDED' && !(job.gone && job.results === undefined),
    );
    const from = finished.map((job) => job.id);
    const memory = root.jobs[0]?.group && join(this.options.groups.folderOf(top), 'merged.json');
    const before = options.reuse === true && memory && (await recallMerge(memory, from));
    if (before) return before;
    const results = await this.resultsOf(finished, options.signal);
    await verifyRequestFile(root.requestFile, options.signal);
    const kind = jobs.length > root.jobs.length ? 'merged.results' : 'results';
    const name = `${parse(root.requestFile.path).name}.${kind}.jsonl`;
    const target = await freePath(join(folderOf(root, options), name));
    const section: Section = { requests: root.requestFile.path, results };
    const merged = await mergeRuns([section], target, options.signal && { signal: options.signal });
    const made = { ...merged, runs: finished.length, unfinished: jobs.length - finished.length };
    if (memory !== undefined) await rememberMerge(memory, from, made);
    return made;
  }

  private async resultsOf(jobs: readonly Job[], signal: AbortSignal | undefined): Promise<string[]> {
    const paths: string[] = [];
    for (const job of jobs) {
      // Parts are of no use by themselves: their results stay with them.
      const directory = job.group && this.options.groups.folderOf(job.group.id);
      const { path } = await this.options.download(job.id, {
        ...(directory !== undefined && { directory }),
        ...(signal && { signal }),
      });
      paths.push(path);
    }
    return paths;
  }

  private async rootAt(id: string): Promise<Root> {
    const parts = this.partsOf(id);
    if (parts.length > 0) {
      const requestFile = await this.options.groups.sourceOf(id);
      if (requestFile === undefined)
        throw new RequestFileError(l10n.t('The request file that was split is not known any more.'));
      return { requestFile, jobs: parts };
    }
    const job = this.options.store.existing(id);
    if (job.requestFile === undefined) {
      throw new RequestFileError(
        l10n.t('"{0}" was not submitted from here: its request file is not known.', job.displayName),
      );
    }
    return { requestFile: job.requestFile, jobs: [job] };
  }

  /** The job, or the group, that the chain of `id` began with. */
  private topOf(id: string): string {
    const seen = new Set<string>();
    let top = id;
    for (;;) {
      seen.add(top);
      const parts = this.partsOf(top);
      const job = this.options.store.get(top) ?? parts[0];
      const next = job?.parentId ?? (parts.length === 0 ? job?.group?.id : undefined);
      // A circle cannot come about here, but an imported ledger may hold anything.
      if (
        next === undefined ||
        seen.has(next) ||
        (this.options.store.get(next) === undefined && this.partsOf(next).length === 0)
      )
        return top;
      top = next;
    }
  }

  /** Retries of all generations, oldest first. */
  private descendants(root: Root): readonly Job[] {
    const all = this.options.store.jobs;
    const known = new Set(
      root.jobs.flatMap((job) => [job.id, ...(job.group === undefined ? [] : [job.group.id])]),
    );
    const found: Job[] = [];
    for (let before = -1; before !== found.length;) {
      before = found.length;
      for (const job of all) {
        if (job.parentId === undefined || !known.has(job.parentId) || known.has(job.id)) continue;
        known.add(job.id);
        found.push(job);
      }
    }
    return found.sort((a, b) => a.createdAt - b.createdAt);
  }

  private generation(id: string): number {
    let generation = 0;
    const seen = new Set([id]);
    for (let at = this.parentOf(id); at !== undefined && !seen.has(at); at = this.parentOf(at)) {
      seen.add(at);
      generation += 1;
    }
    return generation;
  }

  private parentOf(id: string): string | undefined {
    return (this.options.store.get(id) ?? this.partsOf(id)[0])?.parentId;
  }

  private partsOf(groupId: string): readonly Job[] {
    const parts = this.options.store.jobs.filter((job) => job.group?.id === groupId);
    return parts.sort((a, b) => (a.group?.part ?? 0) - (b.group?.part ?? 0));
  }
}

function folderOf({ requestFile }: Root, { directory }: TargetOptions): string {
  const beside = dirname(requestFile.path);
  return directory === undefined ? beside : resolve(beside, directory);
}
