import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import { decodeDisplayName } from '../../../src/jobs/displayName';
import { hasUnfinishedJobs } from '../../../src/jobs/peek';
import { CancelledError } from '../../../src/util/async';
import { invalid, lostAnswer, quota, refused, wrongKey } from './support/fakeService';
import { Harness, turns } from './support/harness';

describe('job engine', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  it('submits a file: hash, intent, upload, job', async () => {
    const engine = await harness.started();
    const steps: string[] = [];
    const job = await engine.submit(harness.request(), { onProgress: ({ step }) => steps.push(step) });
    assert.deepEqual([...new Set(steps)], ['hashing', 'uploading', 'creating']);
    assert.equal(job.phase, 'submitted');
    assert.equal(job.name, 'batches/2');
    assert.equal(job.displayName, 'My batch');
    assert.equal(job.inputFile, 'files/1');
    const remote = decodeDisplayName(harness.service.jobs[0]!.displayName);
    assert.equal(remote.name, 'My batch');
    assert.equal(remote.hashPrefix, job.requestFile!.sha256.slice(0, 8));
    assert.equal(harness.secrets.values.size, 0, 'the upload address is forgotten');
    assert.equal(await hasUnfinishedJobs(harness.directory), true);
  });

  it('keeps the upload address out of the ledger', async () => {
    const engine = await harness.started();
    let during = '';
    harness.service.onUpload = () => {
      const records = join(harness.directory, 'records');
      for (const name of readdirSync(records)) {
        if (name.endsWith('.json')) during += readFileSync(join(records, name), 'utf8');
      }
      assert.equal(harness.secrets.values.size, 1);
    };
    await engine.submit(harness.request());
    assert.match(during, /"prepared"/);
    assert.doesNotMatch(during, /secret/);
  });

  it('polls until the job has ended, tells it once and then stops', async () => {
    const engine = await harness.started();
    const told = harness.finishes(engine);
    const job = await engine.submit(harness.request());
    harness.service.set(job.name!, { state: 'RUNNING' });
    await harness.until(() => engine.get(job.id)?.state === 'RUNNING', 10);
    harness.service.finish(job.name!);
    await harness.until(() => told.length > 0, 60);
    assert.deepEqual(told, [[job.id]]);
    await turns();
    const lists = harness.service.count('listJobs');
    harness.clock.advance(3_600_000);
    await turns();
    assert.equal(harness.service.count('listJobs'), lists);
    assert.equal(await hasUnfinishedJobs(harness.directory), false);
  });

  it('knows its jobs after a restart and tells once what ended meanwhile', async () => {
    const first = await harness.started();
    const { id, name } = await first.submit(harness.request());
    first.dispose();
    harness.service.finish(name!);
    const second = harness.engine();
    const told = harness.finishes(second);
    await second.start();
    assert.equal(second.get(id)?.phase, 'submitted');
    await harness.until(() => told.length > 0);
    assert.deepEqual(told, [[id]]);
    second.dispose();
    const third = harness.engine();
    const toldAgain = harness.finishes(third);
    await third.start();
    await third.refresh();
    harness.clock.advance(10_000);
    await turns();
    assert.deepEqual(toldAgain, []);
  });

  describe('finds out what a creation without an answer did', () => {
    it('that had taken effect', async () => {
      const engine = await harness.started();
      harness.service.fail('createJob', 'after', lostAnswer());
      const job = await engine.submit(harness.request());
      assert.equal(job.phase, 'submitted');
      assert.equal(harness.service.jobs.length, 1);
      assert.equal(harness.service.count('createJob'), 1);
    });

    it('while the list cannot be had: nothing is created again until it can', async () => {
      const engine = await harness.started();
      harness.service.fail('createJob', 'after', lostAnswer());
      harness.service.fail('listJobs', 'before', refused());
      await assert.rejects(engine.submit(harness.request()), /refused/);
      assert.equal(engine.jobs[0]?.phase, 'interrupted');
      await engine.refresh();
      await harness.until(() => engine.jobs[0]?.phase === 'submitted');
      assert.equal(harness.service.count('createJob'), 1);
    });
  });

  it('finds an upload whose last answer was lost', async () => {
    const engine = await harness.started();
    harness.service.fail('uploadFile', 'after', lostAnswer());
    await engine.submit(harness.request());
    assert.equal(harness.service.count('uploadFile'), 1);
    assert.equal(harness.service.jobs.length, 1);
  });

  it('uploads again when the service dropped the file', async () => {
    const engine = await harness.started();
    harness.service.fail('createJob', 'before', wrongKey());
    await assert.rejects(engine.submit(harness.request()), /key/);
    harness.service.files = [];
    const job = await engine.resume(engine.jobs[0]!.id);
    assert.equal(job.phase, 'submitted');
    assert.equal(harness.service.count('uploadFile'), 2);
  });

  it('keeps what a wrong key interrupted and goes on with it', async () => {
    const engine = await harness.started();
    harness.service.fail('createJob', 'before', wrongKey());
    await assert.rejects(engine.submit(harness.request()), /key/);
    const [job] = engine.jobs;
    assert.equal(job?.phase, 'interrupted');
    assert.match(job.waiting ?? '', /key/);
    const after = await engine.resume(job.id);
    assert.equal(after.phase, 'submitted');
    assert.equal(harness.service.count('uploadFile'), 1);
  });

  it('keeps nothing of a file that the service refuses', async () => {
    const engine = await harness.started();
    harness.service.fail('createJob', 'before', invalid());
    await assert.rejects(engine.submit(harness.request()), /line 1/);
    assert.equal(engine.jobs.length, 0);
    assert.equal(await hasUnfinishedJobs(harness.directory), false);
  });

  describe('requests in the creation itself', () => {
    const cases: readonly [string, 'auto' | 'file' | 'inline' | undefined, number, boolean][] = [
      ['nothing said', undefined, 10, false],
      ['file', 'file', 10, false],
      ['inline', 'inline', 2_000, true],
      ['auto, small', 'auto', 10, true],
      ['auto, large', 'auto', 950, false],
    ];
    for (const [what, input, size, inline] of cases) {
      it(what, async () => {
        const engine = await harness.started();
        const job = await engine.submit(
          harness.request({ ...(input && { input }) }, `{"key":"${'a'.repeat(size)}","request":{}}\n`),
        );
        assert.equal(job.phase, 'submitted');
        assert.equal(harness.service.count('uploadFile'), inline ? 0 : 1);
        assert.equal(job.inputFile === undefined, inline);
      });
    }

    it('are as safe from a lost answer, a full queue and a change of the file as an upload', async () => {
      const engine = await harness.started();
      harness.service.fail('createJob', 'after', lostAnswer());
      await engine.submit(harness.request({ input: 'inline' }));
      harness.service.fail('createJob', 'before', lostAnswer());
      await assert.rejects(engine.submit(harness.request({ input: 'inline' })), UnconfirmedError);
      const unconfirmed = engine.jobs.find((job) => job.unconfirmed !== undefined)!;
      await engine.resume(unconfirmed.id, { createAgain: true });
      assert.equal(harness.service.jobs.length, 2);
      assert.equal(harness.service.count('createJob'), 3);
      harness.service.fail('createJob', 'before', quota());
      const queued = await engine.submit(harness.request({ input: 'inline' }));
      assert.equal(queued.phase, 'queued');
      const { path } = queued.requestFile!;
      const before = readFileSync(path);
      writeFileSync(path, 'something else');
      await assert.rejects(engine.resume(queued.id), /not as it was/);
      assert.equal(harness.service.jobs.length, 2);
      // As the message says: the old content is put back, and it goes on.
      assert.match(engine.get(queued.id)?.waiting ?? '', /not as it was/);
      writeFileSync(path, before);
      await engine.resume(queued.id);
      assert.equal(engine.get(queued.id)?.phase, 'submitted');
      assert.equal(harness.service.jobs.length, 3);
    });
  });

  it('names the endpoint of the requests where the dialect has one', async () => {
    const engine = await harness.started();
    const endpoints: unknown[] = [];
    const create = harness.service.createJob.bind(harness.service);
    harness.service.createJob = (request) => {
      endpoints.push(request.endpoint);
      return create(request);
    };
    const texts = ['\n{"custom_id":"a","url":"/v1/embeddings"}\n', 'no json\n', '{}\n'];
    for (const text of texts) await engine.submit(harness.request({ dialect: 'openai' }, text));
    assert.deepEqual(endpoints, ['/v1/embeddings', undefined, undefined]);
  });

  it('queues what the service has no room for, and submits it later', async () => {
    const engine = await harness.started();
    harness.service.fail('createJob', 'before', quota(), 2);
    const job = await engine.submit(harness.request());
    assert.equal(job.phase, 'queued');
    assert.match(job.waiting ?? '', /tokens/);
    await harness.until(() => engine.get(job.id)?.phase === 'submitted');
    assert.equal(harness.service.jobs.length, 1);
  });

  it('a cancelled submission leaves nothing', async () => {
    const engine = await harness.started();
    const controller = new AbortController();
    harness.service.onUpload = () => controller.abort();
    await assert.rejects(engine.submit(harness.request(), { signal: controller.signal }), CancelledError);
    assert.equal(engine.jobs.length, 0);
    assert.equal(harness.service.jobs.length, 0);
    assert.equal(harness.secrets.values.size, 0);
  });

  it('a submission cancelled while it is created is cancelled at the service when it turns up', async () => {
    const engine = await harness.started({ reconcileLooksMs: [0, 1_000] });
    const controller = new AbortController();
    harness.service.fail('createJob', 'after', lostAnswer());
    harness.service.hidden = 1;
    const submission = engine.submit(harness.request(), { signal: controller.signal });
    const looks = harness.service.count('listJobs');
    while (harness.service.count('listJobs') === looks) await turns(1);
    controller.abort();
    await assert.rejects(submission, CancelledError);
    assert.equal(engine.jobs[0]?.phase, 'interrupted');
    harness.service.hidden = 0;
    await engine.refresh();
    await harness.until(() => engine.jobs[0]?.phase === 'submitted');
    assert.equal(harness.service.count('createJob'), 1);
    assert.equal(harness.service.count('cancelJob'), 1);
  });

  it('refuses a file that changes while it is uploaded', async () => {
    const engine = await harness.started();
    const request = harness.request();
    harness.service.onUpload = () => writeFileSync(request.path, '{"key":"b","request":{}}\n{}');
    await assert.rejects(engine.submit(request), /not as it was/);
    assert.equal(engine.jobs.length, 0);
    assert.equal(harness.service.files.length, 0);
    assert.equal(harness.service.count('createJob'), 0);
  });

  it('shows jobs from elsewhere, and adopts one when its results are fetched', async () => {
    harness.service.add({ name: 'batches/x', displayName: 'From a script' });
    harness.service.finish('batches/x');
    const engine = await harness.started();
    const [job] = engine.jobs;
    assert.equal(job?.origin, 'elsewhere');
    assert.equal(job.id, 'gemini:batches/x');
    await assert.rejects(engine.downloadResults(job.id), /choose a folder/);
    assert.equal(engine.jobs.length, 1);
    const results = await engine.downloadResults(engine.jobs[0]!.id, { directory: harness.root });
    assert.equal(results.path, join(harness.root, 'From-a-script.results.jsonl'));
    assert.equal(engine.jobs.length, 1);
  });

  it('downloads beside the request file and never over a file', async () => {
    const engine = await harness.started();
    const { id, name } = await engine.submit(harness.request());
    await assert.rejects(engine.downloadResults(id), /still pending/);
    harness.service.finish(name!);
    writeFileSync(join(harness.root, 'requests.results.jsonl'), 'mine');
    const results = await engine.downloadResults(id);
    assert.equal(results.path, join(harness.root, 'requests (2).results.jsonl'));
    assert.equal(readFileSync(join(harness.root, 'requests.results.jsonl'), 'utf8'), 'mine');
    assert.equal((await engine.downloadResults(id)).path, results.path);
    assert.equal(harness.service.count('downloadResults'), 1);
    assert.deepEqual(engine.get(id)?.results, results);
  });

  it('says what to do when the disk is full, and leaves no half file', async () => {
    const engine = await harness.started();
    const { id, name } = await engine.submit(harness.request());
    harness.service.finish(name!);
    const part = join(harness.root, 'requests.results.jsonl.part');
    harness.service.fail(
      'downloadResults',
      'before',
      Object.assign(new Error('no room'), { code: 'ENOSPC' }),
    );
    await assert.rejects(engine.downloadResults(id), /disk is full.*the service keeps the results/);
    assert.equal(existsSync(part), false);
    await engine.downloadResults(id);
  });

  it('cancels and deletes', async () => {
    const engine = await harness.started();
    const { id, name } = await engine.submit(harness.request());
    await engine.cancel(id);
    assert.equal(harness.service.count('cancelJob'), 1);
    harness.service.finish(name!, 'CANCELLED');
    await engine.refresh();
    assert.equal(engine.get(id)?.state, 'CANCELLED');
    await engine.delete(id);
    assert.equal(engine.jobs.length, 0);
    assert.equal(harness.service.jobs.length, 0);
    await engine.refresh();
    assert.equal(engine.jobs.length, 0);
  });

  it('marks a job that the service does not know any more', async () => {
    const engine = await harness.started();
    const { id } = await engine.submit(harness.request());
    harness.service.jobs = [];
    await engine.refresh();
    assert.equal(engine.get(id)?.gone, true);
    await engine.delete(id);
    assert.equal(engine.jobs.length, 0);
  });

  it('reports trouble with a connection and recovers', async () => {
    const engine = await harness.started();
    const told: [string, string | undefined][] = [];
    engine.onDidChangeTrouble((id) => told.push([id, engine.trouble.get(id)?.message]));
    let redrawn = 0;
    engine.onDidChange(() => (redrawn += 1));
    harness.service.fail('listJobs', 'before', refused(), 2);
    await assert.rejects(engine.refresh(), /refused/);
    assert.match(engine.trouble.get('gemini')?.message ?? '', /refused/);
    await assert.rejects(engine.refresh(), /refused/);
    harness.service.fail('listJobs', 'before', wrongKey());
    await assert.rejects(engine.refresh(), /key/);
    await engine.refresh();
    assert.equal(engine.trouble.size, 0);
    await engine.refresh();
    assert.deepEqual(told, [
      ['gemini', refused().message],
      ['gemini', wrongKey().message],
      ['gemini', undefined],
    ]);
    assert.equal(redrawn, told.length);
  });
});
