import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Ledger, type NewRecord } from '../../../src/jobs/ledger/ledger';
import { parseRecord, recordVersion } from '../../../src/jobs/ledger/record';
import { RecordFiles } from '../../../src/jobs/ledger/recordFiles';
import { silentLogger } from '../../../src/util/logger';

const fields = (id: string, change: Partial<NewRecord> = {}): NewRecord => ({
  id,
  connectionId: 'gemini',
  displayName: 'Name',
  token: `token-${id}`,
  model: 'gemini-3.8-flash',
  dialect: 'gemini',
  createdAt: 1,
  step: 'prepared',
  origin: 'here',
  ...change,
});

describe('ledger', () => {
  let directory: string;
  const opened: Ledger[] = [];
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'batchwright-ledger-'))));
  afterEach(() => {
    for (const ledger of opened.splice(0)) ledger.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The ledger as one more window sees it. */
  async function open(): Promise<Ledger> {
    const ledger = new Ledger(directory, silentLogger);
    opened.push(ledger);
    await ledger.open();
    return ledger;
  }

  const files = () => readdirSync(directory).filter((name) => name.endsWith('.json'));
  const increment = (ledger: Ledger, id: string) =>
    ledger.update(id, (record) => ({ ...record, createdAt: record.createdAt + 1 }));

  it('keeps one file per record, whose name counts the replacements', async () => {
    const ledger = await open();
    await ledger.insert(fields('a'));
    await increment(ledger, 'a');
    await increment(ledger, 'a');
    assert.deepEqual(files(), ['a.3.json']);
    assert.equal((await open()).get('a')?.createdAt, 3);
  });

  it('says which records changed, here and in other windows', async () => {
    const [one, other] = [await open(), await open()];
    const heard: string[] = [];
    other.onDidChange((ids) => heard.push(...ids));
    await one.insert(fields('a'));
    await other.reload();
    await one.update('a', (record) => ({ ...record, step: 'uploaded' }));
    await one.insert(fields('b'));
    await other.reload();
    await other.reload();
    assert.deepEqual(heard, ['a', 'a', 'b']);
    assert.equal(other.get('a')?.step, 'uploaded');
  });

  it('leaves a record alone when the change says so', async () => {
    const ledger = await open();
    await ledger.insert(fields('a'));
    assert.equal(await ledger.update('a', () => undefined), undefined);
    assert.equal((await ledger.update('a', (record) => record))?.revision, 1);
    assert.equal(await ledger.update('none', (record) => record), undefined);
    assert.deepEqual(files(), ['a.1.json']);
  });

  it('loses no update of windows that write the same record at once', async () => {
    const ledgers = [await open(), await open(), await open()];
    await ledgers[0]!.insert(fields('a'));
    for (const ledger of ledgers) await ledger.reload();
    const each = 30;
    await Promise.all(
      ledgers.flatMap((ledger) => Array.from({ length: each }, () => increment(ledger, 'a'))),
    );
    assert.equal((await open()).get('a')?.createdAt, 1 + ledgers.length * each);
    assert.equal(files().length, 1);
  });

  it('behaves like one store under any interleaving of windows', async () => {
    const operation = fc.record({
      window: fc.nat(2),
      id: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('insert', 'increment', 'increment', 'increment', 'remove', 'reload'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(operation, { maxLength: 4 }), { maxLength: 8 }), async (rounds) => {
        rmSync(directory, { recursive: true, force: true });
        mkdirSync(directory);
        const windows = [await open(), await open(), await open()];
        const model = new Map<string, number>();
        for (const round of rounds) {
          for (const window of windows) await window.reload();
          // What is done at once in a round: at most one kind of operation per record, so that the outcome is known.
          const kinds = new Map<string, string>();
          const work = round.filter(
            ({ id, kind }) => (kinds.get(id) ?? kind) === kind && kinds.set(id, kind),
          );
          const outcomes = await Promise.all(
            work.map(async ({ window, id, kind }) => {
              const ledger = windows[window]!;
              if (kind === 'increment') return (await increment(ledger, id)) !== undefined ? id : undefined;
              if (kind === 'remove') await ledger.remove(id);
              else if (kind === 'insert') await ledger.insert(fields(id)).catch(() => undefined);
              else await ledger.reload();
              return undefined;
            }),
          );
          for (const [id, kind] of kinds) {
            if (kind === 'insert' && !model.has(id)) model.set(id, 1);
            else if (kind === 'remove') model.delete(id);
            else if (kind === 'increment' && model.has(id)) {
              const done = outcomes.filter((outcome) => outcome === id).length;
              model.set(id, model.get(id)! + done);
            }
          }
        }
        const fresh = await open();
        const seen = new Map([...fresh.all()].map((record) => [record.id, record.createdAt]));
        assert.deepEqual(new Map([...seen].sort()), new Map([...model].sort()));
      }),
      { numRuns: 15 },
    );
  });

  it('does not bring back what another window removed', async () => {
    const [one, other] = [await open(), await open()];
    await one.insert(fields('a'));
    await other.reload();
    await one.remove('a');
    assert.equal(await increment(other, 'a'), undefined);
    assert.equal((await open()).get('a'), undefined);
  });

  it('takes a removed record back when it is inserted again', async () => {
    const ledger = await open();
    await ledger.insert(fields('a'));
    await ledger.remove('a');
    await ledger.insert(fields('a', { createdAt: 7 }));
    assert.equal((await open()).get('a')?.createdAt, 7);
    await assert.rejects(ledger.insert(fields('a')), /already/);
  });

  it('notices that a file was deleted by hand', async () => {
    const ledger = await open();
    await ledger.insert(fields('a'));
    rmSync(join(directory, 'a.1.json'));
    await ledger.reload();
    assert.equal(ledger.get('a'), undefined);
  });

  describe('a crash in the middle of a replacement', () => {
    it('before the new revision stood: the old one counts', async () => {
      const ledger = await open();
      await ledger.insert(fields('a'));
      writeFileSync(join(directory, 'a.0000.tmp'), '{"half":');
      assert.equal((await open()).get('a')?.revision, 1);
    });

    it('before the old revision was removed: the new one counts, and the old one goes', async () => {
      const ledger = await open();
      await ledger.insert(fields('a'));
      const old = readFileSync(join(directory, 'a.1.json'));
      await increment(ledger, 'a');
      writeFileSync(join(directory, 'a.1.json'), old);
      const stale = new Ledger(directory, silentLogger);
      opened.push(stale);
      const fresh = await open();
      assert.equal(fresh.get('a')?.createdAt, 2);
      await increment(fresh, 'a');
      assert.deepEqual(files(), ['a.3.json']);
    });

    it('temporary files are removed once they are certainly nobody’s', async () => {
      const path = join(directory, 'a.0000.tmp');
      writeFileSync(path, '{');
      await open();
      assert.equal(existsSync(path), true);
      utimesSync(path, 1, 1);
      await (await open()).tidied();
      assert.equal(existsSync(path), false);
    });

    it('an empty placeholder of another window is waited for, an abandoned one set aside', async () => {
      const ledger = await open();
      await ledger.insert(fields('a'));
      const path = join(directory, 'a.2.json');
      writeFileSync(path, '');
      assert.equal((await open()).get('a')?.revision, 1);
      assert.equal(existsSync(path), true);
      utimesSync(path, 1, 1);
      const later = await open();
      assert.equal(later.brokenRecords.length, 1);
      assert.equal((await increment(later, 'a'))?.revision, 2);
    });
  });

  describe('a replacement of a revision that was replaced already', () => {
    const recordFiles = () => new RecordFiles(directory);
    const json = (...trail: string[]) => JSON.stringify({ trail });

    it('fails, even when the name after it is free again', async () => {
      await recordFiles().replace('a', 0, json('w1'), 'w1');
      assert.equal(await recordFiles().replace('a', 1, json('w1', 'w2'), 'w2'), true);
      assert.equal(await recordFiles().replace('a', 2, json('w1', 'w2', 'w3'), 'w3'), true);
      assert.equal(await recordFiles().replace('a', 1, json('w1', 'late'), 'late'), false);
      assert.deepEqual(files(), ['a.3.json']);
    });

    it('fails after a crash left that revision behind', async () => {
      await recordFiles().replace('a', 0, json('w1'), 'w1');
      await recordFiles().replace('a', 1, json('w1', 'w2'), 'w2');
      writeFileSync(join(directory, 'a.1.json'), json('w1'));
      assert.equal(await recordFiles().replace('a', 2, json('w1', 'w2', 'w3'), 'w3', [1]), true);
      assert.equal(await recordFiles().replace('a', 1, json('w1', 'late'), 'late'), false);
      assert.deepEqual(files(), ['a.3.json']);
    });

    it('fails when the name of its base is taken by another late one', async () => {
      await recordFiles().replace('a', 0, json('w1'), 'w1');
      for (const n of [2, 3, 4]) {
        const trail = ['w1', 'w2', 'w3', 'w4'].slice(0, n);
        assert.equal(await recordFiles().replace('a', n - 1, json(...trail), `w${n}`), true);
      }
      // Late by two, it has linked revision 2 and not looked for its base yet.
      writeFileSync(join(directory, 'a.2.json'), json('w1', 'other'));
      assert.equal(await recordFiles().replace('a', 2, json('w1', 'w2', 'late'), 'late'), false);
      assert.equal(readFileSync(join(directory, 'a.4.json'), 'utf8'), json('w1', 'w2', 'w3', 'w4'));
    });

    it('has succeeded when another window was so fast that it built on it', async () => {
      await recordFiles().replace('a', 0, json('w1'), 'w1');
      // As it looks when the other window has removed revision 1 and written revision 3 before we look for revision 1.
      writeFileSync(join(directory, 'a.3.json'), json('w1', 'w2', 'w3'));
      rmSync(join(directory, 'a.1.json'));
      assert.equal(await recordFiles().replace('a', 1, json('w1', 'w2'), 'w2'), true);
    });
  });

  describe('records that cannot be read', () => {
    const cases: readonly [string, string, RegExp][] = [
      ['no JSON', '{"version":', /not JSON/],
      ['zeros, as a power cut may leave', '\0\0\0\0', /not JSON/],
      ['no version', '{"id":"a"}', /no version/],
      [
        'a field of another type',
        JSON.stringify({ ...fields('a'), version: recordVersion, revision: 1, model: 7 }),
        /"model"/,
      ],
      ['a missing field', JSON.stringify({ version: recordVersion, id: 'a', revision: 1 }), /"connectionId"/],
      [
        'the record of somebody else',
        JSON.stringify({ ...fields('b'), version: recordVersion, revision: 1 }),
        /another record/,
      ],
    ];
    for (const [what, content, reason] of cases) {
      it(`are set aside and reported: ${what}`, async () => {
        writeFileSync(join(directory, 'a.1.json'), content);
        const ledger = await open();
        const [broken] = ledger.brokenRecords;
        assert.match(broken?.reason ?? '', reason);
        assert.equal(readFileSync(broken!.path, 'utf8'), content);
        assert.equal(existsSync(join(directory, 'a.1.json')), false);
        await ledger.reload();
        assert.equal(ledger.brokenRecords.length, 1);
      });
    }

    it('are left where they are when a newer version wrote them', async () => {
      const content = JSON.stringify({ version: recordVersion + 1, id: 'a', revision: 1, everything: 'new' });
      writeFileSync(join(directory, 'a.1.json'), content);
      const ledger = await open();
      assert.match(ledger.brokenRecords[0]?.reason ?? '', /newer version/);
      assert.equal(readFileSync(join(directory, 'a.1.json'), 'utf8'), content);
    });

    it('do not keep the others from being read', async () => {
      writeFileSync(join(directory, 'a.1.json'), 'x');
      await (await open()).insert(fields('b'));
      assert.equal((await open()).get('b')?.id, 'b');
    });
  });

  it('forgets removed records for good after a week', async () => {
    const ledger = await open();
    await ledger.insert(fields('a'));
    await ledger.remove('a');
    await (await open()).tidied();
    assert.deepEqual(files(), ['a.2.json']);
    utimesSync(join(directory, 'a.2.json'), 1, 1);
    await (await open()).tidied();
    assert.deepEqual(files(), []);
  });

  it('reads records of format 1', () => {
    const old = { ...fields('a'), version: 1, revision: 3, token: '', future: [1] };
    const parsed = parseRecord(JSON.stringify(old), 'a');
    assert.ok(parsed.kind === 'record');
    assert.equal('token' in parsed.record, false);
    assert.equal(parsed.record.version, recordVersion);
    assert.deepEqual(Reflect.get(parsed.record, 'future'), [1], 'unknown fields are carried along');
  });
});
