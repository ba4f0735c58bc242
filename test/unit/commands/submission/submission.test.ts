import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../../src/commands/boundary';
import type { CommandHandler } from '../../../../src/commands/context';
import { adoptJob, exportJobs, importJobs } from '../../../../src/commands/jobs/ledgerCommands';
import { pricesOf } from '../../../../src/commands/submission/prices';
import { mergeResults, resubmitJob, retryRows } from '../../../../src/commands/submission/reruns';
import * as resultsCommands from '../../../../src/commands/results/resultsCommands';
import {
  formatUsd,
  partsNeeded,
  refusePointless,
  submissionQuestion,
} from '../../../../src/commands/submission/submissionPlan';
import { submitActiveFile, submitInParts } from '../../../../src/commands/submission/submitActiveFile';
import type { Finding } from '../../../../src/jobs/preflight/findings';
import { silentLogger } from '../../../../src/util/logger';
import { CommandWorld, uri } from '../../../support/commandWorld';
import { at, makeJob, makeRunningJob } from '../../../support/jobs';

const duplicate: Finding = {
  severity: 'warning',
  code: 'duplicate',
  message: 'The same requests were submitted before.',
};
const overBudget: Finding = { severity: 'warning', code: 'overBudget', message: 'It may cost $9.00.' };
const tooLarge: Finding = { severity: 'error', code: 'tooLarge', message: 'Too large. Submit it in parts.' };
const unknownModel: Finding = { severity: 'error', code: 'unknownModel', message: 'No such model.' };
const price = {
  inputUsd: 0.02,
  rates: { input: 0.375, output: 1.875 },
  source: 'the price list of 2026-11-01',
  uncertain: false,
};

let world: CommandWorld;
let folder: string;
let file: string;
const run = async (handler: CommandHandler, ...args: unknown[]) => {
  await runCommand(world.context, 'batchwright.submitActiveFile', handler, args);
  return world.said.map((line) => line.replaceAll(folder, ''));
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'submission-'));
  file = path.join(folder, 'a.jsonl');
  await writeFile(file, '{"custom_id":"x","body":{"model":"from-the-line"}}\n');
  world = new CommandWorld();
  world.active = file;
  world.retryFile = file;
  world.connection = 'gemini';
  world.apiKeys.set('gemini', { value: 'k', source: 'stored' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the question before a submission', () => {
  const plan = () => ({
    file: '/home/me/a.jsonl',
    model: 'flash',
    displayName: 'n',
    connection: 'Gemini',
    free: false,
    warnings: 0,
    preflight: world.preflight,
    now: at('2026-11-21T10:00:00'),
  });
  const priceLine = (more: object) =>
    submissionQuestion({ ...plan(), preflight: { ...world.preflight, price: { ...price, ...more } } })
      .detail?.split('\n')
      .find((line) => line.startsWith('Price'));

  it('names the price as exactly as it is known', () => {
    assert.match(submissionQuestion(plan()).detail ?? '', /Price: not known for this model/);
    assert.equal(
      priceLine({ expectedUsd: 0.13 }),
      'Price: about $0.13, of which input $0.02 (batch rates of the price list of 2026-11-01)',
    );
    assert.equal(
      priceLine({ atMostUsd: 1234.5 }),
      'Price: $0.02 for the input, at most $1,234.50 with the output (batch rates of the price list of 2026-11-01)',
    );
    assert.match(priceLine({}) ?? '', /\$0\.02 for the input, and \$1\.88 per million tokens of output/);
  });

  it('says how the tokens were counted, and warnings of file and preflight', () => {
    const { detail } = submissionQuestion({
      ...plan(),
      warnings: 3,
      preflight: {
        ...world.preflight,
        input: { tokens: 840_000, error: 0.04, basis: 'counted', sampled: 8 },
        findings: [duplicate, { severity: 'info', code: 'priceUnknown', message: 'hidden' }],
      },
    });
    assert.match(detail ?? '', /about 840 k tokens \(± 4 %, from 8 rows that the service counted\)/);
    assert.match(detail ?? '', /Warnings in the file: 3/);
    assert.match(detail ?? '', /⚠ The same requests were submitted before\./);
    assert.doesNotMatch(detail ?? '', /hidden/);
  });

  it('names the earlier job of the same requests, and that it is paid again where it is', () => {
    const preflight = { ...world.preflight, findings: [duplicate], duplicates: [makeJob()] };
    const doubt = (free: boolean) =>
      submissionQuestion({ ...plan(), free, preflight }).detail?.split('⚠ ')[1];
    const text = 'The same requests were submitted before: “reviews” (succeeded · 1 ok · 2 h ago).';
    assert.equal(doubt(true), text);
    assert.equal(doubt(false), `${text} They would be paid for again.`);
  });

  it('warns only where there is something to warn of', () => {
    assert.equal(submissionQuestion(plan()).severity, 'information');
    const preflight = { ...world.preflight, findings: [duplicate] };
    assert.equal(submissionQuestion({ ...plan(), preflight }).severity, 'warning');
  });

  it('speaks of no money where there is none', () => {
    const { detail } = submissionQuestion({
      ...plan(),
      free: true,
      preflight: { ...world.preflight, price, findings: [overBudget] },
    });
    assert.doesNotMatch(detail ?? '', /\$/);
  });

  for (const [usd, text] of [
    [0, '$0'],
    [0.00042, '$0.0004'],
    [0.13, '$0.13'],
    [12.5, '$12.50'],
  ] as const) {
    it(`writes ${usd} as ${text}`, () => assert.equal(formatUsd(usd), text));
  }
});

