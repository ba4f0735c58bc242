import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { LSPErrorCodes, type ResponseError } from 'vscode-languageserver';
import { validateOnDisk } from '../../../src/server/validateOnDisk';
import type { ValidateProgress } from '../../../src/shared/lsp';

describe('checking a file on disk', () => {
  let folder: string;
  let uri: string;
  const progress: ValidateProgress[] = [];
  const options = {
    rules: { 'duplicate-key': 'off' },
    signal: new AbortController().signal,
    onProgress: (step: ValidateProgress) => progress.push(step),
    onFault: (error: unknown) => assert.fail(String(error)),
  } as const;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'batchwright-disk-'));
    const file = path.join(folder, 'ä b.jsonl');
    const row = '{"key":"a","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}\n';
    writeFileSync(file, `${row}${row}{"key":"b","request":{}}\n`);
    uri = pathToFileURL(file).href;
  });
  after(() => rmSync(folder, { recursive: true }));

  it('obeys the rules, and tells how far it is', async () => {
    const { rows, errors, kind } = await validateOnDisk({ uri, token: 't', maxProblems: 5 }, options);
    assert.deepEqual({ rows, errors, kind }, { rows: 3, errors: 1, kind: 'gemini' });
    const last = progress.at(-1);
    assert.deepEqual([last?.token, last?.bytes], ['t', last?.totalBytes]);
  });

  it('takes a person’s word on what the file is', async () => {
    const { kind, errors } = await validateOnDisk(
      { uri, token: 't', maxProblems: 5, kind: 'results' },
      options,
    );
    assert.deepEqual({ kind, errors }, { kind: 'results', errors: 0 });
  });

  it('stops when it is told to', async () => {
    const cancelled = validateOnDisk(
      { uri, token: 't', maxProblems: 5 },
      { ...options, signal: AbortSignal.abort() },
    );
    await assert.rejects(cancelled, (error: ResponseError) => error.code === LSPErrorCodes.RequestCancelled);
  });

  const unreadable: [name: string, uri: () => string, message: RegExp][] = [
    ['a file that is gone', () => `${uri}.gone`, /There is no file at .*ä b\.jsonl\.gone any more/],
    ['a folder', () => pathToFileURL(folder).href, /is a folder/],
    ['an address that is no file', () => 'untitled:Untitled-1', /is not the address of a file/],
  ];
  for (const [name, address, message] of unreadable) {
    it(`says what is the matter with ${name}`, async () => {
      await assert.rejects(validateOnDisk({ uri: address(), token: 't', maxProblems: 5 }, options), message);
    });
  }
});
