import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Dicer } from '@fastify/busboy';
import type { Disk } from './disk';
import { invalid } from './errors';
import { header, json, type Exchange, type Reply } from './exchange';
import type { FileService } from './files';
import { asObject, type JsonObject } from '../util/json';
import { objectField, stringField } from './protoFields';
import { parseLeniently } from './jsonSyntax';
import { formFault, keepStream, type KeptBytes } from './keepStream';
import type { Limits } from './options';
import { randomId } from './random';

/** What else may be said of a file that comes in one request. */
interface Arrived extends KeptBytes {
  readonly mimeType: string;
  /** The `file` of the metadata. */
  readonly facts: JsonObject | undefined;
}

/** Uploads in one request: `raw`, whose body is the file, and `multipart`, whose body is its metadata and the file. */
export async function uploadWhole(
  exchange: Exchange,
  protocol: 'raw' | 'multipart',
  { files, disk, limits }: { readonly files: FileService; readonly disk: Disk; readonly limits: Limits },
): Promise<Reply> {
  const incoming = path.join(await disk.folder('incoming'), randomId(24));
  try {
    const receive = protocol === 'raw' ? receiveRaw : receiveRelated;
    const { mimeType, facts, sizeBytes, sha256 } = await receive(exchange, incoming, limits.fileBytes);
    files.requireRoom(sizeBytes);
    const displayName = stringField(facts, 'displayName');
    const file = await files.add(incoming, {
      id: files.newId(stringField(facts, 'name')),
      mimeType: stringField(facts, 'mimeType') ?? mimeType,
      sizeBytes,
      sha256,
      ...(displayName === undefined ? {} : { displayName }),
    });
    return json({ file: files.resource(file, exchange.url.origin) });
  } catch (error) {
    await rm(incoming, { force: true });
    throw formFault(error);
  }
}

async function receiveRaw(exchange: Exchange, target: string, maxBytes: number): Promise<Arrived> {
  const kept = await keepStream(Readable.from(exchange.body, { objectMode: false }), target, maxBytes);
  const type = header(exchange, 'x-goog-upload-header-content-type') ?? header(exchange, 'content-type');
  const displayName = header(exchange, 'x-goog-upload-file-name');
  return {
    ...kept,
    mimeType: type ?? 'application/octet-stream',
    facts: displayName === undefined ? undefined : { displayName },
  };
}

async function receiveRelated(exchange: Exchange, target: string, maxBytes: number): Promise<Arrived> {
  const [, quoted, bare] =
    /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(header(exchange, 'content-type') ?? '') ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw invalid('The body must be multipart/related, with its boundary.');
  const form = new Dicer({ boundary });
  const broken = new AbortController();
  let mimeType = 'application/octet-stream';
  let metadata: Promise<string> | undefined;
  let content: Promise<KeptBytes> | undefined;
  form.on('part', (part) => {
    if (metadata === undefined) {
      metadata = text(part);
      return;
    }
    if (content !== undefined) {
      part.resume();
      return;
    }
    part.on('header', (headers: Record<string, string[] | undefined>) => {
      mimeType = headers['content-type']?.[0] ?? mimeType;
    });
    content = keepStream(part, target, maxBytes, broken.signal);
    // Awaited below; until then nobody may call it unhandled.
    content.catch((error: unknown) => form.destroy(error instanceof Error ? error : undefined));
  });
  try {
    await pipeline(Readable.from(exchange.body, { objectMode: false }), form);
  } catch (error) {
    broken.abort();
    await Promise.allSettled([content]);
    throw error;
  }
  if (metadata === undefined || content === undefined)
    throw invalid('The body must have two parts: the metadata of the file, and the file.');
  const kept = await content;
  return { ...kept, mimeType, facts: objectField(readMetadata(await metadata), 'file') };
}

function readMetadata(source: string): JsonObject | undefined {
  try {
    return asObject(parseLeniently(source));
  } catch {
    throw invalid('The first part must be JSON: {"file": {…}}.');
  }
}
