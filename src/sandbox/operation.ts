import { readFile } from 'node:fs/promises';
import type { JobRecord } from './jobRecord';
import { isFinal } from './jobRecord';
import type { JobService } from './jobs';

const typePrefix = 'type.googleapis.com/google.ai.generativelanguage.v1main.';

function typeName(job: JobRecord): string {
  return `${typePrefix}${job.kind === 'embed' ? 'EmbedContentBatch' : 'GenerateContentBatch'}`;
}

/** The batch itself: what stands in `metadata`, and what an update answers with. */
export function batchResource(job: JobRecord, output?: unknown): Record<string, unknown> {
  return {
    model: `models/${job.model}`,
    ...(job.displayName === undefined ? {} : { displayName: job.displayName }),
    ...(job.inputFile === undefined ? {} : { inputConfig: { fileName: job.inputFile } }),
    ...(output === undefined ? {} : { output }),
    createTime: job.createTime,
    ...(job.endTime === undefined ? {} : { endTime: job.endTime }),
    updateTime: job.updateTime,
    batchStats: stats(job),
    state: `BATCH_STATE_${job.state}`,
    name: `batches/${job.id}`,
    ...(job.priority === undefined ? {} : { priority: job.priority }),
    ...(job.webhook === undefined ? {} : { webhookConfig: job.webhook }),
  };
}

/** Counts as decimal texts, zeros left out. */
function stats(job: JobRecord): Record<string, string> {
  const counts = {
    requestCount: job.rows,
    successfulRequestCount: job.succeeded,
    failedRequestCount: job.failed,
    pendingRequestCount: job.rows - job.succeeded - job.failed,
  };
  return Object.fromEntries(
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => [name, String(count)]),
  );
}

/**
 * The long-running operation of a job. A list does not carry inline responses, because they may be large.
 */
export async function operation(
  job: JobRecord,
  jobs: JobService,
  { inlineResponses }: { readonly inlineResponses: boolean },
): Promise<Record<string, unknown>> {
  const output = await outputOf(job, jobs, inlineResponses);
  return {
    name: `batches/${job.id}`,
    metadata: { '@type': typeName(job), ...batchResource(job, output) },
    ...(isFinal(job) ? { done: true } : {}),
    ...(job.error === undefined ? {} : { error: job.error }),
    ...(output === undefined ? {} : { response: { '@type': `${typeName(job)}Output`, ...output } }),
  };
}

async function outputOf(
  job: JobRecord,
  jobs: JobService,
  inlineResponses: boolean,
): Promise<Record<string, unknown> | undefined> {
  if (!jobs.hasOutput(job)) return undefined;
  if (job.inputFile !== undefined) return { responsesFile: `files/batch-${job.id}` };
  if (!inlineResponses) return undefined;
  // Inline jobs are small: their requests came in one body of at most 20 MB.
  const text = await readFile(jobs.outputPath(job.id), 'utf8');
  const responses = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  return { inlinedResponses: { inlinedResponses: responses } };
}
