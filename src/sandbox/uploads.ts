import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Logger } from '../util/logger';
import { RecordStore, sizeOf, type Disk } from './disk';
import { ApiError, invalid, notFound } from './errors';
import { header, json, readJson, type Exchange, type Reply } from './exchange';
import type { FileService } from './files';
import { objectField, stringField } from './protoFields';
import { randomId } from './random';
import type { Limits } from './options';
import { uploadWhole } from './wholeUpload';
import type { Router } from './router';
import type { SandboxClock } from './sandboxClock';

const sessionRecord = z.object({
  id: z.string(),
  /** The id the finished file will have. */
  fileId: z.string(),
  displayName: z.string().optional(),
  mimeType: z.string(),
  /** Announced size; absent when the client did not know it. */
  sizeBytes: z.number().optional(),
  startedAt: z.number(),
  state: z.enum(['active', 'final', 'cancelled']),
});
type SessionRecord = z.infer<typeof sessionRecord>;

/** What a session is like while the process lives: the running hash, and how far it has got. */
interface Progress {
  received: number;
  hash: Hash;
  /** The request that is writing. A later one takes its place: its client has long given it up. */
  writer: { stop(): void; readonly over: Promise<void> } | undefined;
}

const granularity = 262_144;
const sessionLifetimeMs = 7 * 24 * 3_600_000;

/** The resumable upload protocol: start, upload, upload and finalize, query, cancel. */
export class UploadService {
  private readonly progress = new Map<string, Progress>();

  private constructor(
    private readonly sessions: RecordStore<SessionRecord>,
    private readonly folder: string,
    private readonly files: FileService,
    private readonly clock: SandboxClock,
  ) {}

  static async open(
    disk: Disk,
    files: FileService,
    clock: SandboxClock,
    log: Logger,
  ): Promise<UploadService> {
    const sessions = await RecordStore.open(disk, 'uploads', sessionRecord, log);
    const service = new UploadService(sessions, await disk.folder('uploads'), files, clock);
    for (const session of sessions.all())
      if (clock.now() - session.startedAt > sessionLifetimeMs) await sessions.delete(session.id);
    await disk.sweep(
      'uploads',
      (name) => name.endsWith('.json') || sessions.get(name.replace(/\.bin$/, ''))?.state === 'active',
    );
    return service;
  }

