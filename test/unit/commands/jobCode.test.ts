import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { curlFor, javascriptFor, pythonFor } from '../../../src/commands/jobCode';
import { geminiConnection, sandboxConnection } from '../../../src/config/connections';
import { makeJob, without } from '../../support/jobs';

const gemini = geminiConnection('https://generativelanguage.googleapis.com', 'v1beta');
const sandbox = sandboxConnection('http://127.0.0.1:8080');
const hostile = makeJob({
  displayName: 'it\'s\n"; rm -rf / # */ `x` $(y)',
  requestFile: { ...makeJob().requestFile!, path: '/tmp/o\'brien "x".jsonl' },
});

describe('job code', () => {
  it('for curl shows the job, its results, and how to submit the file again', () => {
    assert.equal(
      curlFor(makeJob(), gemini),
      `# reviews: how the job stands
curl -sS -H "x-goog-api-key: $GEMINI_API_KEY" 'https://generativelanguage.googleapis.com/v1beta/batches/abc'

# its results
curl -sS -L -H "x-goog-api-key: $GEMINI_API_KEY" -o 'reviews.results.jsonl' 'https://generativelanguage.googleapis.com/download/v1beta/files/batch-abc:download?alt=media'

# the same requests again: a new job, paid for again, while the uploaded file lives (48 hours)
# curl -sS -H "x-goog-api-key: $GEMINI_API_KEY" -H 'content-type: application/json' \\
#   -d '{"batch":{"displayName":"reviews","inputConfig":{"fileName":"files/in"}}}' \\
#   'https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:batchGenerateContent'
`,
    );
  });

  it('names the other method for embeddings', () => {
    assert.match(curlFor(makeJob({ dialect: 'gemini-embed' }), gemini), /:asyncBatchEmbedContent'/);
  });

  it('leaves out what there is not', () => {
    const bare = without(makeJob(), 'output', 'inputFile', 'requestFile');
    assert.equal(curlFor(bare, gemini).trimEnd().split('\n').length, 2);
    assert.doesNotMatch(pythonFor(bare, gemini), /upload/);
    assert.match(pythonFor(bare, gemini), /"abc\.results\.jsonl"/);
    assert.doesNotMatch(javascriptFor(bare, gemini), /upload/);
  });

  it('points the SDKs at the sandbox', () => {
    assert.match(
      pythonFor(makeJob(), sandbox),
      /"base_url": "http:\/\/127\.0\.0\.1:8080", "api_version": "v1beta"/,
    );
    assert.match(
      javascriptFor(makeJob(), sandbox),
      /baseUrl: "http:\/\/127\.0\.0\.1:8080", apiVersion: "v1beta"/,
    );
    assert.doesNotMatch(pythonFor(makeJob(), gemini), /base_url/);
  });

  it('is code whatever a job is called', () => {
    const body = javascriptFor(hostile, gemini).replace(/^import .*$/m, '');
    // Parses as the body of an async function; a name that broke out of its comment or string would not.
    execFileSync(process.execPath, ['--check', '-'], { input: `async () => {${body}\n}` });
    execFileSync('sh', ['-n'], { input: curlFor(hostile, gemini) });
    for (const line of pythonFor(hostile, gemini).split('\n')) {
      assert.doesNotMatch(line, /^"; rm/);
    }
  });

  it('holds no key', () => {
    for (const codeFor of [curlFor, pythonFor, javascriptFor]) {
      assert.match(codeFor(makeJob(), gemini), /GEMINI_API_KEY/);
    }
  });
});
