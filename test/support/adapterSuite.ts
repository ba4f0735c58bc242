import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Transport } from '../../src/http/transport';
import { createTransport } from '../../src/http/undiciTransport';
import { createBatchService } from '../../src/openai/createService';
import { createSandbox, type Sandbox } from '../../src/sandbox';
import type { BatchService, CreateJobRequest } from '../../src/shared/batchService';
import type { Connection } from '../../src/shared/connection';
import type { Dialect } from '../../src/shared/dialect';
import { isFinalState, type RemoteJob } from '../../src/shared/job';
import { ServiceError } from '../../src/shared/serviceError';
import { isCancelled } from '../../src/util/async';
import { HurryingClock } from './scriptedTransport';
import { TemporaryFolder } from './temporary';

/** One way to run batches, to be held to what the job engine relies on. */
export interface Adapter {
  readonly name: string;
  readonly connection: (sandboxUrl: string) => Connection;
  readonly dialect: Dialect;
  readonly model: string;
  /** A request line. */
  readonly line: (key: string) => string;
  /** The key of a result line. */
  readonly keyOf: (line: unknown) => unknown;
  /** Piece of the path that creates jobs, and that of the file content. */
  readonly creationPath: string;
  readonly downloadPath: string;
  /** A malformed row is told of at once, or when the job has failed. */
  readonly malformedRow: 'refused' | 'failsLater';
}

const canary = 'canary-key-7f3a';