  async start(exchange: Exchange): Promise<Reply> {
    const body = await readJson(exchange);
    const file = objectField(body, 'file');
    const announced = header(exchange, 'x-goog-upload-header-content-length');
    const sizeBytes = announced === undefined ? undefined : Number(announced);
    if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0))
      throw invalid('X-Goog-Upload-Header-Content-Length must be a whole number of bytes.');
    this.files.requireRoom(sizeBytes ?? 0);
    const displayName = stringField(file, 'displayName') ?? '';
    const session: SessionRecord = {
      id: randomId(48),
      fileId: this.files.newId(stringField(file, 'name')),
      mimeType:
        stringField(file, 'mimeType') ??
        header(exchange, 'x-goog-upload-header-content-type') ??
        'application/octet-stream',
      startedAt: this.clock.now(),
      state: 'active',
      ...(displayName === '' ? {} : { displayName }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    };
    await this.sessions.put(session);
    const url = new URL(exchange.url.pathname, exchange.url.origin);
    url.searchParams.set('upload_id', session.id);
    url.searchParams.set('upload_protocol', 'resumable');
    return json({}, 200, {
      'x-goog-upload-status': 'active',
      'x-goog-upload-url': url.href,
      'x-goog-upload-control-url': url.href,
      'x-goog-upload-chunk-granularity': String(granularity),
    });
  }

  /** Every later command of a session. */
  async go(exchange: Exchange, sessionId: string): Promise<Reply> {
    const session = this.sessions.get(sessionId);
    if (session === undefined) throw notFound();
    const commands = (header(exchange, 'x-goog-upload-command') ?? '').split(',').map((word) => word.trim());
    if (commands.includes('query')) return this.query(exchange, session);
    if (session.state !== 'active')
      throw new ApiError('INVALID_ARGUMENT', `The upload is already ${session.state}.`, [], {
        'x-goog-upload-status': session.state,
      });
    if (commands.includes('cancel')) {
      await this.sessions.put({ ...session, state: 'cancelled' });
      await rm(this.bytesOf(session), { force: true });
      return json({}, 200, { 'x-goog-upload-status': 'cancelled' });
    }
    if (!commands.includes('upload') && !commands.includes('finalize'))
      throw invalid('X-Goog-Upload-Command must be start, upload, finalize, query or cancel.');
    const progress = await this.resume(session);
    progress.writer?.stop();
    await progress.writer?.over;
    let release: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (release = resolve));
    progress.writer = { stop: () => exchange.request.destroy(), over };
    try {
      if (commands.includes('upload')) await this.receive(exchange, session, progress);
      if (commands.includes('finalize')) return await this.finalize(exchange, session, progress);
      return json({}, 200, this.activeHeaders(progress));
    } finally {
      progress.writer = undefined;
      release();
    }
  }

  private async query(exchange: Exchange, session: SessionRecord): Promise<Reply> {
    if (session.state !== 'active') {
      const file = this.files.find(session.fileId);
      const body = file === undefined ? {} : { file: this.files.resource(file, exchange.url.origin) };
      return json(body, 200, { 'x-goog-upload-status': session.state });
    }
    return json({}, 200, this.activeHeaders(await this.resume(session)));
  }

  private activeHeaders(progress: Progress): Record<string, string> {
    return { 'x-goog-upload-status': 'active', 'x-goog-upload-size-received': String(progress.received) };
  }

  /** Writes the body to disk as it comes. What arrived before a break stays, and is what `query` reports. */
  private async receive(exchange: Exchange, session: SessionRecord, progress: Progress): Promise<void> {
    const offset = Number(header(exchange, 'x-goog-upload-offset') ?? '0');
    if (offset !== progress.received)
      throw new ApiError(
        'INVALID_ARGUMENT',
        `The upload offset ${offset} does not match the ${progress.received} bytes received.`,
        [],
        this.activeHeaders(progress),
      );
    const handle = await open(this.bytesOf(session), 'a');
    try {
      for await (const chunk of exchange.body) {
        const size = progress.received + chunk.length;
        if (session.sizeBytes !== undefined && size > session.sizeBytes)
          throw new ApiError(
            'INVALID_ARGUMENT',
            `More bytes were sent than the ${session.sizeBytes} announced.`,
            [],
            this.activeHeaders(progress),
          );
        if (session.sizeBytes === undefined) this.files.requireRoom(size);
        await handle.appendFile(chunk);
        progress.hash.update(chunk);
        progress.received = size;
      }
    } finally {
      await handle.close();
    }
  }

  private async finalize(exchange: Exchange, session: SessionRecord, progress: Progress): Promise<Reply> {
    if (session.sizeBytes !== undefined && progress.received !== session.sizeBytes)
      throw new ApiError(
        'INVALID_ARGUMENT',
        `The upload ended after ${progress.received} of ${session.sizeBytes} bytes.`,
        [],
        this.activeHeaders(progress),
      );
    if (progress.received === 0) await (await open(this.bytesOf(session), 'a')).close();
    const file = await this.files.add(this.bytesOf(session), {
      id: session.fileId,
      mimeType: session.mimeType,
      sizeBytes: progress.received,
      sha256: progress.hash.digest('hex'),
      ...(session.displayName === undefined ? {} : { displayName: session.displayName }),
    });
    this.progress.delete(session.id);
    await this.sessions.put({ ...session, state: 'final' });
    return json({ file: this.files.resource(file, exchange.url.origin) }, 200, {
      'x-goog-upload-status': 'final',
    });
  }

  /** Where the session stands; after a restart, by what is on disk. */
  private async resume(session: SessionRecord): Promise<Progress> {
    const known = this.progress.get(session.id);
    if (known !== undefined) return known;
    const progress: Progress = { received: 0, hash: createHash('sha256'), writer: undefined };
    const file = this.bytesOf(session);
    progress.received = Math.min(await sizeOf(file), session.sizeBytes ?? Infinity);
    if (progress.received > 0) {
      await truncate(file, progress.received);
      for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) progress.hash.update(chunk);
    }
    // A request that came meanwhile may have been quicker; both must see one state.
    const first = this.progress.get(session.id) ?? progress;
    this.progress.set(session.id, first);
    return first;
  }

  private bytesOf(session: SessionRecord): string {
    return path.join(this.folder, `${session.id}.bin`);
  }
}

/** The path of uploads. Later commands of a session need no key: whoever has its URL may write it. */
export const uploadPath = /^\/upload\/(v1beta|v1)\/files$/;

export function uploadRoutes(
  router: Router,
  parts: {
    readonly uploads: UploadService;
    readonly files: FileService;
    readonly disk: Disk;
    readonly limits: Limits;
  },
): void {
  const path = '/upload/{version}/files';
  const serve = (exchange: Exchange): Promise<Reply> => {
    const session = exchange.url.searchParams.get('upload_id');
    if (session !== null) return parts.uploads.go(exchange, session);
    const protocol = header(exchange, 'x-goog-upload-protocol');
    if (protocol === 'raw' || protocol === 'multipart') return uploadWhole(exchange, protocol, parts);
    if (protocol === 'resumable' && header(exchange, 'x-goog-upload-command') === 'start')
      return parts.uploads.start(exchange);
    throw invalid('Start an upload with X-Goog-Upload-Protocol: resumable and X-Goog-Upload-Command: start.');
  };
  router.add('POST', path, serve);
  router.add('PUT', path, serve);
}