describe('partsNeeded', () => {
  const size = {
    rows: 1000,
    bytes: 5000,
    input: { tokens: 20_000, error: 0, basis: 'local', sampled: 0 },
  } as const;
  for (const [what, service, person, expected] of [
    ['what fits', { maxFileBytes: 5000 }, [0, 0], undefined],
    ['too many bytes', { maxFileBytes: 4999 }, [0, 0], { maxBytes: 4999 }],
    [
      'too many rows for the service',
      { maxFileBytes: 9999, maxRows: 999 },
      [0, 0],
      { maxBytes: 9999, maxRows: 999 },
    ],
    [
      'too many rows for the person',
      { maxFileBytes: 9999, maxRows: 2000 },
      [500, 0],
      { maxBytes: 9999, maxRows: 500 },
    ],
    ['too many tokens', { maxFileBytes: 9999 }, [0, 10_000], { maxBytes: 9999, maxTokens: 10_000 }],
  ] as const) {
    it(`sees ${what}`, () => {
      const [maxRows, maxTokens] = person;
      assert.deepEqual(partsNeeded(size, service, { maxRows, maxTokens }), expected);
    });
  }
});

describe('refusePointless', () => {
  it('refuses what cannot succeed, and lets parts mend what they can', () => {
    assert.throws(() => refusePointless([tooLarge], false), /Too large/);
    assert.doesNotThrow(() => refusePointless([tooLarge, duplicate], true));
    assert.throws(() => refusePointless([tooLarge, unknownModel], true), /No such model/);
  });
});

describe('a submission', () => {
  it('shows the earlier job of the same requests instead', async () => {
    world.preflight = {
      ...world.preflight,
      findings: [duplicate],
      duplicates: [makeJob({ displayName: 'earlier' })],
    };
    world.answers.push('flash', 'n', 'Show Earlier Job');
    const said = await run(submitActiveFile);
    assert.ok(said.includes('confirm Submit 2 requests to Gemini as “n”? (Submit | Show Earlier Job)'));
    assert.equal(said.at(-1), 'find earlier');
  });

  for (const [priority, known, expected] of [
    [5, true, / priority 5$/],
    [-1, true, / priority -1$/],
    [0, true, /a\.jsonl$/],
    [5, false, /a\.jsonl$/],
  ] as const) {
    it(`has the priority ${priority} of the settings where the service ${known ? 'knows' : 'does not know'} one`, async () => {
      world.settings['submit.priority'] = priority;
      world.service = { capabilities: { maxFileBytes: 1e9, priority: known } as never };
      world.answers.push('flash', 'n', 'Submit');
      const line = (await run(submitActiveFile)).find((text) => text.startsWith('submit n'));
      assert.match(line ?? '', expected);
    });
  }

  it('asks twice above the budget', async () => {
    world.settings['budget.usd'] = 5;
    world.preflight = { ...world.preflight, overBudget: true, findings: [overBudget] };
    world.answers.push('flash', 'n', 'Submit');
    assert.ok(!(await run(submitActiveFile)).some((line) => line.startsWith('submit')));
    assert.ok(world.said.includes('preflight flash budget 5'));
    world.answers.push('flash', 'n', 'Submit', 'Submit over Budget');
    assert.ok((await run(submitActiveFile)).some((line) => line.startsWith('submit n')));
  });

  it('goes in parts where the service takes no more at once', async () => {
    world.service = { capabilities: { maxFileBytes: 100 } as never };
    world.preflight = { ...world.preflight, bytes: 300, findings: [tooLarge] };
    world.answers.push('flash', 'n', 'Submit in Parts');
    const said = await run(submitActiveFile);
    assert.ok(said.includes('parts n {"maxBytes":100}'));
    assert.ok(said.includes('flash Submitted “n” in 2 parts.'));
    world.phaseAfterSubmit = 'queued';
    world.answers.push('flash', 'n', 'Submit in Parts');
    const waits = await run(submitActiveFile);
    assert.ok(waits.includes('flash Submitted “n”: 1 of 2 parts wait until the service has room.'));
    assert.match(world.lastQuestion?.detail ?? '', /Each part has at most 100 B/);
  });

  it('goes in parts of a size that the person chooses', async () => {
    world.answers.push('0');
    assert.ok((await run(submitInParts)).includes('problem A whole number, at least 1.'));
    world.answers.push('500', 'flash', 'n', 'Submit in Parts');
    assert.ok((await run(submitInParts, uri(file))).includes('parts n {"maxRows":500}'));
  });

  it('takes the model of an OpenAI-compatible file from its lines', async () => {
    world.summary = { ...world.summary, kind: 'openai' };
    world.answers.push('n', 'Submit');
    assert.ok((await run(submitActiveFile)).includes('submit n from-the-line openai 2 /a.jsonl'));
  });

  it('is not tried with a model that the service does not have', async () => {
    world.preflight = { ...world.preflight, findings: [unknownModel] };
    world.answers.push('flash', 'n');
    assert.equal((await run(submitActiveFile)).at(-1), 'error No such model. [Try Again]');
  });
});

