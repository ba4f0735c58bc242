import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { invalid } from '../errors';
import { header, type Exchange } from '../exchange';
import { formFault, keepStream } from '../keepStream';

/** A form with one file, which lies at the path that was given. */
export interface ReceivedForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: {
    readonly name: string;
    readonly mimeType: string;
    readonly sizeBytes: number;
    /** Lower-case hex. */
    readonly sha256: string;
  };
}

/** Reads a multipart form, its file straight to `path`. Throws an ApiError, and leaves no file, when it is no such form. */
export async function receiveForm(exchange: Exchange, path: string, maxBytes: number): Promise<ReceivedForm> {
  const contentType = header(exchange, 'content-type');
  if (contentType?.startsWith('multipart/form-data') !== true)
    throw invalid('The body must be multipart/form-data with the fields file and purpose.');
  const broken = new AbortController();
  const fields = new Map<string, string>();
  const files: Promise<ReceivedForm['file']>[] = [];
  const form = new Busboy({ headers: { ...exchange.request.headers, 'content-type': contentType } });
  form.on('field', (name, value) => fields.set(name, value));
  form.on('file', (name, stream, fileName, _encoding, mimeType) => {
    if (name !== 'file' || files.length > 0) stream.resume();
    else {
      const kept = keepStream(stream, path, maxBytes, broken.signal).then((facts) => ({
        name: fileName,
        mimeType,
        ...facts,
      }));
      // Awaited below; until then nobody may call it unhandled.
      kept.catch((error: unknown) => form.destroy(error instanceof Error ? error : undefined));
      files.push(kept);
    }
  });
  try {
    await pipeline(Readable.from(exchange.body, { objectMode: false }), form);
    const file = await files[0];
    if (file === undefined) throw invalid("Missing required parameter: 'file'.");
    return { fields, file };
  } catch (error) {
    broken.abort();
    await Promise.allSettled(files);
    await rm(path, { force: true });
    throw formFault(error);
  }
}
