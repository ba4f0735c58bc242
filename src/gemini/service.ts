import type * as z from 'zod';
import type { Answer } from '../http/answer';
import { ApiClient, type ApiCall } from '../http/apiClient';
import type { Doing } from '../http/couldNot';
import type { OpenFile } from '../http/resultsFile';
import { patientTimeouts, type Transport } from '../http/transport';
import type {
  BatchService,
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
import type { Connection } from '../shared/connection';
import type { Dialect } from '../shared/dialect';
import type { RemoteJob } from '../shared/job';
import type { WebhookApi } from '../shared/webhook';
import type { Clock } from '../util/clock';
import { defined } from '../util/defined';
import type { Logger } from '../util/logger';
import { creationBody, maxInlineBytes, withLines } from './creation';
import { maxFileBytes, maxStorageBytes, toRemoteFile } from './files';
import { toRemoteJob } from './jobs';
import { Paths, shortModel } from './names';
import { listed, type PageQuery } from './paging';
import { downloadResults, type InlineSink } from './results';
import { skimJson, skimUntil, type ItemSink } from './skimJson';
import { countTokensBody, trialBody } from './trial';
import { uploadFile, type MimeMemory } from './upload';
import { GeminiWebhooks } from './webhooks';
import {
  cachedContentPage,
  filePage,
  fileSchema,
  modelPage,
  operationPage,
  operationSchema,
  tokenCount,
  trialAnswer,
  type WireCachedContent,
  type WireModel,
} from './wire';

export interface GeminiServiceOptions {
  readonly connection: Connection;
  readonly transport: Transport;
  /** Read for every call. Nothing, or an empty text, is a ServiceError `auth` with reason `NO_KEY`. */
  readonly key: () => Promise<string | undefined>;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** From 0 to below 1; spreads retries. */
  readonly random?: () => number;
  /** How results files are opened; Node's own way by default. */
  readonly openFile?: OpenFile;
}

/** Everything that the Gemini Batch API offers. */
export type GeminiService = BatchService &
  Required<
    Pick<
      BatchService,
      'countTokens' | 'tryRequest' | 'updateJob' | 'listCachedContents' | 'storageUsed' | 'webhooks'
    >
  >;

export const geminiCapabilities: ServiceCapabilities = {
  deleteJob: true,
  inlineJobs: true,
  webhooks: true,
  priority: true,
  dialects: ['gemini', 'gemini-embed'],
  maxFileBytes,
  maxInlineBytes,
  maxConcurrentJobs: 100,
};

/** Page sizes: what files allow at most, and what models and cached contents do. */
const shortPage = 100;
const longPage = 1000;
/** A model may think for minutes before it says anything. */
const trialTimeouts = { headersMs: 600_000 };
/** The service checks the whole request file, up to 2 GB, before it answers. */
const creationTimeouts = { headersMs: 600_000 };
/** Members whose elements may be gigabytes of results. */
const inlineResults = [
  'inlinedResponses',
  'inlined_responses',
  'inlinedEmbedContentResponses',
  'inlined_embed_content_responses',
];

/** The Gemini API behind the interface that the job engine uses. */
export function createGeminiService(options: GeminiServiceOptions): GeminiService {
  return new GeminiApi(options);
}

/** The service itself, for who puts something on top. */
export class GeminiApi implements GeminiService {
  readonly family = 'gemini';
  readonly capabilities: ServiceCapabilities = geminiCapabilities;
  readonly webhooks: WebhookApi;
  readonly client: ApiClient;
  readonly paths: Paths;
  private readonly mimeMemory: MimeMemory = {};

  constructor(private readonly options: GeminiServiceOptions) {
    this.client = new ApiClient({
      baseUrl: options.connection.baseUrl,
      transport: options.transport,
      key: options.key,
      keyHeader: (key) => ['x-goog-api-key', key],
      logger: options.logger,
      ...defined({ clock: options.clock, random: options.random }),
    });
    this.paths = new Paths(options.connection);
    this.webhooks = new GeminiWebhooks(this.client, this.paths);
  }

  async listModels(options?: CallOptions): Promise<readonly Model[]> {
    const call = this.call('GET', this.paths.resource('models'), 'list the models', options);
    const read = (query: PageQuery) => this.client.json(modelPage, { ...call, query });
    const models = await listed(read, ({ models: entries }) => entries, { pageSize: longPage });
    return models.map(toModel);
  }

  async listJobs(options?: CallOptions & { readonly limit?: number }): Promise<readonly RemoteJob[]> {
    const call = this.call('GET', this.paths.resource('batches'), 'list the jobs', options);
    const limit = options?.limit ?? Infinity;
    const read = (query: PageQuery) => this.skimmed(operationPage, { ...call, query });
    const toJobs = ({ operations, batches }: z.infer<typeof operationPage>) =>
      [...operations, ...batches].map((operation) => toRemoteJob(operation, true));
    const jobs = await listed(read, toJobs, { pageSize: Math.min(shortPage, limit), limit });
    return newestFirst(jobs);
  }

  async getJob(name: string, options?: CallOptions): Promise<RemoteJob> {
    const call = this.call('GET', this.paths.resource(name), 'read the job', options);
    return toRemoteJob(await this.skimmed(operationSchema, call), false);
  }

  async createJob(request: CreateJobRequest, options?: CallOptions): Promise<RemoteJob> {
    const action = request.dialect === 'gemini-embed' ? ':asyncBatchEmbedContent' : ':batchGenerateContent';
    const { text, lines } = await creationBody(request, options?.signal);
    const call: ApiCall = {
      ...this.call('POST', this.paths.model(request.model, action), 'create the job', options),
      // Creating is not idempotent at the service: a second try is right only where the first cannot have counted.
      repeat: 'untouched',
      body: text,
      timeouts: creationTimeouts,
    };
    try {
      return toRemoteJob(await this.client.json(operationSchema, call), false);
    } catch (error) {
      throw withLines(error, lines);
    }
  }

  async cancelJob(name: string, options?: CallOptions): Promise<void> {
    const call = this.call('POST', this.paths.resource(name, ':cancel'), 'cancel the job', options);
    await this.client.done({ ...call, body: '{}' });
  }

  async deleteJob(name: string, options?: CallOptions): Promise<void> {
    await this.client.remove(this.call('DELETE', this.paths.resource(name), 'delete the job', options));
  }

  async updateJob(name: string, change: JobChange, options?: CallOptions): Promise<RemoteJob> {
    const job = await this.getJob(name, options);
    const { displayName, priority } = change;
    const fields = {
      ...defined({ displayName }),
      ...(priority === undefined ? {} : { priority: String(priority) }),
    };
    const action =
      job.dialect === 'gemini-embed' ? ':updateEmbedContentBatch' : ':updateGenerateContentBatch';
    await this.client.done({
      ...this.call('PATCH', this.paths.resource(name, action), 'change the job', options),
      query: { updateMask: Object.keys(fields).join(',') },
      body: JSON.stringify({ name, ...fields }),
    });
    return this.getJob(name, options);
  }

  async uploadFile(path: string, options: UploadOptions): Promise<RemoteFile> {
    return uploadFile(path, options, {
      client: this.client,
      startPath: this.paths.upload(),
      mimeMemory: this.mimeMemory,
      getFile: (name) => this.getFile(name, options),
      listFiles: () => this.listFiles(options),
    });
  }

  async getFile(name: string, options?: CallOptions): Promise<RemoteFile> {
    const call = this.call('GET', this.paths.resource(name), 'read the file', options);
    return toRemoteFile(await this.client.json(fileSchema, call));
  }

  async listFiles(options?: CallOptions): Promise<readonly RemoteFile[]> {
    const call = this.call('GET', this.paths.resource('files'), 'list the files', options);
    const read = (query: PageQuery) => this.client.json(filePage, { ...call, query });
    const files = await listed(read, ({ files: entries }) => entries, { pageSize: shortPage });
    return files.map(toRemoteFile);
  }

  async deleteFile(name: string, options?: CallOptions): Promise<void> {
    await this.client.remove(this.call('DELETE', this.paths.resource(name), 'delete the file', options));
  }

  async storageUsed(options?: CallOptions): Promise<StorageUse> {
    const files = await this.listFiles(options);
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return { files: files.length, bytes, limitBytes: maxStorageBytes };
  }

  async downloadResults(
    job: RemoteJob,
    target: string,
    options: DownloadOptions = {},
  ): Promise<DownloadedResults> {
    return downloadResults(job, target, options, {
      client: this.client,
      paths: this.paths,
      readResults: (name, begin, signal) => this.readResults(name, begin, signal),
      openFile: this.options.openFile,
    });
  }

  async countTokens(
    model: string,
    dialect: Dialect,
    requestJson: string,
    options?: CallOptions,
  ): Promise<number> {
    const path = this.paths.model(model, ':countTokens');
    const body = countTokensBody(model, dialect, requestJson);
    const call = this.call('POST', path, 'count the tokens', options);
    return (await this.client.json(tokenCount, { ...call, body })).totalTokens;
  }

  async tryRequest(
    model: string,
    dialect: Dialect,
    requestJson: string,
    options?: CallOptions,
  ): Promise<string> {
    const action = dialect === 'gemini-embed' ? ':embedContent' : ':generateContent';
    return this.client.jsonText(trialAnswer, {
      ...this.call('POST', this.paths.model(model, action), 'try the request', options),
      body: trialBody(requestJson),
      // Each run is paid for: once only, unless it was turned away at the door.
      repeat: 'untouched',
      timeouts: trialTimeouts,
    });
  }

  async listCachedContents(options?: CallOptions): Promise<readonly CachedContent[]> {
    const path = this.paths.resource('cachedContents');
    const call = this.call('GET', path, 'list the cached contents', options);
    const read = (query: PageQuery) => this.client.json(cachedContentPage, { ...call, query });
    const contents = await listed(read, ({ cachedContents }) => cachedContents, { pageSize: longPage });
    return contents.map(toCachedContent);
  }

  /** See {@link ResultsContext.readResults}. */
  private readResults(
    name: string,
    begin: () => Promise<InlineSink>,
    signal: AbortSignal | undefined,
  ): Promise<RemoteJob | undefined> {
    const call = {
      ...this.call('GET', this.paths.resource(name), 'read the job', { ...defined({ signal }) }),
      timeouts: patientTimeouts,
    };
    return this.client.stream(call, async (answer) => {
      const sink = await begin();
      const text = await readable(answer, () =>
        skimUntil(answer.body, inlineResults, sink, (array) => sink.enough(array)),
      );
      return text === undefined ? undefined : toRemoteJob(answer.parse(operationSchema, text), false);
    });
  }

  /** Reads JSON with jobs in it without ever holding their inline results. */
  private skimmed<T>(schema: z.ZodType<T>, call: ApiCall): Promise<T> {
    return this.client.stream(call, async (answer) =>
      answer.parse(schema, await readable(answer, () => skimJson(answer.body, inlineResults, nowhere))),
    );
  }

  private call(
    method: ApiCall['method'],
    path: string,
    doing: Doing,
    options: CallOptions | undefined,
  ): ApiCall {
    return { method, path, doing, repeat: 'always', signal: options?.signal };
  }
}

const nowhere: ItemSink = { wants: () => false, take: () => undefined };

/** What `read` resolves with; where the answer is no JSON, its error. */
async function readable<T>(answer: Answer, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof SyntaxError ? answer.unreadable() : error;
  }
}

function newestFirst(jobs: readonly RemoteJob[]): RemoteJob[] {
  // Times are of one form with as many digits as there are; comparing texts keeps the nanoseconds.
  return [...jobs].sort((a, b) => {
    const [x, y] = [a.createdAt ?? '', b.createdAt ?? ''];
    return x === y ? 0 : x < y ? 1 : -1;
  });
}

function toModel(model: WireModel): Model {
  const methods = model.supportedGenerationMethods;
  const batchDialects: Dialect[] = [];
  if (methods.includes('batchGenerateContent')) batchDialects.push('gemini');
  if (methods.includes('asyncBatchEmbedContent')) batchDialects.push('gemini-embed');
  const id = shortModel(model.name);
  return {
    id,
    label: model.displayName ?? id,
    batchDialects,
    ...defined({
      description: model.description,
      inputTokenLimit: model.inputTokenLimit,
      outputTokenLimit: model.outputTokenLimit,
    }),
  };
}

function toCachedContent(content: WireCachedContent): CachedContent {
  const tokens = content.usageMetadata?.totalTokenCount;
  return {
    name: content.name,
    model: shortModel(content.model),
    ...defined({ displayName: content.displayName, tokens, expiresAt: content.expireTime }),
  };
}
