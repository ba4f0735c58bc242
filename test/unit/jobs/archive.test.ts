import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Job, JobEngine } from '../../../src/jobs/api';
import { Archive } from '../../../src/jobs/archive';
import { jobOfRecord, jobViewVersion } from '../../../src/jobs/jobView';
import { Ledger } from '../../../src/jobs/ledger/ledger';
import { recordVersion, type JobRecord } from '../../../src/jobs/ledger/record';
import type { RemoteJob } from '../../../src/shared/job';
import { silentLogger } from '../../../src/util/logger';
import { Harness, turns } from './support/harness';

const many = 230;
/** Long enough ago that nobody can be in the middle of writing. */
const longAgo = Date.UTC(2026, 8, 1) / 1000;

describe('the archive of jobs at rest', () => {
  let harness: Harness;
  let records: string;
  let archive: string;
  beforeEach(async () => {
    harness = new Harness();
    records = join(harness.directory, 'records');
    archive = join(harness.directory, 'archive.jsonl');
    mkdirSync(records, { recursive: true });
    for (let n = 0; n < many; n += 1) write(recordOf(n));
    for (let n = 0; n < many; n += 1) harness.service.add(remoteOf(n));
    await archived();
  });
  afterEach(() => harness.dispose());

  const file = (n: number, revision = 3) => join(records, `job-${n}.${revision}.json`);

  function write(record: JobRecord, path = join(records, `${record.id}.${record.revision}.json`)): void {
    writeFileSync(path, JSON.stringify(record));
    utimesSync(path, longAgo, longAgo);
  }

  /** A session long enough to write the archive. */
  async function archived(): Promise<void> {
    const engine = await start();
    await harness.until(() => existsSync(archive), 60);
    engine.dispose();
  }

  async function start(): Promise<JobEngine> {
    const engine = harness.engine({ connectionIds: () => [] });
    await engine.start();
    return engine;
  }

  /** All that can be seen at a start. */
  async function seen(): Promise<{ jobs: readonly Job[]; broken: number }> {
    const engine = await start();
    const result = { jobs: engine.jobs, broken: engine.brokenRecords.length };
    engine.dispose();
    return result;
  }

  /** What a start would see that reads every record. */
  async function truth(): Promise<Awaited<ReturnType<typeof seen>>> {
    renameSync(archive, `${archive}.aside`);
    try {
      return await seen();
    } finally {
      renameSync(`${archive}.aside`, archive);
    }
  }

  /** How many records a start leaves unread. */
  async function unread(): Promise<number> {
    const opened = new Archive(archive);
    await opened.open();
    const ledger = new Ledger(records, silentLogger);
    await ledger.open(opened);
    const count = [...opened.jobsOf(ledger)].length;
    await ledger.tidied();
    ledger.dispose();
    return count;
  }

  it('shows what the records say without reading them', async () => {
    assert.equal(await unread(), many);
    assert.deepEqual(await seen(), await truth());
    assert.equal((await seen()).jobs.length, many);
  });

  const ends: readonly [string, Partial<JobRecord>][] = [
    ['still runs', { remote: { ...remoteOf(1), state: 'RUNNING' } }],
    ['has no results yet', { remote: withoutOutput(remoteOf(1)) }],
    ['was not told', { announced: false }],
    ['is gone', { gone: true }],
    ['is a part', { group: { id: 'g', part: 1, of: 2 } }],
    ['was not joined', { outcomes: undefined as never }],
    ['was given up', { cancelWanted: true }],
    ['waits', { step: 'uploaded' }],
  ];
  for (const [what, change] of ends) {
    it(`leaves out a job that ${what}`, async () => {
      rmSync(archive);
      rmSync(file(1));
      write({ ...recordOf(1), ...change });
      await archived();
      assert.equal(await unread(), many - 1);
      assert.deepEqual(await seen(), await truth());
    });
  }

  it('leaves out a record that was written a moment ago: it may change again within the same tick of its clock', async () => {
    rmSync(archive);
    utimesSync(file(1), new Date(), new Date());
    await archived();
    assert.equal(await unread(), many - 1);
  });

  const text = (n: number) => readFileSync(file(n), 'utf8');
  /** What others do to the record 1 between two starts, and how many records are read because of it. */
  const changes: readonly [string, () => void, number][] = [
    [
      'replaced',
      () => {
        write({ ...recordOf(1), revision: 4, displayName: 'New' });
        rmSync(file(1));
      },
      1,
    ],
    [
      'replaced, and the old revision left by a crash',
      () => write({ ...recordOf(1), revision: 4, displayName: 'New' }),
      1,
    ],
    [
      'removed',
      () => {
        write(tombstone(1), file(1, 4));
        rmSync(file(1));
      },
      1,
    ],
    ['removed by hand', () => rmSync(file(1)), 1],
    ['added', () => write(recordOf(many)), 0],
    ['broken', () => writeFileSync(file(1), '{'), 1],
    ['broken, at the same size', () => writeFileSync(file(1), 'x'.repeat(text(1).length)), 1],
    ['emptied', () => writeFileSync(file(1), ''), 1],
    [
      'changed in place, at the same size',
      () => writeFileSync(file(1), text(1).replace('Number 1', 'Nummer 1')),
      1,
    ],
    [
      'changed in place by a clock that went back',
      () => {
        writeFileSync(file(1), text(1).replace('Number 1', 'Nummer 1'));
        utimesSync(file(1), longAgo - 86_400, longAgo - 86_400);
      },
      1,
    ],
    [
      'changed in place within the same second',
      () => {
        writeFileSync(file(1), text(1).replace('Number 1', 'Nummer 1'));
        utimesSync(file(1), longAgo, longAgo + 0.004);
      },
      1,
    ],
    [
      'changed in place at the same time, to another size',
      () => {
        writeFileSync(file(1), text(1).replace('Number 1', 'One'));
        utimesSync(file(1), longAgo, longAgo);
      },
      1,
    ],
    ['written by a newer version', () => write({ ...recordOf(1), revision: 4, version: 99 as never }), 1],
    [
      'moved to another directory and back',
      () => {
        linkSync(file(1), `${file(1)}.x`);
        rmSync(file(1));
        renameSync(`${file(1)}.x`, file(1));
      },
      0,
    ],
    ['touched', () => utimesSync(file(1), longAgo + 1, longAgo + 1), 1],
  ];
  for (const [what, change, reads] of changes) {
    it(`is not believed about a record that was ${what} since`, async () => {
      change();
      assert.equal(await unread(), many - reads);
      const [first, second] = [await seen(), await truth()];
      assert.deepEqual(first.jobs, second.jobs);
    });
  }

  it('reports a broken record as a start without it does', async () => {
    writeFileSync(file(1), '{');
    assert.equal((await seen()).broken, 1);
  });

  const useless: readonly [string, (text: string) => string][] = [
    ['cut off', (whole) => whole.slice(0, -100)],
    ['changed', (whole) => whole.replace('Number 1', 'Number X')],
    ['of another format', (whole) => whole.replace('"archive":1', '"archive":2')],
    [
      'of another version',
      (whole) => whole.replace(`"view":${jobViewVersion}`, `"view":${jobViewVersion + 1}`),
    ],
    ['no archive at all', () => 'hello\nworld\n'],
    ['empty', () => ''],
  ];
  for (const [what, change] of useless) {
    it(`is not believed at all when it is ${what}`, async () => {
      writeFileSync(archive, change(readFileSync(archive, 'utf8')));
      assert.equal(await unread(), 0);
      assert.deepEqual((await seen()).jobs.length, many);
    });
  }

  it('is written anew when many records had to be read, and not for a few', async () => {
    const before = statSync(archive).mtimeMs;
    write(recordOf(many));
    (await start()).dispose();
    assert.equal(statSync(archive).mtimeMs, before);
    for (let n = many; n < 2 * many; n += 1) write(recordOf(n));
    const engine = await start();
    await harness.until(() => statSync(archive).mtimeMs !== before, 60);
    engine.dispose();
    assert.equal(await unread(), 2 * many);
    assert.deepEqual(await seen(), await truth());
  });

  it('keeps what was measured of the service’s clock', async () => {
    const engine = harness.engine();
    await engine.start();
    harness.service.add({
      name: 'batches/script',
      createdAt: new Date(harness.clock.now() + 120).toISOString(),
    });
    await engine.refresh();
    assert.equal(engine.get('gemini:batches/script')?.createdAt, harness.clock.now());
  });

  describe('jobs that nobody read', () => {
    const idOf = (n: number) => `job-${n}`;

    it('are there after the service was asked, and marked when it does not know them any more', async () => {
      harness.service.jobs = harness.service.jobs.filter(({ name }) => name !== 'batches/1');
      const engine = await harness.started();
      const changed: string[] = [];
      engine.onDidChange((change) => changed.push(...change.added, ...change.removed));
      await turns();
      assert.equal(engine.get(idOf(1))?.gone, true);
      assert.deepEqual(
        engine.jobs.filter(({ gone }) => gone).map(({ id }) => id),
        [idOf(1)],
      );
      assert.equal(engine.jobs.length, many);
      assert.equal(readdirSync(records).filter((name) => name.endsWith('.json')).length, many);
    });

    it('can be joined, retried from and deleted', async () => {
      const engine = await start();
      const { id, outcomes } = engine.get(idOf(1))!;
      await engine.setOutcomes(id, { ...outcomes!, ok: 7 }, { input: 1, output: 1, thinking: 0, cached: 0 });
      assert.equal(engine.get(id)?.outcomes?.ok, 7);
      await engine.delete(id);
      assert.equal(engine.get(id), undefined);
      engine.dispose();
      assert.equal((await seen()).jobs.length, many - 1);
    });

    it('are what another window made of them', async () => {
      const [engine, other] = [await start(), await start()];
      await other.setOutcomes(idOf(1), engine.get(idOf(1))!.outcomes!, {
        input: 9,
        output: 9,
        thinking: 0,
        cached: 0,
      });
      await other.delete(idOf(2));
      await engine.setOutcomes(
        idOf(1),
        { ...engine.get(idOf(1))!.outcomes!, ok: 8 },
        { input: 9, output: 9, thinking: 0, cached: 0 },
      );
      // It may have heard by itself that it is gone.
      await engine.cancel(idOf(2)).catch(() => undefined);
      await other.duplicatesOf({ connectionId: 'gemini', model: 'm', sha256: 's' });
      for (const each of [engine, other]) {
        assert.deepEqual([each.get(idOf(1))?.outcomes?.ok, each.get(idOf(1))?.usage?.input], [8, 9]);
        assert.equal(each.get(idOf(2)), undefined);
      }
    });

    for (const [what, change] of [
      ['removed', () => rmSync(file(1))],
      ['broken', () => writeFileSync(file(1), '{')],
    ] as const) {
      it(`go when their record turns out to be ${what}`, async () => {
        const engine = await start();
        change();
        await engine.setOutcomes(idOf(1), engine.get(idOf(2))!.outcomes!, {
          input: 1,
          output: 1,
          thinking: 0,
          cached: 0,
        });
        await turns();
        assert.equal(engine.get(idOf(1)), undefined);
        assert.equal(engine.brokenRecords.length, what === 'broken' ? 1 : 0);
      });
    }

    it('are exported', async () => {
      const engine = await start();
      const target = join(harness.root, 'export.jsonl');
      assert.equal(await engine.exportLedger(target), many);
    });

    it('are recognised as duplicates', async () => {
      const engine = await start();
      const { requestFile, model } = engine.get(idOf(1))!;
      const found = await engine.duplicatesOf({ connectionId: 'gemini', model, sha256: requestFile!.sha256 });
      assert.deepEqual(
        found.map(({ id }) => id),
        [idOf(1)],
      );
    });
  });

  it('has a version that is raised with what a job says of its record', () => {
    const context = {
      seen: undefined,
      absent: false,
      ownerAlive: false,
      clockOffsetMs: 120,
      progress: undefined,
    };
    const job = jobOfRecord(recordOf(1), context);
    // When this fails: raise jobViewVersion, then write down the new form.
    assert.deepEqual(
      [jobViewVersion, Object.keys(job).sort().join(' ')],
      [
        1,
        'connectionId counts createdAt dialect displayName endedAt expiresAt gone id inputFile model name origin outcomes output phase requestFile results state usage',
      ],
    );
  });
});

