import * as l10n from '@vscode/l10n';
import { isFinalState, type JobCounts, type RemoteJob } from '../shared/job';
import type { Job, JobPhase } from './api';
import { givenUpMessage, UnconfirmedError } from './confirmation';
import { decodeDisplayName } from './displayName';
import type { JobRecord } from './ledger/record';

/** How long the service works on a job before it gives up. */
const jobLifeMs = 48 * 3_600_000;
/** How long after SUCCEEDED the results may still be missing before we stop to wait for them. */
const outputGraceMs = 3_600_000;

/** What is known about a record beside the record. */
export interface ViewContext {
  /** What the last list said. */
  readonly seen: RemoteJob | undefined;
  /** Everything was listed, and it was not there. */
  readonly absent: boolean;
  /** Whether a window is working on the submission. */
  readonly ownerAlive: boolean;
  /** The service's clock minus ours, milliseconds. */
  readonly clockOffsetMs: number;
  readonly progress: number | undefined;
}

/** Jobs are kept on disk (archive.ts): raise it whenever {@link jobOfRecord} makes something else of the same record. */
export const jobViewVersion = 1;

const noCounts: JobCounts = { total: 0, succeeded: 0, failed: 0, pending: 0 };

/** A record of the ledger, joined to what the service last said, as everything above the engine sees it. */
export function jobOfRecord(record: JobRecord, context: ViewContext): Job {
  const remote = latestRemote(record, context.seen);
  const times = timesOf(remote, record.createdAt, context.clockOffsetMs);
  const phase = phaseOf(record, context);
  const waiting = waitingOf(record, phase);
  const unconfirmed = unconfirmedOf(record, phase);
  return {
    id: record.id,
    connectionId: record.connectionId,
    displayName: record.displayName,
    model: record.model,
    dialect: record.dialect,
    phase,
    ...(record.name !== undefined && { name: record.name }),
    state: remote?.state ?? 'PENDING',
    counts: remote?.counts ?? countsOf(record),
    ...times,
    ...(remote?.error && { error: remote.error }),
    ...(remote?.output && { output: remote.output }),
    ...(record.requestFile && { requestFile: record.requestFile }),
    ...inputFileOf(record, remote),
    ...(record.results && { results: record.results }),
    ...warningOf(record, remote?.state),
    ...(record.outcomes && { outcomes: record.outcomes }),
    ...(record.usage && { usage: record.usage }),
    ...(record.parentId !== undefined && { parentId: record.parentId }),
    ...(record.group && { group: record.group }),
    ...(record.estimatedTokens !== undefined && { estimatedTokens: record.estimatedTokens }),
    origin: record.origin,
    // A running job is only gone when the service says so on being asked for it.
    gone: record.gone ?? (context.absent && remote !== undefined && isFinalState(remote.state)),
    ...(waiting !== undefined && { waiting }),
    ...(phase === 'queued' && record.queue?.offline === true && { offline: true }),
    ...(unconfirmed && { unconfirmed }),
    ...(context.progress !== undefined && phase === 'uploading' && { progress: context.progress }),
  };
}

/** A job that the service listed and the ledger does not know. */
export function jobOfElsewhere(
  id: string,
  connectionId: string,
  remote: RemoteJob,
  clockOffsetMs: number,
  firstSeenAt: number,
): Job {
  const { name, hashPrefix } = decodeDisplayName(remote.displayName);
  return {
    id,
    connectionId,
    displayName: name || remote.name,
    ...(hashPrefix !== undefined && { hashPrefix }),
    model: remote.model,
    dialect: remote.dialect,
    phase: 'submitted',
    name: remote.name,
    state: remote.state,
    counts: remote.counts,
    ...timesOf(remote, firstSeenAt, clockOffsetMs),
    ...(remote.error && { error: remote.error }),
    ...(remote.output && { output: remote.output }),
    ...(remote.inputFile !== undefined && { inputFile: remote.inputFile }),
    origin: 'elsewhere',
    gone: false,
  };
}

/**
 * Whether the service may still change the job: it has not ended, or has succeeded and not said yet where the results are.
 * Jobs that the service should have given up long ago do not count, so that they are not polled for ever.
 */
