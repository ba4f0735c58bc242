import type { JobRecord } from '../jobRecord';
import type { JobService } from '../jobs';

const seconds = (ms: number | undefined) => (ms === undefined ? null : Math.floor(ms / 1000));

/** The state in OpenAI's words. */
function statusOf(job: JobRecord): string {
  switch (job.state) {
    case 'PENDING':
      if (job.cancelRequestedAt !== undefined) return 'cancelling';
      // Gemini's layer does not know a state before the work.
      return job.openai?.standalone === true ? 'validating' : 'in_progress';
    case 'RUNNING':
      if (job.cancelRequestedAt !== undefined) return 'cancelling';
      return job.succeeded + job.failed === job.rows ? 'finalizing' : 'in_progress';
    case 'SUCCEEDED':
      return 'completed';
    default:
      return job.state.toLowerCase();
  }
}

/** A job as OpenAI's API describes a batch. */
export function batchObject(
  job: JobRecord,
  jobs: JobService,
  jobLifetimeMs: number,
): Record<string, unknown> {
  const { openai } = job;
  const status = statusOf(job);
  const errors = openai?.errors ?? [];
  const told =
    errors.length > 0 ? errors : [{ code: 'internal_error', message: job.error?.message ?? '', line: null }];
  const geminiOutput = jobs.findOutput(job.id) === undefined ? undefined : `files/batch-${job.id}`;
  return {
    id: openai?.standalone === true ? `batch_${job.id}` : `batches/${job.id}`,
    object: 'batch',
    endpoint: openai?.endpoint ?? '/v1/chat/completions',
    model: job.model,
    errors:
      job.state === 'FAILED'
        ? { object: 'list', data: told.map((error) => ({ ...error, param: null })) }
        : null,
    input_file_id: job.inputFile ?? '',
    completion_window: openai?.completionWindow ?? '24h',
    status,
    output_file_id: (openai?.standalone === true ? openai.outputFile : geminiOutput) ?? null,
    error_file_id: openai?.errorFile ?? null,
    created_at: seconds(job.createdAt),
    in_progress_at: seconds(job.startedAt),
    expires_at: seconds(job.createdAt + jobLifetimeMs),
    finalizing_at: status === 'completed' ? seconds(job.endedAt) : null,
    completed_at: status === 'completed' ? seconds(job.endedAt) : null,
    failed_at: status === 'failed' ? seconds(job.endedAt) : null,
    expired_at: status === 'expired' ? seconds(job.endedAt) : null,
    cancelling_at: seconds(job.cancelRequestedAt),
    cancelled_at: status === 'cancelled' ? seconds(job.endedAt) : null,
    request_counts: { total: errors.length > 0 ? 0 : job.rows, completed: job.succeeded, failed: job.failed },
    metadata: openai?.metadata ?? null,
  };
}
