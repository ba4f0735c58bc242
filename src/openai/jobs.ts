import * as l10n from '@vscode/l10n';
import type { JobError, JobOutput, JobState, RemoteJob } from '../shared/job';
import { defined } from '../util/defined';
import type { WireBatch } from './wire';

/** Under these names our own facts travel in a batch's metadata. */
export const metadataNames = { displayName: 'display_name', model: 'model' } as const;

const states: Readonly<Record<string, JobState>> = {
  validating: 'PENDING',
  queued: 'PENDING',
  in_progress: 'RUNNING',
  running: 'RUNNING',
  finalizing: 'RUNNING',
  completed: 'SUCCEEDED',
  succeeded: 'SUCCEEDED',
  success: 'SUCCEEDED',
  failed: 'FAILED',
  expired: 'EXPIRED',
  cancelled: 'CANCELLED',
  canceled: 'CANCELLED',
};

/**
 * A batch as an OpenAI-compatible service described it, in our words.
 * @param toName makes the job's name out of the service's id.
 */
export function toRemoteJob(batch: WireBatch, toName: (id: string) => string): RemoteJob {
  const status = batch.status ?? 'validating';
  const state = states[status.toLowerCase()] ?? status.toUpperCase();
  const error = toError(batch);
  const output = toOutput(batch);
  const createdAt = isoTime(batch.created_at);
  const endedAt = isoTime(batch.completed_at ?? batch.failed_at ?? batch.expired_at ?? batch.cancelled_at);
  const updatedAt = endedAt ?? isoTime(batch.cancelling_at ?? batch.finalizing_at ?? batch.in_progress_at);
  return {
    name: toName(batch.id),
    displayName: metadataText(batch, metadataNames.displayName) ?? '',
    model: metadataText(batch, metadataNames.model) ?? batch.model ?? '',
    dialect: 'openai',
    state,
    counts: toCounts(batch),
    ...defined({ createdAt, updatedAt, endedAt }),
    ...(present(batch.input_file_id) ? { inputFile: batch.input_file_id } : {}),
    ...defined({ output, error }),
  };
}

function toCounts({ request_counts: counts }: WireBatch): RemoteJob['counts'] {
  const { total = 0, completed = 0, failed = 0 } = counts ?? {};
  return { total, succeeded: completed, failed, pending: Math.max(0, total - completed - failed) };
}

/** Rows that failed are in a file of their own; when all did, it is the only one. */
function toOutput({ output_file_id: file, error_file_id: errorFile }: WireBatch): JobOutput | undefined {
  if (present(file)) return { kind: 'file', file, ...(present(errorFile) ? { errorFile } : {}) };
  return present(errorFile) ? { kind: 'file', file: errorFile } : undefined;
}

/** The first of the errors and how many more; lines are named as the Gemini service names them, so that they are found. */
function toError({ errors }: WireBatch): JobError | undefined {
  const all = errors?.data ?? [];
  if (all.length === 0) return undefined;
  const messages = all.map(({ message, code, line }) => {
    const words = message ?? code ?? l10n.t('unknown error');
    return line === undefined || line === null ? words : `Error on line ${line}: ${words}`;
  });
  return { message: messages.join('\n') };
}

function metadataText({ metadata }: WireBatch, name: string): string | undefined {
  const value = metadata?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** ISO 8601 of seconds since the epoch. */
export function isoTime(seconds: number | null | undefined): string | undefined {
  return seconds === undefined || seconds === null || seconds <= 0
    ? undefined
    : new Date(seconds * 1000).toISOString();
}

export function present(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== '';
}
