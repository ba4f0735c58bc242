import type { BatchService, CreateJobRequest } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { CancelledError, throwIfCancelled } from '../util/async';
import type { Clock } from '../util/clock';
import type { Logger } from '../util/logger';
import type { SubmitProgress } from './api';
import type { Claims } from './claims';
import { Confirmation, UnconfirmedError, type ConfirmationOptions } from './confirmation';
import { newToken } from './displayName';
import { InputUpload, type InputUploadOptions } from './inputUpload';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { remoteNameOf, requestFileOf, without, withToken } from './records';
import { endpointOf, verifyRequestFile } from './requestFile';

export interface SubmissionStepsOptions extends Omit<InputUploadOptions, 'serviceNow'>, ConfirmationOptions {
  readonly ledger: Ledger;
  readonly claims: Claims;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Why no further job fits at the connection now, for a person; undefined when one does. */
  readonly whyNoRoom: (connectionId: string, service: BatchService) => string | undefined;
}

export interface StepOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SubmitProgress) => void;
  /** Nothing of this submission was ever sent. */
  readonly first: boolean;
  /** A person decided that a creation which had no answer is sent again unless the service lists its job now. */
  readonly createAgain: boolean;
}

/** Why a submission waits; `refusals`: how many more times it was tried in vain, 0 where it was not even tried. */
export type Wait = Pick<NonNullable<JobRecord['queue']>, 'reason' | 'offline'> & {
  readonly refusals: 0 | 1;
};

/**
 * The steps of a submission, each from one state on disk to the next. What is about to be sent is written first, so whatever
 * happens between two steps, the next run knows what may have taken effect.
 */
export class SubmissionSteps {
  private readonly creations = new Set<Promise<JobRecord>>();
  /** Revisions that say `uploaded` because this window has just done it: no need to ask whether the file is alive. */
  private readonly justUploaded = new WeakSet<JobRecord>();
  private readonly input: InputUpload;
  private readonly confirmation: Confirmation;
  /** The services' clocks minus ours. Only of this session: what a former one measured may be from before our clock was set. */
  private readonly offsets = new Map<string, number>();

  constructor(private readonly options: SubmissionStepsOptions) {
    this.confirmation = new Confirmation(options);
    this.input = new InputUpload({
      ...options,
      serviceNow: (connectionId) => {
        const offset = this.offsets.get(connectionId);
        return offset === undefined ? undefined : options.clock.now() + offset;
      },
    });
  }

  get isCreating(): boolean {
    return this.creations.size > 0;
  }

  /** Resolves when no creation is on its way any more: until then nobody else may judge whether it took effect. */
  async creationsSettled(): Promise<void> {
    while (this.creations.size > 0) await Promise.allSettled(this.creations);
  }

  /**
   * Takes a submission of this window one step further. @returns its record, without an owner when it waits in the queue.
   * Rejects with CancelledError also where a submission that was given up has not become a job so far, and with UnconfirmedError
   * where only a person can decide how to go on.
   */
  advance(record: JobRecord, options: StepOptions): Promise<JobRecord> {
    switch (record.step) {
      case 'prepared':
        return this.orWait(record, () =>
          record.inline === true ? this.create(record, options) : this.upload(record, options),
        );
      case 'uploaded':
        return this.orWait(record, () => this.create(record, options));
      case 'creating':
        return this.reconcile(record, options);
      case 'submitted':
        return Promise.resolve(record);
    }
  }

