import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ApiClient } from '../../../src/http/apiClient';
import { downloadInto } from '../../../src/http/download';
import { ResultsFile } from '../../../src/http/resultsFile';
import type { Transport } from '../../../src/http/transport';
import { createTransport } from '../../../src/http/undiciTransport';
import { isCancelled } from '../../../src/util/async';
import { silentLogger } from '../../../src/util/logger';
import { serve, type LocalServer, type RecordedRequest } from '../../support/localServer';
import { HurryingClock } from '../../support/scriptedTransport';

const lines = Array.from({ length: 3_000 }, (_, n) => `{"key":"k${n}","response":{"text":"answer ${n}"}}\n`);
const whole = Buffer.from(lines.join(''));

describe('download', () => {
  let directory: string;
  let target: string;
  let transport: Transport;
  let server: LocalServer | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'batchwright-download-'));
    target = join(directory, 'out.jsonl');
    transport = createTransport();
  });
  afterEach(async () => {
    transport.dispose();
    await server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function download(
    answer: (request: RecordedRequest, response: ServerResponse, number: number) => void,
    options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void } = {},
  ): Promise<{ rows: number; requests: readonly RecordedRequest[] }> {
    server = await serve(answer);
    const client = new ApiClient({
      baseUrl: server.url,
      transport,
      key: () => Promise.resolve('k'),
      keyHeader: (key) => ['x-goog-api-key', key],
      logger: silentLogger,
      clock: new HurryingClock(),
    });
    const results = await ResultsFile.open(target);
    try {
      await downloadInto(results, client, {
        path: '/f:download',
        query: { alt: 'media' },
        doing: 'save the results',
        signal: options.signal,
        onProgress: ({ bytes }) => options.onBytes?.(bytes),
      });
      await results.finish();
      return { rows: results.rows, requests: server.requests };
    } catch (error) {
      await results.abandon();
      throw error;
    }
  }

  const rangeOf = (request: RecordedRequest) =>
    Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  /** Answers as a service that honours Range, up to byte `end` of the file. */
  function partial(request: RecordedRequest, response: ServerResponse, end = whole.length): void {
    const from = rangeOf(request);
    const headers = { 'content-length': String(whole.length - from) };
    if (from === 0) response.writeHead(200, headers);
    else
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}`,
      });
    if (end === whole.length) response.end(whole.subarray(from));
    else response.write(whole.subarray(from, end), () => setImmediate(() => response.destroy()));
  }
  const arrived = async () => assert.ok((await readFile(target)).equals(whole));

  it('fetches a file and reports how far it is', async () => {
    const seen: number[] = [];
    const { rows, requests } = await download((request, response) => partial(request, response), {
      onBytes: (bytes) => seen.push(bytes),
    });
    await arrived();
    assert.equal(rows, 3_000);
    assert.equal(requests[0]?.url, '/f:download?alt=media');
    assert.equal(seen.at(-1), whole.length);
  });

  it('goes on where it broke off, as often as it gets further', async () => {
    const { requests } = await download((request, response, number) =>
      partial(request, response, number < 30 ? 20_000 + number * 1_500 : whole.length),
    );
    await arrived();
    assert.equal(requests.length, 30);
    assert.ok(requests.slice(1).every((request) => rangeOf(request) > 0));
  });

  it('begins anew where Range is not honoured', async () => {
    const { requests } = await download((_, response, number) => {
      response.writeHead(200, { 'content-length': String(whole.length) });
      if (number === 1)
        response.write(whole.subarray(0, 50_000), () => setImmediate(() => response.destroy()));
      else response.end(whole);
    });
    await arrived();
    assert.equal(requests.length, 2);
  });

  it('begins anew where another range comes than was asked for', async () => {
    await download((request, response, number) => {
      if (number === 1) partial(request, response, 50_000);
      else if (request.headers.range === undefined) partial(request, response);
      else {
        response.writeHead(206, { 'content-range': `bytes 5-9/${whole.length}` });
        response.end(whole.subarray(5, 10));
      }
    });
    await arrived();
  });

  it('begins anew when the part belongs to something else', async () => {
    await writeFile(`${target}.part`, Buffer.alloc(40_000, 'z'));
    const { requests } = await download((request, response) => partial(request, response));
    await arrived();
    assert.equal(requests.length, 2);
  });

  it('begins anew when the part is longer than the file', async () => {
    await writeFile(`${target}.part`, Buffer.alloc(whole.length + 40_000, 'z'));
    await download((request, response) => {
      if (rangeOf(request) < whole.length) partial(request, response);
      else {
        response.writeHead(416);
        response.end();
      }
    });
    await arrived();
  });

  it('goes on with the part of an earlier run', async () => {
    await writeFile(`${target}.part`, whole.subarray(0, 60_000));
    const { rows, requests } = await download((request, response) => partial(request, response));
    await arrived();
    assert.equal(rows, 3_000);
    assert.deepEqual(requests.map(rangeOf), [60_000 - 16 * 1024]);
  });

  it('notices an answer without a length that ends in the middle of a line', async () => {
    const { requests } = await download((_, response, number) => {
      response.write(number === 1 ? whole.subarray(0, 50_010) : whole);
      response.end();
    });
    await arrived();
    assert.equal(requests.length, 2);
  });

  it('asks once more when the last line breaks off where the service says it ends', async () => {
    const { requests } = await download((request, response, number) => {
      if (number > 1) {
        partial(request, response);
        return;
      }
      // As wrong as the length is, it is believed by everything in between.
      response.writeHead(200, { 'content-length': '50010' });
      response.end(whole.subarray(0, 50_010));
    });
    await arrived();
    assert.deepEqual(requests.map(rangeOf), [0, 50_010 - 16 * 1024]);
  });

  it('takes a last line that breaks off when the service says so twice', async () => {
    const torn = whole.subarray(0, 50_010);
    const { requests } = await download((_, response) => {
      response.writeHead(200, { 'content-length': String(torn.length) });
      response.end(torn);
    });
    assert.ok((await readFile(target)).equals(torn));
    assert.equal(requests.length, 2);
  });

  it('gives up on a length that is never right, also where nothing can be resumed', async () => {
    const few = whole.subarray(0, 500);
    await assert.rejects(
      download((_, response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 600\r\n\r\n${few.toString()}`);
      }),
      { kind: 'network' },
    );
    assert.ok((server?.requests.length ?? 0) <= 12);
  });

  it('undoes an encoding nobody asked for, and does not resume in the middle of it', async () => {
    const packed = gzipSync(whole);
    const { rows, requests } = await download((request, response, number) => {
      const from = rangeOf(request);
      const headers = { 'content-encoding': 'gzip', 'content-length': String(packed.length - from) };
      if (from === 0) response.writeHead(200, headers);
      else
        response.writeHead(206, {
          ...headers,
          'content-range': `bytes ${from}-${packed.length - 1}/${packed.length}`,
        });
      if (number > 1) response.end(packed.subarray(from));
      else
        response.write(packed.subarray(0, packed.length / 2), () => setImmediate(() => response.destroy()));
    });
    await arrived();
    assert.equal(rows, 3_000);
    assert.deepEqual(
      requests.map(({ headers }) => headers['accept-encoding']),
      requests.map(() => 'identity'),
    );
  });

  it('does not take a refusal for results, though it comes as a success', async () => {
    await assert.rejects(
      download((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{\n "error": {"code": 404, "message": "File gone.", "status": "NOT_FOUND"}\n}\n');
      }),
      { kind: 'notFound', status: 404, message: 'Could not save the results: File gone.' },
    );
    assert.deepEqual(await readdir(directory), []);
  });

  for (const [what, body] of [
    ['JSON', '{"status":"login required","message":"https://portal.test/"}'],
    ['indented JSON', '{\n  "ok": true\n}\n'],
    ['a list', '[]'],
    ['a web page without a type', ' <!doctype html><title>Login</title>'],
  ] as const)
    it(`does not take ${what} of something in between for results`, async () => {
      await assert.rejects(
        download((_, response) => response.end(body)),
        { kind: 'protocol', advice: /login page or a proxy/ },
      );
      assert.deepEqual(await readdir(directory), []);
    });

  it('takes a row that failed for a row', async () => {
    const { rows } = await download((_, response) => response.end('{"error":{"code":4}}\n'));
    assert.equal(rows, 1);
  });

  it('waits out 429 and 503', async () => {
    const { requests } = await download((request, response, number) => {
      if (number > 2) partial(request, response);
      else {
        response.writeHead(number === 1 ? 429 : 503, { 'retry-after': '1' });
        response.end('<html>');
      }
    });
    await arrived();
    assert.equal(requests.length, 3);
  });

  it('does not take a web page for results', async () => {
    const page = (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<html>Sign in</html>');
    };
    const { requests } = await download((request, response, number) => {
      if (number === 1) page(response);
      else partial(request, response);
    });
    await arrived();
    assert.equal(requests.length, 2);
    await rm(target);
    await server?.close();
    await assert.rejects(
      download((_, response) => page(response)),
      { kind: 'protocol', message: /a web page/ },
    );
  });

  it('gives up when nothing comes, and keeps what there is', async () => {
    await assert.rejects(
      download((request, response) => partial(request, response, 50_000)),
      { kind: 'network' },
    );
    assert.ok((await readFile(`${target}.part`)).equals(whole.subarray(0, 50_000)));
    assert.ok((server?.requests.length ?? 0) <= 12);
  });

  it('does not repeat what is refused', async () => {
    await assert.rejects(
      download((_, response) => {
        response.writeHead(403);
        response.end(
          '{"error":{"message":"You do not have permission to access the File x or it may not exist."}}',
        );
      }),
      { kind: 'notFound' },
    );
    assert.equal(server?.requests.length, 1);
  });

  it('stops when cancelled and keeps what there is for the next time', async () => {
    const controller = new AbortController();
    await assert.rejects(
      download(
        (_, response) => {
          response.writeHead(200, { 'content-length': String(whole.length) });
          response.write(whole.subarray(0, 50_000));
        },
        { signal: controller.signal, onBytes: (bytes) => bytes === 50_000 && controller.abort() },
      ),
      isCancelled,
    );
    assert.equal((await readFile(`${target}.part`)).length, 50_000);
  });
});
