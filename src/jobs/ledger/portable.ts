import { open } from 'node:fs/promises';
import * as z from 'zod';
import { readLineBatches } from '../../util/lines';
import { renameExclusive } from '../../util/files';
import { without } from '../records';
import type { Ledger } from './ledger';
import { parseRecord, type JobRecord } from './record';

/** First line of an exported ledger; a record a line follows. */
const header = z.object({ batchwright: z.literal('ledger'), version: z.literal(1) });
const headerLine = JSON.stringify({ batchwright: 'ledger', version: 1 });
const idOnly = z.object({ id: z.string() });
const rowsAtOnce = 500;

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
  } finally {
    await handle.close();
  }
  await renameExclusive(part, target);
  return rows;
}

/** Adds what an exported file has and the ledger has not. Never changes or removes a record. Rejects when it is no such file. */
export async function importLedger(ledger: Ledger, path: string): Promise<ImportReport> {
  const names = new Set<string>();
  for (const record of ledger.all()) for (const name of namesOf(record)) names.add(name);
  const report = { added: 0, known: 0, unfinished: 0, broken: [] as { line: number; reason: string }[] };
  let isLedger = false;
  for await (const batch of readLineBatches(path)) {
    for (const { bytes, index } of batch) {
      const text = bytes.toString('utf8');
      if (index === 0) {
        isLedger = header.safeParse(parseJson(text)).success;
        if (!isLedger) break;
      } else if (text.trim() !== '') {
        await importLine(ledger, text, index + 1, names, report);
      }
    }
    if (!isLedger) break;
  }
  if (!isLedger) throw new Error(`${path} is not an exported ledger.`);
  return report;
}

async function importLine(
  ledger: Ledger,
  text: string,
  line: number,
  names: Set<string>,
  report: { added: number; known: number; unfinished: number; broken: { line: number; reason: string }[] },
): Promise<void> {
  const id = idOnly.safeParse(parseJson(text)).data?.id;
  const parsed = parseRecord(text, id ?? '');
  if (parsed.kind === 'newer' || parsed.kind === 'broken') {
    report.broken.push({ line, reason: parsed.reason });
    return;
  }
  if (parsed.kind === 'deleted') return;
  const { record } = parsed;
  if (record.step !== 'submitted') {
    report.unfinished += 1;
  } else if (namesOf(record).some((name) => names.has(name))) {
    report.known += 1;
  } else {
    // What was told there need not be told here, and nobody here works on it.
    await ledger.insert({ ...without(record, 'owner'), announced: true });
    for (const name of namesOf(record)) names.add(name);
    report.added += 1;
  }
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
