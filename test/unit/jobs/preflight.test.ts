import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobEngine } from '../../../src/jobs/api';
import { enqueuedTokenLimit } from '../../../src/jobs/preflight/enqueuedTokens';
import type { Preflight, PreflightRequest } from '../../../src/jobs/preflight/preflight';
import { findReferences } from '../../../src/jobs/preflight/references';
import { sampleLines } from '../../../src/jobs/preflight/sample';
import { estimateTokens } from '../../../src/jobs/preflight/tokens';
import type { ValidationSummary } from '../../../src/shared/lsp';
import { CancelledError } from '../../../src/util/async';
import { hashFile } from '../../../src/util/files';
import { refused } from './support/fakeService';
import { Harness } from './support/harness';
import { modelFindings } from '../../../src/jobs/preflight/findings';

const line = (key: string, text = 'Some words to count', generationConfig?: object) =>
  `${JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }], ...(generationConfig && { generationConfig }) } })}\n`;
const rows = (count: number, config?: object) =>
  Array.from({ length: count }, (_, n) => line(`k${n}`, undefined, config)).join('');
const hour = 3_600_000;

describe('preflight', () => {
  let harness: Harness;
  let engine: JobEngine;
  beforeEach(async () => {
    harness = new Harness();
    engine = await harness.started();
  });
  afterEach(() => harness.dispose());

  interface Case {
    readonly text?: string;
    readonly validation?: Partial<ValidationSummary>;
    readonly request?: Partial<PreflightRequest>;
  }

  async function look(
    { text = rows(4), validation, request }: Case = {},
    signal?: AbortSignal,
  ): Promise<Preflight> {
    const path = join(harness.root, 'requests.jsonl');
    writeFileSync(path, text);
    const summary: ValidationSummary = {
      kind: 'gemini',
      rows: text.split('\n').filter((each) => each.trim() !== '').length,
      bytes: Buffer.byteLength(text),
      errors: 0,
      warnings: 0,
      problems: [],
      estimatedTokens: 1_000_000,
      sha256: await hashFile(path),
      ...validation,
    };
    return engine.preflight(
      {
        connectionId: 'gemini',
        path,
        dialect: 'gemini',
        model: 'gemini-3.8-flash',
        validation: summary,
        ...request,
      },
      signal && { signal },
    );
  }

  const codes = (preflight: Preflight) =>
    preflight.findings.map(({ severity, code }) => `${severity} ${code}`);

  it('has nothing to say about a good file, and says what it costs', async () => {
    const preflight = await look({ text: rows(4, { maxOutputTokens: 1_000 }) });
    assert.deepEqual(codes(preflight), []);
    assert.deepEqual(
      [preflight.rows, preflight.input.tokens, preflight.input.basis],
      [4, 1_000_000, 'local'],
    );
    assert.deepEqual(preflight.price?.rates, { input: 0.375, output: 1.875 });
    assert.equal(preflight.price.inputUsd, 0.375);
    assert.equal(preflight.output.atMost, 4_000);
    assert.equal(preflight.price.atMostUsd, 0.375 + 0.0075);
    assert.match(preflight.price.source, /price list of 2026/);
    assert.equal(preflight.overBudget, false);
  });

  const findings: readonly [string, Case, string, RegExp][] = [
    [
      'errors, with the first of them',
      {
        validation: {
          errors: 2,
          problems: [
            { line: 0, start: 0, end: 1, severity: 'warning', code: 'w', message: 'Odd.' },
            { line: 6, start: 0, end: 1, severity: 'error', code: 'x', message: 'Missing key.' },
          ],
        },
      },
      'error invalidFile',
      /2 errors\. The first is in line 7: Missing key\./,
    ],
    ['a file without requests', { validation: { rows: 0 } }, 'error empty', /no requests/],
    ['a file over 2 GB', { validation: { bytes: 3 * 1024 ** 3 } }, 'error tooLarge', /3\.00 GB.*in parts/],
    [
      'a dialect that the connection does not take',
      { request: { dialect: 'openai' } },
      'error dialectNotTaken',
      /openai/,
    ],
    [
      'a model that is not there',
      { request: { model: 'gemini-9' } },
      'error unknownModel',
      /no model gemini-9/,
    ],
    [
      'a model that cannot batch',
      { request: { model: 'gemini-talker' } },
      'error modelCannotBatch',
      /Models that can: gemini-3\.8-flash/,
    ],
    [
      'a model without a price',
      { request: { model: 'gemini-new' } },
      'info priceUnknown',
      /price of gemini-new is not known/,
    ],
    [
      'a model whose price is disputed',
      { request: { model: 'gemini-embedding-2', dialect: 'gemini-embed' } },
      'warning priceUncertain',
      /contradict/,
    ],
    ['a budget that is too small', { request: { budgetUsd: 0.1 } }, 'warning overBudget', /\$0\.38.*\$0\.10/],
    [
      'more tokens than may be enqueued',
      { validation: { estimatedTokens: 9_000_000 }, request: { model: 'gemini-3.6-flash', tier: 'tier1' } },
      'error enqueuedTokens',
      /9\.0 M tokens.*3\.0 M tokens/,
    ],
  ];
  for (const [what, of, code, message] of findings) {
    it(`tells of ${what}`, async () => {
      harness.service.models.push(
        { id: 'gemini-talker', label: 'Talker', batchDialects: [] },
        { id: 'gemini-new', label: 'New', batchDialects: ['gemini'] },
        { id: 'gemini-3.6-flash', label: 'Flash', batchDialects: ['gemini'] },
        { id: 'gemini-embedding-2', label: 'Embedding', batchDialects: ['gemini-embed'] },
      );
      const preflight = await look(of);
      const finding = preflight.findings.find((each) => `${each.severity} ${each.code}` === code);
      assert.match(finding?.message ?? `only ${codes(preflight).join(', ')}`, message);
    });
  }

  it('tells of too many rows where the service limits them', async () => {
    harness.service.capabilities = { ...harness.service.capabilities, maxRows: 3 };
    assert.deepEqual(codes(await look()), ['error tooManyRows']);
  });

  it('does not mistake a tuned model for an unknown one', async () => {
    assert.deepEqual(codes(await look({ request: { model: 'tunedModels/mine' } })), ['info priceUnknown']);
  });

  it('goes on when the models cannot be listed', async () => {
    harness.service.fail('listModels', 'before', refused());
    assert.deepEqual(codes(await look()), ['info modelsUnknown']);
  });

  it('takes prices from the settings before its own', async () => {
    const preflight = await look({
      request: { prices: { 'gemini-3.8-flash': { batchInput: 2, batchOutput: 4 } } },
    });
    assert.equal(preflight.price?.inputUsd, 2);
    assert.equal(preflight.price.source, 'your settings');
  });

  it('takes the price of the day', async () => {
    harness.clock.advance(Date.UTC(2027, 0, 2) - harness.clock.now());
    assert.equal((await look()).price?.rates.input, 0.75);
  });

  it('knows jobs with the same content, also of other machines, and lets failed ones be', async () => {
    const text = rows(4);
    const job = await engine.submit(harness.request({}, text));
    const again = await look({ text });
    assert.deepEqual(
      again.duplicates.map(({ id }) => id),
      [job.id],
    );
    assert.match(again.findings[0]?.message ?? '', /"My batch", 2026-01-01 .* UTC \(pending\)/);
    assert.deepEqual(
      codes(await look({ text, request: { model: 'gemini-3.6-flash' } })).includes('warning duplicate'),
      false,
    );
    const elsewhere = harness.service.jobs[0]!;
    await engine.delete(job.id);
    harness.service.jobs = [elsewhere];
    const other = new Harness();
    try {
      other.service = harness.service;
      const stranger = await other.started({ service: () => Promise.resolve(harness.service) });
      const found = await stranger.duplicatesOf({
        connectionId: 'gemini',
        model: 'gemini-3.8-flash',
        sha256: job.requestFile!.sha256,
      });
      assert.deepEqual(
        found.map(({ origin }) => origin),
        ['elsewhere'],
      );
    } finally {
      other.dispose();
    }
    harness.service.finish(elsewhere.name, 'FAILED');
    await engine.refresh();
    assert.deepEqual((await look({ text })).duplicates, []);
  });

  it('counts what is unfinished and enqueued', async () => {
    harness.service.models.push({ id: 'gemini-3.6-flash', label: 'Flash', batchDialects: ['gemini'] });
    await engine.submit(harness.request({ model: 'gemini-3.6-flash', estimatedTokens: 2_500_000 }));
    harness.service.capabilities = { ...harness.service.capabilities, maxConcurrentJobs: 1 };
    const preflight = await look({ request: { model: 'gemini-3.6-flash', tier: 'tier1' } });
    assert.deepEqual([preflight.activeJobs, preflight.maxJobs], [1, 1]);
    assert.deepEqual(codes(preflight), ['warning noRoom', 'warning enqueuedTokens']);
    assert.match(preflight.findings[1]?.message ?? '', /3\.5 M tokens.*3\.0 M/);
  });

  it('expects the output that earlier answers of the model took, thinking included', async () => {
    const job = await engine.submit(harness.request());
    harness.service.finish(job.name!, 'SUCCEEDED', '{"key":"a"}\n{"key":"b"}\n');
    await engine.refresh();
    await engine.downloadResults(job.id);
    const counts = { ok: 2, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
    await engine.setOutcomes(job.id, counts, { input: 10, output: 100, thinking: 300, cached: 0 });
    const { output, price } = await look({ text: rows(10) });
    assert.deepEqual([output.expected, output.historyRows], [2_000, 2]);
    assert.equal(price?.expectedUsd, 0.375 + (2_000 * 1.875) / 1_000_000);
    assert.equal(price.atMostUsd, undefined);
  });

  it('embeddings have no output', async () => {
    const { output } = await look({ request: { dialect: 'gemini-embed' } });
    assert.deepEqual([output.expected, output.atMost], [0, 0]);
  });

  describe('referenced files', () => {
    const withFile = (key: string, uri: string, name = 'fileUri') =>
      `${JSON.stringify({ key, request: { contents: [{ parts: [{ fileData: { mimeType: 'image/png', [name]: uri } }] }] } })}\n`;
    const uri = (id: string) => `https://generativelanguage.googleapis.com/v1beta/files/${id}`;

    it('are found in both casings, with escapes, once each', async () => {
      const path = join(harness.root, 'references.jsonl');
      const escaped = withFile('d', uri('d-4')).replaceAll('/files/', '\\/files\\/');
      writeFileSync(
        path,
        `${line('a')}${withFile('b', uri('b-2'))}${withFile('c', 'files/c3', 'file_uri')}${escaped}${withFile('e', uri('b-2'))}${withFile('f', 'gs://bucket/x')}`,
      );
      assert.deepEqual(await findReferences(path), [
        { name: 'files/b-2', line: 1, uses: 2 },
        { name: 'files/c3', line: 2, uses: 1 },
        { name: 'files/d-4', line: 3, uses: 1 },
      ]);
    });

    it('that are gone, unusable or short-lived are told', async () => {
      const file = { sizeBytes: 1, state: 'ACTIVE' };
      const expires = (ms: number) => new Date(harness.clock.now() + ms).toISOString();
      harness.service.files = [
        { ...file, name: 'files/good', expiresAt: expires(40 * hour) },
        { ...file, name: 'files/brief', expiresAt: expires(2 * hour) },
        { ...file, name: 'files/bad', state: 'FAILED' },
        { ...file, name: 'files/slow', state: 'PROCESSING' },
      ];
      const text = ['good', 'brief', 'bad', 'slow', 'gone'].map((id) => withFile(id, uri(id))).join('');
      const { references, findings } = await look({ text });
      assert.deepEqual(
        references.map(({ name, fate }) => [name, fate]),
        [
          ['files/brief', 'shortLived'],
          ['files/bad', 'failed'],
          ['files/slow', 'processing'],
          ['files/gone', 'missing'],
        ],
      );
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        ['error'],
      );
      assert.match(findings[0]?.message ?? '', /Line 2 refers to files\/brief, which expires.*3 other files/);
    });

    it('that the service does not tell about are no reason to stop', async () => {
      harness.service.fail('getFile', 'before', refused());
      assert.deepEqual(codes(await look({ text: withFile('a', uri('a')) })), []);
    });
  });

  describe('tokens', () => {
    const request = { model: 'm', dialect: 'gemini' as const, localTokens: 10_000 };
    const sample = Array.from({ length: 8 }, (_, n) => line(`k${n}`, 'word '.repeat(20 + n)));

    it('are scaled by what the service counts for a sample', async () => {
      const asked: string[] = [];
      harness.service.countTokens = (_model, _dialect, json) => {
        asked.push(json);
        return Promise.resolve(JSON.stringify(json).length);
      };
      const estimate = await estimateTokens(harness.service, { ...request, sample });
      assert.equal(estimate.basis, 'counted');
      assert.equal(estimate.sampled, 8);
      assert.ok(estimate.error >= 0.03 && estimate.error < 0.3);
      assert.notEqual(estimate.tokens, 10_000);
      assert.match(asked[0] ?? '', /^\{"contents"/);
    });

    it('stay local, with a wide error, where the service cannot count or fails, or nothing can be sampled', async () => {
      const local = { tokens: 10_000, error: 0.3, basis: 'local', sampled: 0 };
      assert.deepEqual(await estimateTokens(undefined, { ...request, sample }), local);
      assert.deepEqual(await estimateTokens(harness.service, { ...request, sample }), local);
      harness.service.countTokens = () => Promise.reject(refused());
      assert.deepEqual(await estimateTokens(harness.service, { ...request, sample }), local);
      harness.service.countTokens = () => Promise.resolve(7);
      assert.deepEqual(
        await estimateTokens(harness.service, { ...request, sample: ['no json', '[]', '{}'] }),
        local,
      );
      harness.service.countTokens = () => Promise.reject(new CancelledError());
      await assert.rejects(estimateTokens(harness.service, { ...request, sample }), CancelledError);
    });

    it('a service that says nothing sensible is not believed', async () => {
      harness.service.countTokens = () => Promise.resolve(0);
      assert.equal((await estimateTokens(harness.service, { ...request, sample })).basis, 'local');
    });
  });

  describe('a sample', () => {
    const sampled = async (text: string, count: number) => {
      const path = join(harness.root, 'sample.jsonl');
      writeFileSync(path, text);
      return sampleLines(path, Buffer.byteLength(text), count);
    };

    it('is spread over the file and has each line once', async () => {
      const text = Array.from({ length: 100 }, (_, n) => `${n}`.padStart(9, '0')).join('\n');
      const lines = await sampled(text, 10);
      assert.deepEqual(lines.map(Number), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    });

    it('of a short file is the file', async () => {
      assert.deepEqual(await sampled('a\n\n  \nb\n', 10), ['a', 'b']);
      assert.deepEqual(await sampled('', 3), []);
    });

    it('leaves out lines that are too long to read', async () => {
      assert.deepEqual(await sampled(`${'x'.repeat(5 << 20)}\nshort\n`, 2), ['short']);
    });
  });

  it('knows the enqueued tokens of models and tiers that are listed', () => {
    assert.equal(enqueuedTokenLimit('gemini-3.5-flash', 'tier2'), 400_000_000);
    assert.equal(enqueuedTokenLimit('gemini-3.8-flash', 'tier1'), undefined);
  });

  it('stops when it is told to', async () => {
    await assert.rejects(look({}, AbortSignal.abort()), CancelledError);
  });
});

describe('modelFindings', () => {
  it('only warns where the list need not be whole', () => {
    const [finding] = modelFindings([], 'my-tuned-model', 'openai', false);
    assert.deepEqual([finding?.severity, finding?.code], ['warning', 'unknownModel']);
  });
});
