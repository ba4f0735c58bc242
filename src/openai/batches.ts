import * as l10n from '@vscode/l10n';
import type { ApiCall, ApiClient } from '../http/apiClient';
import { couldNot, type Doing } from '../http/couldNot';
import type { OpenFile } from '../http/resultsFile';
import { lateResults, noResults, saveResults } from '../http/saveResults';
import type {
  CallOptions,
  CreateJobRequest,
  DownloadedResults,
  DownloadOptions,
} from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { delay } from '../util/async';
import type { FetchFile } from './files';
import { metadataNames, toRemoteJob } from './jobs';
import { batchPage, batchSchema } from './wire';

export interface OpenAiBatchesOptions {
  readonly client: ApiClient;
  /** Path of the API below the base URL, e.g. `/v1`. */
  readonly root: string;
  /** Fetches a file into the section of `results` that is begun. */
  readonly fetch: FetchFile;
  readonly openFile?: OpenFile | undefined;
  /** Job names, where they are not simply the service's ids. */
  readonly names?: { readonly toName: (id: string) => string; readonly toId: (name: string) => string };
}

const pageSize = 100;
const defaultEndpoint = '/v1/chat/completions';
/** Some services check the whole request file before they answer. */
const creationTimeouts = { headersMs: 600_000 };

/** `/batches` in OpenAI's form, wherever it is served. */
export class OpenAiBatches {
  private readonly toName: (id: string) => string;
  private readonly toId: (name: string) => string;

  constructor(private readonly options: OpenAiBatchesOptions) {
    this.toName = options.names?.toName ?? ((id) => id);
    this.toId = options.names?.toId ?? ((name) => name);
  }

  async list(options?: CallOptions & { readonly limit?: number }): Promise<readonly RemoteJob[]> {
    const call = this.call('GET', '', 'list the jobs', options);
    const limit = options?.limit ?? Infinity;
    const jobs = new Map<string, RemoteJob>();
    let after: string | undefined;
    for (let more = true; more && jobs.size < limit;) {
      const query = { limit: Math.min(pageSize, limit), after };
      const page = await this.options.client.json(batchPage, { ...call, query });
      const known = jobs.size;
      for (const batch of page.data) jobs.set(batch.id, toRemoteJob(batch, this.toName));
      after = page.last_id ?? page.data.at(-1)?.id;
      // A service that ignores `after` would send the same page for ever.
      more = page.has_more && after !== undefined && jobs.size > known;
    }
    return [...jobs.values()]
      .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''))
      .slice(0, limit);
  }

  async get(name: string, options?: CallOptions): Promise<RemoteJob> {
    const call = this.call('GET', this.path(name), 'read the job', options);
    return toRemoteJob(await this.options.client.json(batchSchema, call), this.toName);
  }

  async create(request: CreateJobRequest, options?: CallOptions): Promise<RemoteJob> {
    const { input, displayName, model } = request;
    if (input.kind !== 'file') throw notOffered('create the job');
    const endpoint = request.endpoint ?? defaultEndpoint;
    const body = {
      input_file_id: input.file,
      endpoint,
      completion_window: '24h',
      metadata: { [metadataNames.displayName]: displayName, [metadataNames.model]: model },
    };
    const call: ApiCall = {
      ...this.call('POST', '', 'create the job', options),
      // As everywhere, creating is not idempotent.
      repeat: 'untouched',
      timeouts: creationTimeouts,
      body: JSON.stringify(body),
    };
    return toRemoteJob(await this.options.client.json(batchSchema, call), this.toName);
  }

  async cancel(name: string, options?: CallOptions): Promise<void> {
    const call = this.call('POST', `${this.path(name)}/cancel`, 'cancel the job', options);
    await this.options.client.done(call);
  }

  /** Output file and error file, one after the other, as one file. */
  download(job: RemoteJob, target: string, options: DownloadOptions = {}): Promise<DownloadedResults> {
    const { fetch, openFile } = this.options;
    return saveResults(target, openFile, async (results) => {
      const { file, errorFile } = await this.withOutput(job, options);
      await fetch(file, results, options);
      if (errorFile !== undefined) {
        await results.beginSection();
        await fetch(errorFile, results, options);
      }
      return job;
    });
  }

  private async withOutput(
    job: RemoteJob,
    options: DownloadOptions,
  ): Promise<{ readonly file: string; readonly errorFile?: string }> {
    let current = job;
    for (let polls = 0; polls < lateResults.polls; polls += 1) {
      if (current.output?.kind === 'file') return current.output;
      if (polls > 0) {
        if (current.state !== 'SUCCEEDED') break;
        await delay(lateResults.pollMs, options.signal, this.options.client.clock);
      }
      current = await this.get(job.name, options);
    }
    throw noResults(current);
  }

  private path(name: string): string {
    return `/${encodeURIComponent(this.toId(name))}`;
  }

  private call(
    method: ApiCall['method'],
    path: string,
    doing: Doing,
    options: CallOptions | undefined,
  ): ApiCall {
    return {
      method,
      path: `${this.options.root}/batches${path}`,
      doing,
      repeat: 'always',
      signal: options?.signal,
    };
  }
}

/** The error for what a service of this kind does not have. */
export function notOffered(doing: Doing): ServiceError {
  return new ServiceError(couldNot(doing, l10n.t('this service does not offer that.')), {
    kind: 'invalid',
    reason: 'NOT_OFFERED',
    ambiguous: false,
  });
}
