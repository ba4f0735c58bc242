import { rm } from 'node:fs/promises';
import type { ResultSet } from '../resultSet';
import { readResultLine } from '../resultLine';
import { contentKind } from '../../shared/contentKinds';
import { forEachRow, RowReader, type ExportOptions } from './exportRows';
import { OutputFile } from './outputFile';

/** Room for any number of rows, so that the header can be written again when it is known. */
const headerBytes = 128;

/**
 * Writes embeddings as a NumPy array of float32, a row each, and their keys beside it, a JSON text a line in the same order.
 * Embeddings of another dimension than the first are left out.
 * @returns how many rows there are, and how many were left out
 */
export async function exportEmbeddings(
  set: ResultSet,
  rows: Int32Array,
  targets: { readonly array: string; readonly keys: string },
  options: ExportOptions = {},
): Promise<{ readonly rows: number; readonly leftOut: number }> {
  const reader = new RowReader(set);
  const wanted = rows.filter(
    (row) => row >= 0 && (set.results.classOf(row).kinds & contentKind.embedding) !== 0,
  );
  const write = (keys: OutputFile) =>
    OutputFile.write(targets.array, async (array) => {
      await array.write(npyHeader(0, 0));
      let dimension = 0;
      let written = 0;
      await forEachRow(wanted, options, async (row) => {
        const vector = readResultLine((await reader.result(row))?.toString('utf8') ?? '')?.embedding;
        if (vector === undefined || vector.length === 0) return;
        if (dimension === 0) dimension = vector.length;
        if (vector.length !== dimension) return;
        await array.write(floats(vector));
        await keys.write(`${JSON.stringify(set.keyOf(row) ?? null)}\n`);
        written += 1;
      });
      await array.overwriteStart(npyHeader(written, dimension));
      return { rows: written, leftOut: wanted.length - written };
    });
  const array = { placed: false };
  try {
    return await OutputFile.write(targets.keys, async (keys) => {
      const result = await write(keys);
      array.placed = true;
      return result;
    });
  } catch (error) {
    // One without the other is of no use.
    if (array.placed) await rm(targets.array, { force: true });
    throw error;
  }
}

function floats(vector: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes;
}

/** Header of a NumPy file, version 1.0: magic, length, a Python dictionary padded with spaces. */
export function npyHeader(rows: number, dimension: number): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dimension}), }`;
  const header = Buffer.alloc(headerBytes, ' ');
  header.write('\u0093NUMPY\u0001\u0000', 0, 'latin1');
  header.writeUInt16LE(headerBytes - 10, 8);
  header.write(dictionary, 10, 'latin1');
  header.write('\n', headerBytes - 1, 'latin1');
  return header;
}
