import type { ApiClient } from '../http/apiClient';
import { resourcePath } from '../http/apiClient';
import { fetchFile } from '../gemini/results';
import {
  GeminiApi,
  geminiCapabilities,
  type GeminiService,
  type GeminiServiceOptions,
} from '../gemini/service';
import type {
  CallOptions,
  CreateJobRequest,
  DownloadedResults,
  DownloadOptions,
  JobChange,
  Model,
  ServiceCapabilities,
} from '../shared/batchService';
import type { Dialect } from '../shared/dialect';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { notOffered, OpenAiBatches } from './batches';
import { bearerClient } from './service';
import { runAlone } from './trial';

/** Names of jobs that were created through the layer: this and the layer's id. */
const prefix = 'openai/';
/** How long an empty list of the layer is believed while nothing here has to do with it. */
const quietMs = 600_000;

/**
 * The Gemini API with the dialect `openai` on top: such jobs go through its OpenAI-compatible layer, their files through the
 * Files API, as that layer wants it. Everything else is Gemini's own.
 */
export function createLayeredGeminiService(options: GeminiServiceOptions): GeminiService {
  return new GeminiWithOpenAi(options);
}

class GeminiWithOpenAi extends GeminiApi {
  override readonly capabilities: ServiceCapabilities = {
    ...geminiCapabilities,
    dialects: [...geminiCapabilities.dialects, 'openai'],
  };
  private readonly bearer: ApiClient;
  private readonly root: string;
  private readonly batches: OpenAiBatches;
  /** Until then the layer's list is taken for empty; most people never use it, and each poll would ask for nothing. */
  private quietUntil = 0;

  constructor(options: GeminiServiceOptions) {
    super(options);
    this.bearer = bearerClient(options);
    this.root = `${resourcePath(options.connection.apiVersion)}/openai`;
    this.batches = new OpenAiBatches({
      client: this.bearer,
      root: this.root,
      openFile: options.openFile,
      names: { toName: (id) => prefix + id, toId: (name) => name.slice(prefix.length) },
      fetch: (name, results, downloadOptions) => fetchFile(name, results, downloadOptions, this),
    });
  }

  override async listModels(options?: CallOptions): Promise<readonly Model[]> {
    const models = await super.listModels(options);
    return models.map((model) =>
      model.batchDialects.length === 0
        ? model
        : { ...model, batchDialects: [...model.batchDialects, 'openai'] },
    );
  }

  override async listJobs(
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly RemoteJob[]> {
    const [own, layered] = await Promise.all([super.listJobs(options), this.listLayer(options)]);
    const ids = new Set(layered.map(({ name }) => nativeName(name)));
    return [...own.filter(({ name }) => !ids.has(name)), ...layered]
      .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''))
      .slice(0, options?.limit ?? Infinity);
  }

  override getJob(name: string, options?: CallOptions): Promise<RemoteJob> {
    if (!name.startsWith(prefix)) return super.getJob(name, options);
    this.quietUntil = 0;
    return this.batches.get(name, options);
  }

  override createJob(request: CreateJobRequest, options?: CallOptions): Promise<RemoteJob> {
    if (request.dialect !== 'openai') return super.createJob(request, options);
    this.quietUntil = 0;
    return this.batches.create(request, options);
  }

  override cancelJob(name: string, options?: CallOptions): Promise<void> {
    return name.startsWith(prefix) ? this.batches.cancel(name, options) : super.cancelJob(name, options);
  }

  /** The layer has no way to delete; the job is one of Gemini's underneath. */
  override deleteJob(name: string, options?: CallOptions): Promise<void> {
    return super.deleteJob(nativeName(name), options);
  }

  override updateJob(name: string, change: JobChange, options?: CallOptions): Promise<RemoteJob> {
    return name.startsWith(prefix)
      ? Promise.reject(notOffered('change the job'))
      : super.updateJob(name, change, options);
  }

  override downloadResults(
    job: RemoteJob,
    target: string,
    options?: DownloadOptions,
  ): Promise<DownloadedResults> {
    return job.name.startsWith(prefix)
      ? this.batches.download(job, target, options)
      : super.downloadResults(job, target, options);
  }

  override countTokens(
    model: string,
    dialect: Dialect,
    requestJson: string,
    options?: CallOptions,
  ): Promise<number> {
    return dialect === 'openai'
      ? Promise.reject(notOffered('count the tokens'))
      : super.countTokens(model, dialect, requestJson, options);
  }

  override async tryRequest(
    model: string,
    dialect: Dialect,
    requestJson: string,
    options?: CallOptions,
  ): Promise<string> {
    if (dialect !== 'openai') return super.tryRequest(model, dialect, requestJson, options);
    return runAlone(this.bearer, this.root, requestJson, options);
  }

  private async listLayer(
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly RemoteJob[]> {
    const now = this.bearer.clock.now();
    if (now < this.quietUntil) return [];
    try {
      const jobs = await this.batches.list(options);
      if (jobs.length === 0) this.quietUntil = now + quietMs;
      return jobs;
    } catch (error) {
      // The guide promises creating and reading only; a service that cannot list has nothing to show.
      if (!(error instanceof ServiceError) || !cannotList.has(error.status ?? 0)) throw error;
      this.quietUntil = now + quietMs;
      return [];
    }
  }
}

const cannotList: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** The name of a layer's job among Gemini's own. */
function nativeName(name: string): string {
  if (!name.startsWith(prefix)) return name;
  const id = name.slice(prefix.length);
  return id.includes('/') ? id : `batches/${id}`;
}
