import { ApiClient, resourcePath } from '../http/apiClient';
import { Paths } from '../gemini/names';
import { fetchFile } from '../gemini/results';
import type { GeminiService, GeminiServiceOptions } from '../gemini/service';
import type {
  CachedContent,
  CallOptions,
  CreateJobRequest,
  DownloadedResults,
  DownloadOptions,
  JobChange,
  Model,
  RemoteFile,
  ServiceCapabilities,
  StorageUse,
  UploadOptions,
} from '../shared/batchService';
import type { Dialect } from '../shared/dialect';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import type { WebhookApi } from '../shared/webhook';
import { notOffered, OpenAiBatches } from './batches';
import { bearerClient } from './service';
import { trialPath } from './trial';

/** Names of jobs that were created through the layer: this and the layer's id. */
const prefix = 'openai/';
/** How long an empty list of the layer is believed while nothing here has to do with it. */
const quietMs = 600_000;
const trialTimeouts = { headersMs: 600_000 };

/**
 * The Gemini API with the dialect `openai` on top: such jobs go through its OpenAI-compatible layer, their files through the
 * Files API, as that layer wants it. Everything else is Gemini's own.
 */
export function withOpenAiLayer(gemini: GeminiService, options: GeminiServiceOptions): GeminiService {
  return new GeminiWithOpenAi(gemini, options);
}

class GeminiWithOpenAi implements GeminiService {
  readonly family = 'gemini';
  readonly capabilities: ServiceCapabilities;
  readonly webhooks: WebhookApi;
  private readonly client: ApiClient;
  private readonly root: string;
  private readonly batches: OpenAiBatches;
  /** Until then the layer's list is taken for empty; most people never use it, and each poll would ask for nothing. */
  private quietUntil = 0;

  constructor(
    private readonly gemini: GeminiService,
    options: GeminiServiceOptions,
  ) {
    this.capabilities = {
      ...gemini.capabilities,
      dialects: [...gemini.capabilities.dialects, 'openai'],
    };
    this.webhooks = gemini.webhooks;
    this.client = bearerClient(options);
    this.root = `${resourcePath(options.connection.apiVersion)}/openai`;
    const paths = new Paths(options.connection);
    const fileClient = new ApiClient({
      ...options,
      baseUrl: options.connection.baseUrl,
      keyHeader: (key) => ['x-goog-api-key', key],
    });
    this.batches = new OpenAiBatches({
      client: this.client,
      root: this.root,
      openFile: options.openFile,
      names: { toName: (id) => prefix + id, toId: (name) => name.slice(prefix.length) },
      fetch: (name, results, downloadOptions) =>
        fetchFile(name, results, downloadOptions, { client: fileClient, paths }),
    });
  }

  async listModels(options?: CallOptions): Promise<readonly Model[]> {
    const models = await this.gemini.listModels(options);
    return models.map((model) =>
      model.batchDialects.length === 0
        ? model
        : { ...model, batchDialects: [...model.batchDialects, 'openai'] },
    );
  }

  async listJobs(options?: CallOptions & { readonly limit?: number }): Promise<readonly RemoteJob[]> {
    const [own, layered] = await Promise.all([this.gemini.listJobs(options), this.listLayer(options)]);
    const ids = new Set(layered.map(({ name }) => nativeName(name)));
    return [...own.filter(({ name }) => !ids.has(name)), ...layered]
      .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''))
      .slice(0, options?.limit ?? Infinity);
  }

  getJob(name: string, options?: CallOptions): Promise<RemoteJob> {
    if (!name.startsWith(prefix)) return this.gemini.getJob(name, options);
    this.quietUntil = 0;
    return this.batches.get(name, options);
  }

  createJob(request: CreateJobRequest, options?: CallOptions): Promise<RemoteJob> {
    if (request.dialect !== 'openai') return this.gemini.createJob(request, options);
    this.quietUntil = 0;
    return this.batches.create(request, options);
  }

  cancelJob(name: string, options?: CallOptions): Promise<void> {
    return name.startsWith(prefix)
      ? this.batches.cancel(name, options)
      : this.gemini.cancelJob(name, options);
  }

  /** The layer has no way to delete; the job is one of Gemini's underneath. */
  deleteJob(name: string, options?: CallOptions): Promise<void> {
    return this.gemini.deleteJob(nativeName(name), options);
  }

  updateJob(name: string, change: JobChange, options?: CallOptions): Promise<RemoteJob> {
    return name.startsWith(prefix)
      ? Promise.reject(notOffered('change the job', 'changing jobs in the OpenAI form'))
      : this.gemini.updateJob(name, change, options);
  }

  uploadFile(path: string, options: UploadOptions): Promise<RemoteFile> {
    return this.gemini.uploadFile(path, options);
  }

  getFile(name: string, options?: CallOptions): Promise<RemoteFile> {
    return this.gemini.getFile(name, options);
  }

  listFiles(options?: CallOptions): Promise<readonly RemoteFile[]> {
    return this.gemini.listFiles(options);
  }

  deleteFile(name: string, options?: CallOptions): Promise<void> {
    return this.gemini.deleteFile(name, options);
  }

  storageUsed(options?: CallOptions): Promise<StorageUse> {
    return this.gemini.storageUsed(options);
  }

  listCachedContents(options?: CallOptions): Promise<readonly CachedContent[]> {
    return this.gemini.listCachedContents(options);
  }

  downloadResults(job: RemoteJob, target: string, options?: DownloadOptions): Promise<DownloadedResults> {
    return job.name.startsWith(prefix)
      ? this.batches.download(job, target, options)
      : this.gemini.downloadResults(job, target, options);
  }

  countTokens(model: string, dialect: Dialect, requestJson: string, options?: CallOptions): Promise<number> {
    return dialect === 'openai'
      ? Promise.reject(notOffered('count the tokens', 'counting tokens of OpenAI requests'))
      : this.gemini.countTokens(model, dialect, requestJson, options);
  }

  async tryRequest(
    model: string,
    dialect: Dialect,
    requestJson: string,
    options?: CallOptions,
  ): Promise<string> {
    if (dialect !== 'openai') return this.gemini.tryRequest(model, dialect, requestJson, options);
    return this.client.text({
      method: 'POST',
      path: this.root + trialPath(requestJson),
      doing: 'try the request',
      repeat: 'untouched',
      signal: options?.signal,
      body: requestJson,
      timeouts: trialTimeouts,
    });
  }

  private async listLayer(
    options?: CallOptions & { readonly limit?: number },
  ): Promise<readonly RemoteJob[]> {
    const now = this.client.clock.now();
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
