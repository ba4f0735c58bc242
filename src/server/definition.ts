import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Location, Position } from 'vscode-languageserver';
import { locateKey } from '../dialects';
import { requestNamesFor } from '../shared/resultsNames';
import { readLineBatches } from '../util/lines';
import type { CheckedDocument } from './checkedDocument';
import { keyAt } from './keys';

/**
 * Where the other half of a row is: from a key in a results file the request line, from a key in a request file the lines of
 * its results. Looks into the files that belong together by their names, as they are open or on disk, then into what else is
 * open.
 */
export async function counterparts(
  checked: CheckedDocument,
  position: Position,
  open: readonly CheckedDocument[],
  signal: AbortSignal,
): Promise<Location[]> {
  const found = keyAt(checked, position);
  if (found === undefined) return [];
  const isResults = checked.kind === 'results';
  const others = open.filter(({ kind }) => kind !== 'none' && (kind === 'results') !== isResults);
  const locations: Location[] = [];
  for (const file of await pathsBeside(checked.document.uri, isResults)) {
    const uri = pathToFileURL(file).href;
    const shown = others.find(({ document }) => normalised(document.uri) === uri);
    if (shown !== undefined) locations.push(...locationsIn(shown, found.key));
    else locations.push(...(await locationsInFile(uri, found.key, signal)));
  }
  // Files that do not belong together by name may do so by content: results that were saved elsewhere.
  return locations.length > 0 ? locations : others.flatMap((other) => locationsIn(other, found.key));
}

function locationsIn(checked: CheckedDocument, key: string): Location[] {
  const { document } = checked;
  return linesWithKey(checked, key).map((line) => locationOf(document.uri, line, document.line(line)));
}

/** Results are not indexed: they are read, and seldom asked for. */
function linesWithKey(checked: CheckedDocument, key: string): number[] {
  if (checked.kind !== 'results') return checked.linesWithKey(key);
  const mayHold = sieveFor(key);
  const lines: number[] = [];
  for (let line = 0; line < checked.document.lineCount; line += 1) {
    const text = checked.document.line(line);
    if (mayHold(text) && locateKey(text)?.value === key) lines.push(line);
  }
  return lines;
}

/** Keys that no writer of JSON has a reason to escape. */
const plainKey = /^[\w .,:;@#()-]*$/;

/** Rules most lines out without parsing them: those that hold the key neither as it is nor, perhaps, escaped. */
function sieveFor(key: string): (line: Pick<string, 'includes'>) => boolean {
  const needle = JSON.stringify(key);
  const plain = plainKey.test(key);
  return (line) => line.includes(needle) || (!plain && line.includes('\\'));
}

function locationOf(uri: string, line: number, text: string): Location {
  const key = locateKey(text);
  return {
    uri,
    range: {
      start: { line, character: key?.start ?? 0 },
      end: { line, character: key?.end ?? text.length },
    },
  };
}

/** Files of the other half in the same folder: one for results, any number for requests. */
async function pathsBeside(uri: string, isResults: boolean): Promise<string[]> {
  const file = pathOf(uri);
  if (file === undefined) return [];
  const folder = path.dirname(file);
  const name = path.basename(file);
  const names = new Set(await readdir(folder).catch(() => []));
  const requestsOf = (results: string) => requestNamesFor(results).find((other) => names.has(other));
  const found = isResults ? [requestsOf(name)] : [...names].filter((other) => requestsOf(other) === name);
  return found.flatMap((other) => (other === undefined ? [] : [path.join(folder, other)]));
}

async function locationsInFile(uri: string, key: string, signal: AbortSignal): Promise<Location[]> {
  const file = pathOf(uri);
  if (file === undefined) return [];
  const mayHold = sieveFor(key);
  try {
    for await (const batch of readLineBatches(file, { signal })) {
      for (const { index, bytes } of batch) {
        if (!mayHold(bytes)) continue;
        const text = bytes.toString('utf8');
        if (locateKey(text)?.value === key) return [locationOf(uri, index, text)];
      }
    }
  } catch {
    // A file that is not there (any more), or cannot be read, has nothing to show.
  }
  return [];
}

function normalised(uri: string): string {
  const file = pathOf(uri);
  return file === undefined ? uri : pathToFileURL(file).href;
}

function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
