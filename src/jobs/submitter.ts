import type { RemoteJob } from '../shared/job';
import { ServiceError, type ServiceErrorKind } from '../shared/serviceError';
import { isCancelled, throwIfCancelled } from '../util/async';
import type { SubmitProgress, SubmitRequest } from './api';
import { Claims, TakenOverError } from './claims';
import { givenUpWatchMs } from './confirmation';
import { newToken } from './displayName';
import type { JobRecord } from './ledger/record';
import { newId, without, withToken } from './records';
import { describeRequestFile, RequestFileError } from './requestFile';
import { SubmissionSteps, type SubmissionStepsOptions, type Wait } from './submissionSteps';
import type { Windows } from './windows';

export interface SubmitterOptions extends Omit<SubmissionStepsOptions, 'claims'> {
  readonly windows: Windows;
  /** Called before an intent is written. */
  readonly onIntent: (id: string) => Promise<void>;
}

export interface BeginOptions extends RunOptions {
  /** Of the record; a new one when absent. */
  readonly id?: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SubmitProgress) => void;
  /** See {@link StepOptions.createAgain}. */
  readonly createAgain?: boolean;
  /** Nobody waits for the outcome: what the service refuses for good is kept with its reason until a person has seen it. */
  readonly unattended?: boolean;
}

export { webhookTokenKey } from './records';
/** The service's limit is for the whole request, in which rows take a little more room than in their file. */
const inlineShare = 0.9;
/**
 * Brings submissions to the service, each exactly once. The ledger's `step` is written before every call, so whatever happens
 * between two calls, the next run knows what may have taken effect and asks the service before it repeats anything: an upload by
 * the name of its file, a creation by the token in its display name.
 */
export class Submitter {
  private readonly running = new Map<
    string,
    { readonly work: Promise<JobRecord>; readonly stop: AbortController }
  >();
  private readonly closing = new AbortController();
  /** Begun here and never run: nothing of them can be at the service. */
  private readonly untouched = new Set<string>();
  private readonly claims: Claims;
  private readonly steps: SubmissionSteps;

  constructor(private readonly options: SubmitterOptions) {
    this.claims = new Claims(options.ledger, options.windows);
    this.steps = new SubmissionSteps({ ...options, claims: this.claims });
  }

  /** Whether this window is working on the submission right now. */
  isRunning(id: string): boolean {
    return this.running.has(id);
  }

  get isCreating(): boolean {
    return this.steps.isCreating;
  }

  /** See {@link SubmissionSteps.creationsSettled}. */
  creationsSettled(): Promise<void> {
    return this.steps.creationsSettled();
  }

  /** See {@link SubmissionSteps.settle}. */
  settle(id: string, job: RemoteJob): Promise<JobRecord | undefined> {
    return this.steps.settle(id, job);
  }

