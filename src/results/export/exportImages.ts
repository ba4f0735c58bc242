import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mediaOf } from '../parts';
import { readResultLine } from '../resultLine';
import type { ResultSet } from '../resultSet';
import { contentKind } from '../../shared/contentKinds';
import { forEachRow, RowReader, type ExportOptions } from './exportRows';

const extensions: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
  'image/svg+xml': 'svg',
  'image/heic': 'heic',
  'image/tiff': 'tiff',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
};

/** The extension that files of a type have; `bin` for types nobody knows. */
export function extensionOf(mimeType: string): string {
  const type = mimeType.toLowerCase().split(';')[0]?.trim() ?? '';
  return Object.hasOwn(extensions, type) ? (extensions[type] ?? 'bin') : 'bin';
}

/**
 * Writes every picture of the rows into a folder that does not exist yet, named after the keys.
 * @returns how many there were
 */
export async function exportImages(
  set: ResultSet,
  rows: Int32Array,
  folder: string,
  options: ExportOptions = {},
): Promise<number> {
  await mkdir(folder);
  const names = new FileNames();
  const reader = new RowReader(set);
  let count = 0;
  const withImages = rows.filter(
    (row) => row >= 0 && (set.results.classOf(row).kinds & contentKind.image) !== 0,
  );
  await forEachRow(withImages, options, async (row) => {
    const line = readResultLine((await reader.result(row))?.toString('utf8') ?? '');
    for (const { mimeType, data } of mediaOf(line?.candidates.flatMap((each) => each.parts) ?? [])) {
      if (!mimeType.startsWith('image/')) continue;
      const name = names.next(set.keyOf(row) ?? `row ${row + 1}`, extensionOf(mimeType));
      // wx: what is there stays, whoever put it there.
      await writeFile(join(folder, name), Buffer.from(data, 'base64'), { flag: 'wx' });
      count += 1;
    }
  });
  return count;
}

/** Names that no file system takes, whatever comes behind the dot. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;
const longest = 100;

/** Turns keys into names of files: legal everywhere, inside the folder, and every one different, upper and lower case alike. */
export class FileNames {
  private readonly taken = new Set<string>();

  next(key: string, extension: string): string {
    const legal = key
      .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_')
      .replaceAll(/^[. ]+|[. ]+$/g, '')
      .slice(0, longest);
    const stem = legal === '' || reserved.test(legal) ? `_${legal}` : legal;
    // A key that already is the name of such a file keeps it.
    const bare = stem.toLowerCase().endsWith(`.${extension}`) ? stem.slice(0, -extension.length - 1) : stem;
    for (let number = 1; ; number += 1) {
      const name = `${bare}${number === 1 ? '' : ` (${number})`}.${extension}`;
      const folded = name.normalize('NFC').toLowerCase();
      if (this.taken.has(folded)) continue;
      this.taken.add(folded);
      return name;
    }
  }
}
