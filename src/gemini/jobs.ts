import * as l10n from '@vscode/l10n';
import type { Dialect } from '../shared/dialect';
import type { JobCounts, JobError, JobOutput, JobState, RemoteJob } from '../shared/job';
import { defined } from '../util/defined';
import { shortModel } from './names';
import type { WireOperation } from './wire';

/**
 * A job as the service described it, in our words.
 * @param listed whether it comes from a list, where the service leaves inline results out.
 */
export function toRemoteJob(operation: WireOperation, listed: boolean): RemoteJob {
  const batch: Batch = { ...operation, ...defined(operation.metadata ?? {}) };
  const names = [operation.name, operation.metadata?.name].filter((each) => each !== undefined);
  // An operation may have a name of its own; calls want that of the batch.
  const name = names.find((each) => each.startsWith('batches/')) ?? names[0] ?? '';
  const error = toError(operation.error);
  const state = toState(batch.state ?? operation.state, operation.done === true, error);
  const inputFile =
    batch.inputConfig?.fileName === undefined ? undefined : fileName(batch.inputConfig.fileName);
  // Only inline jobs have no input file, so a listed one that succeeded has its results where a list does not show them.
  const hidden = listed && state === 'SUCCEEDED' && inputFile === undefined;
  const output = toOutput(operation, batch) ?? (hidden ? { kind: 'inline' } : undefined);
  return {
    name,
    displayName: batch.displayName ?? '',
    model: shortModel(batch.model ?? ''),
    dialect: toDialect(batch['@type'], batch.model ?? ''),
    state,
    counts: toCounts(batch.batchStats),
    ...defined({
      createdAt: batch.createTime,
      updatedAt: batch.updateTime,
      endedAt: batch.endTime,
      inputFile,
      output,
      error,
    }),
  };
}

type Batch = Omit<WireOperation, 'metadata' | 'done' | 'response' | 'error'>;

function toState(word: string | undefined, done: boolean, error: JobError | undefined): JobState {
  const state = word?.toUpperCase().replace(/^(?:BATCH|JOB)_STATE_/, '') ?? '';
  if (state !== '' && state !== 'UNSPECIFIED') return state;
  // An operation without a state still says whether it is done, and how.
  if (!done) return 'PENDING';
  if (error === undefined) return 'SUCCEEDED';
  return error.code === 1 ? 'CANCELLED' : 'FAILED';
}

function toOutput(operation: WireOperation, batch: Batch): JobOutput | undefined {
  const places = [batch.output, operation.response, batch.dest, operation.dest];
  const file = places
    .map((place) => place?.responsesFile ?? place?.fileName)
    .find((name) => name !== undefined);
  if (file !== undefined) return { kind: 'file', file: fileName(file) };
  const inline = places.flatMap((place) => [place?.inlinedResponses, place?.inlinedEmbedContentResponses]);
  return inline.some((count) => (count ?? 0) > 0) ? { kind: 'inline' } : undefined;
}

/** `files/…`, also where only the id or the whole address is given. */
function fileName(text: string): string {
  return /files\/[^/?:]+(?=$|[?:])/.exec(text)?.[0] ?? (text.includes('/') ? text : `files/${text}`);
}

function toDialect(type: string | undefined, model: string): Dialect {
  if (type !== undefined) return type.includes('Embed') ? 'gemini-embed' : 'gemini';
  return /embed/i.test(model) ? 'gemini-embed' : 'gemini';
}

function toCounts(stats: WireOperation['batchStats']): JobCounts {
  return {
    total: stats?.requestCount ?? 0,
    succeeded: stats?.successfulRequestCount ?? 0,
    failed: stats?.failedRequestCount ?? 0,
    pending: stats?.pendingRequestCount ?? 0,
  };
}

function toError(status: WireOperation['error']): JobError | undefined {
  if (status === undefined) return undefined;
  const { code, message } = status;
  if (code === undefined && message === undefined) return undefined;
  return { ...defined({ code }), message: message ?? rpcMeaning(code) };
}

/** What a google.rpc code means, for errors that come without a message. */
function rpcMeaning(code: number | undefined): string {
  switch (code) {
    case 1:
      return l10n.t('Cancelled.');
    case 3:
      return l10n.t('The request is not valid.');
    case 4:
      return l10n.t('The deadline expired.');
    case 5:
      return l10n.t('Something it needs was not found.');
    case 7:
      return l10n.t('There is no permission for it.');
    case 8:
      return l10n.t('A quota or limit was reached.');
    case 9:
      return l10n.t('Something it needs is not in the right state.');
    case 10:
      return l10n.t('Aborted.');
    case 13:
      return l10n.t('Internal error of the service.');
    case 14:
      return l10n.t('The service was unavailable.');
    case 16:
      return l10n.t('Not authenticated.');
    default:
      return l10n.t('Unknown error.');
  }
}
