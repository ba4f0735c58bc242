import type { Logger } from '../util/logger';
import type { AnswerContext } from './answers/answer';
import { batchRoutes } from './batches';
import { CacheService, cacheRoutes } from './caches';
import { controlRoutes } from './control';
import type { Disk } from './disk';
import { Faults } from './faults';
import { FileService, fileRoutes } from './files';
import type { JobRecord } from './jobRecord';
import { JobService } from './jobs';
import { modelRoutes, type SandboxModel } from './models';
import { anyModel } from './openai/calls';
import { publishOutput } from './openai/files';
import { openAiRoutes } from './openai/routes';
import { openAiAnswerer } from './openai/rows';
import { serviceLimits, type Limits, type SandboxOptions } from './options';
import { Router } from './router';
import { geminiAnswerer, type RowAnswerer } from './rows';
import { SandboxClock } from './sandboxClock';
import { syncRoutes } from './sync';
import { UploadService, uploadRoutes } from './uploads';
import { webhookRoutes } from './webhooks/routes';
import { WebhookService } from './webhooks/webhooks';

/** Everything a sandbox consists of but its HTTP side. */
export interface Services {
  readonly disk: Disk;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly files: FileService;
  readonly uploads: UploadService;
  readonly caches: CacheService;
  readonly jobs: JobService;
  readonly webhooks: WebhookService;
  readonly contextFor: (model: SandboxModel) => AnswerContext;
}

/** Reads what the disk holds and ties the parts together; nothing runs yet. */
export async function openServices(disk: Disk, options: SandboxOptions, log: Logger): Promise<Services> {
  // One object for all, so that a change counts everywhere.
  const limits: Limits = { ...serviceLimits, ...options.limits };
  const clock = new SandboxClock(options.speed);
  const faults = new Faults(options.faults ?? [], clock);
  const files = await FileService.open(disk, clock, limits, log);
  const uploads = await UploadService.open(disk, files, clock, log);
  const caches = await CacheService.open(disk, clock, log);
  const webhooks = await WebhookService.open(disk, clock, log);
  const contextFor = (model: SandboxModel): AnswerContext => ({
    model,
    cachedTokens: (name) => caches.tokensOf(name),
    fileFault: (uri) => files.uriFault(uri),
  });
  const jobs = await JobService.open(disk, {
    clock,
    limits,
    log,
    answerer: (job) => answererOf(job, contextFor),
    publish: (job, sizes, service) =>
      job.openai?.standalone === true
        ? publishOutput(job, sizes, service, files)
        : Promise.resolve({ outputBytes: sizes.results }),
    takeFaults: () => faults.takeJobFaults(),
  });
  files.outputs = jobs;
  return { disk, clock, faults, limits, files, uploads, caches, jobs, webhooks, contextFor };
}

/** All paths that are served. @param control whether `/control/…` is among them */
export function makeRouter(services: Services, control: boolean): Router {
  const router = new Router();
  modelRoutes(router);
  fileRoutes(router, services.files);
  uploadRoutes(router, services);
  batchRoutes(router, services);
  cacheRoutes(router, services.caches);
  webhookRoutes(router, services.webhooks);
  syncRoutes(router, services.contextFor);
  openAiRoutes(router, services);
  if (control) controlRoutes(router, services);
  return router;
}

function answererOf(job: JobRecord, contextFor: Services['contextFor']): RowAnswerer {
  const context = contextFor(anyModel(job.model));
  return job.kind === 'openai'
    ? openAiAnswerer(job.openai?.endpoint ?? '', context, Math.floor(job.createdAt / 1000))
    : geminiAnswerer(job.kind, context);
}
