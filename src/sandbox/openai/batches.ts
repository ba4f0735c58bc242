import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { invalid, notFound } from '../errors';
import { json, param, readJson, type Exchange, type Reply } from '../exchange';
import type { FileService } from '../files';
import type { JobRecord } from '../jobRecord';
import type { JobService } from '../jobs';
import { requireModel } from '../models';
import type { Router } from '../router';
import { batchObject } from './batchObject';
import { openAiCalls } from './chat';
import { checkInput } from './input';

const creation = z.object({
  input_file_id: z.string().min(1),
  endpoint: z.enum(Object.keys(openAiCalls) as [string, ...string[]]),
  completion_window: z.literal('24h').default('24h'),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** One of the two places where OpenAI's batches are served, and how they differ. */
export interface BatchesPlace {
  readonly jobs: JobService;
  readonly files: FileService;
  readonly jobLifetimeMs: number;
  /** `/openai/v1`, or Gemini's `/{version}/openai`. */
  readonly base: string;
  readonly standalone: boolean;
}

export function openAiBatchRoutes(router: Router, place: BatchesPlace): void {
  const { base, jobs } = place;
  const show = (job: JobRecord) => json(batchObject(job, jobs, place.jobLifetimeMs));
  router.add('POST', `${base}/batches`, async (exchange) => show(await create(exchange, place)));
  router.add('GET', `${base}/batches`, (exchange) => list(exchange, place));
  // Gemini's ids have a slash, which clients encode or not.
  for (const id of ['{id}', 'batches/{id}']) {
    router.add('GET', `${base}/batches/${id}`, (exchange) => show(find(exchange, place)));
    router.add('POST', `${base}/batches/${id}/cancel`, async (exchange) =>
      show(await jobs.cancel(find(exchange, place).id)),
    );
  }
}

async function create(exchange: Exchange, place: BatchesPlace): Promise<JobRecord> {
  const { jobs, files, standalone } = place;
  const parsed = creation.safeParse(await readJson(exchange));
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const { input_file_id: input, endpoint, completion_window: completionWindow, metadata } = parsed.data;
  const fileId = input.replace(/^files\//, '');
  const file = files.find(fileId);
  if (file === undefined || (file.purpose === undefined) === standalone)
    throw invalid(`The input file ${input} does not exist.`);
  jobs.requirePlace();
  const id = jobs.newId();
  try {
    await jobs.keepInput(id, files.pathOf(fileId));
    const { rows, model, errors } = await checkInput(jobs.inputPathOf(id), endpoint);
    const method = endpoint === '/v1/embeddings' ? 'asyncBatchEmbedContent' : 'batchGenerateContent';
    if (!standalone && errors.length === 0) requireModel(model, method, 'v1beta');
    return await jobs.create(id, {
      kind: 'openai',
      model,
      rows,
      inputFile: standalone ? fileId : `files/${fileId}`,
      ...(metadata?.display_name === undefined ? {} : { displayName: metadata.display_name }),
      openai: {
        endpoint,
        completionWindow,
        standalone,
        errors: [...errors],
        ...(metadata === undefined || metadata === null ? {} : { metadata }),
      },
    });
  } catch (error) {
    if (jobs.find(id) === undefined) await rm(jobs.inputPathOf(id), { force: true });
    throw error;
  }
}

function isHere(job: JobRecord, { standalone }: BatchesPlace): boolean {
  return job.kind === 'openai' && job.openai?.standalone === standalone;
}

function find(exchange: Exchange, place: BatchesPlace): JobRecord {
  const id = param(exchange, 'id');
  const job = place.jobs.find(place.standalone ? id.replace(/^batch_/, '') : id);
  if (job === undefined || !isHere(job, place)) throw notFound(`No batch found with id '${id}'.`);
  return job;
}

function list(exchange: Exchange, place: BatchesPlace): Reply {
  const own = place.jobs.list().filter((job) => isHere(job, place));
  return listReply(
    exchange,
    own.map((job) => batchObject(job, place.jobs, place.jobLifetimeMs)),
  );
}

/** A page of objects as OpenAI lists them: `limit` and `after`, which names the last one seen. */
export function listReply(exchange: Exchange, items: readonly Record<string, unknown>[]): Reply {
  const query = exchange.url.searchParams;
  const limit = Number(query.get('limit') ?? '20');
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw invalid("Invalid value for 'limit': it must be a whole number from 1 to 10000.");
  const after = query.get('after');
  const from = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const data = items.slice(from, from + limit);
  return json({
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < items.length,
  });
}
