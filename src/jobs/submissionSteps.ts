import type { BatchService, CreateJobRequest } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { CancelledError, delay, throwIfCancelled } from '../util/async';
import type { Clock } from '../util/clock';
import type { Logger } from '../util/logger';
import type { SubmitProgress } from './api';
import type { Claims } from './claims';
import { InputUpload, type InputUploadOptions } from './inputUpload';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { isJobOf, remoteNameOf, requestFileOf, without } from './records';
import { endpointOf, verifyRequestFile } from './requestFile';

export interface SubmissionStepsOptions extends Omit<InputUploadOptions, 'serviceNow'> {
  readonly ledger: Ledger;
  readonly claims: Claims;
  readonly clock: Clock;
  readonly logger: Logger;
  /** See JobEngineOptions. */
  readonly looksMs: readonly number[];
  /** Why no further job fits at the connection now, for a person; undefined when one does. */
  readonly whyNoRoom: (connectionId: string, service: BatchService) => string | undefined;
}

export interface StepOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: SubmitProgress) => void;
  /** Nothing of this submission was ever sent. */
  readonly first: boolean;
}

/** How often a creation is sent for one submission before a person has to decide. */
const maxCreations = 3;

/**
 * The steps of a submission, each from one state on disk to the next. What is about to be sent is written first, so whatever
 * happens between two steps, the next run knows what may have taken effect.
 */
export class SubmissionSteps {
  private readonly creations = new Set<Promise<JobRecord>>();
  /** Revisions that say `uploaded` because this window has just done it: no need to ask whether the file is alive. */
  private readonly justUploaded = new WeakSet<JobRecord>();
  private readonly input: InputUpload;
  /** The services' clocks minus ours. Only of this session: what a former one measured may be from before our clock was set. */
  private readonly offsets = new Map<string, number>();

  constructor(private readonly options: SubmissionStepsOptions) {
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
   * Rejects with CancelledError also where it turned out that a submission which was given up has not become a job.
   */
  advance(record: JobRecord, options: StepOptions): Promise<JobRecord> {
    switch (record.step) {
      case 'prepared':
        return record.inline === true ? this.create(record, options) : this.upload(record, options);
      case 'uploaded':
        return this.create(record, options);
      case 'creating':
        return this.reconcile(record, options.signal);
      case 'submitted':
        return Promise.resolve(record);
    }
  }

  /** Records that the service knows the job: by the answer to its creation, or because its token was seen in the list. */
  async settle(id: string, job: RemoteJob, clockOffsetMs?: number): Promise<JobRecord | undefined> {
    const record = await this.options.ledger.update(id, (current) =>
      current.step === 'submitted'
        ? current
        : {
            ...without(current, 'interruption', 'queue', 'creatingAt'),
            step: 'submitted',
            name: job.name,
            remote: job,
            ...(clockOffsetMs !== undefined && { clockOffsetMs }),
          },
    );
    await this.options.sessions.forget(id);
    if (record?.cancelWanted !== true) return record;
    const service = await this.options.service(record.connectionId);
    await service.cancelJob(job.name);
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
    if (full !== undefined) return this.enqueue(record, full, 0);
    const endpoint = record.dialect === 'openai' ? await endpointOf(requestFileOf(record).path) : undefined;
    throwIfCancelled(signal);
    const creating = await this.options.claims.write(record.id, (current) => ({
      ...current,
      step: 'creating',
      creatingAt: this.options.clock.now(),
      creations: (current.creations ?? 0) + 1,
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
        `No clear answer to the creation of ${record.id}; looking it up before anything is repeated.`,
      );
      if ((record.creations ?? 0) >= maxCreations) throw error;
      return record;
    }
    const refused = await this.options.claims.write(record.id, (current) => ({
      ...without(current, 'creatingAt'),
      step: stepBeforeCreation(current),
      creations: (current.creations ?? 1) - 1,
    }));
    if (error.kind === 'quota') return this.enqueue(refused, error.message, 1);
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

  private enqueue(record: JobRecord, reason: string, refusals: 0 | 1): Promise<JobRecord> {
    const now = this.options.clock.now();
    return this.options.claims.write(record.id, (current) => ({
      ...without(current, 'owner'),
      queue: {
        since: current.queue?.since ?? now,
        triedAt: now,
        reason,
        refusals: (current.queue?.refusals ?? 0) + refusals,
      },
    }));
  }

  /** Finds out whether a creation without an answer took effect. */
  private async reconcile(record: JobRecord, signal: AbortSignal): Promise<JobRecord> {
    const service = await this.options.service(record.connectionId);
    let waited = 0;
    for (const look of this.options.looksMs) {
      if (look > waited) await delay(look - waited, signal, this.options.clock);
      waited = look;
      const job = (await service.listJobs({ signal })).find((candidate) => isJobOf(record, candidate));
      if (job === undefined) continue;
      this.options.logger.info(`The creation of ${record.id} had taken effect: ${job.name}.`);
      return (await this.settle(record.id, job)) ?? record;
    }
    const before = await this.options.claims.write(record.id, (current) => ({
      ...without(current, 'creatingAt'),
      step: stepBeforeCreation(current),
    }));
    if (before.cancelWanted === true) throw new CancelledError();
    return before;
  }
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