function tombstone(n: number): JobRecord {
  return { id: `job-${n}`, version: recordVersion, revision: 4, deleted: true } as unknown as JobRecord;
}

function withoutOutput(job: RemoteJob): RemoteJob {
  const { output, ...rest } = job;
  assert.ok(output);
  return rest;
}

function remoteOf(n: number): RemoteJob {
  const at = new Date(Date.UTC(2026, 8, 1) - n * 60_000);
  return {
    name: `batches/${n}`,
    displayName: `Number ${n}`,
    model: 'gemini-3.8-flash',
    dialect: 'gemini',
    state: 'SUCCEEDED',
    counts: { total: 1, succeeded: 1, failed: 0, pending: 0 },
    createdAt: at.toISOString(),
    endedAt: new Date(at.getTime() + 1_000).toISOString(),
    inputFile: `files/${n}`,
    output: { kind: 'file', file: `files/out-${n}` },
  };
}

function recordOf(n: number): JobRecord {
  const remote = remoteOf(n);
  return {
    version: recordVersion,
    id: `job-${n}`,
    revision: 3,
    trail: ['a', 'b', 'c'],
    connectionId: 'gemini',
    displayName: `Number ${n}`,
    token: `token${n}`,
    model: remote.model,
    dialect: 'gemini',
    createdAt: Date.parse(remote.createdAt ?? ''),
    step: 'submitted',
    origin: 'here',
    requestFile: { path: `/home/me/${n}.jsonl`, sizeBytes: 1, modifiedAt: 1, sha256: `hash${n}`, rows: 1 },
    inputFile: { name: `files/${n}` },
    name: remote.name,
    clockOffsetMs: 120,
    remote,
    announced: true,
    results: { path: `/home/me/${n}.results.jsonl`, sizeBytes: 1, rows: 1 },
    outcomes: { ok: 1, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 },
    usage: { input: 1, output: 1, thinking: 0, cached: 0 },
  };
}
