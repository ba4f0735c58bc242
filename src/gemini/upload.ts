import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { ApiCall, ApiClient } from '../http/apiClient';
import { couldNot } from '../http/couldNot';
import { isTransient } from '../http/errors';
import { fileBody, requireUnchanged, stampOf, type FileStamp } from '../http/fileSource';
import { fileChanged } from '../http/localErrors';
import { backoff } from '../http/retry';
import { patientTimeouts } from '../http/transport';
import type { RemoteFile, UploadOptions, UploadSession } from '../shared/batchService';
import { ServiceError } from '../shared/serviceError';
import { delay } from '../util/async';
import { defined } from '../util/defined';
import { hashFile } from '../util/files';
import { parseJson } from '../util/json';
import { maxFileBytes, toRemoteFile } from './files';
import { uploadedFile } from './wire';

/** MIME types that some version of the service took JSON Lines as, the likeliest first. */
const mimeTypes = ['application/jsonl', 'jsonl', 'text/plain', 'application/json'];

/** Remembers which MIME type the service took last. */
export interface MimeMemory {
  lastTaken?: string;
}

export interface UploadContext {
  readonly client: ApiClient;
  /** Path that opens a session. */
  readonly startPath: string;
  readonly mimeMemory: MimeMemory;
  /** Fetches and lists what is there already, to find a file whose upload ended without an answer. */
  readonly getFile: (name: string) => Promise<RemoteFile>;
  readonly listFiles: () => Promise<readonly RemoteFile[]>;
}

const doing = 'upload the request file';
/** Breaks in a row, without a byte gained, after which an upload gives up; with waits that is some minutes. */
const patience = 12;
const pace = { firstDelayMs: 500, maxDelayMs: 30_000 };
/**
 * After so many breaks without a byte gained, a small piece goes alone. A service that refuses early and hangs up takes its answer
 * along while more is being sent; the answer to something short arrives.
 */
const cautiousAfter = 3;
/** As the protocol wants pieces that are not the last: a multiple of this. */
const smallPieceBytes = 256 * 1024;
/** Sessions that may be lost in one upload. */
const sessionLimit = 4;
const readyPollMs = 2_000;
const readyPolls = 90;

/**
 * Uploads a file in one streamed request, or what is left of it: after any break the service is asked how much it has. The
 * session goes to `options.onSession` before the first byte, so that it survives this process.
 */
export async function uploadFile(
  path: string,
  options: UploadOptions,
  context: UploadContext,
): Promise<RemoteFile> {
  return new Upload(path, options, context).run();
}

/** What became of a session: how much it has, or the file it became, or that it is of no use any more. */
type Standing =
  | { readonly kind: 'open'; readonly offset: number }
  | { readonly kind: 'done'; readonly file: RemoteFile | undefined }
  | { readonly kind: 'lost' };

class Upload {
  private stamp: FileStamp = { sizeBytes: 0, modifiedAt: 0 };
  /** MIME types that the service did not take. */
  private readonly refused = new Set<string>();
  /** What the service had against the content itself, where it said so. */
  private refusal: ServiceError | undefined;

  constructor(
    private readonly path: string,
    private readonly options: UploadOptions,
    private readonly context: UploadContext,
  ) {}

  async run(): Promise<RemoteFile> {
    this.stamp = await stampOf(this.path);
    if (this.stamp.sizeBytes > maxFileBytes) throw tooLarge(this.path);
    const file = await this.transfer();
    await this.compare(file);
    return this.untilReady({ ...file, sizeBytes: this.stamp.sizeBytes });
  }

  private async transfer(): Promise<RemoteFile> {
    let session = this.options.session;
    if (session !== undefined) requireSame(session, this.stamp, this.path);
    for (let sessions = 0; sessions < sessionLimit; sessions += 1) {
      const resumed = session !== undefined;
      session ??= await this.openSession();
      const file = await this.fill(session, resumed);
      if (file !== undefined) return file;
      session = undefined;
    }
    throw (
      this.refusal ??
      new ServiceError(couldNot(doing, l10n.t('the service lost the upload several times.')), {
        kind: 'unavailable',
        reason: 'UPLOAD_LOST',
        ambiguous: false,
        advice: l10n.t('The service has trouble of its own. Try again in a few minutes.'),
      })
    );
  }