export function isUnfinished(job: Job, now: number): boolean {
  if (job.phase !== 'submitted' || job.gone) return false;
  if (!isFinalState(job.state)) return now < job.expiresAt + jobLifeMs;
  return job.origin === 'here' && !hasSettled(job, now);
}

/** Whether a job has ended and everything about its end is known. */
export function hasSettled(job: Job, now: number): boolean {
  if (job.phase !== 'submitted' || !isFinalState(job.state)) return false;
  if (job.state !== 'SUCCEEDED' || job.output !== undefined || job.gone) return true;
  return job.endedAt !== undefined && Math.abs(now - job.endedAt) > outputGraceMs;
}

/** What the record says once the job has ended, before that what the list said last. */
function latestRemote(record: JobRecord, seen: RemoteJob | undefined): RemoteJob | undefined {
  const own = record.remote;
  if (own === undefined || (seen !== undefined && !isFinalState(own.state))) return seen ?? own;
  return own;
}

function phaseOf(record: JobRecord, context: ViewContext): JobPhase {
  if (record.step === 'submitted') return 'submitted';
  if (context.ownerAlive) {
    if (record.step === 'prepared') return context.progress === undefined ? 'preparing' : 'uploading';
    return 'creating';
  }
  // What may be at the service already does not wait for its turn any more.
  return record.queue === undefined || record.step === 'creating' ? 'interrupted' : 'queued';
}

function waitingOf(record: JobRecord, phase: JobPhase): string | undefined {
  if (phase === 'queued') return queuedText(record);
  if (phase !== 'interrupted') return undefined;
  if (record.step === 'creating' && record.cancelWanted === true) return givenUpMessage();
  if (record.step === 'creating' && record.unconfirmed === true)
    return new UnconfirmedError(record.displayName).message;
  return record.interruption?.message ?? l10n.t('The window was closed while it was being submitted.');
}

function queuedText({ queue, interruption }: JobRecord): string {
  const reason = queue?.reason ?? '';
  if (interruption !== undefined) return l10n.t('It is tried again by itself. {0}', reason);
  const text =
    queue?.offline === true
      ? l10n.t('It is submitted by itself as soon as there is a network. {0}', reason)
      : l10n.t('The service has no room for it now; it is submitted by itself when there is. {0}', reason);
  return text.trim();
}

/** A results file that does not hold what the service said. */
function warningOf({ results }: JobRecord, state: string | undefined): { readonly warning?: string } {
  // What was cancelled or expired has the results that it got to.
  if (state !== 'SUCCEEDED' || results?.announcedRows === undefined) return {};
  const { announcedRows, rows } = results;
  const warning =
    rows < announcedRows
      ? l10n.t(
          'The service announced {0} results and gave {1}. Requests without a result count as missing and can be asked again; to fetch the results anew, delete the file first.',
          announcedRows,
          rows,
        )
      : l10n.t(
          'The service announced {0} results and gave {1}. What belongs to no request is shown as unexpected.',
          announcedRows,
          rows,
        );
  return { warning };
}

function unconfirmedOf(record: JobRecord, phase: JobPhase): Job['unconfirmed'] {
  if (phase !== 'interrupted' || record.step !== 'creating') return undefined;
  return { since: record.creatingAt ?? record.createdAt, givenUp: record.cancelWanted === true };
}

function countsOf(record: JobRecord): JobCounts {
  const rows = record.requestFile?.rows;
  return rows === undefined ? noCounts : { ...noCounts, total: rows, pending: rows };
}

function inputFileOf(record: JobRecord, remote: RemoteJob | undefined): { readonly inputFile?: string } {
  const inputFile = remote?.inputFile ?? record.inputFile?.name;
  return inputFile === undefined ? {} : { inputFile };
}

/** The service's times by this machine's clock. */
function timesOf(
  remote: RemoteJob | undefined,
  fallback: number,
  offset: number,
): Pick<Job, 'createdAt' | 'expiresAt'> & { readonly endedAt?: number } {
  const createdAt = localTime(remote?.createdAt, offset) ?? fallback;
  const endedAt = localTime(remote?.endedAt, offset);
  return { createdAt, expiresAt: createdAt + jobLifeMs, ...(endedAt !== undefined && { endedAt }) };
}

function localTime(text: string | undefined, offset: number): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time - offset;
}
