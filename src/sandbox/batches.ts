import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { toCamelCase } from '../dialects';
import { checkFile, keepInline, unknownNames, type GeminiKind } from './batchInput';
import { badRequest, invalid, notFound } from './errors';
import { json, page, pageQuery, param, readJson, type Exchange, type Reply } from './exchange';
import type { FileService } from './files';
import { asString, type JsonObject } from '../util/json';
import { field, objectField, stringField } from './protoFields';
import type { JobRecord } from './jobRecord';
import type { JobService } from './jobs';
import { requireModel } from './models';
import { batchResource, operation } from './operation';
import type { Router } from './router';

const methods = { generate: 'batchGenerateContent', embed: 'asyncBatchEmbedContent' } as const;
const batchFields = [
  'name',
  'model',
  'displayName',
  'inputConfig',
  'output',
  'createTime',
  'endTime',
  'updateTime',
  'batchStats',
  'state',
  'priority',
  'webhookConfig',
];

export interface BatchServices {
  readonly jobs: JobService;
  readonly files: FileService;
}

export function batchRoutes(router: Router, services: BatchServices): void {
  for (const kind of ['generate', 'embed'] as const)
    for (const collection of ['models', 'tunedModels'])
      router.add('POST', `/{version}/${collection}/{model}:${methods[kind]}`, (exchange) =>
        create(exchange, kind, services),
      );
  const { jobs } = services;
  router.add('GET', '/{version}/batches', (exchange) => list(exchange, jobs));
  router.add('GET', '/{version}/batches/{id}', async (exchange) => {
    return json(await operation(findGemini(exchange, jobs), jobs, { inlineResponses: true }));
  });
  router.add('POST', '/{version}/batches/{id}:cancel', async (exchange) => {
    await jobs.cancel(findGemini(exchange, jobs).id);
    return json({});
  });
  router.add('DELETE', '/{version}/batches/{id}', async (exchange) => {
    await jobs.delete(findGemini(exchange, jobs).id);
    return json({});
  });
  router.add('PATCH', '/{version}/batches/{id}:updateGenerateContentBatch', (exchange) =>
    update(exchange, 'generate', jobs),
  );
  router.add('PATCH', '/{version}/batches/{id}:updateEmbedContentBatch', (exchange) =>
    update(exchange, 'embed', jobs),
  );
}

/** The job of the path, unless it belongs to the stand-alone OpenAI service. */
function findGemini(exchange: Exchange, jobs: JobService): JobRecord {
  const job = jobs.find(param(exchange, 'id'));
  if (job === undefined || job.openai?.standalone === true) throw notFound();
  return job;
}

async function list(exchange: Exchange, jobs: JobService): Promise<Reply> {
  if ((exchange.url.searchParams.get('filter') ?? '') !== '')
    throw invalid('Filtering is not supported for this collection.');
  const own = jobs.list().filter((job) => job.openai?.standalone !== true);
  const { items, nextPageToken } = page(own, pageQuery(exchange, { size: 50, max: 1000 }));
  const operations = await Promise.all(items.map((job) => operation(job, jobs, { inlineResponses: false })));
  return json({
    ...(operations.length > 0 ? { operations } : {}),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
  });
}

async function create(exchange: Exchange, kind: GeminiKind, services: BatchServices): Promise<Reply> {
  const { jobs } = services;
  const model = requireModel(param(exchange, 'model'), methods[kind], param(exchange, 'version'));
  const body = await readJson(exchange);
  const batch = objectField(body, 'batch') ?? {};
  const violations = [...unknownNames(body, ['batch'], ''), ...unknownNames(batch, batchFields, 'batch')];
  if (violations.length > 0) throw badRequest(violations);
  const facts = readBatch(batch);
  jobs.requirePlace();
  const id = jobs.newId();
  try {
    const { rows, inputFile } = await takeInput(id, kind, batch, services);
    const job = await jobs.create(id, { kind, model: model.id, rows, ...facts, ...inputFile });
    return json(await operation(job, jobs, { inlineResponses: false }));
  } catch (error) {
    if (jobs.find(id) === undefined) await rm(jobs.inputPathOf(id), { force: true });
    throw error;
  }
}

/** Checks the input, wherever it is, and keeps it under the job's id. */
async function takeInput(
  id: string,
  kind: GeminiKind,
  batch: JsonObject,
  { jobs, files }: BatchServices,
): Promise<{ rows: number; inputFile: { inputFile?: string } }> {
  const input = objectField(batch, 'inputConfig');
  const inline = objectField(input, 'requests');
  const fileName = stringField(input, 'fileName');
  if ((inline === undefined) === (fileName === undefined))
    throw invalid(
      '* BatchGenerateContentRequest.batch.input_config: exactly one of file_name and requests must be set\n',
    );
  if (inline !== undefined)
    return { rows: await keepInline(kind, inline, jobs.inputPathOf(id)), inputFile: {} };
  const fileId = (fileName ?? '').replace(/^files\//, '');
  await jobs.keepInput(id, files.pathOf(files.require(fileId).id));
  return { rows: await checkFile(kind, jobs.inputPathOf(id)), inputFile: { inputFile: `files/${fileId}` } };
}

const webhookConfig = z.object({
  uris: z.array(z.string()).default([]),
  userMetadata: z.record(z.string(), z.unknown()).optional(),
});

function readBatch(batch: JsonObject): Pick<Partial<JobRecord>, 'displayName' | 'priority' | 'webhook'> {
  const displayName = stringField(batch, 'displayName');
  const priority = field(batch, 'priority');
  const webhook = objectField(batch, 'webhookConfig');
  const number = typeof priority === 'number' ? String(priority) : asString(priority);
  if (priority !== undefined && !/^-?\d+$/.test(number ?? ''))
    throw invalid(`Invalid value at 'batch.priority' (TYPE_INT64), ${JSON.stringify(priority)}`);
  const config =
    webhook === undefined
      ? undefined
      : webhookConfig.parse({ uris: field(webhook, 'uris'), userMetadata: field(webhook, 'userMetadata') });
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(number === undefined ? {} : { priority: number }),
    ...(config === undefined
      ? {}
      : {
          webhook: {
            uris: config.uris,
            ...(config.userMetadata === undefined ? {} : { userMetadata: config.userMetadata }),
          },
        }),
  };
}

async function update(exchange: Exchange, kind: GeminiKind, jobs: JobService): Promise<Reply> {
  const job = findGemini(exchange, jobs);
  if (job.kind !== kind) throw invalid('The batch is of another kind.');
  const body = await readJson(exchange);
  const query = exchange.url.searchParams;
  const mask = (query.get('updateMask') ?? query.get('update_mask') ?? '')
    .split(',')
    .map((name) => toCamelCase(name.trim()))
    .filter((name) => name !== '');
  const wrong = mask.find((name) => name !== 'displayName' && name !== 'priority');
  if (wrong !== undefined) throw invalid(`The field ${wrong} of a batch cannot be updated.`);
  const { displayName, priority } = readBatch(body);
  const wanted = (name: string) => mask.length === 0 || mask.includes(name);
  const changed = await jobs.update(job.id, {
    ...(wanted('displayName') && displayName !== undefined ? { displayName } : {}),
    ...(wanted('priority') && priority !== undefined ? { priority } : {}),
  });
  return json(batchResource(changed));
}
