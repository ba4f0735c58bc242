import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Job, JobEngine } from '../../../src/jobs/api';
import { LocalScanner } from '../../../src/results/scanner';
import { ServiceError } from '../../../src/shared/serviceError';
import { Harness, turns } from './support/harness';

describe('downloads', () => {
  let harness: Harness;
  let engine: JobEngine;
  beforeEach(async () => {
    harness = new Harness();
    engine = await harness.started();
  });
  afterEach(() => harness.dispose());

  async function finished(displayName = 'x'): Promise<Job> {
    const job = await engine.submit(harness.request({ displayName }));
    harness.service.finish(job.name!);
    await engine.refresh();
    return job;
  }

  const failing = (error: Error) => harness.service.fail('downloadResults', 'before', error);
  const local = (reason: string) =>
    new ServiceError('It did not work.', { kind: 'local', reason, ambiguous: false });
  const system = (code: string) => Object.assign(new Error('It did not work.'), { code });

  const failures: readonly [string, Error, RegExp][] = [
    ['a full disk', system('ENOSPC'), /The disk is full.*Make room.*the service keeps the results/],
    ['a full disk, met by the client', local('ENOSPC'), /The disk is full/],
    ['a used up quota', system('EDQUOT'), /The disk is full/],
    [
      'a folder without rights',
      local('EACCES'),
      /cannot be written to .* \(EACCES\)\. Choose another folder/,
    ],
    ['a read-only disk', system('EROFS'), /cannot be written/],
    ['anything else', new Error('Odd.'), /^Odd\.$/],
  ];
  for (const [what, error, message] of failures) {
    it(`tell what to do about ${what}, and work afterwards`, async () => {
      const { id } = await finished();
      failing(error);
      await assert.rejects(
        engine.downloadResults(id),
        (caught) => caught instanceof Error && message.test(caught.message),
      );
      const results = await engine.downloadResults(id);
      assert.equal(results.path, join(harness.root, 'requests.results.jsonl'));
      assert.deepEqual(
        readdirSync(harness.root).filter((name) => name.endsWith('.part')),
        [],
      );
    });
  }

  it('take another name when somebody takes theirs in the meantime', async () => {
    const { id } = await finished();
    const theirs = join(harness.root, 'requests.results.jsonl');
    harness.service.chaos = (call, when) => {
      if (call !== 'downloadResults' || when !== 'before' || existsSync(theirs)) return undefined;
      writeFileSync(theirs, 'theirs');
      return local('EEXIST');
    };
    assert.equal((await engine.downloadResults(id)).path, join(harness.root, 'requests (2).results.jsonl'));
    assert.equal(readFileSync(theirs, 'utf8'), 'theirs');
  });

  it('are joined to their requests in the background', async () => {
    const { id } = await finished();
    await engine.downloadResults(id);
    await harness.until(() => engine.get(id)?.outcomes !== undefined, 30);
    assert.equal(engine.get(id)?.outcomes?.unexpected, 0);
  });

  it('that are not as many as the service announced are a warning of their job', async () => {
    const { id } = await finished();
    const download = harness.service.downloadResults.bind(harness.service);
    const table: readonly [number | undefined, RegExp][] = [
      [undefined, /^$/],
      [3, /announced 3 results and gave 1\. Requests without a result count as missing/],
      [0, /announced 0 results and gave 1\. What belongs to no request/],
    ];
    for (const [announcedRows, warning] of table) {
      harness.service.downloadResults = async (job, target, options) => ({
        ...(await download(job, target, options)),
        ...(announcedRows !== undefined && { announcedRows }),
      });
      const { path } = await engine.downloadResults(id);
      assert.match(engine.get(id)?.warning ?? '', warning);
      rmSync(path);
    }
  });

  describe('of large jobs', () => {
    /** Scans as usual, and counts who was asked to. */
    class Counting extends LocalScanner {
      static made = 0;
      static gone = 0;
      constructor() {
        super();
        Counting.made += 1;
      }
      override dispose(): void {
        Counting.gone += 1;
        super.dispose();
      }
    }
    const createScanner = () => new Counting();
    beforeEach(() => (Counting.made = Counting.gone = 0));

    /** A finished job that says to have large results. */
    async function large(): Promise<string> {
      const { id } = await finished();
      const download = harness.service.downloadResults.bind(harness.service);
      harness.service.downloadResults = async (job, target, options) => ({
        ...(await download(job, target, options)),
        sizeBytes: 65 << 20,
      });
      return id;
    }

    it('are joined off this thread where that is possible', async () => {
      engine.dispose();
      engine = await harness.started({ createScanner });
      const id = await large();
      await engine.downloadResults(id);
      await harness.until(() => engine.get(id)?.outcomes !== undefined, 30);
      assert.deepEqual([Counting.made, Counting.gone], [1, 1]);
    });

    it('are left to whoever opens them where it is not, and joined at the next start where it is', async () => {
      const id = await large();
      await engine.downloadResults(id);
      await turns();
      assert.equal(engine.get(id)?.outcomes, undefined);
      engine.dispose();
      engine = await harness.started({ createScanner });
      await harness.until(() => engine.get(id)?.outcomes !== undefined, 30);
    });

    it('are not joined at the next start to a request file that was touched', async () => {
      const id = await large();
      await engine.downloadResults(id);
      engine.dispose();
      const { path } = engine.get(id)!.requestFile!;
      utimesSync(path, 1, 1);
      engine = await harness.started({ createScanner });
      await turns();
      assert.equal(engine.get(id)?.outcomes, undefined);
      assert.equal(Counting.made, 0);
    });
  });

  it('of a request file that was changed since are not', async () => {
    const job = await finished();
    writeFileSync(job.requestFile!.path, 'something else');
    await engine.downloadResults(job.id);
    await turns();
    assert.equal(engine.get(job.id)?.outcomes, undefined);
  });

  it('of two jobs from one file never meet, not even half way', async () => {
    const [one, two] = [await finished(), await finished()];
    const [first, second] = await Promise.all([
      engine.downloadResults(one.id),
      engine.downloadResults(two.id),
    ]);
    assert.notEqual(first.path, second.path);
  });

  it('leave the half file of a stranger alone', async () => {
    const part = join(harness.root, 'requests.results.jsonl.part');
    writeFileSync(part, 'half of something else');
    const { id } = await finished();
    const { path } = await engine.downloadResults(id);
    assert.equal(path, join(harness.root, 'requests (2).results.jsonl'));
    assert.equal(existsSync(part), true);
  });

  it('go on where they stopped, under the name they had', async () => {
    const { id } = await finished();
    failing(new ServiceError('Cut.', { kind: 'network', ambiguous: false }));
    await assert.rejects(engine.downloadResults(id), /Cut/);
    writeFileSync(join(harness.root, 'requests.results.jsonl.part'), 'half');
    const { path } = await engine.downloadResults(id);
    assert.equal(path, join(harness.root, 'requests.results.jsonl'));
  });

  it('two at once for one job are one', async () => {
    const { id } = await finished();
    const [first, second] = await Promise.all([engine.downloadResults(id), engine.downloadResults(id)]);
    assert.equal(first.path, second.path);
    assert.equal(harness.service.count('downloadResults'), 1);
  });

  it('are made again when the file is gone or was changed', async () => {
    const { id } = await finished();
    const { path } = await engine.downloadResults(id);
    writeFileSync(path, 'short');
    const again = await engine.downloadResults(id);
    assert.equal(again.path, join(harness.root, 'requests (2).results.jsonl'));
  });

  it('go to a folder relative to the request file, which is made', async () => {
    const { id } = await finished();
    const fractions: unknown[] = [];
    const { path } = await engine.downloadResults(id, {
      directory: 'out/deep',
      onProgress: (fraction) => fractions.push(fraction),
    });
    assert.equal(path, join(harness.root, 'out', 'deep', 'requests.results.jsonl'));
    assert.deepEqual(fractions, [1]);
  });

  it('tell when the folder cannot be made', async () => {
    const { id } = await finished();
    writeFileSync(join(harness.root, 'file'), '');
    await assert.rejects(engine.downloadResults(id, { directory: 'file/below' }), /cannot be written to/);
  });

  const states: readonly [string, RegExp][] = [
    ['FAILED', /ended as failed and has no results\. The service says: It ended as FAILED\./],
    ['EXPIRED', /ended as expired/],
  ];
  for (const [state, message] of states) {
    it(`say why there is nothing to fetch: ${state}`, async () => {
      const job = await engine.submit(harness.request());
      harness.service.finish(job.name!, state);
      await assert.rejects(engine.downloadResults(job.id), message);
    });
  }

  it('say that results are late', async () => {
    const job = await engine.submit(harness.request());
    harness.service.finish(job.name!);
    const { output, ...late } = harness.service.jobs[0]!;
    assert.ok(output);
    harness.service.jobs[0] = late;
    await assert.rejects(engine.downloadResults(job.id), /has not said yet where the results/);
  });

  it('say that a submission is not at the service yet', async () => {
    harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 0 };
    const { id } = await engine.submit(harness.request());
    await assert.rejects(engine.downloadResults(id), /not at the service yet/);
  });

  it('of jobs from elsewhere are named after the job', async () => {
    harness.service.add({ name: 'batches/1', displayName: ' ../a:b "c" ' });
    harness.service.finish('batches/1');
    harness.service.add({ name: 'batches/2', displayName: '...' });
    harness.service.finish('batches/2');
    await engine.refresh();
    mkdirSync(join(harness.root, 'out'));
    const names: string[] = [];
    for (const id of ['gemini:batches/1', 'gemini:batches/2']) {
      names.push(
        (await engine.downloadResults(id, { directory: join(harness.root, 'out') })).path.slice(
          harness.root.length + 5,
        ),
      );
    }
    assert.deepEqual(names, ['a-b-c.results.jsonl', 'batch.results.jsonl']);
  });

  it('into a folder that may not be written are refused before anything is fetched', async function () {
    const { id } = await finished();
    const folder = join(harness.root, 'locked');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    // The superuser may write anywhere: then there is nothing to refuse.
    const refusing = process.getuid?.() !== 0;
    const work = engine.downloadResults(id, { directory: folder });
    if (refusing) await assert.rejects(work, /cannot be written to/);
    else assert.equal((await work).rows, 1);
    chmodSync(folder, 0o700);
  });
});
