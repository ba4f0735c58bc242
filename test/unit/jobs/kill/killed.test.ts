import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeDisplayName } from '../../../../src/jobs/displayName';
import { createSandbox, type Sandbox } from '../../../../src/sandbox';
import { bundleChild, runChild } from '../support/childBundle';
import { randomOf } from '../support/random';
import type { ChildOptions, ChildReport } from './child';
import { filesOf, jobsOf } from './sandboxLists';

/** Kills a submission gets at most before it is left in peace. */
const killsEach = 3;
/** Paths whose next answer may be lost, whether anything is killed or not. */
const lossy = [undefined, undefined, ':batchGenerateContent', '/upload/'];
/** How many processes run at a time. */
const workers = 3;
/** Rounds over all events; more for a long run: BATCHWRIGHT_KILL_ROUNDS=10 npx mocha test/unit/jobs/kill/killed.test.ts */
const rounds = Number(process.env.BATCHWRIGHT_KILL_ROUNDS ?? 1);

describe('submissions in a process that is killed', function () {
  this.timeout(600_000 * rounds);
  const root = mkdtempSync(join(tmpdir(), 'batchwright-kill-'));
  let script: string;
  const requestFile = join(root, 'requests.jsonl');
  const sandboxes: Sandbox[] = [];
  let kills = 0;
  let submissions = 0;

  before(async () => {
    script = await bundleChild(join(import.meta.dirname, 'child.ts'), root);
    writeFileSync(
      requestFile,
      ['a', 'b']
        .map((key) => `${JSON.stringify({ key, request: { contents: [{ parts: [{ text: 'Hello' }] }] } })}\n`)
        .join(''),
    );
  });

  after(async () => {
    for (const sandbox of sandboxes) await sandbox.close();
    rmSync(root, { recursive: true, force: true });
  });

  const dice = randomOf(20_261_121);
  /** A number from 0 to below `limit`. */
  const random = (limit: number) => Math.floor(dice() * limit);

  async function run(options: ChildOptions): Promise<ChildReport | 'killed'> {
    const { killed, output } = await runChild(script, options);
    return killed ? 'killed' : (JSON.parse(output) as ChildReport);
  }

  async function newSandbox(): Promise<Sandbox> {
    const sandbox = await createSandbox({ speed: 0, limits: { concurrentJobs: 100_000 } });
    sandboxes.push(sandbox);
    return sandbox;
  }

  /** Submits one file through any number of deaths, the first of them at `killAt`, and counts what the service then has. */
  async function submitThroughKills(sandbox: Sandbox, killAt: number, events: number): Promise<void> {
    const directory = join(root, `ledger-${(submissions += 1)}`);
    const base = { directory, url: sandbox.url, key: sandbox.key, requestFile };
    const lost = lossy[random(lossy.length)];
    if (lost !== undefined)
      sandbox.control.addFault({ kind: 'lose-answer', method: 'POST', path: lost, times: 1 });
    const before = new Set((await jobsOf(sandbox)).map(({ name }) => name));
    let next: number | undefined = killAt;
    for (let kill = 0; kill < killsEach && next !== undefined; kill += 1) {
      if ((await run({ ...base, killAt: next, turns: random(8) })) === 'killed') kills += 1;
      next = random(3) === 0 ? 1 + random(events) : undefined;
    }
    // Every third time, two windows come up at once and find the same submission interrupted.
    const windows = random(3) === 0 ? 2 : 1;
    const reports = await Promise.all(Array.from({ length: windows }, () => run({ ...base, turns: 0 })));
    for (const report of reports)
      assert.ok(report !== 'killed' && report.phases.every((phase) => phase === 'submitted'));
    sandbox.control.clearFaults();
    const created = (await jobsOf(sandbox)).filter(({ name }) => !before.has(name));
    const message = `killed first at event ${killAt}, ledger ${directory}`;
    const tokens = created.map(({ metadata }) => decodeDisplayName(metadata.displayName).token);
    assert.equal(new Set(tokens).size, tokens.length, `a submission was created twice: ${message}`);
    const uploaded = (await filesOf(sandbox)).map(({ displayName }) => decodeDisplayName(displayName).token);
    assert.equal(new Set(uploaded).size, uploaded.length, `a complete upload was repeated: ${message}`);
    // Two windows that both come up before there is an intent are two submissions of two people.
    if (windows === 1) assert.equal(created.length, 1, message);
    else assert.ok(created.length >= 1, message);
  }

  it('make exactly one job each, and repeat no complete upload', async () => {
    const probe = await newSandbox();
    const whole = await run({
      directory: join(root, 'probe'),
      url: probe.url,
      key: probe.key,
      requestFile,
      turns: 0,
    });
    assert.ok(whole !== 'killed');
    const points = Array.from({ length: whole.events * rounds }, (_, n) => 1 + (n % whole.events));
    const worker = async (): Promise<void> => {
      const sandbox = await newSandbox();
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        await submitThroughKills(sandbox, point, whole.events);
      }
    };
    const work = Array.from({ length: workers }, () =>
      worker().catch((error: unknown) => {
        // The others finish what they are at; then the first failure is told.
        points.length = 0;
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    assert.ok(kills >= whole.events * rounds, `only ${kills} kills`);
    console.log(`      ${kills} kills, ${submissions} submissions, ${whole.events} events each`);
  });
});
