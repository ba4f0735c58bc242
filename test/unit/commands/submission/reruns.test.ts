import assert from 'node:assert/strict';
import { mergeResults, resubmitJob, retryRows } from '../../../../src/commands/submission/reruns';
import { makeJob, makeRunningJob } from '../../../support/jobs';
import { FileWorld } from './fileWorld';

describe('requests again', () => {
  let world: FileWorld;
  const run: FileWorld['run'] = (...args) => world.run(...args);

  beforeEach(() => {
    world = new FileWorld('a.jsonl', '{"custom_id":"x","body":{"model":"from-the-line"}}\n');
    world.connection = 'gemini';
    world.apiKeys.set('gemini', { value: 'k', source: 'stored' });
  });
  afterEach(() => world.remove());

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
    assert.ok(said.includes('submit again gemini-3.8-flash gemini 2 /a.jsonl again for job-1'));
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

  it('looks at results that nobody has looked at before it asks', async () => {
    world.jobs = [failed];
    world.learned = { ok: 1, failed: 2, truncated: 1, blocked: 0, missing: 0, unexpected: 0 };
    world.answers.push(['Truncated']);
    const said = await run(retryRows, 'job-1');
    assert.ok(said.includes('look at job-1'));
    world.settings['results.folder'] = '/results';
    assert.ok((await run(retryRows, 'job-1')).includes('download job-1 to /results'));
    assert.ok(said.includes('retry job-1 truncated'));
  });

  it('asks nothing where the results turn out to be all well', async () => {
    world.jobs = [failed];
    world.learned = { ok: 4, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
    assert.ok((await run(retryRows, 'job-1')).includes('retry job-1 failed+missing+truncated+blocked'));
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
    assert.ok(
      (await run(resubmitJob, 'job-1')).includes('submit reviews pro gemini 2 /a.jsonl again for job-1'),
    );
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