describe('requests again', () => {
  const failed = makeJob({
    counts: { total: 4, succeeded: 1, failed: 3, pending: 0 },
    connectionId: 'gemini',
  });

  it('writes what went wrong to a file, opens it, and submits it linked to its job', async () => {
    world.jobs = [failed];
    world.answers.push('Submit', 'again', 'Submit');
    const said = await run(retryRows, 'job-1');
    assert.ok(said.includes('retry job-1 failed+missing+truncated+blocked'));
    assert.ok(said.includes('open /a.jsonl'));
    assert.ok(said.includes('input Submit Batch: Name = reviews (retry 1)'));
    assert.ok(said.includes('submit again gemini-3.8-flash gemini 2 /a.jsonl'));
  });

  it('counts the retries in the name that it offers', async () => {
    world.jobs = [{ ...failed, displayName: 'reviews (retry 1)' }];
    world.answers.push('Submit');
    assert.equal((await run(retryRows, 'job-1')).at(-1), 'input Submit Batch: Name = reviews (retry 2)');
  });

  it('submits nothing that the person only wanted to see', async () => {
    world.jobs = [failed];
    const said = await run(retryRows, 'job-1');
    assert.equal(
      said.at(-1),
      'information To ask again: 3 requests, in “a.jsonl”. Change what you like before you submit it. [Submit]',
    );
  });

  it('asks which outcomes where there are several', async () => {
    const outcomes = { ok: 1, failed: 2, truncated: 1, blocked: 0, missing: 0, unexpected: 0 };
    world.jobs = [makeJob({ outcomes, connectionId: 'gemini' })];
    world.answers.push(['Truncated']);
    const said = await run(retryRows, 'job-1');
    assert.ok(said.includes('pick Retry Which Rows of “reviews”?: Failed, Truncated'));
    assert.ok(said.includes('retry job-1 truncated'));
  });

  it('takes the outcomes that the results editor means', async () => {
    world.jobs = [failed];
    assert.ok(
      (await run(retryRows, 'job-1', { outcomes: ['blocked', 'ok'] })).includes('retry job-1 blocked'),
    );
  });

  it('says when there is nothing to retry', async () => {
    const outcomes = { ok: 1, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
    world.jobs = [makeJob({ outcomes }), makeRunningJob({ id: 'r' })];
    assert.deepEqual(await run(retryRows), ['information No finished job has rows to retry.']);
  });

  it('finds out by looking that there is nothing to retry', async () => {
    const outcomes = { ok: 1, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
    world.jobs = [makeJob()];
    world.engine.createRetryFile = () => {
      world.jobs = [makeJob({ outcomes })];
      return Promise.reject(new Error('No request ended as failed'));
    };
    assert.equal(
      (await run(retryRows, 'job-1')).at(-1),
      'information Every row of “reviews” is ok: there is nothing to ask again.',
    );
  });

  it('submits a whole job again on another model', async () => {
    world.jobs = [makeJob({ state: 'EXPIRED', connectionId: 'gemini' })];
    world.answers.push('pro', 'Submit');
    assert.ok((await run(resubmitJob, 'job-1')).includes('submit reviews pro gemini 2 /a.jsonl'));
  });

  it('means all parts of a split submission when their group is chosen', async () => {
    const group = { id: 'g', part: 1, of: 2, path: '/home/me/whole.jsonl' };
    world.jobs = [{ ...failed, group }];
    const chosen = { kind: 'group', jobIds: ['job-1'] };
    assert.ok((await run(retryRows, chosen)).includes('retry g failed+missing+truncated+blocked'));
    assert.ok(
      (await run(mergeResults, chosen)).includes('results /home/me/merged.jsonl beside /home/me/whole.jsonl'),
    );
  });

  it('merges nothing where there is one run', async () => {
    assert.match((await run(mergeResults)).at(-1) ?? '', /^information No finished job has retries/);
  });

  it('opens merged answers beside the requests of the first run, whichever run was chosen', async () => {
    const { requestFile } = makeJob();
    const requests = (file: string) => ({ requestFile: { ...requestFile!, path: `/home/me/${file}` } });
    world.jobs = [
      makeJob({ id: 'p1', group: { id: 'g', part: 1, of: 1, path: '/home/me/whole.jsonl' } }),
      makeJob({ id: 'second', parentId: 'g', ...requests('retry-1.jsonl') }),
      makeJob({ id: 'third', parentId: 'second', ...requests('retry-2.jsonl') }),
      makeJob({ id: 'orphan', parentId: 'deleted', ...requests('retry-9.jsonl') }),
    ];
    assert.ok(
      (await run(mergeResults, 'p1')).includes('results /home/me/merged.jsonl beside /home/me/whole.jsonl'),
    );
    world.said.length = 0;
    assert.ok(
      (await run(mergeResults, 'third')).includes(
        'results /home/me/merged.jsonl beside /home/me/whole.jsonl',
      ),
    );
    world.said.length = 0;
    assert.ok(
      (await run(mergeResults, 'orphan')).includes(
        'results /home/me/merged.jsonl beside /home/me/retry-9.jsonl',
      ),
    );
  });

  it('merges the answers of all runs', async () => {
    world.jobs.push(makeJob({ id: 'job-2', parentId: 'job-1' }));
    const said = await run(mergeResults, 'job-1');
    assert.ok(said.includes('results /home/me/merged.jsonl beside /home/me/reviews.jsonl'));
    assert.equal(
      said.at(-1),
      'information 8 of 10 rows are ok after 3 runs. Runs that are not finished yet: 1.',
    );
  });
});

describe('the ledger', () => {
  it('is exported', async () => {
    assert.deepEqual((await run(exportJobs)).slice(-2), [
      'export /home/me/batchwright-jobs.jsonl',
      'flash Exported 2 jobs.',
    ]);
  });

  it('is imported, and what was left out is said', async () => {
    assert.equal((await run(importJobs)).at(-1), 'information Jobs added: 2. Known already: 1.');
    world.imported = { added: 0, known: 0, unfinished: 2, broken: [{ line: 3, reason: 'no JSON' }] };
    assert.match(
      (await run(importJobs)).at(-1) ?? '',
      /^warning .*never submitted: 2\. Lines that could not be read: 1\. \[Show Log\]$/,
    );
  });

  it('adopts jobs from elsewhere', async () => {
    const id = 'sandbox:batches/abc';
    world.jobs = [makeJob({ origin: 'elsewhere', id })];
    assert.deepEqual(await run(adoptJob, id), [`adopt ${id}`, 'flash Adopted 1 job.']);
    world.said.length = 0;
    world.jobs = [makeJob({ origin: 'elsewhere' })];
    assert.deepEqual(await run(adoptJob), ['information All jobs of the list were created here.']);
  });
});

describe('commands of the results editor', () => {
  for (const [name, expected] of [
    ['openAsResults', 'results of /a.jsonl'],
    ['searchResults', 'search'],
    ['exportResults', 'export results'],
    ['compareResults', 'compare'],
    ['retryResults', 'retry results'],
    ['reopenResultsAsText', 'as text'],
  ] as const) {
    it(`${name} hands over`, async () => assert.deepEqual(await run(resultsCommands[name]), [expected]));
  }
});

describe('pricesOf', () => {
  it('takes prices that make sense and says which do not', () => {
    const warnings: string[] = [];
    const settings = {
      get: () => ({ good: { batchInput: 1, batchOutput: 2 }, bad: { batchInput: 'x' } }) as never,
    };
    const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    assert.deepEqual(pricesOf(settings, log), { good: { batchInput: 1, batchOutput: 2 } });
    assert.deepEqual(warnings, ['The setting batchwright.prices has no usable price for bad.']);
  });
});
