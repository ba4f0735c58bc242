import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NetworkSettings } from '../../../src/http/proxy';
import { TransportError, type Transport, type TransportRequest } from '../../../src/http/transport';
import { createTransport } from '../../../src/http/undiciTransport';
import { isCancelled } from '../../../src/util/async';
import { serve, serveProxy, serveRaw, testAuthority } from '../../support/localServer';

describe('undici transport', () => {
  const releases: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const release of releases.splice(0).reverse()) await release();
  });
  function kept<T extends { close(): Promise<void> }>(server: T): T {
    releases.push(() => server.close());
    return server;
  }
  function transportWith(settings: NetworkSettings = {}, connectTimeoutMs = 30_000): Transport {
    const transport = createTransport(settings, { connectTimeoutMs });
    releases.push(() => transport.dispose());
    return transport;
  }
  async function exchange(transport: Transport, request: TransportRequest) {
    const response = await transport.request(request);
    const chunks: Buffer[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return { ...response, text: Buffer.concat(chunks).toString('utf8') };
  }
  const hello = () =>
    serve((request, response) => {
      response.setHeader('X-Several', ['a', 'b']);
      response.end(`${request.method} ${request.url} ${request.body.length}`);
    });

  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const server = kept(await hello());
    const transport = transportWith();
    const answer = await exchange(transport, {
      method: 'POST',
      url: `${server.url}/a/b:c?d=e%20f`,
      headers: { 'x-one': '1' },
      body: '{"x":"ä"}',
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.text, 'POST /a/b:c?d=e%20f 10');
    assert.equal(answer.headers['x-several'], 'a, b');
    assert.equal(server.requests[0]?.headers['x-one'], '1');
  });

  it('streams a body of known length', async () => {
    const server = kept(await hello());
    async function* chunks() {
      for (let n = 0; n < 3; n += 1) {
        await Promise.resolve();
        yield Buffer.alloc(100_000, n);
      }
    }
    const body = { chunks: chunks(), length: 300_000 };
    const answer = await exchange(transportWith(), { method: 'POST', url: `${server.url}/`, body });
    assert.equal(answer.text, 'POST / 300000');
    assert.equal(server.requests[0]?.headers['content-length'], '300000');
  });

  for (const secure of [false, true])
    it(`lets a streamed body use its memory again, ${secure ? 'with' : 'without'} TLS`, async () => {
      const server = kept(await serve((_, response) => response.end(), { secure, slow: true }));
      const size = 300_000;
      const memory = Array.from({ length: 3 }, () => Buffer.alloc(size));
      async function* chunks() {
        for (let n = 0; n < 30; n += 1) {
          await Promise.resolve();
          yield memory[n % memory.length]?.fill(n) ?? Buffer.alloc(0);
        }
      }
      const transport = transportWith({ extraCertificates: [testAuthority] });
      const body = { chunks: chunks(), length: 30 * size };
      await exchange(transport, { method: 'POST', url: `${server.url}/`, body });
      const expected = Buffer.concat(Array.from({ length: 30 }, (_, n) => Buffer.alloc(size, n)));
      assert.ok(server.requests[0]?.body.equals(expected));
    });

  describe('reads the answers of servers', () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n';
    const answers: Readonly<Record<string, readonly string[]>> = {
      'that say 100 Continue to everyone': ['HTTP/1.1 100 Continue\r\n\r\n', `${head}\r\n{}`],
      'that say it in one breath with the answer': [
        `HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 100\r\n\r\n${head}\r\n{}`,
      ],
      'that give early hints': [`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${head}\r\n{}`],
      'with a hundred kilobytes of headers': [
        `${head}${`x-policy: ${'y'.repeat(1_000)}\r\n`.repeat(100)}\r\n{}`,
      ],
      'of HTTP/1.0': ['HTTP/1.0 200 OK\r\n\r\n{}', 'close'],
      'with trailers': [
        'HTTP/1.1 200 OK\r\ntrailer: x\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nx: y\r\n\r\n',
      ],
    };
    for (const [what, pieces] of Object.entries(answers))
      it(what, async () => {
        const server = kept(
          await serveRaw((socket) => {
            socket.once('data', () => {
              const [first = '', second = ''] = pieces;
              socket.write(first, () => {
                if (second === 'close') socket.end();
                else setImmediate(() => socket.write(second));
              });
            });
          }),
        );
        const url = `http://127.0.0.1:${server.port}/`;
        const answer = await exchange(transportWith(), { method: 'POST', url, body: 'x' });
        assert.deepEqual([answer.status, answer.text], [200, '{}']);
      });
  });

  it('passes on what a streamed body throws', async () => {
    const server = kept(await hello());
    async function* chunks() {
      yield Buffer.from('ab');
      await Promise.resolve();
      throw new RangeError('the file changed');
    }
    const body = { chunks: chunks(), length: 10 };
    await assert.rejects(
      exchange(transportWith(), { method: 'POST', url: `${server.url}/`, body }),
      (error) => error instanceof RangeError && error.message === 'the file changed',
    );
  });

  it('reaches this machine by IPv4, IPv6 and name, never by a proxy', async () => {
    const four = kept(await hello());
    const six = kept(await serve((_, response) => response.end('six'), { host: '::1' }));
    const transport = transportWith({ proxy: 'http://127.0.0.1:9' });
    for (const url of [`${four.url}/`, `http://localhost:${four.port}/`, `${six.url}/`])
      assert.equal((await exchange(transport, { method: 'GET', url })).status, 200, url);
  });

  it('refuses plain http to other machines before it connects', async () => {
    await assert.rejects(transportWith().request({ method: 'GET', url: 'http://service.test/x' }), {
      name: 'TransportError',
      phase: 'address',
      code: 'UNSAFE_ADDRESS',
    });
  });

  describe('failures', () => {
    it('tells a refused connection from one that broke', async () => {
      const gone = await serve(() => undefined);
      await gone.close();
      await assert.rejects(transportWith().request({ method: 'GET', url: gone.url }), {
        phase: 'connect',
        code: 'ECONNREFUSED',
        message: `Nothing answers at ${gone.url} (connection refused).`,
      });
      const cutting = kept(await serve((_, response) => response.destroy()));
      await assert.rejects(transportWith().request({ method: 'POST', url: cutting.url, body: 'x' }), {
        phase: 'exchange',
        code: 'SOCKET',
      });
    });

    it('names an unknown host as such', async () => {
      await assert.rejects(
        transportWith().request({ method: 'GET', url: 'https://nowhere.invalid/' }),
        (error) =>
          error instanceof TransportError &&
          error.phase === 'connect' &&
          // A network without a name server lets one wait for the answer instead.
          ['ENOTFOUND', 'EAI_AGAIN', 'CONNECT_TIMEOUT'].includes(error.code),
      );
    });

    it('reports a body that breaks off', async () => {
      const server = kept(
        await serve((_, response) => {
          response.writeHead(200, { 'content-length': '100' });
          response.write('half');
          setImmediate(() => response.destroy());
        }),
      );
      await assert.rejects(exchange(transportWith(), { method: 'GET', url: server.url }), {
        name: 'TransportError',
        phase: 'exchange',
      });
    });

    it('tells what cannot be sent at all, without repeating it', async () => {
      const server = kept(await hello());
      await assert.rejects(
        transportWith().request({ method: 'GET', url: server.url, headers: { 'x-key': 'canary\nx' } }),
        (error) =>
          error instanceof TransportError && error.phase === 'address' && !error.message.includes('canary'),
      );
      assert.equal(server.requests.length, 0);
    });

    it('tells a service that speaks something else', async () => {
      const other = kept(await serveRaw((socket) => socket.once('data', () => socket.end('+OK POP3\r\n'))));
      await assert.rejects(
        transportWith().request({ method: 'GET', url: `http://127.0.0.1:${other.port}/` }),
        { code: 'NOT_HTTP' },
      );
    });

    it('gives up on a handshake that does not end', async () => {
      const silent = kept(await serveRaw(() => undefined));
      const transport = transportWith({}, 300);
      await assert.rejects(transport.request({ method: 'GET', url: `https://127.0.0.1:${silent.port}/` }), {
        phase: 'connect',
        code: 'CONNECT_TIMEOUT',
      });
    });

    it('gives up on headers that do not come and on a body that stops, not on a long one', async () => {
      const mute = kept(await serve(() => undefined));
      const timeouts = { headersMs: 300, idleMs: 300 };
      await assert.rejects(transportWith().request({ method: 'GET', url: mute.url, timeouts }), {
        phase: 'exchange',
        code: 'HEADERS_TIMEOUT',
      });
      const stopping = kept(await serve((_, response) => void response.write('some')));
      await assert.rejects(exchange(transportWith(), { method: 'GET', url: stopping.url, timeouts }), {
        phase: 'exchange',
        code: 'BODY_TIMEOUT',
      });
      const slow = kept(
        await serve((_, response) => {
          let left = 16;
          const drip = () => {
            left -= 1;
            if (left === 0) response.end('.');
            else response.write('.', () => setTimeout(drip, 50));
          };
          drip();
        }),
      );
      const answer = await exchange(transportWith(), { method: 'GET', url: slow.url, timeouts });
      assert.equal(answer.text.length, 16);
    });

    it('stops at once when cancelled: before, while waiting, while reading', async () => {
      const mute = kept(await serve(() => undefined));
      const streaming = kept(await serve((_, response) => void response.write('some')));
      const transport = transportWith();
      await assert.rejects(
        transport.request({ method: 'GET', url: mute.url, signal: AbortSignal.abort() }),
        isCancelled,
      );
      const waiting = new AbortController();
      setImmediate(() => waiting.abort());
      await assert.rejects(
        transport.request({ method: 'GET', url: mute.url, signal: waiting.signal }),
        isCancelled,
      );
      const reading = new AbortController();
      const response = await transport.request({
        method: 'GET',
        url: streaming.url,
        signal: reading.signal,
      });
      await assert.rejects(async () => {
        for await (const chunk of response.body) {
          assert.equal(chunk.toString(), 'some');
          reading.abort();
        }
      }, isCancelled);
    });

    it('lets go of an answer nobody reads', async () => {
      const server = kept(await serve((_, response) => void response.write('some')));
      const response = await transportWith().request({ method: 'GET', url: server.url });
      response.discard();
      assert.equal(response.status, 200);
    });
  });

  describe('certificates', () => {
    const secureServer = async () =>
      kept(await serve((_, response) => response.end('secret'), { secure: true }));

    it('refuses an authority nobody trusts, without having sent anything', async () => {
      const server = await secureServer();
      await assert.rejects(transportWith().request({ method: 'POST', url: server.url, body: 'x' }), {
        phase: 'connect',
        code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      });
      assert.equal(server.requests.length, 0);
    });

    it('trusts an authority it is given, and anything when told not to be strict', async () => {
      const server = await secureServer();
      for (const settings of [{ extraCertificates: [testAuthority] }, { strictSsl: false }])
        assert.equal(
          (await exchange(transportWith(settings), { method: 'GET', url: server.url })).text,
          'secret',
        );
    });

    it('is not put off by a certificate that cannot be read', async () => {
      const server = await secureServer();
      const broken = testAuthority.replace(/[A-Za-z0-9]{40}/, 'A'.repeat(40));
      const transport = transportWith({ extraCertificates: [broken, testAuthority] });
      assert.equal((await exchange(transport, { method: 'GET', url: server.url })).text, 'secret');
    });

    it('refuses a certificate of another name', async () => {
      const server = await secureServer();
      const proxy = kept(await serveProxy({ port: server.port }));
      const settings = { proxy: `http://127.0.0.1:${proxy.port}`, extraCertificates: [testAuthority] };
      await assert.rejects(transportWith(settings).request({ method: 'GET', url: 'https://other.test/' }), {
        phase: 'connect',
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    });

    it('trusts what the operating system trusts, unless told otherwise', async () => {
      // Only on Linux can a test name the system's certificates without touching them.
      if (process.platform !== 'linux') return;
      const server = await secureServer();
      const script = join(import.meta.dirname, '..', '..', 'support', 'fetchOnce.ts');
      const authority = join(import.meta.dirname, '..', '..', 'fixtures', 'tls', 'ca.pem');
      const results: string[] = [];
      for (const system of ['true', 'false']) {
        const child = spawn(process.execPath, ['--import', 'tsx', script, server.url, system], {
          env: { ...process.env, SSL_CERT_FILE: authority, SSL_CERT_DIR: '' },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        await once(child, 'close');
        results.push(output.trim());
      }
      assert.deepEqual(results, ['200', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);
    });
  });

  describe('proxies', () => {
    const service = async () => kept(await serve((_, response) => response.end('ok'), { secure: true }));
    const url = 'https://service.test/v1beta/models';
    const get = { method: 'GET', url } as const;
    const trusted = { extraCertificates: [testAuthority] };

    it('goes through http.proxy with a tunnel that sees only the name', async () => {
      const proxy = kept(await serveProxy({ port: (await service()).port }));
      const transport = transportWith({ ...trusted, proxy: `http://127.0.0.1:${proxy.port}` });
      assert.equal((await exchange(transport, get)).text, 'ok');
      assert.deepEqual(proxy.tunnels, [{ target: 'service.test:443', authorization: undefined }]);
    });

    it('goes through a proxy that speaks TLS itself', async () => {
      const proxy = kept(await serveProxy({ port: (await service()).port, secure: true }));
      const transport = transportWith({ ...trusted, proxy: `https://localhost:${proxy.port}` });
      assert.equal((await exchange(transport, get)).text, 'ok');
    });

    it('gives user and password from the URL, or the header of the setting', async () => {
      const proxy = kept(await serveProxy({ port: (await service()).port, credentials: 'me:p@ss' }));
      const address = `127.0.0.1:${proxy.port}`;
      for (const settings of [
        { proxy: `http://me:p%40ss@${address}` },
        { proxy: `http://${address}`, proxyAuthorization: `Basic ${btoa('me:p@ss')}` },
        { environment: { HTTPS_PROXY: `http://me:p%40ss@${address}` } },
      ])
        assert.equal((await exchange(transportWith({ ...trusted, ...settings }), get)).text, 'ok');
    });

    it('says that the proxy wants a password', async () => {
      const proxy = kept(await serveProxy({ port: (await service()).port, credentials: 'me:secret' }));
      await assert.rejects(
        transportWith({ ...trusted, proxy: `http://me:wrong@127.0.0.1:${proxy.port}` }).request(get),
        (error) => {
          assert.ok(error instanceof TransportError);
          assert.equal(error.phase, 'connect');
          assert.equal(error.code, 'PROXY_AUTH');
          assert.match(error.message, /^The proxy \S+ did not accept the user and the password \(407\)\.$/);
          assert.doesNotMatch(error.message, /wrong|me:/);
          return true;
        },
      );
      await assert.rejects(
        transportWith({ ...trusted, proxy: `http://127.0.0.1:${proxy.port}` }).request(get),
        { code: 'PROXY_AUTH', message: /^The proxy \S+ asks for a user and a password \(407\)\.$/ },
      );
    });

    for (const [offered, code, words] of [
      [
        'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM',
        'PROXY_AUTH_KIND',
        /by Negotiate, NTLM \(407\), which/,
      ],
      ['Proxy-Authenticate: Digest realm="a, b", nonce="x"', 'PROXY_AUTH_KIND', /by Digest \(407\), which/],
      ['Proxy-Authenticate: NTLM, Basic realm="x"', 'PROXY_AUTH', /asks for a user/],
      ['X-Other: 1', 'PROXY_AUTH', /asks for a user/],
    ] as const)
      it(`says how the proxy wants one to log on: ${offered}`, async () => {
        const proxy = kept(
          await serveRaw((socket) =>
            socket.once('data', () =>
              socket.end(`HTTP/1.1 407 No\r\n${offered}\r\ncontent-length: 0\r\n\r\n`),
            ),
          ),
        );
        await assert.rejects(
          transportWith({ ...trusted, proxy: `http://127.0.0.1:${proxy.port}` }).request(get),
          { phase: 'connect', code, message: words },
        );
      });

    it('says that it does not trust a proxy that speaks TLS itself', async () => {
      const proxy = kept(await serveProxy({ port: (await service()).port, secure: true }));
      await assert.rejects(transportWith({ proxy: `https://localhost:${proxy.port}` }).request(get), {
        phase: 'connect',
        code: 'PROXY_UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      });
      const lenient = transportWith({ strictSsl: false, proxy: `https://localhost:${proxy.port}` });
      assert.equal((await exchange(lenient, get)).text, 'ok');
    });

    for (const [what, answer, code] of [
      ['refuses', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'PROXY_REFUSED'],
      ['cannot get there', 'HTTP/1.1 502 Bad Gateway\r\n\r\n<html>', 'PROXY_REFUSED'],
      ['hangs up', '', 'PROXY_SOCKET'],
      ['talks nonsense', 'SSH-2.0-OpenSSH_9\r\n\r\n', 'PROXY_NOT_HTTP'],
    ] as const)
      it(`says that the proxy ${what}`, async () => {
        const proxy = kept(await serveRaw((socket) => socket.once('data', () => socket.end(answer))));
        await assert.rejects(
          transportWith({ ...trusted, proxy: `http://127.0.0.1:${proxy.port}` }).request(get),
          { phase: 'connect', code },
        );
      });

    it('does not wait for ever for a proxy that says nothing', async () => {
      const proxy = kept(await serveRaw(() => undefined));
      await assert.rejects(
        transportWith({ ...trusted, proxy: `http://127.0.0.1:${proxy.port}` }, 300).request(get),
        { phase: 'connect', code: 'PROXY_HEADERS_TIMEOUT' },
      );
    });

    it('says that the proxy is not there', async () => {
      const gone = await serveRaw(() => undefined);
      await gone.close();
      await assert.rejects(
        transportWith({ ...trusted, proxy: `http://127.0.0.1:${gone.port}` }).request(get),
        { phase: 'connect', code: 'PROXY_ECONNREFUSED' },
      );
    });

    it('reads its settings anew for each connection', async () => {
      const server = await service();
      const proxy = kept(await serveProxy({ port: server.port }));
      let settings: NetworkSettings = { ...trusted, proxy: 'http://127.0.0.1:9' };
      const transport = createTransport(() => settings);
      releases.push(() => transport.dispose());
      await assert.rejects(transport.request(get), { code: 'PROXY_ECONNREFUSED' });
      settings = { ...trusted, proxy: `http://127.0.0.1:${proxy.port}` };
      assert.equal((await exchange(transport, get)).text, 'ok');
    });
  });
});
