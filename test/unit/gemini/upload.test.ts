import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { Transport } from '../../../src/http/transport';
import { createTransport } from '../../../src/http/undiciTransport';
import type { UploadSession } from '../../../src/shared/batchService';
import { isCancelled } from '../../../src/util/async';
import { geminiUnderTest } from '../../support/geminiUnderTest';
import { TemporaryFolder } from '../../support/temporary';

const content = Buffer.from(
  Array.from({ length: 20_000 }, (_, n) => `{"key":"k${n}","request":{"contents":[]}}\n`).join(''),
);

/** A service that takes resumable uploads, and does so badly on demand. */
class UploadServer {
  readonly commands: string[] = [];
  readonly started: { readonly mimeType: string; readonly size: string }[] = [];
  readonly sessions = new Map<string, { received: Buffer; done: boolean }>();
  /** What goes wrong with the n-th request that brings bytes, counted from 1. */
  trouble: (send: number) => Partial<Trouble> = () => ({});
  /** MIME types that are refused when a session is opened. */
  refusedTypes: readonly string[] = [];
  queryFails = 0;
  /** What `query` says of a finished upload. */
  finalAnswer: 'file' | 'nothing' = 'file';
  sha256: 'base64' | 'base64OfHex' | 'wrong' | 'none' = 'base64';
  processing = 0;
  /** A session whose bytes were refused is not known any more. */
  forgetOnRefusal = false;
  processedState = 'ACTIVE';
  reportedSize: number | undefined;
  private sends = 0;
  private readonly server = http.createServer((request, response) => this.handle(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this.url;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** As if it had just been started. */
  reset(): void {
    this.commands.length = 0;
    this.started.length = 0;
    this.sessions.clear();
    this.sends = 0;
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.url);
    const command = request.headers['x-goog-upload-command'];
    if (command === undefined) this.answerFiles(url, response);
    else if (command === 'start') this.start(request, response);
    else if (command === 'query') this.query(url, response);
    else this.take(request, url, response);
  }

  private start(request: IncomingMessage, response: ServerResponse): void {
    const mimeType = String(request.headers['x-goog-upload-header-content-type']);
    this.commands.push('start');
    request.resume().on('end', () => {
      if (this.refusedTypes.includes(mimeType)) {
        response.writeHead(400).end('{"error":{"message":"Unsupported MIME type"}}');
        return;
      }
      this.started.push({ mimeType, size: String(request.headers['x-goog-upload-header-content-length']) });
      const id = `s${this.started.length}`;
      this.sessions.set(id, { received: Buffer.alloc(0), done: false });
      response.setHeader('x-goog-upload-url', `${this.url}/upload/v1beta/files?upload_id=${id}`);
      response.end('{}');
    });
  }

  private query(url: URL, response: ServerResponse): void {
    this.commands.push('query');
    const session = this.sessions.get(url.searchParams.get('upload_id') ?? '');
    if (this.queryFails > 0) {
      this.queryFails -= 1;
      response.writeHead(503).end();
      return;
    }
    if (session === undefined) response.writeHead(404).end('{"error":{"message":"Upload not found"}}');
    else if (session.done) {
      response.setHeader('x-goog-upload-status', 'final');
      response.end(this.finalAnswer === 'file' ? JSON.stringify(this.file(session.received)) : '');
    } else {
      response.setHeader('x-goog-upload-status', 'active');
      response.setHeader('x-goog-upload-size-received', String(session.received.length));
      response.end();
    }
  }

  private take(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const offset = Number(request.headers['x-goog-upload-offset']);
    this.commands.push(`send ${offset}`);
    const id = url.searchParams.get('upload_id') ?? '';
    const session = this.sessions.get(id);
    this.sends += 1;
    const { cutAt, status, body, loseAnswer, forget } = { ...noTrouble, ...this.trouble(this.sends) };
    if (forget) this.sessions.delete(id);
    if (session === undefined || forget || offset !== session.received.length) {
      request
        .resume()
        .on('end', () =>
          response.writeHead(forget ? 404 : 400).end('{"error":{"message":"Invalid upload"}}'),
        );
      return;
    }
    const keep = (chunk: Buffer) => {
      session.received = Buffer.concat([session.received, chunk]).subarray(0, cutAt);
      if (session.received.length >= cutAt) request.destroy();
    };
    request.on('data', keep).on('error', () => undefined);
    request.on('end', () => {
      if (status !== 200) {
        if (this.forgetOnRefusal) this.sessions.delete(id);
        response.writeHead(status).end(body);
        return;
      }
      session.done = true;
      if (loseAnswer) {
        response.destroy();
        return;
      }
      response.setHeader('x-goog-upload-status', 'final');
      response.end(body ?? JSON.stringify(this.file(session.received)));
    });
  }

  private answerFiles(url: URL, response: ServerResponse): void {
    const done = [...this.sessions.values()]
      .filter((session) => session.done)
      .map(({ received }) => this.file(received).file);
    this.processing -= 1;
    response.end(JSON.stringify(url.pathname.endsWith('/files') ? { files: done } : done[0]));
  }

  private file(received: Buffer) {
    const digest = createHash('sha256').update(received).digest();
    const hashes = {
      base64: digest.toString('base64'),
      base64OfHex: Buffer.from(digest.toString('hex')).toString('base64'),
      wrong: Buffer.alloc(32).toString('base64'),
      none: undefined,
    };
    return {
      file: {
        name: 'files/up1',
        displayName: 'my file',
        sizeBytes: String(this.reportedSize ?? received.length),
        sha256Hash: hashes[this.sha256],
        state: this.processing > 0 ? 'PROCESSING' : this.processedState,
      },
    };
  }
}

interface Trouble {
  /** Cuts the connection when so many bytes of the whole file are there. */
  readonly cutAt: number;
  readonly status: number;
  readonly body: string | undefined;
  readonly loseAnswer: boolean;
  readonly forget: boolean;
}
const noTrouble: Trouble = {
  cutAt: Infinity,
  status: 200,
  body: undefined,
  loseAnswer: false,
  forget: false,
};

describe('upload', () => {
  let folder: TemporaryFolder;
  let server: UploadServer;
  let transport: Transport;
  let path: string;
  beforeEach(async () => {
    folder = new TemporaryFolder();
    path = folder.write('in.jsonl', content);
    server = new UploadServer();
    await server.listen();
    transport = createTransport();
  });
  afterEach(() => {
    transport.dispose();
    server.close();
    folder.remove();
  });

  const upload = (more: Partial<Parameters<ReturnType<typeof geminiUnderTest>['uploadFile']>[1]> = {}) =>
    geminiUnderTest(transport, server.url).uploadFile(path, { displayName: 'my file', ...more });
  const arrived = (session = 's1') => assert.ok(server.sessions.get(session)?.received.equals(content));

  it('sends the whole file in one request and tells session and progress', async () => {
    const sessions: UploadSession[] = [];
    const progress: number[] = [];
    const file = await upload({
      onSession: (session) => void sessions.push(session),
      onProgress: ({ bytes, totalBytes }) => {
        assert.equal(totalBytes, content.length);
        progress.push(bytes);
      },
    });
    arrived();
    assert.deepEqual(server.commands, ['start', 'send 0']);
    assert.deepEqual(server.started, [{ mimeType: 'application/jsonl', size: String(content.length) }]);
    assert.equal(file.name, 'files/up1');
    assert.equal(file.state, 'ACTIVE');
    assert.equal(sessions[0]?.sizeBytes, content.length);
    assert.equal(sessions[0].mimeType, 'application/jsonl');
    assert.equal(progress[0], 0);
    assert.equal(progress.at(-1), content.length);
  });

  it('tells the session before the first byte, and waits for it to be noted', async () => {
    let noted = false;
    await upload({
      onSession: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual(server.commands, ['start']);
        noted = true;
      },
    });
    assert.ok(noted);
  });

  it('asks how much has arrived after each break, and sends the rest', async () => {
    server.trouble = (send) => ({ cutAt: send * 150_000 });
    await upload();
    arrived();
    assert.ok(server.commands.filter((command) => command === 'query').length >= 4);
    assert.ok(server.commands.includes('send 150000'));
    assert.equal(server.started.length, 1);
  });

  for (const status of [408, 429, 500, 503])
    it(`goes on after ${status}`, async () => {
      server.trouble = (send) => (send === 1 ? { status, body: '<html>', cutAt: Infinity } : {});
      // The bytes were taken although the answer says otherwise, so the service stands at the end of the file.
      await upload();
      arrived();
      assert.deepEqual(server.commands, ['start', 'send 0', 'query', `send ${content.length}`]);
    });

  it('asks again while asking fails', async () => {
    server.trouble = (send) => ({ cutAt: send === 1 ? 200_000 : Infinity });
    server.queryFails = 5;
    await upload();
    arrived();
    assert.equal(server.commands.filter((command) => command === 'query').length, 6);
  });

  it('finds the file when only the last answer was lost', async () => {
    for (const finalAnswer of ['file', 'nothing'] as const) {
      server.finalAnswer = finalAnswer;
      server.trouble = () => ({ loseAnswer: true });
      const file = await upload();
      assert.equal(file.name, 'files/up1');
    }
    assert.deepEqual(server.commands, ['start', 'send 0', 'query', 'start', 'send 0', 'query']);
  });

  it('reads an answer that breaks off as lost', async () => {
    server.trouble = () => ({ body: '{"file":{"na' });
    assert.equal((await upload()).name, 'files/up1');
    assert.deepEqual(server.commands, ['start', 'send 0', 'query']);
  });

  it('opens a new session when the old one is forgotten', async () => {
    server.trouble = (send) => ({ forget: send === 1 });
    await upload();
    arrived('s2');
    assert.deepEqual(server.commands, ['start', 'send 0', 'query', 'start', 'send 0']);
  });

  it('does not lose sessions for ever', async () => {
    server.trouble = () => ({ forget: true });
    await assert.rejects(upload(), { kind: 'unavailable', reason: 'UPLOAD_LOST' });
    assert.equal(server.started.length, 4);
  });

  it('tells in the end what the service had against the file', async () => {
    server.trouble = () => ({ status: 400, body: '{"error":{"message":"The file is encrypted"}}' });
    await assert.rejects(upload(), { kind: 'invalid', message: /The file is encrypted/ });
    server.forgetOnRefusal = true;
    await assert.rejects(upload(), { kind: 'invalid', message: /The file is encrypted/ });
  });

  it('gives up when nothing gets through', async () => {
    server.trouble = () => ({ cutAt: 1000 });
    await assert.rejects(upload(), { kind: 'network' });
  });

  it('reports a refusal that has nothing to do with the offset', async () => {
    server.trouble = () => ({ status: 403, body: '{"error":{"message":"No right"}}' });
    await assert.rejects(upload(), { kind: 'auth', status: 403 });
    assert.deepEqual(server.commands, ['start', 'send 0']);
  });

  it('tries MIME types in order and remembers which one was taken', async () => {
    server.refusedTypes = ['application/jsonl', 'jsonl'];
    const service = geminiUnderTest(transport, server.url);
    await service.uploadFile(path, { displayName: 'my file' });
    await service.uploadFile(path, { displayName: 'my file' });
    assert.deepEqual(
      server.started.map(({ mimeType }) => mimeType),
      ['text/plain', 'text/plain'],
    );
    assert.deepEqual(server.commands.filter((command) => command === 'start').length, 4);
  });

  it('says so when no MIME type is taken', async () => {
    server.refusedTypes = ['application/jsonl', 'jsonl', 'text/plain', 'application/json'];
    await assert.rejects(upload(), { kind: 'invalid', message: /Unsupported MIME type/ });
  });

  it('goes on with the session of an earlier run', async () => {
    let session: UploadSession | undefined;
    server.trouble = () => ({ cutAt: 300_000 });
    const controller = new AbortController();
    await assert.rejects(
      upload({
        onSession: (opened) => void (session = opened),
        onProgress: ({ bytes }) =>
          bytes > 0 && server.sessions.get('s1')?.received.length === 300_000 && controller.abort(),
        signal: controller.signal,
      }),
    );
    server.trouble = () => ({});
    assert.ok(session !== undefined);
    await upload({ session });
    arrived();
    assert.equal(server.started.length, 1);
    assert.deepEqual(server.commands.slice(-2), ['query', 'send 300000']);
  });

  it('opens a new session when the one of an earlier run is gone', async () => {
    const session = { url: `${server.url}/upload/v1beta/files?upload_id=old`, mimeType: 'jsonl', ...stamp() };
    await upload({ session });
    arrived();
    assert.deepEqual(server.commands, ['query', 'start', 'send 0']);
  });

  it('does not go on with a session of another file', async () => {
    const session = { url: `${server.url}/u?upload_id=old`, mimeType: 'jsonl', ...stamp(), modifiedAt: 1 };
    await assert.rejects(upload({ session }), { kind: 'local', reason: 'FILE_CHANGED' });
    assert.deepEqual(server.commands, []);
  });

  function stamp(): { sizeBytes: number; modifiedAt: number } {
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    return { sizeBytes: content.length, modifiedAt: 1_700_000_000_000 };
  }

  it('stops when the file changes under way, and never completes the upload', async () => {
    for (const change of [
      () => appendFileSync(path, 'more'),
      () => writeFileSync(path, content.subarray(0, 10_000)),
      () => utimesSync(path, 1, 1),
    ]) {
      writeFileSync(path, content);
      let changed = false;
      const onProgress = ({ bytes }: { bytes: number }) => {
        if (changed || bytes === 0) return;
        changed = true;
        change();
      };
      await assert.rejects(upload({ onProgress }), { kind: 'local', reason: 'FILE_CHANGED' });
    }
    assert.ok([...server.sessions.values()].every((session) => !session.done));
  });

  it('compares size and SHA-256 with what the service reports', async () => {
    for (const sha256 of ['base64', 'base64OfHex', 'none'] as const) {
      server.sha256 = sha256;
      await upload({ sha256: createHash('sha256').update(content).digest('hex').toUpperCase() });
      await upload();
    }
    server.sha256 = 'base64';
    await assert.rejects(upload({ sha256: '0'.repeat(64) }), { kind: 'local', reason: 'FILE_CHANGED' });
    server.sha256 = 'wrong';
    await assert.rejects(upload(), { kind: 'protocol', reason: 'UPLOAD_DIFFERS' });
    server.reportedSize = 7;
    await assert.rejects(upload(), { kind: 'protocol', reason: 'UPLOAD_DIFFERS' });
  });

  it('waits until the service has processed the file', async () => {
    server.processing = 3;
    assert.equal((await upload()).state, 'ACTIVE');
    server.processing = 2;
    server.processedState = 'FAILED';
    await assert.rejects(upload(), { kind: 'invalid', reason: 'FILE_FAILED' });
  });

  it('refuses a file that is not there or is a folder', async () => {
    const service = geminiUnderTest(transport, server.url);
    await assert.rejects(service.uploadFile(folder.at('none'), { displayName: 'x' }), {
      kind: 'local',
      reason: 'ENOENT',
    });
    await assert.rejects(service.uploadFile(folder.path, { displayName: 'x' }), { kind: 'local' });
  });

  it('stops at once when cancelled', async () => {
    const controller = new AbortController();
    const onProgress = ({ bytes }: { bytes: number }) => bytes > 0 && controller.abort();
    await assert.rejects(upload({ signal: controller.signal, onProgress }), isCancelled);
  });

  it('uploads an empty file', async () => {
    writeFileSync(path, '');
    assert.equal((await upload()).sizeBytes, 0);
  });

  it('arrives whole through any troubles that end', async () => {
    const trouble = fc.oneof(
      fc.record({ cutAt: fc.nat(content.length) }),
      fc.record({
        status: fc.constantFrom(408, 429, 500, 503),
        body: fc.constantFrom('', '<html>', '{"err'),
      }),
      fc.constant({ loseAnswer: true }),
      fc.constant({ body: '{"file":{' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 6 }), fc.nat(3), async (troubles, queryFails) => {
        server.reset();
        server.queryFails = queryFails;
        server.trouble = (send) => troubles[send - 1] ?? {};
        const file = await upload();
        assert.equal(file.sizeBytes, content.length);
        arrived();
        assert.equal(server.started.length, 1);
      }),
      { numRuns: 40 },
    );
  });
});