/** What every adapter does alike, against the sandbox and its faults. */
export function adapterSuite(adapter: Adapter): void {
  describe(adapter.name, () => {
    let folder: TemporaryFolder;
    let sandbox: Sandbox;
    let transport: Transport;
    let service: BatchService;
    let log: string[];
    beforeEach(async () => {
      folder = new TemporaryFolder();
      sandbox = await createSandbox({ speed: 10_000, key: canary });
      transport = createTransport();
      log = [];
      service = connect(canary);
    });
    afterEach(async () => {
      transport.dispose();
      await sandbox.close();
      folder.remove();
      assert.doesNotMatch(log.join('\n'), new RegExp(canary), 'the key is in the log');
    });

    function connect(key: string, url = sandbox.url): BatchService {
      const note = (line: string) => void log.push(line);
      return createBatchService({
        connection: adapter.connection(url),
        transport,
        key: () => Promise.resolve(key),
        logger: { debug: note, info: note, warn: note, error: note },
        clock: new HurryingClock(),
        random: () => 0,
      });
    }

    const requests = (count: number) =>
      folder.write(
        'in.jsonl',
        Array.from({ length: count }, (_, n) => `${adapter.line(`row-${n}`)}\n`).join(''),
      );
    const upload = (count = 5, displayName = 'upload-1') =>
      service.uploadFile(requests(count), { displayName });
    const jobOf = (file: string, displayName = 'job-1'): CreateJobRequest => ({
      model: adapter.model,
      dialect: adapter.dialect,
      displayName,
      input: { kind: 'file', file },
    });
    async function finished(name: string): Promise<RemoteJob> {
      for (;;) {
        const job = await service.getJob(name);
        if (isFinalState(job.state)) return job;
      }
    }
    async function run(count = 5): Promise<RemoteJob> {
      const file = await upload(count);
      return finished((await service.createJob(jobOf(file.name))).name);
    }
    const rejection = async (promise: Promise<unknown>): Promise<ServiceError> => {
      const error: unknown = await promise.then(
        () => assert.fail('it should have failed'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof ServiceError, String(error));
      assert.doesNotMatch(`${error.message} ${error.advice ?? ''} ${error.stack ?? ''}`, new RegExp(canary));
      return error;
    };

    it('lists models that batch its dialect', async () => {
      const models = await service.listModels();
      assert.ok(
        models.some(
          ({ id, batchDialects }) => id === adapter.model && batchDialects.includes(adapter.dialect),
        ),
      );
      assert.ok(service.capabilities.dialects.includes(adapter.dialect));
    });

    it('uploads, reads, lists and deletes files', async () => {
      const progress: number[] = [];
      const path = requests(100);
      const file = await service.uploadFile(path, {
        displayName: 'upload-1',
        onProgress: ({ bytes }) => progress.push(bytes),
      });
      const size = readFileSync(path).length;
      assert.equal(file.sizeBytes, size);
      assert.equal(file.displayName, 'upload-1');
      assert.equal(file.state, 'ACTIVE');
      assert.equal(progress.at(-1), size);
      assert.equal((await service.getFile(file.name)).sizeBytes, size);
      assert.deepEqual(
        (await service.listFiles()).map(({ name }) => name),
        [file.name],
      );
      await service.deleteFile(file.name);
      assert.deepEqual(await service.listFiles(), []);
      assert.equal((await rejection(service.getFile(file.name))).kind, 'notFound');
    });

    it('runs a job from upload to results', async () => {
      const file = await upload();
      const created = await service.createJob(jobOf(file.name));
      assert.equal(created.displayName, 'job-1');
      assert.equal(created.dialect, adapter.dialect);
      assert.equal(created.inputFile, file.name);
      const job = await finished(created.name);
      assert.equal(job.state, 'SUCCEEDED');
      assert.deepEqual(job.counts, { total: 5, succeeded: 5, failed: 0, pending: 0 });
      assert.ok(job.createdAt !== undefined && job.endedAt !== undefined);
      const target = folder.at('out.jsonl');
      const results = await service.downloadResults(job, target);
      assert.equal(results.rows, 5);
      const lines = readFileSync(target, 'utf8').trimEnd().split('\n');
      assert.deepEqual(lines.map((line) => adapter.keyOf(JSON.parse(line))).sort(), [
        'row-0',
        'row-1',
        'row-2',
        'row-3',
        'row-4',
      ]);
      const again = await rejection(service.downloadResults(job, target));
      assert.deepEqual([again.kind, again.reason], ['local', 'EEXIST']);
    });

    it('runs a job whose rows are in the request, where that is offered', async () => {
      const request = { ...jobOf(''), input: { kind: 'inline', path: requests(3) } } as const;
      if (!service.capabilities.inlineJobs || adapter.dialect === 'openai') {
        assert.equal((await rejection(service.createJob(request))).reason, 'NOT_OFFERED');
        return;
      }
      const job = await finished((await service.createJob(request)).name);
      assert.deepEqual(job.output, { kind: 'inline' });
      const target = folder.at('out.jsonl');
      assert.equal((await service.downloadResults(job, target)).rows, 3);
      const [line = ''] = readFileSync(target, 'utf8').split('\n');
      assert.equal(adapter.keyOf(JSON.parse(line)), 'row-0');
    });

    it('lists jobs, newest first', async () => {
      const file = await upload();
      const names: string[] = [];
      for (const displayName of ['one', 'two', 'three'])
        names.push((await service.createJob(jobOf(file.name, displayName))).name);
      const listed = await service.listJobs();
      assert.deepEqual(new Set(listed.map(({ name }) => name)), new Set(names));
      const times = listed.map(({ createdAt }) => createdAt ?? '');
      assert.deepEqual(times, [...times].sort().reverse());
      assert.equal((await service.listJobs({ limit: 2 })).length, 2);
    });

    it('cancels a job', async () => {
      sandbox.control.setSpeed(0);
      const { name } = await service.createJob(jobOf((await upload()).name));
      await service.cancelJob(name);
      sandbox.control.setSpeed(10_000);
      assert.equal((await finished(name)).state, 'CANCELLED');
    });

    it('deletes a job with its results, where that is offered', async () => {
      const job = await run();
      if (!service.capabilities.deleteJob) {
        assert.equal((await rejection(service.deleteJob(job.name))).reason, 'NOT_OFFERED');
        return;
      }
      await service.deleteJob(job.name);
      assert.equal((await rejection(service.getJob(job.name))).kind, 'notFound');
      assert.equal((await rejection(service.deleteJob(job.name))).kind, 'notFound');
      assert.equal((await rejection(service.downloadResults(job, folder.at('out.jsonl')))).kind, 'notFound');
      assert.deepEqual(readdirSync(folder.path), ['in.jsonl']);
    });

    it('tells a wrong key, an unknown job and a service that is not there', async () => {
      assert.equal((await rejection(connect('wrong').listJobs())).kind, 'auth');
      const unknown = (await run()).name.replace(/[^/_]+$/, 'nothinghere');
      assert.equal((await rejection(service.getJob(unknown))).kind, 'notFound');
      const gone = await createSandbox({ key: canary });
      await gone.close();
      const error = await rejection(connect(canary, gone.url).createJob(jobOf('files/a')));
      assert.deepEqual([error.kind, error.reason, error.ambiguous], ['network', 'ECONNREFUSED', false]);
    });

    it('names the row that the service does not take', async () => {
      const path = folder.write('bad.jsonl', `${adapter.line('good')}\n{"broken":\n`);
      const file = await service.uploadFile(path, { displayName: 'bad' });
      if (adapter.malformedRow === 'refused') {
        const error = await rejection(service.createJob(jobOf(file.name)));
        assert.equal(error.kind, 'invalid');
        assert.equal(error.ambiguous, false);
        assert.equal(error.lineErrors[0]?.line, 2);
        return;
      }
      const job = await finished((await service.createJob(jobOf(file.name))).name);
      assert.equal(job.state, 'FAILED');
      assert.match(job.error?.message ?? '', /Error on line 2:/);
    });

    describe('when things go wrong', () => {
      it('reads on through errors, pages, broken and truncated answers', async () => {
        const { name } = await run();
        for (const fault of [
          { kind: 'status', status: 503, times: 2 },
          { kind: 'status', status: 429, retryAfter: 3, times: 1 },
          { kind: 'html', status: 502, times: 2 },
          { kind: 'html', status: 200, times: 1 },
          { kind: 'cut-down', bytes: 20, times: 2 },
          { kind: 'truncate', times: 1 },
          { kind: 'lose-answer', times: 1 },
        ] as const) {
          sandbox.control.addFault({ ...fault, method: 'GET' });
          assert.equal((await service.getJob(name)).name, name, fault.kind);
          sandbox.control.addFault({ ...fault, method: 'GET' });
          assert.equal((await service.listJobs()).length, 1, fault.kind);
        }
      });

      it('creates one job, known or unknown to us, and says which', async () => {
        const file = await upload();
        const create = (displayName: string) => service.createJob(jobOf(file.name, displayName));
        const at = { method: 'POST', path: adapter.creationPath, times: 1 };
        sandbox.control.addFault({ kind: 'status', status: 429, ...at });
        await create('after 429');
        sandbox.control.addFault({ kind: 'lose-answer', ...at });
        assert.equal((await rejection(create('lost'))).ambiguous, true);
        sandbox.control.addFault({ kind: 'truncate', ...at });
        assert.equal((await rejection(create('cut'))).ambiguous, true);
        sandbox.control.addFault({ kind: 'status', status: 503, ...at });
        assert.equal((await rejection(create('refused'))).ambiguous, true);
        sandbox.control.addFault({ kind: 'status', status: 400, ...at });
        assert.equal((await rejection(create('invalid'))).ambiguous, false);
        const names = (await service.listJobs()).map(({ displayName }) => displayName);
        assert.deepEqual(names.sort(), ['after 429', 'cut', 'lost']);
      });

      it('uploads whole through breaks on the way', async () => {
        for (const [after, bytes] of [0, 1_000, 60_000].entries())
          sandbox.control.addFault({
            kind: 'cut-up',
            bytes,
            times: 1,
            after,
            path: '/files',
            method: 'POST',
          });
        const path = requests(1_500);
        const file = await service.uploadFile(path, { displayName: 'upload-1' });
        assert.equal(file.sizeBytes, readFileSync(path).length);
        assert.equal((await service.listFiles()).length, 1);
      });

      it('finds the file of an upload whose answer was lost', async () => {
        // The first request of a resumable upload only opens it.
        const after = adapter.downloadPath.includes('download') ? 1 : 0;
        sandbox.control.addFault({ kind: 'lose-answer', method: 'POST', path: '/files', times: 1, after });
        const file = await upload();
        assert.equal((await service.listFiles()).length, 1);
        assert.equal((await service.getFile(file.name)).name, file.name);
      });

      it('downloads whole through breaks on the way', async () => {
        const job = await run(400);
        const plain = folder.at('plain.jsonl');
        await service.downloadResults(job, plain);
        const faults = [
          { kind: 'cut-down', bytes: 0 },
          { kind: 'cut-down', bytes: 5_000 },
          { kind: 'truncate', bytes: 20_001 },
          { kind: 'html', status: 200 },
          { kind: 'html', status: 503 },
          { kind: 'cut-down', bytes: 30_000 },
        ] as const;
        for (const [after, fault] of faults.entries())
          sandbox.control.addFault({ ...fault, times: 1, after, path: adapter.downloadPath });
        const target = folder.at('out.jsonl');
        const results = await service.downloadResults(job, target);
        assert.equal(results.rows, 400);
        assert.ok(readFileSync(target).equals(readFileSync(plain)));
      });

      it('stops at once when told to', async () => {
        const file = await upload();
        const signal = AbortSignal.abort();
        const path = requests(5);
        const job = await run();
        for (const call of [
          service.listJobs({ signal }),
          service.getJob(job.name, { signal }),
          service.createJob(jobOf(file.name), { signal }),
          service.uploadFile(path, { displayName: 'x', signal }),
          service.downloadResults(job, folder.at('out.jsonl'), { signal }),
        ])
          await assert.rejects(call, isCancelled);
        assert.deepEqual(readdirSync(folder.path), ['in.jsonl']);
      });
    });
  });
}
