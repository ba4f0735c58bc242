import * as l10n from '@vscode/l10n';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../util/files';
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
 * Writes every picture of the rows into a folder that does not exist yet, named after the keys. The folder has its name only when
 * all of them are there; until then it is called `….part`, and when anything goes wrong it is removed.
 * @returns how many there were
 */
export async function exportImages(
  set: ResultSet,
  rows: Int32Array,
  folder: string,
  options: ExportOptions = {},
): Promise<number> {
  if (await exists(folder))
    throw Object.assign(new Error(l10n.t('{0} is there already.', folder)), { code: 'EEXIST' });
  const partial = `${folder}.part`;
  await mkdir(partial);
  try {
    const count = await writeImages(set, rows, partial, options);
    await rename(partial, folder);
    return count;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function writeImages(
  set: ResultSet,
  rows: Int32Array,
  folder: string,
  options: ExportOptions,
): Promise<number> {
  const names = new FileNames();
  const reader = new RowReader(set);
  let count = 0;
  const withImages = rows.filter(
    (row) => row >= 0 && (set.results.classOf(row).kinds & contentKind.image) !== 0,
  );
  // Pictures are large: somebody who cancels does not want to wait for five hundred of them.
  await forEachRow(withImages, { ...options, every: 1 }, async (row) => {
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

/** Names that Windows takes for devices, whatever comes behind the first dot. */
const reserved = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)(?:\s*\.|$)/i;
/** File systems end at 255 bytes or UTF-16 units; number and extension need some of them. */
const longestBytes = 200;
const longest = 100;

/** Turns keys into names of files: legal everywhere, inside the folder, and every one different, upper and lower case alike. */
export class FileNames {
  private readonly taken = new Set<string>();
  /** Per name the number that was given last. */
  private readonly numbers = new Map<string, number>();

  next(key: string, extension: string): string {
    const bare = bareName(key, extension);
    const first = `${bare}.${extension}`;
    for (let number = (this.numbers.get(folded(first)) ?? 0) + 1; ; number += 1) {
      const name = number === 1 ? first : `${bare} (${number}).${extension}`;
      if (this.taken.has(folded(name))) continue;
      this.taken.add(folded(name));
      this.numbers.set(folded(first), number);
      return name;
    }
  }
}

function bareName(key: string, extension: string): string {
  const clean = key.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_').replaceAll(/^[. ]+|[. ]+$/g, '');
  // A key that already is the name of such a file keeps it.
  const whole = clean.toLowerCase().endsWith(`.${extension}`) ? clean.slice(0, -extension.length - 1) : clean;
  const bare = shortened(whole);
  return bare === '' || reserved.test(bare) ? `_${bare}` : bare;
}

/** Cut between characters, and not so that it ends with what Windows drops. */
function shortened(name: string): string {
  let kept = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (kept.length + character.length > longest || bytes > longestBytes) break;
    kept += character;
  }
  return kept.replace(/[. ]+$/, '');
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
