import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toRemoteJob } from '../../../src/gemini/jobs';
import { operationPage, operationSchema } from '../../../src/gemini/wire';
import { isFinalState, type RemoteJob } from '../../../src/shared/job';
import { wireFixture } from '../../support/wireFixture';

const read = (value: unknown): RemoteJob => toRemoteJob(operationSchema.parse(value), false);
const named = (metadata: object, rest: object = {}) => read({ name: 'batches/x', metadata, ...rest });

describe('jobs as the service describes them', () => {
  const created = {
    createdAt: '2026-08-20T20:08:31.015405218Z',
    updatedAt: '2026-08-20T20:10:25.852081500Z',
  };
  const common = {
    displayName: 'nightly run',
    model: 'gemini-3.5-flash',
    dialect: 'gemini',
    ...created,
  } as const;
  const fixtures: readonly [name: string, expected: RemoteJob][] = [
    [
      'file-pending',
      {
        name: 'batches/3a96ht58d9rd3fci7tg3qlrhlfawe5ykp6ge',
        ...common,
        state: 'PENDING',
        counts: { total: 9, succeeded: 0, failed: 0, pending: 9 },
        inputFile: 'files/voe5u4gdj968',
      },
    ],
    [
      'file-succeeded',
      {
        name: 'batches/3a96ht58d9rd3fci7tg3qlrhlfawe5ykp6ge',
        ...common,
        state: 'SUCCEEDED',
        counts: { total: 9, succeeded: 7, failed: 2, pending: 0 },
        endedAt: '2026-08-20T20:10:25.852081585Z',
        inputFile: 'files/voe5u4gdj968',
        output: { kind: 'file', file: 'files/batch-3a96ht58d9rd3fci7tg3qlrhlfawe5ykp6ge' },
      },
    ],
    [
      'inline-running',
      {
        name: 'batches/4m855v7q30kc7gtzcigdg9m72o87s08w33vp',
        ...common,
        state: 'RUNNING',
        counts: { total: 3, succeeded: 0, failed: 0, pending: 3 },
      },
    ],
    [
      'failed',
      {
        name: 'batches/failedop',
        displayName: '',
        model: '',
        dialect: 'gemini',
        state: 'FAILED',
        counts: { total: 0, succeeded: 0, failed: 0, pending: 0 },
        error: { code: 8, message: 'Enqueued token quota exceeded for this model.' },
      },
    ],
    [
      'cancelled-before-start',
      {
        name: 'batches/cancelledop',
        displayName: '',
        model: '',
        dialect: 'gemini',
        state: 'CANCELLED',
        counts: { total: 1, succeeded: 0, failed: 0, pending: 1 },
        error: { code: 13, message: 'Batch was cancelled.' },
      },
    ],
  ];
  for (const [name, expected] of fixtures)
    it(name, () => assert.deepEqual(read(JSON.parse(wireFixture(name))), expected));

  it('a list, and one that is empty or has something unreadable in it', () => {
    const { operations, nextPageToken } = operationPage.parse(JSON.parse(wireFixture('list')));
    assert.deepEqual(
      operations.map((operation) => toRemoteJob(operation, true).name),
      ['batches/one', 'batches/two'],
    );
    assert.equal(nextPageToken, undefined);
    assert.deepEqual(operationPage.parse({}).operations, []);
    assert.equal(operationPage.parse({ operations: [7, { name: 'batches/a' }] }).operations.length, 1);
  });

  const states: readonly [metadata: object, rest: object, state: string, final: boolean][] = [
    [{ state: 'BATCH_STATE_RUNNING' }, {}, 'RUNNING', false],
    [{ state: 'JOB_STATE_SUCCEEDED' }, {}, 'SUCCEEDED', true],
    [{ state: 'EXPIRED' }, {}, 'EXPIRED', true],
    [{ state: 'batch_state_succeeded' }, {}, 'SUCCEEDED', true],
    [{ state: 'BATCH_STATE_PAUSED' }, {}, 'PAUSED', false],
    [{ state: 'JOB_STATE_PARTIALLY_SUCCEEDED' }, { done: true }, 'PARTIALLY_SUCCEEDED', false],
    [{}, { state: 'JOB_STATE_FAILED' }, 'FAILED', true],
    [{}, {}, 'PENDING', false],
    [{ state: 'BATCH_STATE_UNSPECIFIED' }, {}, 'PENDING', false],
    [{}, { done: true }, 'SUCCEEDED', true],
    [{}, { done: 'true' }, 'SUCCEEDED', true],
    [{}, { done: true, error: { code: 1 } }, 'CANCELLED', true],
    [{}, { done: true, error: { code: 13, message: 'x' } }, 'FAILED', true],
  ];
  for (const [metadata, rest, state, final] of states)
    it(`state ${JSON.stringify({ metadata, ...rest })}`, () => {
      const job = named(metadata, rest);
      assert.equal(job.state, state);
      assert.equal(isFinalState(job.state), final);
    });

  it('counts as text, as numbers, absent or odd', () => {
    const counts = (batchStats: unknown) => named({ batchStats }).counts;
    assert.deepEqual(counts({ requestCount: '3', successfulRequestCount: 2, failedRequestCount: 'x' }), {
      total: 3,
      succeeded: 2,
      failed: 0,
      pending: 0,
    });
    assert.deepEqual(counts('none'), { total: 0, succeeded: 0, failed: 0, pending: 0 });
  });

  const file = { kind: 'file', file: 'files/batch-x' };
  const inline = { kind: 'inline' };
  // The skimmer has put the number of results in place of the results.
  const outputs: readonly [what: string, metadata: object, rest: object, output: object | undefined][] = [
    ['metadata.output', { output: { responsesFile: 'files/batch-x' } }, {}, file],
    ['response', {}, { response: { responsesFile: 'files/batch-x' } }, file],
    ['dest of the batch', { dest: { fileName: 'files/batch-x' } }, {}, file],
    ['dest', {}, { dest: { fileName: 'files/batch-x' } }, file],
    ['an address', { output: { responsesFile: 'https://a.test/v1beta/files/batch-x' } }, {}, file],
    ['a bare id', { output: { responsesFile: 'batch-x' } }, {}, file],
    ['snake_case', { output: { responses_file: 'files/batch-x' } }, {}, file],
    ['nested twice', { output: { inlinedResponses: { inlinedResponses: [3] } } }, {}, inline],
    ['nested once', {}, { response: { inlinedResponses: [3] } }, inline],
    ['nested in dest', {}, { dest: { inlined_responses: { inlined_responses: [1] } } }, inline],
    ['an empty array', {}, { response: { inlinedResponses: { inlinedResponses: [] } } }, undefined],
    ['none yet', { state: 'BATCH_STATE_SUCCEEDED' }, { done: true, response: {} }, undefined],
  ];
  for (const [what, metadata, rest, output] of outputs)
    it(`results in ${what}`, () => assert.deepEqual(named(metadata, rest).output, output));

  it('takes a listed job without an input file for one with inline results', () => {
    const listed = (metadata: object) =>
      toRemoteJob(operationSchema.parse({ name: 'batches/x', metadata }), true).output;
    assert.deepEqual(listed({ state: 'BATCH_STATE_SUCCEEDED' }), inline);
    assert.equal(listed({ state: 'BATCH_STATE_RUNNING' }), undefined);
    assert.equal(listed({ state: 'BATCH_STATE_SUCCEEDED', inputConfig: { fileName: 'files/a' } }), undefined);
  });

  it('knows embeddings by their type, else by the model', () => {
    const type = (name: string) => ({
      '@type': `type.googleapis.com/google.ai.generativelanguage.v1main.${name}`,
    });
    assert.equal(named(type('EmbedContentBatch')).dialect, 'gemini-embed');
    assert.equal(named({ ...type('GenerateContentBatch'), model: 'models/embed-x' }).dialect, 'gemini');
    assert.equal(named({ model: 'models/gemini-embedding-001' }).dialect, 'gemini-embed');
    assert.equal(named({ model: 'models/gemini-3.5-flash' }).dialect, 'gemini');
  });

  it('the batch itself instead of an operation around it', () => {
    const job = read({
      name: 'batches/x',
      displayName: 'd',
      model: 'models/m',
      state: 'BATCH_STATE_RUNNING',
    });
    assert.deepEqual([job.displayName, job.model, job.state], ['d', 'm', 'RUNNING']);
  });

  it('an error without a message, and with a code as text', () => {
    assert.deepEqual(named({}, { error: { code: 4 } }).error, { code: 4, message: 'The deadline expired.' });
    assert.deepEqual(named({}, { error: { code: '99' } }).error, { code: 99, message: 'Unknown error.' });
    assert.deepEqual(named({}, { error: { message: 'x' } }).error, { message: 'x' });
    assert.equal(named({}, { error: {} }).error, undefined);
  });

  it('nothing without a name', () => {
    for (const value of [{}, { name: '' }, [], 'x', null])
      assert.equal(operationSchema.safeParse(value).success, false);
    assert.equal(read({ metadata: { name: 'batches/y' } }).name, 'batches/y');
  });

  it('any JSON at all, or none of it, but never with an exception', () => {
    const names = [
      'name',
      'metadata',
      'state',
      'batchStats',
      'output',
      'response',
      'inlinedResponses',
      'error',
      'done',
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(value, (json) => {
        const parsed = operationSchema.safeParse(json);
        if (parsed.success) {
          const job = toRemoteJob(parsed.data, true);
          assert.ok(job.name !== '' && job.state !== '');
          for (const count of Object.values(job.counts)) assert.ok(Number.isFinite(count) && count >= 0);
        }
        operationPage.safeParse(json);
      }),
      { numRuns: 500 },
    );
  });
});
