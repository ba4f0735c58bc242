import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import * as l10n from '@vscode/l10n';
import { TransportError } from './transport';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * `body` without the content encodings that a header names. They are never asked for, but a service or something in between may
 * apply them all the same. A body that breaks off is an error, whatever its encoding.
 * Throws TransportError for an encoding that nobody here knows.
 */
export function decoded(body: Readable, header: string | undefined): Readable {
  return encodings(header).reduceRight<Readable>((inner, name) => {
    const decoder = decoders[name]?.();
    if (decoder === undefined)
      throw new TransportError(
        l10n.t('The answer is encoded as {0}, which is not known here.', name),
        'exchange',
        'ENCODING',
      );
    // Whoever reads hears of errors, at the end of the line.
    pipeline(inner, decoder, () => undefined);
    return decoder;
  }, body);
}

/** The names of a Content-Encoding header that stand for a change, in the order in which they were applied. */
export function encodings(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
}
