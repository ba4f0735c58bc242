// One window that writes to a shared ledger as fast as it can, for ledgerProcesses.test.ts.
import { Ledger, type NewRecord } from '../../../../src/jobs/ledger/ledger';
import { silentLogger } from '../../../../src/util/logger';

export interface LedgerChildOptions {
  readonly directory: string;
  /** Distinguishes the records that this window inserts. */
  readonly window: number;
  readonly shared: readonly string[];
  /** Increments of each shared record; for ever when absent. */
  readonly rounds?: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as LedgerChildOptions;

async function main(): Promise<void> {
  const ledger = new Ledger(options.directory, silentLogger);
  await ledger.open();
  for (let round = 0; round < (options.rounds ?? Infinity); round += 1) {
    for (const id of options.shared) {
      await ledger.update(id, (record) => ({ ...record, createdAt: record.createdAt + 1 }));
    }
    const first = ledger.get(options.shared[0] ?? '');
    if (first === undefined) throw new Error('A shared record vanished.');
    const fields: NewRecord = first;
    await ledger.insert({ ...fields, id: `own-${options.window}-${process.pid}-${round}`, createdAt: 0 });
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
