import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Transport } from '../../../src/http/transport';
import { createTransport } from '../../../src/http/undiciTransport';
import { serve, type LocalServer } from '../../support/localServer';

const text = '{"name":"batches/x","note":"é😀"}'.repeat(5_000);

describe('answers in an encoding', () => {
  let transport: Transport;
  let server: LocalServer | undefined;
  beforeEach(() => {
    transport = createTransport();
  });
  afterEach(async () => {
    transport.dispose();
    await server?.close();
  });

  async function fetched(body: Buffer, headers: OutgoingHttpHeaders, status = 200) {
    server = await serve((_, response) => {
      response.writeHead(status, headers);
      response.end(status === 204 ? undefined : body);
    });
    const response = await transport.request({ method: 'GET', url: server.url });
    const chunks: Buffer[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return { headers: response.headers, text: Buffer.concat(chunks).toString() };
  }

  for (const [encoding, encode] of [
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['deflate, gzip', (data: Buffer) => gzipSync(deflateSync(data))],
    ['identity', (data: Buffer) => data],
  ] as const)
    it(`${encoding} are read`, async () => {
      const body = encode(Buffer.from(text));
      const answer = await fetched(body, {
        'content-encoding': encoding,
        'content-length': String(body.length),
      });
      assert.equal(answer.text, text);
      // Nobody shall count the bytes and find too many.
      assert.equal(
        answer.headers['content-length'],
        encoding === 'identity' ? String(body.length) : undefined,
      );
    });

  for (const status of [200, 204])
    it(`may have no body (${status})`, async () => {
      const headers = {
        'content-encoding': 'gzip',
        ...(status === 200 ? { 'content-length': '0' } : {}),
      };
      assert.equal((await fetched(Buffer.alloc(0), headers, status)).text, '');
    });

  it('that breaks off are broken', async () => {
    const packed = gzipSync(Buffer.from(text));
    await assert.rejects(fetched(packed.subarray(0, packed.length - 20), { 'content-encoding': 'gzip' }), {
      name: 'TransportError',
      phase: 'exchange',
    });
  });

  it('that is not known are named', async () => {
    await assert.rejects(fetched(Buffer.from('x'), { 'content-encoding': 'lzma' }), {
      code: 'ENCODING',
      message: 'The answer is encoded as lzma, which is not known here.',
    });
  });
});
