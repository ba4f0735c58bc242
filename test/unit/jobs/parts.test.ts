import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Job, JobEngine } from '../../../src/jobs/api';
import { RequestFileError } from '../../../src/jobs/requestFile';
import { copySpans } from '../../../src/jobs/rows/copySpans';
import { PartError, planParts, type PartLimits } from '../../../src/jobs/rows/planParts';
import { CancelledError } from '../../../src/util/async';
import { invalid, quota } from './support/fakeService';
import { Harness } from './support/harness';

const line = (key: string, text = 'Hello') =>
  `${JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }] } })}\n`;
const ok = (key: string, text = 'Hi') =>
  `${JSON.stringify({
    response: {
      candidates: [{ content: { parts: [{ text }], role: 'model' }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 3, totalTokenCount: 5 },
    },
    key,
  })}\n`;
const failed = (key: string) => `${JSON.stringify({ key, error: { code: 13, message: 'no' } })}\n`;
const keysOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((text) => (JSON.parse(text) as { key: string }).key);

describe('parts and runs', () => {
  let harness: Harness;
  beforeEach(() => (harness = new Harness()));
  afterEach(() => harness.dispose());

  const write = (name: string, text: string): string => {
    const path = join(harness.root, name);
    writeFileSync(path, text);
    return path;
  };
  const requestText = (...keys: string[]) => keys.map((key) => line(key)).join('');

  describe('planning', () => {
    it('cuts at line boundaries, covers every row once and keeps to the limits', async () => {
      const row = fc.constantFrom('a', 'bb'.repeat(20), 'ccc'.repeat(50));
      const gap = fc.constantFrom('', '\n', '  \r\n');
      const limits = fc.record({
        maxRows: fc.integer({ min: 1, max: 4 }),
        maxBytes: fc.integer({ min: 240, max: 700 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(row, gap), { minLength: 1, maxLength: 12 }),
          limits,
          fc.boolean(),
          async (rows, limit, open) => {
            let text = rows.map(([content, blank], at) => line(`${at}`, content) + blank).join('');
            if (open) text = text.trimEnd();
            const path = write('plan.jsonl', text);
            const parts = await planParts(path, 'gemini', limit);
            const bytes = readFileSync(path);
            const seen = parts.flatMap(({ start, end, rows: count }) => {
              const piece = bytes.subarray(start, end).toString();
              const keys = piece
                .split('\n')
                .filter((each) => each.trim() !== '')
                .map((each) => (JSON.parse(each) as { key: string }).key);
              assert.equal(keys.length, count);
              assert.ok(count <= limit.maxRows);
              assert.ok(piece.trimEnd().length + 1 <= limit.maxBytes);
              return keys;
            });
            assert.deepEqual(
              seen,
              rows.map((_, at) => `${at}`),
            );
          },
        ),
        { numRuns: 60 },
      );
    });

    it('cuts by tokens', async () => {
      const path = write(
        'tokens.jsonl',
        ['a', 'b', 'c', 'd'].map((key) => line(key, 'word '.repeat(200))).join(''),
      );
      const whole = await planParts(path, 'gemini', { maxTokens: 1_000_000 });
      assert.equal(whole.length, 1);
      const parts = await planParts(path, 'gemini', { maxTokens: 600 });
      assert.deepEqual(
        parts.map(({ rows }) => rows),
        [2, 2],
      );
    });

    const impossible: readonly [string, PartLimits, RegExp][] = [
      ['bytes', { maxBytes: 20 }, /Line 1 alone has .* bytes/],
      ['tokens', { maxTokens: 1 }, /Line 1 alone has about .* tokens/],
    ];
    for (const [what, limits, message] of impossible) {
      it(`says which line alone is over the limit: ${what}`, async () => {
        const path = write('big.jsonl', line('a', 'many words in one line'));
        await assert.rejects(
          planParts(path, 'gemini', limits),
          (error) => error instanceof PartError && message.test(error.message),
        );
      });
    }
  });

  describe('submitting in parts', () => {
    const limits = { maxRows: 2 };
    const files = (engine: JobEngine) => engine.jobs.map((job) => job.requestFile!.path);

    it('makes one job per part, named and linked', async () => {
      const engine = await harness.started();
      const request = harness.request({ rows: 5 }, requestText('a', 'b', 'c', 'd', 'e'));
      const jobs = await engine.submitInParts(request, limits);
      assert.deepEqual(
        jobs.map((job) => job.displayName),
        ['My batch (1/3)', 'My batch (2/3)', 'My batch (3/3)'],
      );
      assert.deepEqual(
        jobs.map((job) => job.requestFile!.rows),
        [2, 2, 1],
      );
      assert.deepEqual(
        jobs.map((job) => [job.group!.part, job.group!.of, job.group!.path]),
        [1, 2, 3].map((part) => [part, 3, request.path]),
      );
      assert.deepEqual(
        jobs.flatMap((job) => keysOf(job.requestFile!.path)),
        ['a', 'b', 'c', 'd', 'e'],
      );
      assert.equal(harness.service.jobs.length, 3);
    });

    it('brings the results back in the order of the requests', async () => {
      const engine = await harness.started();
      const request = harness.request({ rows: 5 }, requestText('a', 'b', 'c', 'd', 'e'));
      const jobs = await engine.submitInParts(request, limits);
      const results = [ok('b') + ok('a'), failed('d') + ok('c'), ok('e')];
      jobs.forEach((job, at) => harness.service.finish(job.name!, 'SUCCEEDED', results[at]));
      await engine.refresh();
      const merged = await engine.mergeResults(jobs[0]!.group!.id);
      assert.equal(merged.file.path, join(harness.root, 'requests.results.jsonl'));
      assert.deepEqual(keysOf(merged.file.path), ['a', 'b', 'c', 'd', 'e']);
      assert.equal(merged.counts.ok, 4);
      assert.equal(merged.counts.failed, 1);
      assert.equal(merged.usage.output, 12);
      assert.deepEqual([merged.runs, merged.unfinished], [3, 0]);
    });

    it('puts the results together once, and anew when a run was added or the file is not what it was', async () => {
      const engine = await harness.started();
      const jobs = await engine.submitInParts(harness.request({ rows: 2 }, requestText('a', 'b')), {
        maxRows: 1,
      });
      const group = jobs[0]!.group!.id;
      jobs.forEach((job, at) => harness.service.finish(job.name!, 'SUCCEEDED', [ok('a'), failed('b')][at]));
      await engine.refresh();
      const first = await engine.mergeResults(group, { reuse: true });
      assert.deepEqual(await engine.mergeResults(group, { reuse: true }), first);
      assert.notEqual(
        (await engine.mergeResults(group)).file.path,
        first.file.path,
        'unless it is asked for',
      );
      const second = await engine.mergeResults(group, { reuse: true });
      writeFileSync(second.file.path, 'x');
      const third = await engine.mergeResults(group, { reuse: true });
      assert.notEqual(third.file.path, second.file.path);
      const retry = await engine.createRetryFile(group, new Set(['failed']));
      const again = await engine.submit(harness.request({ ...retry, displayName: 'again' }));
      harness.service.finish(again.name!, 'SUCCEEDED', ok('b'));
      await engine.refresh();
      assert.deepEqual((await engine.mergeResults(group, { reuse: true })).counts.ok, 2);
    });

    it('asks again what failed in any part, as one file linked to the group, and merges that as well', async () => {
      const engine = await harness.started();
      const jobs = await engine.submitInParts(
        harness.request({ rows: 4 }, requestText('a', 'b', 'c', 'd')),
        limits,
      );
      const groupId = jobs[0]!.group!.id;
      harness.service.finish(jobs[0]!.name!, 'SUCCEEDED', failed('a') + ok('b'));
      harness.service.finish(jobs[1]!.name!, 'SUCCEEDED', ok('d'));
      await engine.refresh();
      const retry = await engine.createRetryFile(groupId, new Set(['failed', 'missing']));
      assert.deepEqual(keysOf(retry.path), ['a', 'c']);
      const job = await engine.submit(harness.request(retry));
      harness.service.finish(job.name!, 'SUCCEEDED', ok('c') + ok('a'));
      await engine.refresh();
      const merged = await engine.mergeResults(job.id);
      assert.deepEqual(keysOf(merged.file.path), ['a', 'b', 'c', 'd']);
      assert.equal(merged.counts.ok, 4);
      assert.equal(merged.file.path, join(harness.root, 'requests.merged.results.jsonl'));
    });

    it('what the service has no room for waits in the queue, and goes in order', async () => {
      const engine = await harness.started();
      harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 1 };
      const jobs = await engine.submitInParts(harness.request({ rows: 3 }, requestText('a', 'b', 'c')), {
        maxRows: 1,
      });
      assert.deepEqual(
        jobs.map((job) => job.phase),
        ['submitted', 'queued', 'queued'],
      );
      assert.match(
        jobs[1]!.waiting ?? '',
        /submitted by itself when there is\. Unfinished jobs: 1; the service takes 1/,
      );
      for (const expected of [2, 3]) {
        harness.service.finish(harness.service.jobs[0]!.name);
        await harness.until(() => harness.service.jobs.length === expected);
      }
      assert.deepEqual(harness.service.jobs.map((job) => job.displayName.slice(0, 14)).reverse(), [
        'My batch (1/3)',
        'My batch (2/3)',
        'My batch (3/3)',
      ]);
    });

    it('a queue outlives a restart, and can be given up', async () => {
      const first = await harness.started();
      harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 0 };
      const [one, two] = await first.submitInParts(harness.request({ rows: 2 }, requestText('a', 'b')), {
        maxRows: 1,
      });
      first.dispose();
      const second = await harness.started();
      assert.equal(second.get(one!.id)?.phase, 'queued');
      await second.discard(one!.id);
      assert.equal(second.get(one!.id), undefined);
      harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 10 };
      await second.refresh();
      await harness.until(() => second.get(two!.id)?.phase === 'submitted');
      assert.equal(harness.service.jobs.length, 1);
    });

    it('a refused part holds back those behind it', async () => {
      const engine = await harness.started();
      harness.service.fail('createJob', 'before', invalid());
      await assert.rejects(
        engine.submitInParts(harness.request({ rows: 3 }, requestText('a', 'b', 'c')), { maxRows: 1 }),
        /line 1/,
      );
      assert.deepEqual(
        engine.jobs.map((job) => [job.phase, job.waiting]),
        [
          ['interrupted', 'Part 1 failed: Error on line 1: no.'],
          ['interrupted', 'Part 1 failed: Error on line 1: no.'],
        ],
      );
      await engine.resume(engine.jobs[0]!.id);
      assert.equal(harness.service.jobs.length, 1);
    });

    it('cancelling leaves nothing here and stops what was created', async () => {
      const engine = await harness.started();
      const controller = new AbortController();
      let uploads = 0;
      harness.service.onUpload = () => {
        if ((uploads += 1) === 2) controller.abort();
      };
      const submission = engine.submitInParts(
        harness.request({ rows: 3 }, requestText('a', 'b', 'c')),
        { maxRows: 1 },
        { signal: controller.signal },
      );
      await assert.rejects(submission, CancelledError);
      assert.equal(harness.service.count('cancelJob'), 1);
      assert.deepEqual(
        engine.jobs.map((job) => job.phase),
        ['submitted'],
      );
    });

    it('the parts go when the last record goes', async () => {
      const engine = await harness.started();
      const jobs = await engine.submitInParts(harness.request({ rows: 2 }, requestText('a', 'b')), {
        maxRows: 1,
      });
      const [path] = files(engine);
      for (const { id } of jobs) {
        assert.equal(existsSync(path!), true);
        await engine.delete(id);
      }
      assert.deepEqual(readdirSync(join(harness.directory, 'groups')), []);
    });

    it('a crash between two intents loses no part', async () => {
      const first = await harness.started();
      harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 0 };
      const jobs = await first.submitInParts(harness.request({ rows: 3 }, requestText('a', 'b', 'c')), {
        maxRows: 1,
      });
      const groupId = jobs[0]!.group!.id;
      await first.discard(jobs[2]!.id);
      first.dispose();
      // As if the window had died before it wrote the last intent.
      const manifest = join(harness.directory, 'groups', groupId, 'group.json');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"complete":true', '"complete":false'));
      harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 10 };
      const second = await harness.started();
      await harness.until(
        () => second.jobs.length === 3 && second.jobs.every((job) => job.phase === 'submitted'),
      );
      assert.equal(harness.service.jobs.length, 3);
    });

    it('a crash while the parts were written leaves nothing', async () => {
      const half = join(harness.directory, 'groups', 'job-half');
      mkdirSync(half, { recursive: true });
      writeFileSync(join(half, 'writer'), 'a window that died');
      writeFileSync(join(half, 'requests.part-1-of-2.jsonl'), line('a'));
      const engine = await harness.started();
      await harness.until(() => !existsSync(half), 10);
      assert.deepEqual(engine.jobs, []);
    });

    it('a description that cannot be read is left alone and stops nothing', async () => {
      const broken = join(harness.directory, 'groups', 'job-broken');
      mkdirSync(broken, { recursive: true });
      writeFileSync(join(broken, 'group.json'), '{');
      const engine = await harness.started();
      await engine.submit(harness.request());
      assert.equal(existsSync(join(broken, 'group.json')), true);
    });

    it('an empty file has no parts, and leaves nothing', async () => {
      const engine = await harness.started();
      await assert.rejects(engine.submitInParts(harness.request({}, '\n\n'), limits), /no requests/);
      await assert.rejects(engine.submitInParts(harness.request({}, ''), limits), /is empty/);
      assert.deepEqual(engine.jobs, []);
    });
  });

  describe('retries', () => {
    async function finished(engine: JobEngine, keys: string[], results: string, change = {}): Promise<Job> {
      const job = await engine.submit(
        harness.request({ rows: keys.length, ...change }, requestText(...keys)),
      );
      harness.service.finish(job.name!, 'SUCCEEDED', results);
      await engine.refresh();
      return job;
    }

    it('hold the requests with the chosen outcomes, byte for byte', async () => {
      const engine = await harness.started();
      const job = await finished(engine, ['a', 'b', 'c'], ok('a') + failed('b'));
      const both = await engine.createRetryFile(job.id, new Set(['failed', 'missing']));
      assert.equal(readFileSync(both.path, 'utf8'), line('b') + line('c'));
      assert.deepEqual(
        [both.path, both.rows, both.parentId],
        [join(harness.root, 'requests.retry-1.jsonl'), 2, job.id],
      );
      const missing = await engine.createRetryFile(job.id, new Set(['missing']));
      assert.deepEqual(keysOf(missing.path), ['c']);
      await assert.rejects(
        engine.createRetryFile(job.id, new Set(['blocked'])),
        /ended as one of these: blocked/,
      );
    });

    it('are known for what they are, also after they were edited and after a restart', async () => {
      const engine = await harness.started();
      const job = await finished(engine, ['a', 'b'], ok('a') + failed('b'));
      const { path } = await engine.createRetryFile(job.id, new Set(['failed']));
      writeFileSync(path, line('b').replace('}\n', ' }\n'));
      engine.dispose();
      const next = await harness.started();
      assert.deepEqual(await next.retriedBy(path), { id: job.id, job: next.get(job.id) });
      assert.equal(await next.retriedBy(job.requestFile!.path), undefined);
      await next.delete(job.id);
      assert.equal(await next.retriedBy(path), undefined, 'what it asked again for is gone');
    });

    it('are refused when the request file was changed since', async () => {
      const engine = await harness.started();
      const job = await finished(engine, ['a'], failed('a'));
      writeFileSync(job.requestFile!.path, `${line('a')}${line('z')}`);
      await assert.rejects(engine.createRetryFile(job.id, new Set(['failed'])), RequestFileError);
    });

    it('of several generations merge into one file in which a later success replaces an earlier failure', async () => {
      const engine = await harness.started();
      const root = await finished(
        engine,
        ['a', 'b', 'c', 'd'],
        ok('a') + failed('b') + failed('c') + failed('d'),
      );
      let parent = root;
      const answers = [ok('b') + failed('c') + failed('d'), ok('c', 'third time') + failed('d')];
      for (const [generation, answer] of answers.entries()) {
        const retry = await engine.createRetryFile(parent.id, new Set(['failed']));
        assert.match(retry.path, new RegExp(`requests\\.retry-${generation + 1}\\.jsonl$`));
        parent = await engine.submit(harness.request(retry));
        harness.service.finish(parent.name!, 'SUCCEEDED', answer);
        await engine.refresh();
      }
      const merged = await engine.mergeResults(parent.id);
      assert.deepEqual(keysOf(merged.file.path), ['a', 'b', 'c', 'd']);
      assert.deepEqual([merged.counts.ok, merged.counts.failed, merged.runs], [3, 1, 3]);
      assert.match(readFileSync(merged.file.path, 'utf8'), /third time/);
      const again = await engine.mergeResults(root.id);
      assert.equal(again.file.path, join(harness.root, 'requests (2).merged.results.jsonl'));
    });

    it('of a whole expired job are a submission of the same file, linked to it', async () => {
      const engine = await harness.started();
      const job = await engine.submit(harness.request());
      harness.service.finish(job.name!, 'EXPIRED');
      await engine.refresh();
      const request = engine.resubmission(job.id, { model: 'gemini-3.5-flash' });
      assert.deepEqual(
        [request.path, request.model, request.parentId],
        [job.requestFile!.path, 'gemini-3.5-flash', job.id],
      );
      const second = await engine.submit(request);
      harness.service.finish(second.name!, 'SUCCEEDED', ok('a'));
      await engine.refresh();
      const merged = await engine.mergeResults(job.id);
      assert.deepEqual([merged.counts.ok, merged.runs, merged.unfinished], [1, 1, 1]);
    });

    it('wait for room like any submission', async () => {
      const engine = await harness.started();
      const job = await finished(engine, ['a'], failed('a'));
      const retry = await engine.createRetryFile(job.id, new Set(['failed']));
      harness.service.fail('createJob', 'before', quota());
      const waiting = await engine.submit(harness.request(retry));
      assert.deepEqual([waiting.phase, waiting.parentId], ['queued', job.id]);
    });
  });

  describe('copying lines', () => {
    it('in any order, from several files, with line breaks where they are missing', async () => {
      const one = write('one', 'first\nsecond');
      const two = write('two', 'third\r\n');
      const target = join(harness.root, 'copied');
      const spans = [
        { path: two, offset: 0, bytes: 7 },
        { path: one, offset: 6, bytes: 6 },
        { path: one, offset: 0, bytes: 6 },
      ];
      assert.deepEqual(await copySpans(spans, target), { rows: 3, sizeBytes: 20 });
      assert.equal(readFileSync(target, 'utf8'), 'third\r\nsecond\nfirst\n');
      await assert.rejects(copySpans(spans, target), { code: 'EEXIST' });
      assert.equal(existsSync(`${target}.part`), false);
    });

    it('more than a window of them', async () => {
      const lines = Array.from({ length: 3_000 }, (_, n) => `${n}:${'x'.repeat(n % 1_500)}\n`);
      const path = write('many', lines.join(''));
      let offset = 0;
      const spans = lines.map((text) => ({
        path,
        offset: (offset += text.length) - text.length,
        bytes: text.length,
      }));
      const target = join(harness.root, 'copied');
      await copySpans(spans.toReversed(), target);
      assert.equal(readFileSync(target, 'utf8'), lines.toReversed().join(''));
    });

    it('fails when a file became shorter, and leaves nothing', async () => {
      const target = join(harness.root, 'copied');
      await assert.rejects(
        copySpans([{ path: write('short', 'abc'), offset: 0, bytes: 10 }], target),
        /shorter/,
      );
      assert.equal(existsSync(target) || existsSync(`${target}.part`), false);
    });
  });
});
