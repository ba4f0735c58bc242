import assert from 'node:assert/strict';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox';

export type Json = Record<string, unknown>;

/** A sandbox and a plain HTTP client for it. Closed by the `afterEach` of {@link useSandbox}. */
export class Bench {
  constructor(readonly sandbox: Sandbox) {}

  /** Sends JSON and reads JSON; `path` starts behind the origin. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Json; headers: Headers; text: string }> {
    const response = await fetch(`${this.sandbox.url}${path}`, {
      method,
      headers: { 'x-goog-api-key': this.sandbox.key, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json =
      response.headers.get('content-type')?.startsWith('application/json;') === true
        ? (JSON.parse(text) as Json)
        : {};
    return { status: response.status, body: json, headers: response.headers, text };
  }

  /** Opens an upload and returns its URL, as a path. */
  async startUpload(size: number, file: Json = {}): Promise<string> {
    const started = await this.call(
      'POST',
      '/upload/v1beta/files',
      { file },
      {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-length': String(size),
        'x-goog-upload-header-content-type': 'application/jsonl',
      },
    );
    assert.equal(started.status, 200, started.text);
    const url = new URL(started.headers.get('x-goog-upload-url') ?? '');
    return url.pathname + url.search;
  }

  /** Uploads in one request; returns the file's name. */
  async upload(content: string, file: Json = {}): Promise<string> {
    const url = await this.startUpload(Buffer.byteLength(content), file);
    const done = await this.call('POST', url, content, {
      'x-goog-upload-command': 'upload, finalize',
      'x-goog-upload-offset': '0',
    });
    assert.equal(done.status, 200, done.text);
    return (done.body.file as { name: string }).name;
  }

  /** Creates a batch from lines; returns its name. */
  async submit(rows: readonly unknown[], batch: Json = {}, call = 'gemini-3.5-flash:batchGenerateContent') {
    const file = await this.upload(rows.map((row) => JSON.stringify(row)).join('\n'));
    const created = await this.call('POST', `/v1beta/models/${call}`, {
      batch: { displayName: 'test', inputConfig: { fileName: file }, ...batch },
    });
    assert.equal(created.status, 200, created.text);
    return created.body.name as string;
  }

  /** The operation as it is now. */
  async get(name: string): Promise<Operation> {
    const got = await this.call('GET', `/v1beta/${name}`);
    assert.equal(got.status, 200, got.text);
    return got.body as unknown as Operation;
  }

  /** Asks until `reached` says so. */
  async until(name: string, reached: (operation: Operation) => boolean): Promise<Operation> {
    for (;;) {
      const operation = await this.get(name);
      if (reached(operation)) return operation;
    }
  }

  finished(name: string): Promise<Operation> {
    return this.until(name, (operation) => operation.done === true);
  }

  /** Result lines of a finished file job. */
  async results(name: string): Promise<Json[]> {
    await this.finished(name);
    const file = await this.call(
      'GET',
      `/download/v1beta/${name.replace('batches/', 'files/batch-')}:download?alt=media`,
    );
    assert.equal(file.status, 200, file.text);
    return file.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Json);
  }
}

export interface Operation {
  readonly name: string;
  readonly done?: boolean;
  readonly metadata: {
    readonly state: string;
    readonly batchStats: Record<string, string>;
    readonly [name: string]: unknown;
  };
  readonly error?: { readonly code: number; readonly message: string };
  readonly response?: Json;
}

/** Starts sandboxes for one `describe` and closes them after each test. */
export function useSandbox(): (options?: SandboxOptions) => Promise<Bench> {
  const open: Sandbox[] = [];
  afterEach(async () => {
    for (const sandbox of open.splice(0)) await sandbox.close();
  });
  return async (options = {}) => {
    const sandbox = await createSandbox({ speed: 10_000, ...options });
    open.push(sandbox);
    return new Bench(sandbox);
  };
}

/** A request line that asks one thing. */
export const row = (key: string, text = `Question ${key}`, request: Json = {}): Json => ({
  key,
  request: { contents: [{ parts: [{ text }] }], ...request },
});

export const errorOf = (body: Json) =>
  body.error as { code: number; message: string; status: string; details?: Json[] };
