import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invalid } from './errors';

/** What was written, measured on the way. */
export interface KeptBytes {
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Writes a stream to a new file. Rejects with an ApiError when it is longer than allowed, and when `signal` fires: the parts of a
 * form that broke off do not end by themselves.
 */
export async function keepStream(
  stream: Readable,
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<KeptBytes> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      hash.update(chunk);
      if (sizeBytes > maxBytes) done(invalid(`The file is larger than ${maxBytes} bytes.`));
      else done(null, chunk);
    },
  });
  await pipeline(stream, measure, createWriteStream(path), signal === undefined ? {} : { signal });
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** What a parser of forms complains of, in the service's manner: that the form ends too early is the client's fault. */
export function formFault(error: unknown): unknown {
  return error instanceof Error && error.message.startsWith('Unexpected end')
    ? invalid('The form ends too early.')
    : error;
}
