import { createReadStream } from 'node:fs';
import { rm, rename } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Logger } from '../util/logger';
import { RecordStore, type Disk } from './disk';
import { ApiError, fileGone, invalid, notFound, quotaExceeded } from './errors';
import { header, json, page, pageQuery, param, type Exchange, type Reply } from './exchange';
import type { Limits } from './options';
import { microTime, randomId } from './random';
import { parseRange } from './range';
import type { Router } from './router';
import type { SandboxClock } from './sandboxClock';

/** An uploaded file. `sha256` is lower-case hex; times of the wire are texts, those we reckon with are milliseconds. */
export const fileRecord = z.object({
  id: z.string(),
  sequence: z.number(),
  displayName: z.string().optional(),
  mimeType: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  createTime: z.string(),
  expiresAt: z.number(),
  expirationTime: z.string(),
  /** From when it can be used; until then it is PROCESSING. */
  activeAt: z.number(),
  /** Processing it will fail. */
  broken: z.boolean(),
  /** What the OpenAI layer was told it is for. */
  purpose: z.string().optional(),
});
export type FileRecord = z.infer<typeof fileRecord>;

export type FileState = 'PROCESSING' | 'ACTIVE' | 'FAILED';
/** How long a sound or film is PROCESSING at speed 1. */
const processingMs = 2000;

/** The results of a job as a file: `files/batch-…`. */
export interface OutputFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly createTime: string;
  readonly expirationTime: string;
}

/** What the files know of the jobs: their results. */
export interface Outputs {
  findOutput(jobId: string): OutputFile | undefined;
  /** Bytes of all results together. */
  totalBytes(): number;
}

/** Uploaded files: what the service says of them, and their bytes on disk. */
export class FileService {
  outputs: Outputs = { findOutput: () => undefined, totalBytes: () => 0 };
  private sequence: number;

  private constructor(
    private readonly records: RecordStore<FileRecord>,
    private readonly folder: string,
    private readonly clock: SandboxClock,
    private readonly limits: Limits,
  ) {
    this.sequence = Math.max(0, ...records.all().map((record) => record.sequence));
  }

  static async open(disk: Disk, clock: SandboxClock, limits: Limits, log: Logger): Promise<FileService> {
    const records = await RecordStore.open(disk, 'files', fileRecord, log);
    await disk.sweep(
      'files',
      (name) => name.endsWith('.json') || records.get(name.replace(/\.bin$/, '')) !== undefined,
    );
    await disk.sweep('incoming', () => false);
    return new FileService(records, await disk.folder('files'), clock, limits);
  }

  /** The file when it is there and has not expired. */
  find(id: string): FileRecord | undefined {
    const record = this.records.get(id);
    if (record === undefined) return undefined;
    if (record.expiresAt > this.clock.now()) return record;
    // What cannot be removed now is swept away at the next start.
    this.remove(record.id).catch(() => undefined);
    return undefined;
  }

  /** Newest first. The files of the stand-alone OpenAI service are told by their purpose. */
  list(of: 'gemini' | 'openai'): FileRecord[] {
    return this.records
      .all()
      .filter(
        (record) =>
          this.find(record.id) !== undefined && (record.purpose !== undefined) === (of === 'openai'),
      )
      .sort((a, b) => b.sequence - a.sequence);
  }

  stateOf(file: FileRecord): FileState {
    if (file.activeAt > this.clock.now()) return 'PROCESSING';
    return file.broken ? 'FAILED' : 'ACTIVE';
  }

  /** The file, which must be there and usable. */
  require(id: string): FileRecord {
    const file = this.find(id);
    if (file === undefined) throw fileGone(id);
    if (this.stateOf(file) === 'ACTIVE') return file;
    throw new ApiError(
      'FAILED_PRECONDITION',
      `The File ${id} is not in an ACTIVE state and usage is not allowed.`,
    );
  }