  /** Where nothing was created and there is no network, nobody has to do anything: it goes on when there is one again. */
  private async orWait(record: JobRecord, step: () => Promise<JobRecord>): Promise<JobRecord> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ServiceError) || !error.offline) throw error;
      return this.enqueue(record, { reason: error.message, refusals: 1, offline: true });
    }
  }

  /** Records that the service knows the job: by the answer to its creation, or because its token was seen in the list. */
  async settle(id: string, job: RemoteJob, clockOffsetMs?: number): Promise<JobRecord | undefined> {
    const record = await this.options.ledger.update(id, (current) =>
      current.step === 'submitted'
        ? current
        : {
            ...without(current, 'interruption', 'queue', 'creatingAt', 'unconfirmed'),
            step: 'submitted',
            name: job.name,
            remote: job,
            ...(clockOffsetMs !== undefined && { clockOffsetMs }),
          },
    );
    await this.options.sessions.forget(id);
    return record?.cancelWanted === true ? this.cancelGivenUp(id) : record;
  }

  /** Cancels a job that was given up before it had a name. Rejects where the service cannot be asked: the next poll asks again. */
  async cancelGivenUp(id: string): Promise<JobRecord | undefined> {
    const record = this.options.ledger.get(id);
    if (record?.cancelWanted !== true || record.name === undefined) return record;
    const service = await this.options.service(record.connectionId);
    await service.cancelJob(record.name).catch((error: unknown) => {
      // It has ended, or is gone: there is nothing left to cancel.
      if (!(error instanceof ServiceError) || (error.kind !== 'notFound' && error.kind !== 'invalid'))
        throw error;
    });
    return this.options.ledger.update(id, (current) => without(current, 'cancelWanted'));
  }

  private async upload(record: JobRecord, options: StepOptions): Promise<JobRecord> {
    const file = await this.input.upload(record, options);
    const uploaded = await this.options.claims.write(record.id, (current) => ({
      ...current,
      step: 'uploaded',
      inputFile: { name: file.name, ...(file.expiresAt !== undefined && { expiresAt: file.expiresAt }) },
    }));
    await this.options.sessions.forget(record.id);
    this.justUploaded.add(uploaded);
    return uploaded;
  }

  private async create(record: JobRecord, { signal, onProgress }: StepOptions): Promise<JobRecord> {
    const service = await this.options.service(record.connectionId);
    const input = await this.inputOf(record, service, signal);
    if (input === undefined) return this.backToUpload(record);
    onProgress?.({ step: 'creating' });
    const full = this.options.whyNoRoom(record.connectionId, service);
    if (full !== undefined) return this.enqueue(record, { reason: full, refusals: 0 });
    const endpoint = record.dialect === 'openai' ? await endpointOf(requestFileOf(record).path) : undefined;
    throwIfCancelled(signal);
    const creating = await this.options.claims.write(record.id, (current) => ({
      ...current,
      step: 'creating',
      creatingAt: this.options.clock.now(),
    }));
    const creation = this.send(service, creating, input, endpoint);
    this.creations.add(creation);
    try {
      return await creation;
    } finally {
      this.creations.delete(creation);
    }
  }

  /** What the job is created from; undefined when its file has to be uploaded again. */
  private async inputOf(
    record: JobRecord,
    service: BatchService,
    signal: AbortSignal,
  ): Promise<CreateJobRequest['input'] | undefined> {
    if (record.inline === true) {
      const requestFile = requestFileOf(record);
      await verifyRequestFile(requestFile, signal);
      return { kind: 'inline', path: requestFile.path };
    }
    if (record.inputFile === undefined) return undefined;
    const usable = this.justUploaded.has(record) || (await this.input.isAlive(service, record, signal));
    return usable ? { kind: 'file', file: record.inputFile.name } : undefined;
  }

  private async send(
    service: BatchService,
    record: JobRecord,
    input: CreateJobRequest['input'],
    endpoint: string | undefined,
  ): Promise<JobRecord> {
    const sentAt = this.options.clock.now();
    let job: RemoteJob;
    try {
      // No signal: once it is sent it may take effect, and then its answer is worth waiting for.
      job = await service.createJob({
        model: record.model,
        dialect: record.dialect,
        displayName: remoteNameOf(record),
        input,
        ...(endpoint !== undefined && { endpoint }),
        ...(record.priority !== undefined && { priority: record.priority }),
        ...(record.webhook && { webhook: record.webhook }),
      });
    } catch (error) {
      return this.afterFailedCreation(record, error, service);
    }
    const offset = clockOffset(job, sentAt, this.options.clock.now());
    if (offset !== undefined) this.offsets.set(record.connectionId, offset);
    return (await this.settle(record.id, job, offset)) ?? record;
  }

  private async afterFailedCreation(
    record: JobRecord,
    error: unknown,
    service: BatchService,
  ): Promise<JobRecord> {
    // Anything that is not a clear no of the service may have created the job.
    if (!(error instanceof ServiceError) || error.ambiguous) {
      this.options.logger.warn(
        `No clear answer to the creation of ${record.id} (${messageOf(error)}); it is looked for before anything is repeated.`,
      );
      return record;
    }
    const refused = await this.options.claims.write(record.id, (current) => ({
      ...without(current, 'creatingAt'),
      step: stepBeforeCreation(current),
    }));
    if (error.kind === 'quota') return this.enqueue(refused, { reason: error.message, refusals: 1 });
    // A file that was dropped is refused in several ways, as a missing right for one.
    const dropped =
      error.kind !== 'billing' && !(await this.input.isAlive(service, refused).catch(() => true));
    if (dropped) return this.backToUpload(refused);
    throw error;
  }

  private backToUpload(record: JobRecord): Promise<JobRecord> {
    return this.options.claims.write(record.id, (current) => ({
      ...without(current, 'inputFile'),
      step: 'prepared',
    }));
  }

  /** Puts a submission of this window into the queue, or back. @returns its record, without an owner */
  enqueue({ id }: Pick<JobRecord, 'id'>, { refusals, ...why }: Wait): Promise<JobRecord> {
    const now = this.options.clock.now();
    return this.options.claims.write(id, (current) => ({
      ...without(current, 'owner', 'interruption'),
      queue: {
        since: current.queue?.since ?? now,
        triedAt: now,
        refusals: (current.queue?.refusals ?? 0) + refusals,
        ...why,
      },
    }));
  }

  /** Lets go of a submission that was given up, and of what it left at the service; see {@link Confirmation.disarm}. */
  disarm(record: JobRecord): Promise<void> {
    return this.confirmation.disarm(record);
  }

  /**
   * Finds out whether a creation without an answer took effect. When it did not so far, that is no proof that it never will: so it
   * is sent again only when a person says so, and not before the earlier one has lost its requests.
   */
  private async reconcile(
    record: JobRecord,
    { signal, createAgain, onProgress }: StepOptions,
  ): Promise<JobRecord> {
    onProgress?.({ step: 'confirming' });
    const job = await this.confirmation.find(record, signal);
    if (job !== undefined) {
      this.options.logger.info(`The creation of ${record.id} had taken effect: ${job.name}.`);
      return (await this.settle(record.id, job)) ?? record;
    }
    if (record.cancelWanted === true) throw new CancelledError();
    if (!createAgain) {
      await this.options.claims.write(record.id, (current) => ({ ...current, unconfirmed: true }));
      throw new UnconfirmedError(record.displayName);
    }
    await this.confirmation.disarm(record);
    return this.options.claims.write(record.id, (current) => ({
      ...without(current, 'creatingAt', 'unconfirmed', 'inputFile'),
      // What still came of the disarmed creation would fail: it must not be taken for the job of the new one.
      ...(current.inputFile !== undefined && withToken(newToken(), current.webhook)),
      step: 'prepared',
    }));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where a submission stands when it is known that no job came of its creation. */
function stepBeforeCreation({ inline }: JobRecord): 'prepared' | 'uploaded' {
  return inline === true ? 'prepared' : 'uploaded';
}

/** The service's clock minus ours, from a creation that we saw begin and end; less than the round trip is no difference. */
function clockOffset(job: RemoteJob, sentAt: number, answeredAt: number): number | undefined {
  const createdAt = job.createdAt === undefined ? Number.NaN : Date.parse(job.createdAt);
  if (Number.isNaN(createdAt)) return undefined;
  if (createdAt >= sentAt && createdAt <= answeredAt) return 0;
  return createdAt < sentAt ? createdAt - sentAt : createdAt - answeredAt;
}
