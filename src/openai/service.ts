import { ApiClient, resourcePath } from '../http/apiClient';
import type { GeminiServiceOptions } from '../gemini/service';
import type {
  BatchService,
  CallOptions,
  CreateJobRequest,
  DownloadedResults,
  DownloadOptions,
  Model,
  RemoteFile,
  ServiceCapabilities,
  UploadOptions,
} from '../shared/batchService';
import type { Connection } from '../shared/connection';
import type { Dialect } from '../shared/dialect';
import type { RemoteJob } from '../shared/job';
import { defined } from '../util/defined';
import { notOffered, OpenAiBatches } from './batches';
import { maxFileBytes, openAiFiles, toRemoteFile, type OpenAiFiles } from './files';
import { runAlone } from './trial';
import { filePage, modelPage } from './wire';

/** As for the Gemini API: connection, transport, key, … */
export type OpenAiServiceOptions = GeminiServiceOptions;

const capabilities: ServiceCapabilities = {
  deleteJob: false,
  inlineJobs: false,
  webhooks: false,
  priority: false,
  dialects: ['openai'],
  maxFileBytes,
  maxRows: 50_000,
};

const filePageSize = 1_000;

/** Any service that imitates OpenAI's Files and Batches APIs, or OpenAI itself. */
export function createOpenAiService(options: OpenAiServiceOptions): BatchService {
  return new OpenAiApi(options);
}

/** A client that sends its key as OpenAI's API wants it. */
export function bearerClient(options: OpenAiServiceOptions): ApiClient {
  return new ApiClient({
    baseUrl: options.connection.baseUrl,
    transport: options.transport,
    key: options.key,
    keyHeader: (key) => ['authorization', `Bearer ${key}`],
    logger: options.logger,
    ...defined({ clock: options.clock, random: options.random }),
  });
}

/** Addresses of such services are often given with the version at their end. */
function versionPath({ baseUrl, apiVersion }: Connection): string {
  const path = resourcePath(apiVersion);
  return baseUrl.replace(/\/+$/, '').endsWith(path) ? '' : path;
}

class OpenAiApi implements BatchService {
  readonly family = 'openai';
  readonly capabilities = capabilities;
  private readonly client: ApiClient;
  private readonly root: string;
  private readonly files: OpenAiFiles;
  private readonly batches: OpenAiBatches;

  private readonly connection: Connection;

  constructor(options: OpenAiServiceOptions) {
    this.connection = options.connection;
    this.client = bearerClient(options);
    this.root = versionPath(options.connection);
    this.files = openAiFiles(this.client, this.root, (callOptions) => this.listFiles(callOptions));
    this.batches = new OpenAiBatches({
      client: this.client,
      root: this.root,
      fetch: this.files.fetch,
      openFile: options.openFile,
    });
  }

  /** Those of the connection, where it names any; services of this kind often list what they cannot batch, or nothing. */
  async listModels(options?: CallOptions): Promise<readonly Model[]> {
    const named = this.connection.models ?? [];
    if (named.length > 0) return named.map(toModel);
    const page = await this.client.json(modelPage, {
      method: 'GET',
      path: `${this.root}/models`,
      doing: 'list the models',
      repeat: 'always',
      signal: options?.signal,
    });
    return page.data.map(({ id }) => toModel(id));
  }

  listJobs(options?: CallOptions & { readonly limit?: number }): Promise<readonly RemoteJob[]> {
    return this.batches.list(options);
  }

  getJob(name: string, options?: CallOptions): Promise<RemoteJob> {
    return this.batches.get(name, options);
  }

  createJob(request: CreateJobRequest, options?: CallOptions): Promise<RemoteJob> {
    return this.batches.create(request, options);
  }

  cancelJob(name: string, options?: CallOptions): Promise<void> {
    return this.batches.cancel(name, options);
  }

  deleteJob(): Promise<void> {
    return Promise.reject(notOffered('delete the job'));
  }

  uploadFile(path: string, options: UploadOptions): Promise<RemoteFile> {
    return this.files.upload(path, options);
  }

  getFile(name: string, options?: CallOptions): Promise<RemoteFile> {
    return this.files.get(name, options);
  }

  async listFiles(options?: CallOptions): Promise<readonly RemoteFile[]> {
    const files = new Map<string, RemoteFile>();
    let after: string | undefined;
    for (let more = true; more;) {
      const page = await this.client.json(filePage, {
        method: 'GET',
        path: `${this.root}/files`,
        query: { purpose: 'batch', limit: filePageSize, after },
        doing: 'list the files',
        repeat: 'always',
        signal: options?.signal,
      });
      const known = files.size;
      for (const file of page.data) files.set(file.id, toRemoteFile(file));
      after = page.last_id ?? page.data.at(-1)?.id;
      // Some services ignore `after`.
      more = page.has_more && after !== undefined && files.size > known;
    }
    return [...files.values()];
  }

  deleteFile(name: string, options?: CallOptions): Promise<void> {
    return this.files.delete(name, options);
  }

  downloadResults(job: RemoteJob, target: string, options?: DownloadOptions): Promise<DownloadedResults> {
    return this.batches.download(job, target, options);
  }

  tryRequest(_model: string, _dialect: Dialect, requestJson: string, options?: CallOptions): Promise<string> {
    return runAlone(this.client, this.root, requestJson, options);
  }
}

/** The service does not say which of its models it batches. */
function toModel(id: string): Model {
  return { id, label: id, batchDialects: ['openai'] };
}