  /** What is wrong with the file of a URI; URIs that are none of the Files API are taken on trust. */
  uriFault(uri: string): ApiError | undefined {
    const id = /\/v1(?:beta)?\/files\/([a-z0-9-]+)$/.exec(uri)?.[1];
    if (id === undefined) return undefined;
    try {
      this.require(id);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  resource(file: FileRecord, origin: string): Record<string, unknown> {
    return fileResource(file, origin, this.stateOf(file));
  }

  /** The id asked for (`files/my-id`), or a fresh one. */
  newId(name: string | undefined): string {
    if (name === undefined || name === '') return randomId(12);
    const id = name.replace(/^files\//, '');
    if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(id))
      throw invalid(
        "* CreateFileRequest.file.name: File ID (name excluding 'files/') must be 1-40 lowercase alphanumeric characters or dashes, and cannot begin or end with a dash.\n",
      );
    if (this.find(id) !== undefined)
      throw invalid(`* CreateFileRequest.file.name: The file files/${id} already exists.\n`);
    return id;
  }

  pathOf(id: string): string {
    return path.join(this.folder, `${id}.bin`);
  }

  /** Throws when `more` bytes would be over the limits of a file or of the project. */
  requireRoom(more: number): void {
    if (more > this.limits.fileBytes)
      throw invalid(`File size ${more} exceeds the maximum of ${this.limits.fileBytes} bytes per file.`);
    const all = [...this.list('gemini'), ...this.list('openai')];
    const used = all.reduce((sum, file) => sum + file.sizeBytes, 0) + this.outputs.totalBytes();
    if (used + more > this.limits.storageBytes)
      throw quotaExceeded(
        `Quota exceeded for file storage: ${used} of ${this.limits.storageBytes} bytes are in use. Delete files, or wait until they expire.`,
      );
  }

  /** Takes over the bytes at `from`. */
  async add(
    from: string,
    facts: Pick<FileRecord, 'id' | 'displayName' | 'mimeType' | 'sizeBytes' | 'sha256' | 'purpose'>,
  ): Promise<FileRecord> {
    if ((facts.displayName?.length ?? 0) > 512)
      throw invalid(
        '* CreateFileRequest.file.display_name: display_name cannot be more than 512 characters.\n',
      );
    const now = this.clock.now();
    const expiresAt = now + this.limits.fileLifetimeMs;
    const isMedium = /^(audio|video)\//.test(facts.mimeType);
    await rename(from, this.pathOf(facts.id));
    const record: FileRecord = {
      ...facts,
      sequence: ++this.sequence,
      createTime: microTime(now),
      activeAt: isMedium ? now + processingMs / Math.max(1, this.clock.speed) : now,
      broken: facts.displayName?.includes('[[sandbox:broken-file]]') === true,
      expiresAt,
      expirationTime: microTime(expiresAt),
    };
    await this.records.put(record);
    return record;
  }

  async remove(id: string): Promise<void> {
    await this.records.delete(id);
    await rm(this.pathOf(id), { force: true });
  }

  flush(): Promise<void> {
    return this.records.flush();
  }
}

/** The file as the service describes it. `origin` is where its URI points. */
function fileResource(file: FileRecord, origin: string, state: FileState): Record<string, unknown> {
  return {
    name: `files/${file.id}`,
    ...(file.displayName === undefined ? {} : { displayName: file.displayName }),
    mimeType: file.mimeType,
    sizeBytes: String(file.sizeBytes),
    createTime: file.createTime,
    updateTime: file.createTime,
    expirationTime: file.expirationTime,
    // The service encodes the hex digits, not the bytes.
    sha256Hash: Buffer.from(file.sha256, 'latin1').toString('base64'),
    uri: `${origin}/v1beta/files/${file.id}`,
    state,
    source: 'UPLOADED',
    ...(state === 'FAILED' ? { error: { code: 13, message: 'The file could not be processed.' } } : {}),
  };
}

export function fileRoutes(router: Router, files: FileService): void {
  router.add('GET', '/{version}/files', (exchange) => listFiles(exchange, files));
  router.add('GET', '/{version}/files/{id}', (exchange) => getFile(exchange, files));
  router.add('DELETE', '/{version}/files/{id}', (exchange) => deleteFile(exchange, files));
  for (const prefix of ['', '/download'])
    router.add('GET', `${prefix}/{version}/files/{id}:download`, (exchange) => download(exchange, files));
}

function listFiles(exchange: Exchange, files: FileService): Reply {
  const { items, nextPageToken } = page(files.list('gemini'), pageQuery(exchange, { size: 10, max: 100 }));
  return json({
    ...(items.length > 0 ? { files: items.map((file) => files.resource(file, exchange.url.origin)) } : {}),
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
  });
}

function getFile(exchange: Exchange, files: FileService): Reply {
  const id = param(exchange, 'id');
  const output = outputOf(id, files);
  if (output !== undefined) {
    return json({
      name: `files/${id}`,
      mimeType: 'application/jsonl',
      sizeBytes: String(output.sizeBytes),
      createTime: output.createTime,
      updateTime: output.createTime,
      expirationTime: output.expirationTime,
      uri: `${exchange.url.origin}/v1beta/files/${id}`,
      downloadUri: `${exchange.url.origin}/v1beta/files/${id}:download?alt=media`,
      state: 'ACTIVE',
      source: 'GENERATED',
    });
  }
  requireShortId(id, 'GetFileRequest');
  const file = files.find(id);
  if (file === undefined) throw fileGone(id);
  return json(files.resource(file, exchange.url.origin));
}

async function deleteFile(exchange: Exchange, files: FileService): Promise<Reply> {
  const id = param(exchange, 'id');
  requireShortId(id, 'DeleteFileRequest');
  if (files.find(id) === undefined) throw fileGone(id);
  await files.remove(id);
  return json({});
}

function download(exchange: Exchange, files: FileService): Reply {
  const id = param(exchange, 'id');
  const output = outputOf(id, files);
  if (output === undefined) {
    requireShortId(id, 'DownloadFileRequest');
    if (files.find(id) === undefined) throw fileGone(id);
    throw invalid('Only generated files can be downloaded. This file was uploaded.');
  }
  return fileReply(exchange, output.path, output.sizeBytes, 'application/jsonl');
}

/** A file as a stream, or the range of it that was asked for. */
export function fileReply(exchange: Exchange, file: string, size: number, contentType: string): Reply {
  const range = parseRange(header(exchange, 'range'), size);
  if (range === 'unsatisfiable')
    return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: Buffer.alloc(0) };
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
  if (size === 0) return { status: 200, headers, body: Buffer.alloc(0) };
  const { start, end } = range ?? { start: 0, end: size - 1 };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(end - start + 1),
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    },
    body: createReadStream(file, { start, end, highWaterMark: 256 * 1024 }),
  };
}

/** The results a `batch-…` id stands for; undefined for ids of uploaded files. Throws when the results are gone. */
function outputOf(id: string, files: FileService): OutputFile | undefined {
  const jobId = /^batch-([a-z0-9]{36})$/.exec(id)?.[1];
  if (jobId === undefined) return undefined;
  const output = files.outputs.findOutput(jobId);
  if (output === undefined) throw notFound();
  return output;
}

function requireShortId(id: string, message: string): void {
  if (id.length <= 40) return;
  throw new ApiError(
    'INVALID_ARGUMENT',
    `* ${message}.name: File ID (name excluding 'files/') cannot be more than 40 characters.\n`,
  );
}
