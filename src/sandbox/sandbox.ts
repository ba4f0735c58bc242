import { silentLogger, type Logger } from '../util/logger';
import type { AnswerContext } from './answers/answer';
import { batchRoutes } from './batches';
import { CacheService, cacheRoutes } from './caches';
import { controlRoutes, makeControl, type SandboxControl } from './control';
import { Disk } from './disk';
import { Faults } from './faults';
import { FileService, fileRoutes } from './files';
import type { JobRecord } from './jobRecord';
import { JobService } from './jobs';
import { modelRoutes, type SandboxModel } from './models';
import { anyModel } from './openai/calls';
import { publishOutput } from './openai/files';
import { openAiRoutes } from './openai/routes';
import { openAiAnswerer } from './openai/rows';
import { serviceLimits, type SandboxOptions } from './options';
import { Owner } from './owner';
import { randomId } from './random';
import { Router } from './router';
import { textReply } from './exchange';
import { geminiAnswerer, type RowAnswerer } from './rows';
import { SandboxClock } from './sandboxClock';
import { SandboxServer } from './server';
import { syncRoutes } from './sync';
import { webhookRoutes } from './webhooks/routes';
import { WebhookService } from './webhooks/webhooks';
import { UploadService, uploadRoutes } from './uploads';

/** A running sandbox. */
export interface Sandbox {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly key: string;
  readonly control: SandboxControl;
  /** Stops listening, lets jobs stand as they are, and removes what was not to be kept. */
  close(): Promise<void>;
}

/**
 * Starts a Gemini Batch service on loopback, with simulated answers.
 * Rejects when the port is taken, the address is not loopback, or the data folder cannot be used.
 */
export async function createSandbox(
  options: SandboxOptions = {},
  log: Logger = silentLogger,
): Promise<Sandbox> {
  const disk = await Disk.open(options.dataDir);
  try {
    return await start(disk, options, log);
  } catch (error) {
    await disk.close();
    throw error;
  }
}

async function start(disk: Disk, options: SandboxOptions, log: Logger): Promise<Sandbox> {
  const key = options.key ?? 'sandbox';
  const limits = { ...serviceLimits, ...options.limits };
  const clock = new SandboxClock(options.speed);
  const faults = new Faults(options.faults);
  const owner = await Owner.check(disk);
  const readyToken = randomId(24);
  const files = await FileService.open(disk, clock, limits, log);
  const uploads = await UploadService.open(disk, files, clock, log);
  const caches = await CacheService.open(disk, clock, log);
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
  const webhooks = await WebhookService.open(disk, clock, log);
  const announcing = jobs.onFinished((job) => webhooks.announce(job));

  const makeRouter = () => {
    const router = new Router();
    router.add('GET', '/ready', () => textReply(200, 'text/plain', readyToken));
    modelRoutes(router);
    fileRoutes(router, files);
    uploadRoutes(router, uploads);
    batchRoutes(router, { jobs, files });
    cacheRoutes(router, caches);
    webhookRoutes(router, webhooks);
    syncRoutes(router, contextFor);
    openAiRoutes(router, { jobs, files, disk, clock, limits, contextFor });
    if (options.control === true) controlRoutes(router, clock, faults);
    return router;
  };
  const server = await SandboxServer.listen(makeRouter(), {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    key,
    log,
    faults,
  });
  await owner.claim(server.url, readyToken);
  webhooks.resume();
  jobs.resume();
  return {
    url: server.url,
    key,
    control: makeControl(clock, faults),
    async close() {
      await server.close();
      await jobs.close();
      announcing.dispose();
      await webhooks.close();
      clock.dispose();
      await files.flush();
      await owner.release();
      await disk.close();
    },
  };
}

function answererOf(job: JobRecord, contextFor: (model: SandboxModel) => AnswerContext): RowAnswerer {
  const context = contextFor(anyModel(job.model));
  return job.kind === 'openai'
    ? openAiAnswerer(job.openai?.endpoint ?? '', context, Math.floor(job.createdAt / 1000))
    : geminiAnswerer(job.kind, context);
}
