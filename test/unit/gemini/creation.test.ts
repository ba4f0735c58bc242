import assert from 'node:assert/strict';
import { creationBody, maxInlineBytes, withLines } from '../../../src/gemini/creation';
import type { CreateJobRequest } from '../../../src/shared/batchService';
import { ServiceError } from '../../../src/shared/serviceError';
import { isCancelled } from '../../../src/util/async';
import { TemporaryFolder } from '../../support/temporary';

describe('the body of a creation', () => {
  let folder: TemporaryFolder;
  beforeEach(() => (folder = new TemporaryFolder()));
  afterEach(() => folder.remove());

  const base: CreateJobRequest = {
    model: 'm',
    dialect: 'gemini',
    displayName: 'my "batch"',
    input: { kind: 'file', file: 'files/abc123' },
  };
  const body = async (request: CreateJobRequest) => (await creationBody(request)).text;
  const inline = (content: string | Uint8Array, more: Partial<CreateJobRequest> = {}) =>
    body({ ...base, ...more, input: { kind: 'inline', path: folder.write('in.jsonl', content) } });

  it('from a file, spelled as the official client does', async () => {
    assert.equal(
      await body(base),
      '{"batch":{"inputConfig":{"fileName":"files/abc123"},"displayName":"my \\"batch\\""}}',
    );
    assert.equal(
      await body({ ...base, dialect: 'gemini-embed', displayName: 'emb' }),
      '{"batch":{"inputConfig":{"file_name":"files/abc123"},"displayName":"emb"}}',
    );
  });

  it('with priority and webhook', async () => {
    const webhook = { uris: ['https://example.test/h'], userMetadata: { job: '1' } };
    assert.deepEqual(JSON.parse(await body({ ...base, priority: -5, webhook })), {
      batch: {
        inputConfig: { fileName: 'files/abc123' },
        displayName: 'my "batch"',
        priority: '-5',
        webhookConfig: webhook,
      },
    });
  });

  it('inline, with every request byte for byte', async () => {
    const odd =
      '{"contents":[ {"parts":[{"text":"\\u00e4 \\/ ä"}]}],"generationConfig":{"temperature":0.70,"seed":12345678901234567890}}';
    const text = await inline(
      `\uFEFF{"key":"a","request":${odd}}\r\n\n{"request" : {"contents":[]} , "key" : "b\\u0031"}\n{"contents":[1]}`,
    );
    assert.equal(
      text,
      `{"batch":{"inputConfig":{"requests":{"requests":[{"request":${odd},"metadata":{"key":"a"}},` +
        '{"request":{"contents":[]},"metadata":{"key":"b\\u0031"}},{"request":{"contents":[1]}}]}},"displayName":"my \\"batch\\""}}',
    );
  });

  it('refuses a broken line by its number instead of breaking the whole body', async () => {
    for (const [content, line] of [
      ['{"key":"a","request":{}}\n{"key":', 2],
      ['{"key":"a"}', 1],
      ['\n\n[1]', 3],
      ['{"key":"a","request":{}},{"key":"b"}', 1],
      [Buffer.from('{"key":"a","request":{}}\n{"key":"\xe4","request":{}}', 'latin1'), 2],
    ] as const)
      await assert.rejects(inline(content), (error) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.kind, 'invalid');
        assert.equal(error.ambiguous, false);
        assert.equal(error.lineErrors[0]?.line, line);
        return true;
      });
  });

  it('refuses a file without requests, and one that is not there', async () => {
    await assert.rejects(inline('\n \n'), { kind: 'invalid', reason: 'NO_ROWS' });
    const missing = { ...base, input: { kind: 'inline', path: folder.at('none.jsonl') } } as const;
    await assert.rejects(creationBody(missing), { kind: 'local', reason: 'ENOENT' });
  });

  it('fills the limit to the byte and not one more', async () => {
    const row = (text: string) => `{"key":"a","request":{"t":"${text}"}}`;
    const empty = Buffer.byteLength(await inline(row('')));
    const room = maxInlineBytes - empty;
    assert.equal(Buffer.byteLength(await inline(row('x'.repeat(room)))), maxInlineBytes);
    await assert.rejects(inline(row('x'.repeat(room + 1))), { kind: 'invalid', reason: 'TOO_LARGE' });
  });

  it('turns what the service says of rows into errors on lines', async () => {
    const path = folder.write('in.jsonl', '\n{"key":"a","request":{}}\n\n{"key":"b","request":{}}\n');
    const { lines } = await creationBody({ ...base, input: { kind: 'inline', path } });
    assert.deepEqual(lines, [2, 4]);
    const refused = (message: string) =>
      new ServiceError(message, {
        kind: 'invalid',
        ambiguous: false,
        status: 400,
        reason: 'INVALID_ARGUMENT',
      });
    const text = `Unknown name "safetySettings" at 'batch.input_config.requests.requests[1]': Cannot find field.`;
    const error = withLines(refused(text), lines);
    assert.ok(error instanceof ServiceError);
    assert.deepEqual(error.lineErrors, [{ line: 4, reason: text, field: 'safetySettings' }]);
    assert.deepEqual([error.message, error.status, error.reason], [text, 400, 'INVALID_ARGUMENT']);
    for (const other of [refused('No.'), refused('requests[7] is bad'), new RangeError('x')])
      assert.equal(withLines(other, lines), other);
  });

  it('stops when cancelled', async () => {
    const path = folder.write('in.jsonl', '{"key":"a","request":{}}\n');
    const request = { ...base, input: { kind: 'inline', path } } as const;
    await assert.rejects(creationBody(request, AbortSignal.abort()), isCancelled);
  });
});