  /** Sends what the session lacks until the service has the file; undefined when the session is lost. */
  private async fill(session: UploadSession, resumed: boolean): Promise<RemoteFile | undefined> {
    let offset: number | undefined = resumed ? undefined : 0;
    let reached = 0;
    let failures = 0;
    let refusal: ServiceError | undefined;
    for (;;) {
      try {
        if (offset === undefined) {
          const standing = await this.ask(session);
          if (standing.kind === 'lost') return undefined;
          if (standing.kind === 'done') return standing.file ?? (await this.findUploaded());
          offset = standing.offset;
          // Refused at the very place where the session stands: that was no matter of a wrong offset.
          if (refusal !== undefined && offset === reached) throw refusal;
          if (offset > reached) failures = 0;
          reached = offset;
        }
        if (failures >= cautiousAfter && this.stamp.sizeBytes - offset > smallPieceBytes) {
          await this.sendSmall(session, offset);
          offset = undefined;
          continue;
        }
        const file = await this.send(session, offset);
        this.context.mimeMemory.lastTaken = session.mimeType;
        return file;
      } catch (error) {
        if (isMimeRefusal(error) && this.forget(session.mimeType)) return undefined;
        failures += 1;
        const canAsk = refusal === undefined && offset !== undefined && isDoubtful(error);
        if (!canAsk && ((!isTransient(error) && !isUnfinished(error)) || failures >= patience)) throw error;
        if (canAsk) refusal = error;
        if (canAsk && error.kind === 'invalid') this.refusal = error;
        offset = undefined;
        await this.afterBreak(error, reached, failures);
      }
    }
  }

  private async afterBreak(error: ServiceError, reached: number, failures: number): Promise<void> {
    const { random, clock, logger } = this.context.client;
    logger.debug(`${doing}: broke off after byte ${reached} (${error.reason ?? error.kind})`);
    await requireUnchanged(this.path, this.stamp);
    await delay(backoff(failures, pace, random, error.retryAfterMs), this.options.signal, clock);
  }

  private async openSession(): Promise<UploadSession> {
    for (;;) {
      const mimeType = this.nextType();
      try {
        const session = { url: await this.start(mimeType), mimeType, ...this.stamp };
        await this.options.onSession?.(session);
        return session;
      } catch (error) {
        if (!isMimeRefusal(error) || !this.forget(mimeType)) throw error;
      }
    }
  }

  /** The type that the service took last, else the likeliest that it did not refuse. */
  private nextType(): string {
    const [likeliest = 'application/jsonl'] = mimeTypes.filter((type) => !this.refused.has(type));
    return this.context.mimeMemory.lastTaken ?? likeliest;
  }

  /** Notes a refused MIME type; false when none is left to try. */
  private forget(mimeType: string): boolean {
    this.refused.add(mimeType);
    delete this.context.mimeMemory.lastTaken;
    return mimeTypes.some((type) => !this.refused.has(type));
  }

  private async start(mimeType: string): Promise<string> {
    const call = this.call('POST', this.context.startPath, {
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-length': String(this.stamp.sizeBytes),
      'x-goog-upload-header-content-type': mimeType,
    });
    const body = JSON.stringify({
      file: { displayName: this.options.displayName, mimeType, sizeBytes: String(this.stamp.sizeBytes) },
    });
    // Opening a session changes nothing that counts: as often as need be.
    const request: ApiCall = { ...call, repeat: 'always', body };
    return this.context.client.stream(request, async (response) => {
      const url = this.context.client.resolve(response.headers['x-goog-upload-url']);
      if (url === undefined) throw response.unreadable(await response.text());
      return url;
    });
  }

  private async send(session: UploadSession, offset: number): Promise<RemoteFile> {
    const totalBytes = this.stamp.sizeBytes;
    const { onProgress } = this.options;
    onProgress?.({ bytes: offset, totalBytes });
    const body = fileBody(this.path, this.stamp, offset, (bytes) => onProgress?.({ bytes, totalBytes }));
    const call = this.call('POST', session.url, {
      'content-type': 'application/octet-stream',
      'x-goog-upload-command': 'upload, finalize',
      'x-goog-upload-offset': String(offset),
    });
    return toRemoteFile(
      await this.context.client.json(uploadedFile, { ...call, body, timeouts: patientTimeouts }),
    );
  }

  private async sendSmall(session: UploadSession, offset: number): Promise<void> {
    const end = offset + smallPieceBytes;
    const body = fileBody(this.path, this.stamp, offset, () => undefined, end);
    const call = this.call('POST', session.url, {
      'content-type': 'application/octet-stream',
      'x-goog-upload-command': 'upload',
      'x-goog-upload-offset': String(offset),
    });
    await this.context.client.text({ ...call, body, timeouts: patientTimeouts });
  }

