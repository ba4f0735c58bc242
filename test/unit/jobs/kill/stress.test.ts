import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeDisplayName } from '../../../../src/jobs/displayName';
import { createSandbox, type Fault, type Sandbox } from '../../../../src/sandbox';
import { bundleChild, runChild } from '../support/childBundle';
import { randomOf } from '../support/random';
import { filesOf, jobsOf } from './sandboxLists';
import type { StressOptions, StressReport } from './stressChild';

/** More for a long run: BATCHWRIGHT_STRESS=1000 npx mocha test/unit/jobs/kill/stress.test.ts */
const submissions = Number(process.env.BATCHWRIGHT_STRESS ?? 60);
const windows = 2;
/** Of one process, unless it is killed before. */
const share = 12;
/** About what one submission takes; a kill falls somewhere within a share. */
const eventsEach = 45;
const faultEveryMs = 40;

const creation = ':batchGenerateContent';
/** What goes wrong at the service, one after another and for one call each. */
const faults: readonly Fault[] = [
  { kind: 'lose-answer', method: 'POST', path: creation, times: 1 },
  { kind: 'status', status: 503, path: creation, times: 1 },
  { kind: 'status', status: 429, path: creation, times: 1 },
  { kind: 'status', status: 403, path: creation, times: 1 },
  { kind: 'html', status: 502, path: creation, times: 1 },
  { kind: 'truncate', path: creation, times: 1 },
  { kind: 'cut-up', bytes: 30, path: creation, times: 1 },
  { kind: 'latency', ms: 120, path: creation, times: 1 },
  { kind: 'lose-answer', path: '/upload/', times: 1 },
  { kind: 'lose-answer', path: '/upload/', times: 1, after: 1 },
  { kind: 'cut-up', bytes: 40, path: '/upload/', times: 1, after: 1 },
  { kind: 'cut-down', bytes: 10, method: 'GET', path: '/batches', times: 1 },
  { kind: 'html', status: 200, method: 'GET', path: '/files', times: 1 },
  { kind: 'latency', ms: 80, times: 1 },
];

describe('many submissions under faults, kills and moved clocks, in two processes on one ledger', function () {
  this.timeout(120_000 + submissions * 2_000);
  const root = mkdtempSync(join(tmpdir(), 'batchwright-stress-'));
  const directory = join(root, 'ledger');
  const requestFile = join(root, 'requests.jsonl');
  const dice = randomOf(20_261_121);
  const random = (limit: number) => Math.floor(dice() * limit);
  let sandbox: Sandbox;
  let script: string;
  let kills = 0;
  let processes = 0;

  before(async () => {
    mkdirSync(join(directory, 'records'), { recursive: true });
    script = await bundleChild(join(import.meta.dirname, 'stressChild.ts'), root);
    sandbox = await createSandbox({ speed: 1_000 });
    const line = (key: string) =>
      JSON.stringify({ key, request: { contents: [{ parts: [{ text: 'Hello' }] }] } });
    writeFileSync(requestFile, `${line('a')}\n${line('b')}\n`);
  });
  after(async () => {
    await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function run(change: Partial<StressOptions>): Promise<StressReport | undefined> {
    processes += 1;
    const options: StressOptions = {
      directory,
      url: sandbox.url,
      key: sandbox.key,
      requestFile,
      names: [],
      turns: random(8),
      seed: random(1 << 30),
      ...change,
    };
    const { killed, output } = await runChild(script, options);
    if (killed) kills += 1;
    return killed ? undefined : (JSON.parse(output) as StressReport);
  }

  /** How many intents there are, whatever became of them. */
  const intents = () =>
    new Set(
      readdirSync(join(directory, 'records')).flatMap(
        (name) => /^(job-.*)\.\d+\.json$/.exec(name)?.[1] ?? [],
      ),
    ).size;

  it(`${submissions} of them become as many jobs`, async () => {
    let named = 0;
    const trouble = setInterval(() => {
      // One at a time: those that found no call to strike must not pile up.
      sandbox.control.clearFaults();
      sandbox.control.addFault(faults[random(faults.length)]!);
    }, faultEveryMs);
    const worker = async (): Promise<void> => {
      // Kills may fall before an intent is written: what is missing is submitted under a name of its own.
      while (named === 0 || intents() < submissions) {
        const names = Array.from({ length: share }, () => `Number ${(named += 1)}`);
        await run({ names, ...(random(3) > 0 && { killAt: 1 + random(share * eventsEach) }) });
      }
    };
    const work = await Promise.allSettled(Array.from({ length: windows }, worker));
    clearInterval(trouble);
    for (const outcome of work) if (outcome.status === 'rejected') throw outcome.reason;
    sandbox.control.clearFaults();

    const report = await run({});
    assert.ok(report);
    assert.deepEqual([report.others, report.broken], [[], 0]);
    const created = (await jobsOf(sandbox)).map(({ metadata }) => decodeDisplayName(metadata.displayName));
    const uploaded = (await filesOf(sandbox)).map(({ displayName }) => decodeDisplayName(displayName).token);
    console.log(
      `      ${report.submitted.length} submissions, ${created.length} jobs, ${uploaded.length} files; ${kills} kills of ${processes} processes; ${report.decided} decided by a person`,
    );
    assert.equal(
      new Set(created.map(({ token }) => token)).size,
      created.length,
      'a submission was paid for twice',
    );
    assert.deepEqual(created.map(({ name }) => name).sort(), [...report.submitted].sort());
    assert.equal(new Set(report.submitted).size, report.submitted.length);
    assert.ok(report.submitted.length >= submissions);
    assert.equal(new Set(uploaded).size, uploaded.length, 'a complete upload was repeated');
    assert.ok(kills > 0);
    assert.equal(intents(), report.submitted.length);
    for (const name of readdirSync(join(directory, 'records'))) {
      if (name.endsWith('.json')) JSON.parse(readFileSync(join(directory, 'records', name), 'utf8'));
    }
  });
});
