import type { BatchService } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { CancelledError, delay, isCancelled, throwIfCancelled } from '../util/async';
import type { Clock } from '../util/clock';
import type { Logger } from '../util/logger';
import type { SubmitProgress, SubmitRequest } from './api';
import { newToken } from './displayName';
import { InputUpload, type InputUploadOptions } from './inputUpload';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { isJobOf, newId, remoteNameOf, requestFileOf, without } from './records';
import { describeRequestFile, endpointOf, RequestFileError } from './requestFile';
import type { Windows } from './windows';

export interface SubmitterOptions extends Omit<InputUploadOptions, 'serviceNow'> {
  readonly ledger: Ledger;
  readonly windows: Windows;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** See JobEngineOptions. */
  readonly looksMs: readonly number[];
  /** Why no further job fits at the connection now, for a person; undefined when one does. */
  readonly whyNoRoom: (connectionId: string, service: BatchService) => string | undefined;
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
}

/** Another window, or this one's past, changed the submission: whoever did goes on with it. */
class TakenOverError extends Error {
  override readonly name = 'TakenOverError';

  constructor() {
    super('Another window is working on this submission.');
  }
}

/** Under this name a webhook's metadata carries the token of the submission. */
export const webhookTokenKey = 'batchwright';
/** How often a creation is sent for one submission before a person has to decide. */
const maxCreations = 3;

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
  private readonly creations = new Set<Promise<JobRecord>>();
  /** Begun here and never run: nothing of them can be at the service. */
  private readonly untouched = new Set<string>();
  /** Revisions that say `uploaded` because this window has just done it: no need to ask whether the file is alive. */
  private readonly justUploaded = new WeakSet<JobRecord>();

  private readonly input: InputUpload;
  /** The services' clocks minus ours. Only of this session: what a former one measured may be from before our clock was set. */
  private readonly offsets = new Map<string, number>();

  constructor(private readonly options: SubmitterOptions) {
    this.input = new InputUpload({
      ...options,
      serviceNow: (connectionId) => {
        const offset = this.offsets.get(connectionId);
        return offset === undefined ? undefined : options.clock.now() + offset;
      },
    });
  }

  /** Whether this window is working on the submission right now. */
  isRunning(id: string): boolean {
    return this.running.has(id);
  }

  get isCreating(): boolean {
    return this.creations.size > 0;
  }

  /** Resolves when no creation is on its way any more: until then nobody else may judge whether it took effect. */
  async creationsSettled(): Promise<void> {
    while (this.creations.size > 0) await Promise.allSettled(this.creations);
  }

  /** Hashes the file and writes the intent; from here on nothing is lost. */
  async begin(request: SubmitRequest, options: BeginOptions = {}): Promise<JobRecord> {
    const { ledger, windows, clock, random } = this.options;
    const { onProgress, signal } = options;
    const requestFile = await describeRequestFile(request.path, request.rows, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: (fraction) => onProgress({ step: 'hashing', fraction }) }),
    });
    throwIfCancelled(signal);
    const id = options.id ?? newId(clock.now());
    const token = newToken(random);
    this.untouched.add(id);
    await this.options.onIntent(id);
    return ledger.insert({
      id,
      connectionId: request.connectionId,
      displayName: request.displayName,
      token,
      model: request.model,
      dialect: request.dialect,
      createdAt: clock.now(),
      step: 'prepared',
      owner: windows.self,
      origin: 'here',
      requestFile,
      ...(request.priority !== undefined && { priority: request.priority }),
      ...(request.webhook && {
        // The token comes back with each delivery and says which submission it is about.
        webhook: {
          uris: [...request.webhook.uris],
          userMetadata: { ...request.webhook.userMetadata, [webhookTokenKey]: token },
        },
      }),
      ...(request.parentId !== undefined && { parentId: request.parentId }),
      ...(request.group && { group: { ...request.group } }),
      ...(request.estimatedTokens !== undefined && { estimatedTokens: request.estimatedTokens }),
    });
  }

  /**
   * Goes on with a submission from wherever it is, until it is at the service or waits in the queue. A second call for the same
   * submission joins the first. Rejects with what stopped it, after writing that to the ledger; with CancelledError when
   * `signal` fires, after which the submission is gone, or is cancelled at the service as soon as it turns up there.
   */
  run(id: string, options: RunOptions = {}): Promise<JobRecord> {
    const existing = this.running.get(id);
    if (existing !== undefined) return existing.work;
    const stop = new AbortController();
    const user = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const work = this.drive(id, user, options.onProgress).finally(() => {
      this.running.delete(id);
      this.options.onUploadProgress(id, undefined);
    });
    this.running.set(id, { work, stop });
    return work;
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
   * service, or turns up there, is cancelled. Rejects when another window is at work on it.
   */
  async discard(id: string): Promise<void> {
    const { ledger, windows } = this.options;
    const running = this.running.get(id);
    running?.stop.abort();
    // Whatever it rejects with has been told to whoever began it.
    await running?.work.catch(() => undefined);
    await windows.look();
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
    onProgress: RunOptions['onProgress'],
  ): Promise<JobRecord> {
    const signal = AbortSignal.any([user, this.closing.signal]);
    try {
      let record = await this.claim(id);
      while (record.step !== 'submitted') {
        throwIfCancelled(signal);
        const next = await this.advance(record, { signal, ...(onProgress && { onProgress }) });
        if (next.queue !== undefined && next.step === 'uploaded') return next;
        record = next;
      }
      return record;
    } catch (error) {
      if (user.aborted && isCancelled(error)) await this.giveUp(id);
      else if (!this.closing.signal.aborted) await this.interrupt(id, error);
      throw error;
    }
  }

  private advance(record: JobRecord, options: RunOptions & { signal: AbortSignal }): Promise<JobRecord> {
    switch (record.step) {
      case 'prepared':
        return this.upload(record, options);
      case 'uploaded':
        return this.create(record, options);
      case 'creating':
        return this.reconcile(record, options.signal);
      case 'submitted':
        return Promise.resolve(record);
    }
  }

  private async claim(id: string): Promise<JobRecord> {
    const { ledger, windows } = this.options;
    await windows.look();
    const record = await ledger.update(id, (current) => {
      if (current.step === 'submitted') return current;
      if (!windows.isSelf(current.owner) && windows.isAlive(current.owner)) return undefined;
      return { ...without(current, 'interruption'), owner: windows.self };
    });
    if (record === undefined) throw new TakenOverError();
    return record;
  }

  /** Replaces our own submission; rejects when somebody took it over meanwhile. */
  private async write(id: string, change: (record: JobRecord) => JobRecord): Promise<JobRecord> {
    const { ledger, windows } = this.options;
    const record = await ledger.update(id, (current) =>
      windows.isSelf(current.owner) && current.step !== 'submitted' ? change(current) : undefined,
    );
    if (record === undefined) throw new TakenOverError();
    return record;
  }

  private async upload(record: JobRecord, options: RunOptions & { signal: AbortSignal }): Promise<JobRecord> {
    const first = this.untouched.delete(record.id);
    const file = await this.input.upload(record, { ...options, first });
    const uploaded = await this.write(record.id, (current) => ({
      ...current,
      step: 'uploaded',
      inputFile: { name: file.name, ...(file.expiresAt !== undefined && { expiresAt: file.expiresAt }) },
    }));
    await this.options.sessions.forget(record.id);
    this.justUploaded.add(uploaded);
    return uploaded;
  }

  private async create(
    record: JobRecord,
    { signal, onProgress }: RunOptions & { signal: AbortSignal },
  ): Promise<JobRecord> {
    const service = await this.options.service(record.connectionId);
    const file = record.inputFile;
    const usable = this.justUploaded.has(record) || (await this.input.isAlive(service, record, signal));
    if (file === undefined || !usable) return this.backToUpload(record);
    onProgress?.({ step: 'creating' });
    const full = this.options.whyNoRoom(record.connectionId, service);
    if (full !== undefined) return this.enqueue(record, full, 0);
    const endpoint = record.dialect === 'openai' ? await endpointOf(requestFileOf(record).path) : undefined;
    throwIfCancelled(signal);
    const creating = await this.write(record.id, (current) => ({
      ...current,
      step: 'creating',
      creatingAt: this.options.clock.now(),
      creations: (current.creations ?? 0) + 1,
    }));
    const creation = this.send(service, creating, file.name, endpoint);
    this.creations.add(creation);
    try {
      return await creation;
    } finally {
      this.creations.delete(creation);
    }
  }

  private async send(
    service: BatchService,
    record: JobRecord,
    file: string,
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
        input: { kind: 'file', file },
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
    const refused = await this.write(record.id, (current) => ({
      ...without(current, 'creatingAt'),
      step: 'uploaded',
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
    return this.write(record.id, (current) => ({ ...without(current, 'inputFile'), step: 'prepared' }));
  }

  private enqueue(record: JobRecord, reason: string, refusals: 0 | 1): Promise<JobRecord> {
    const now = this.options.clock.now();
    return this.write(record.id, (current) => ({
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
    const uploaded = await this.write(record.id, (current) => ({
      ...without(current, 'creatingAt'),
      step: 'uploaded',
    }));
    if (uploaded.cancelWanted !== true) return uploaded;
    await this.giveUp(record.id);
    throw new CancelledError();
  }

  /** The person stopped it: nothing is left of what never reached the service. */
  private async giveUp(id: string): Promise<void> {
    const record = await this.options.ledger.update(id, (current) =>
      current.step === 'creating' ? { ...without(current, 'owner'), cancelWanted: true } : current,
    );
    if (record === undefined || record.step === 'creating' || record.step === 'submitted') return;
    await this.forget(id);
    const input = record.inputFile;
    if (input === undefined) return;
    const service = await this.options.service(record.connectionId);
    // The service drops it by itself after two days.
    await service.deleteFile(input.name).catch(() => undefined);
  }

  private async forget(id: string): Promise<void> {
    await this.options.ledger.remove(id);
    await this.options.sessions.forget(id);
  }

  private interrupted(record: JobRecord, message: string, kind: string): JobRecord {
    return { ...without(record, 'owner'), interruption: { message, kind, at: this.options.clock.now() } };
  }

  private async interrupt(id: string, error: unknown): Promise<void> {
    if (error instanceof TakenOverError) return;
    const record = this.options.ledger.get(id);
    if (record === undefined || record.step === 'submitted') return;
    if (record.step !== 'creating' && isHopeless(error)) {
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

/** Whether trying the same again can only fail the same way, so that nothing is worth keeping. */
function isHopeless(error: unknown): boolean {
  if (error instanceof RequestFileError) return true;
  if (!(error instanceof ServiceError)) return false;
  return error.kind === 'invalid' || error.kind === 'notFound' || error.reason === 'FILE_CHANGED';
}

/** The service's clock minus ours, from a creation that we saw begin and end; less than the round trip is no difference. */
function clockOffset(job: RemoteJob, sentAt: number, answeredAt: number): number | undefined {
  const createdAt = job.createdAt === undefined ? Number.NaN : Date.parse(job.createdAt);
  if (Number.isNaN(createdAt)) return undefined;
  if (createdAt >= sentAt && createdAt <= answeredAt) return 0;
  return createdAt < sentAt ? createdAt - sentAt : createdAt - answeredAt;
}
