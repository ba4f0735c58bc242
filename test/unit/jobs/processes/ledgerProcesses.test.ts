import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../../../src/jobs/ledger/ledger';
import { silentLogger } from '../../../../src/util/logger';
import { bundleChild, runChild } from '../support/childBundle';
import type { LedgerChildOptions } from './ledgerChild';

describe('a ledger shared by processes', function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), 'batchwright-processes-'));
  let script: string;
  let directory: string;
  let ledgers = 0;
  const shared = ['one', 'two'];

  before(async () => (script = await bundleChild(join(import.meta.dirname, 'ledgerChild.ts'), root)));
  after(() => rmSync(root, { recursive: true, force: true }));

  beforeEach(async () => {
    directory = join(root, `ledger-${(ledgers += 1)}`);
    const ledger = await open();
    for (const id of shared) {
      await ledger.insert({
        id,
        connectionId: 'gemini',
        displayName: id,
        model: 'm',
        dialect: 'gemini',
        createdAt: 0,
        step: 'prepared',
        origin: 'here',
      });
    }
  });

  async function open(): Promise<Ledger> {
    const ledger = new Ledger(directory, silentLogger);
    await ledger.open();
    return ledger;
  }

  const options = (window: number, rounds?: number): LedgerChildOptions => ({
    directory,
    window,
    shared,
    ...(rounds !== undefined && { rounds }),
  });

  it('loses no update', async () => {
    const [windows, rounds] = [4, 25];
    await Promise.all(
      Array.from({ length: windows }, (_, window) => runChild(script, options(window, rounds))),
    );
    const ledger = await open();
    for (const id of shared) assert.equal(ledger.get(id)?.createdAt, windows * rounds);
    assert.equal([...ledger.all()].length, shared.length + windows * rounds);
    assert.deepEqual(ledger.brokenRecords, []);
    assert.equal(
      readdirSync(directory).filter((name) => name.endsWith('.json')).length,
      shared.length + windows * rounds,
    );
  });

  it('stays whole when writers are killed at any time', async () => {
    let before = 0;
    for (let n = 0; n < 12; n += 1) {
      const peer = runChild(script, options(0, 3));
      await runChild(script, options(1), (child) => setTimeout(() => child.kill('SIGKILL'), 90 + n * 7));
      await peer;
      const ledger = await open();
      assert.deepEqual(ledger.brokenRecords, []);
      for (const id of shared) {
        const count = ledger.get(id)?.createdAt ?? -1;
        assert.ok(count >= before + 3, `${id} went from ${before} to ${count}`);
      }
      before = Math.min(...shared.map((id) => ledger.get(id)?.createdAt ?? 0));
    }
  });
});
