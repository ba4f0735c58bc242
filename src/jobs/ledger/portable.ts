import { open, unlink } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { readLineBatches } from '../../util/lines';
import { renameExclusive } from '../../util/files';
import { without } from '../records';
import type { Ledger, NewRecord } from './ledger';
import { parseRecord, type JobRecord, type ParsedRecord } from './record';

/** First line of an exported ledger; a record a line follows. */
const header = z.object({ batchwright: z.literal('ledger'), version: z.literal(1) });
const headerLine = JSON.stringify({ batchwright: 'ledger', version: 1 });
const idOnly = z.object({ id: z.string() });
const rowsAtOnce = 500;
/** Each record has to be safe on disk, and disks make several safe in the time of one. */
const insertsAtOnce = 64;

/** What an import did. */
export interface ImportReport {
  readonly added: number;
  /** Known already, by record, by name at the service or by token. */
  readonly known: number;
  /** Submissions that had not reached the service: whoever exported them goes on with them. */
  readonly unfinished: number;
  /** Lines that could not be read, with the reason. */
  readonly broken: readonly { readonly line: number; readonly reason: string }[];
}

/** Writes all records to a new JSON Lines file. Rejects with EEXIST when there is one already. @returns how many there are. */
export async function exportLedger(ledger: Ledger, target: string): Promise<number> {
  const part = `${target}.part`;
  const handle = await open(part, 'w', 0o600);
  let rows = 0;
  try {
    await handle.writeFile(`${headerLine}\n`);
    let text = '';
    for (const record of ledger.all()) {
      text += `${JSON.stringify(record)}\n`;
      rows += 1;
      if (rows % rowsAtOnce > 0) continue;
      await handle.writeFile(text);
      text = '';
    }
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await renameExclusive(part, target);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(part).catch(() => undefined);
    throw error;
  }
  return rows;
}

/**
 * Adds what an exported file has and the ledger has not. Never changes or removes a record. A job that is known here under another
 * id (it was adopted, say) stays as it is, and what was imported with it as its parent is linked to that id.
 * Rejects when it is no such file.
 */
export async function importLedger(ledger: Ledger, path: string): Promise<ImportReport> {
  const known = new Map<string, string>();
  const add = (record: JobRecord) => {
    for (const name of namesOf(record)) known.set(name, record.id);
  };
  const localId = (record: JobRecord) =>
    namesOf(record)
      .map((name) => known.get(name))
      .find((id) => id !== undefined);
  for (const record of ledger.all()) add(record);

  // A child may stand before its parent.
  const aliases = new Map<string, string>();
  for await (const { parsed } of exportedRecords(path)) {
    if (parsed.kind !== 'record') continue;
    const id = localId(parsed.record);
    if (id !== undefined && id !== parsed.record.id) aliases.set(parsed.record.id, id);
  }
  const report = { added: 0, known: 0, unfinished: 0, broken: [] as { line: number; reason: string }[] };
  const batch: NewRecord[] = [];
  const flush = async (): Promise<void> => {
    report.added += batch.length;
    await Promise.all(batch.splice(0).map((record) => ledger.insert(record)));
  };
  for await (const { parsed, line } of exportedRecords(path)) {
    if (parsed.kind === 'newer' || parsed.kind === 'broken') {
      report.broken.push({ line, reason: parsed.reason });
    } else if (parsed.kind === 'deleted') {
      continue;
    } else if (parsed.record.step !== 'submitted') {
      report.unfinished += 1;
    } else if (localId(parsed.record) !== undefined) {
      report.known += 1;
    } else {
      const { parentId, ...record } = without(parsed.record, 'owner');
      const parent = parentId === undefined ? {} : { parentId: aliases.get(parentId) ?? parentId };
      add(parsed.record);
      // What was told there need not be told here, and nobody here works on it.
      batch.push({ ...record, ...parent, announced: true });
      if (batch.length >= insertsAtOnce) await flush();
    }
  }
  await flush();
  return report;
}

/** The lines of an exported file, without its first. Rejects when it is no such file. */
async function* exportedRecords(
  path: string,
): AsyncGenerator<{ readonly line: number; readonly parsed: ParsedRecord }> {
  let isLedger = false;
  for await (const batch of readLineBatches(path)) {
    for (const { bytes, index } of batch) {
      const text = bytes.toString('utf8');
      if (index === 0) isLedger = header.safeParse(parseJson(text)).success;
      if (!isLedger) break;
      if (index === 0 || text.trim() === '') continue;
      const id = idOnly.safeParse(parseJson(text)).data?.id;
      yield { line: index + 1, parsed: parseRecord(text, id ?? '') };
    }
    if (!isLedger) break;
  }
  if (!isLedger) throw new Error(l10n.t('{0} is not an exported ledger.', path));
}

/** Everything that makes two records the same job. */
function namesOf({ id, connectionId, name, token }: JobRecord): string[] {
  const names = [`id ${id}`];
  if (name !== undefined) names.push(`name ${connectionId} ${name}`);
  if (token !== undefined) names.push(`token ${token}`);
  return names;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