  /** Hashes the file and writes the intent; from here on nothing is lost. */
  async begin(request: SubmitRequest, options: BeginOptions = {}): Promise<JobRecord> {
    const { ledger, windows, clock } = this.options;
    const { onProgress, signal } = options;
    const requestFile = await describeRequestFile(request.path, request.rows, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: (fraction) => onProgress({ step: 'hashing', fraction }) }),
    });
    throwIfCancelled(signal);
    const inline = await this.goesInline(request, requestFile.sizeBytes);
    const id = options.id ?? newId(clock.now());
    this.untouched.add(id);
    await this.options.onIntent(id);
    return ledger.insert({
      id,
      connectionId: request.connectionId,
      displayName: request.displayName,
      ...withToken(newToken(), request.webhook),
      model: request.model,
      dialect: request.dialect,
      createdAt: clock.now(),
      step: 'prepared',
      owner: windows.self,
      origin: 'here',
      requestFile,
      ...(request.priority !== undefined && { priority: request.priority }),
      ...(inline && { inline }),
      ...(request.parentId !== undefined && { parentId: request.parentId }),
      ...(request.group && { group: { ...request.group } }),
      ...(request.estimatedTokens !== undefined && { estimatedTokens: request.estimatedTokens }),
    });
  }

  private async goesInline({ connectionId, dialect, input }: SubmitRequest, bytes: number): Promise<boolean> {
    if (input === undefined || input === 'file' || dialect === 'openai') return false;
    if (input === 'inline') return true;
    // A service that cannot be had now is no reason to lose the submission: files always work.
    const service = await this.options.service(connectionId).catch(() => undefined);
    const limit = service?.capabilities.maxInlineBytes ?? 0;
    return bytes < limit * inlineShare;
  }

  /**
   * Goes on with a submission from wherever it is, until it is at the service or waits in the queue. A second call for the same
   * submission joins the first. Rejects with what stopped it, after writing that to the ledger; with CancelledError when
   * `signal` fires, after which the submission is gone, or is cancelled at the service as soon as it turns up there.
   */
  run(id: string, options: RunOptions = {}): Promise<JobRecord> {
    const existing = this.running.get(id)?.work;
    if (existing !== undefined && options.createAgain !== true) return existing;
    // What somebody decided counts for the next run: the one that is at it was not told.
    if (existing !== undefined) return existing.catch(() => undefined).then(() => this.run(id, options));
    const stop = new AbortController();
    const user = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const work = this.drive(id, user, options).finally(() => {
      this.running.delete(id);
      this.options.onUploadProgress(id, undefined);
    });
    this.running.set(id, { work, stop });
    return work;
  }

  /** Lets a submission of this window, which was not tried yet, wait in the queue. */
  async postpone(id: string, why: Omit<Wait, 'refusals'>): Promise<void> {
    await this.steps.enqueue({ id }, { ...why, refusals: 0 });
  }

  /** Lets a submission of this window wait for a person, who is told why. */
  async suspend(id: string, reason: string): Promise<void> {
    await this.options.ledger.update(id, (current) =>
      current.step === 'submitted' || !this.options.windows.isSelf(current.owner)
        ? undefined
        : this.interrupted(current, reason, 'local'),
    );
  }

  /**
   * Gives up a submission, stopping our work on it. Where a creation may have taken effect, it is looked up first; what is at the
   * service is cancelled. What is not there yet is watched for a while and cancelled when it turns up; giving it up once more
   * ends that, too. Rejects when another window is at work on it.
   */
  async discard(id: string): Promise<void> {
    const { ledger, windows } = this.options;
    const running = this.running.get(id);
    running?.stop.abort();
    // Whatever it rejects with has been told to whoever began it.
    await running?.work.catch(() => undefined);
    await windows.look();
    const wasGivenUp = ledger.get(id)?.cancelWanted === true && running === undefined;
    const record = await ledger.update(id, (current) => {
      if (current.step === 'submitted') return current;
      if (!windows.isSelf(current.owner) && windows.isAlive(current.owner)) return undefined;
      return { ...current, owner: windows.self, cancelWanted: true };
    });
    if (record === undefined) {
      if (ledger.get(id) === undefined) return;
      throw new TakenOverError();
    }
    if (record.step === 'submitted' && record.name !== undefined) {
      const service = await this.options.service(record.connectionId);
      await service.cancelJob(record.name);
    } else if (record.step === 'creating') {
      await this.run(id).catch((error: unknown) => {
        if (!isCancelled(error)) throw error;
      });
      if (wasGivenUp && ledger.get(id)?.step === 'creating') await this.forget(id);
    } else {
      await this.giveUp(id);
    }
  }

  dispose(): void {
    this.closing.abort();
  }

  private async drive(
    id: string,
    user: AbortSignal,
    { onProgress, createAgain = false, unattended = false }: RunOptions,
  ): Promise<JobRecord> {
    const signal = AbortSignal.any([user, this.closing.signal]);
    let mayRepeat = createAgain;
    const isNew = this.untouched.has(id);
    try {
      let record = await this.claims.claim(id);
      while (record.step !== 'submitted') {
        throwIfCancelled(signal);
        const first = this.untouched.delete(id);
        const options = { signal, first, createAgain: mayRepeat, ...(onProgress && { onProgress }) };
        const next = await this.steps.advance(record, options);
        // What a person decided is about the creation that there was, not about the next one.
        if (record.step === 'creating') mayRepeat = false;
        // Nobody's: it waits in the queue.
        if (next.owner === undefined) return next;
        record = next;
      }
      return record;
    } catch (error) {
      const isGivenUp = user.aborted || this.options.ledger.get(id)?.cancelWanted === true;
      if (isGivenUp && isCancelled(error)) await this.giveUp(id);
      else if (!this.closing.signal.aborted)
        await this.interrupt(id, error, unattended || (!isNew && isChangedFile(error)));
      throw error;
    }
  }

  /** The person stopped it: nothing is left of what never reached the service. */
  private async giveUp(id: string): Promise<void> {
    const record = await this.options.ledger.update(id, (current) =>
      current.step === 'creating' ? { ...without(current, 'owner'), cancelWanted: true } : current,
    );
    if (record === undefined || record.step === 'submitted') return;
    if (record.step !== 'creating') await this.forget(id);
    try {
      await this.steps.disarm(record);
    } catch (error) {
      this.options.logger.info(`The uploaded file of ${id} is left to expire: ${String(error)}`);
    }
  }

  /** See {@link SubmissionSteps.cancelGivenUp}. */
  async cancelGivenUp(id: string): Promise<void> {
    await this.steps.cancelGivenUp(id);
  }

  /** Forgets a submission that was given up once it has been looked for long enough. */
  async endWatch(id: string): Promise<void> {
    const record = this.options.ledger.get(id);
    if (record?.cancelWanted !== true || record.step !== 'creating' || this.isRunning(id)) return;
    const age = Math.abs(this.options.clock.now() - (record.creatingAt ?? 0));
    if (age > givenUpWatchMs) await this.forget(id);
  }

  private async forget(id: string): Promise<void> {
    await this.options.ledger.remove(id);
    await this.options.sessions.forget(id);
  }

  /** What waits in the queue stays there only where the next try may go better by itself. */
  private interrupted(record: JobRecord, message: string, kind: string): JobRecord {
    const { queue, ...rest } = without(record, 'owner');
    const now = this.options.clock.now();
    const waits = queue !== undefined &&
      passing.has(kind) && {
        queue: { since: queue.since, triedAt: now, reason: message, refusals: queue.refusals + 1 },
      };
    return { ...rest, ...waits, interruption: { message, kind, at: now } };
  }

  /** @param keep whether it stays although trying again would only fail the same way */
  private async interrupt(id: string, error: unknown, keep: boolean): Promise<void> {
    if (error instanceof TakenOverError) return;
    const record = this.options.ledger.get(id);
    if (record === undefined || record.step === 'submitted') return;
    if (record.step !== 'creating' && isHopeless(error) && !keep) {
      await this.forget(id);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    const kind = error instanceof ServiceError ? error.kind : 'local';
    await this.options.ledger
      .update(id, (current) => this.interrupted(current, message, kind))
      .catch((failure: unknown) => {
        // A full disk: the step on disk is older, which is all that the next start needs.
        this.options.logger.error(`The ledger could not be written: ${String(failure)}`);
      });
  }
}

/** Kinds of failures that pass without anybody doing anything. */
const passing: ReadonlySet<string> = new Set<ServiceErrorKind>([
  'quota',
  'unavailable',
  'network',
  // A login page of something in between, until somebody has logged in there.
  'protocol',
]);

/** Whether trying the same again can only fail the same way, so that nothing is worth keeping. */
function isHopeless(error: unknown): boolean {
  if (isChangedFile(error)) return true;
  return error instanceof ServiceError && (error.kind === 'invalid' || error.kind === 'notFound');
}

/** Whoever resumes a submission may put the old content of its file back, and resume it once more. */
function isChangedFile(error: unknown): boolean {
  if (error instanceof RequestFileError) return true;
  return error instanceof ServiceError && error.reason === 'FILE_CHANGED';
}
