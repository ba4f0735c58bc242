import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Job } from '../../../src/jobs/api';
import { jobSnippet, snippetLanguages } from '../../../src/jobs/snippets';
import { createSandbox, type Sandbox } from '../../../src/sandbox';
import type { Connection } from '../../../src/shared/connection';

const job: Job = {
  id: 'x',
  connectionId: 'gemini',
  displayName: 'x',
  model: 'm',
  dialect: 'gemini',
  phase: 'submitted',
  name: 'batches/abc',
  state: 'SUCCEEDED',
  counts: { total: 1, succeeded: 1, failed: 0, pending: 0 },
  createdAt: 0,
  expiresAt: 1,
  origin: 'here',
  gone: false,
};
const gemini: Connection = {
  id: 'gemini',
  label: 'Gemini',
  family: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  apiVersion: 'v1beta',
};
const openai: Connection = {
  ...gemini,
  family: 'openai',
  baseUrl: 'https://api.openai.com',
  apiVersion: 'v1',
};

describe('snippets', () => {
  for (const language of snippetLanguages) {
    it(`${language}: the job, its results, and the key from the environment`, () => {
      const text = jobSnippet(job, gemini, language);
      assert.match(text, /https:\/\/generativelanguage\.googleapis\.com\/v1beta\/batches\/abc/);
      assert.match(text, /\/download\/v1beta\/.*:download\?alt=media/);
      assert.match(text, /x-goog-api-key/);
      assert.match(text, /GEMINI_API_KEY/);
      assert.match(text, /responsesFile/);
    });

    it(`${language}: the same for an OpenAI service`, () => {
      const text = jobSnippet({ ...job, name: 'batch_1' }, openai, language);
      assert.match(text, /https:\/\/api\.openai\.com\/v1\/batches\/batch_1/);
      assert.match(text, /Authorization.*Bearer /);
      assert.match(text, /OPENAI_API_KEY/);
      assert.match(text, /output_file_id/);
    });
  }

  it('there is none for a job that is not at the service', () => {
    const { name, ...without } = job;
    assert.ok(name);
    assert.throws(() => jobSnippet(without, gemini, 'curl'), /not at the service yet/);
  });

  describe('run as they are', function () {
    this.timeout(180_000);
    let sandbox: Sandbox;
    let folder: string;
    let finished: Job;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'batchwright-snippets-'));
      sandbox = await createSandbox({ speed: 100_000 });
      finished = { ...job, name: await submitted(sandbox) };
    });
    after(async () => {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('in Node', async () => {
      const script = join(folder, 'job.mjs');
      writeFileSync(script, jobSnippet(finished, { ...gemini, baseUrl: sandbox.url }, 'javascript'));
      const { stdout } = await promisify(execFile)(process.execPath, [script], {
        cwd: folder,
        env: { ...process.env, GEMINI_API_KEY: sandbox.key },
      });
      assert.match(stdout, /BATCH_STATE_SUCCEEDED/);
      assert.match(readFileSync(join(folder, 'results.jsonl'), 'utf8'), /"key":\s*"a"/);
    });
  });
});

/** A job of one request that has ended. */
async function submitted(sandbox: Sandbox): Promise<string> {
  const headers = { 'x-goog-api-key': sandbox.key };
  const request = { contents: [{ parts: [{ text: 'Hello' }] }] };
  const upload = await fetch(`${sandbox.url}/upload/v1beta/files?uploadType=media`, {
    method: 'POST',
    headers: {
      ...headers,
      'X-Goog-Upload-Protocol': 'resumable',
      'X-Goog-Upload-Command': 'start',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ file: { mimeType: 'application/jsonl' } }),
  });
  const finalized = await fetch(upload.headers.get('x-goog-upload-url') ?? '', {
    method: 'POST',
    headers: { ...headers, 'X-Goog-Upload-Command': 'upload, finalize', 'X-Goog-Upload-Offset': '0' },
    body: `${JSON.stringify({ key: 'a', request })}\n`,
  });
  const { file } = (await finalized.json()) as { file: { name: string } };
  const created = await fetch(`${sandbox.url}/v1beta/models/gemini-3.8-flash:batchGenerateContent`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: { displayName: 'x', inputConfig: { fileName: file.name } } }),
  });
  const { name } = (await created.json()) as { name: string };
  for (;;) {
    const job_ = (await (await fetch(`${sandbox.url}/v1beta/${name}`, { headers })).json()) as {
      done?: boolean;
    };
    if (job_.done === true) return name;
  }
}