  private async ask(session: UploadSession): Promise<Standing> {
    const command = this.call('POST', session.url, { 'x-goog-upload-command': 'query' });
    // "Resume Incomplete", as Google's older protocol says it.
    const call: ApiCall = { ...command, success: 308 };
    try {
      return await this.context.client.stream(call, async (response) => {
        const { 'x-goog-upload-status': status, 'x-goog-upload-size-received': received } = response.headers;
        if (status === 'final') return { kind: 'done', file: fileIn(await textOf(response.body)) };
        if (status === 'cancelled') return { kind: 'lost' };
        const offset = receivedBytes(received, response.headers.range);
        if (offset === undefined && status !== 'active' && response.status !== 308)
          throw response.unreadable();
        // As everywhere, nothing may be a way of saying none.
        if (offset === undefined) return { kind: 'open', offset: 0 };
        return offset <= this.stamp.sizeBytes ? { kind: 'open', offset } : { kind: 'lost' };
      });
    } catch (error) {
      // A session that the service refuses to know is lost; anything else (no network, wrong key) is not its fault.
      if (isDoubtful(error)) return { kind: 'lost' };
      throw error;
    }
  }

  /** The file whose upload was completed while its answer got lost; undefined when it is not to be found. */
  private async findUploaded(): Promise<RemoteFile | undefined> {
    const files = await this.context.listFiles();
    return files.find(
      (file) =>
        file.displayName === this.options.displayName &&
        file.sizeBytes === this.stamp.sizeBytes &&
        (this.options.sha256 === undefined ||
          file.sha256 === undefined ||
          file.sha256 === this.options.sha256),
    );
  }

  private async compare(file: RemoteFile): Promise<void> {
    await requireUnchanged(this.path, this.stamp);
    // Zero stands for what was not said, too.
    if (file.sizeBytes !== this.stamp.sizeBytes && file.sizeBytes !== 0)
      throw differs(l10n.t('what the service got has another size.'));
    if (file.sha256 === undefined) return;
    const { signal } = this.options;
    const sha256 = this.options.sha256 ?? (await hashFile(this.path, defined({ signal })));
    if (file.sha256 !== sha256.toLowerCase())
      throw this.options.sha256 === undefined
        ? differs(l10n.t('what the service got has other content.'))
        : fileChanged(this.path);
  }

  private async untilReady(file: RemoteFile): Promise<RemoteFile> {
    let current = file;
    for (let polls = 0; current.state === 'PROCESSING' && polls < readyPolls; polls += 1) {
      await delay(readyPollMs, this.options.signal, this.context.client.clock);
      current = await this.context.getFile(file.name);
    }
    if (current.state !== 'FAILED') return current;
    throw new ServiceError(couldNot(doing, l10n.t('the service could not process it.')), {
      kind: 'invalid',
      reason: 'FILE_FAILED',
      ambiguous: false,
    });
  }

  private call(method: ApiCall['method'], path: string, headers: Readonly<Record<string, string>>): ApiCall {
    return { method, path, headers, repeat: 'never', doing, signal: this.options.signal };
  }
}

/** How much a session has: from `x-goog-upload-size-received`, or from a Range (`bytes=0-41` are 42). */
function receivedBytes(size: string | undefined, range: string | undefined): number | undefined {
  if (size !== undefined && /^\d+$/.test(size)) return Number(size);
  const last = /^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1];
  return last === undefined ? undefined : Number(last) + 1;
}

function requireSame(session: UploadSession, stamp: FileStamp, path: string): void {
  if (session.sizeBytes !== stamp.sizeBytes || session.modifiedAt !== stamp.modifiedAt)
    throw fileChanged(path);
}

/** A wrong offset and a forgotten session are refused as invalid or not found, and so is a file that is not wanted. */
function isDoubtful(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  return (
    error.kind === 'invalid' || error.kind === 'notFound' || error.status === 404 || error.status === 410
  );
}

/** "Resume Incomplete" as the answer to all that was left: the service took a part of it. */
function isUnfinished(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.status === 308;
}

function isMimeRefusal(error: unknown): error is ServiceError {
  return (
    error instanceof ServiceError &&
    (error.status === 400 || error.status === 415) &&
    /mime/i.test(error.message)
  );
}

function fileIn(text: string): RemoteFile | undefined {
  const parsed = uploadedFile.safeParse(parseJson(text));
  return parsed.success ? toRemoteFile(parsed.data) : undefined;
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(path: string): ServiceError {
  const why = l10n.t('{0} is larger than 2 GB.', basename(path));
  return new ServiceError(couldNot(doing, why), {
    kind: 'invalid',
    reason: 'TOO_LARGE',
    ambiguous: false,
    advice: l10n.t('Split it into several files.'),
  });
}

/** What arrived is something else. */
function differs(why: string): ServiceError {
  return new ServiceError(couldNot(doing, why), {
    kind: 'protocol',
    reason: 'UPLOAD_DIFFERS',
    ambiguous: false,
    advice: l10n.t('Submit the file again.'),
  });
}
