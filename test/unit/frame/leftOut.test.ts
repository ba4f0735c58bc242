import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import type * as jsonrpc from 'vscode-jsonrpc/node';
import type { InitializeParams } from 'vscode-languageserver';
import type * as zodModule from 'zod';
import {
  clientFeatures,
  languageClient,
  leaveOut,
  protocolMessages,
  undici,
  zod,
} from '../../../esbuild.leftOut.js';
import manifest from '../../../package.json';
import type { createTransport } from '../../../src/http/undiciTransport';
import { initializeResult } from '../../../src/server/handshake';
import { serve } from '../../support/localServer';
import { TemporaryFolder } from '../../support/temporary';

const load: (path: string) => unknown = createRequire(__filename);
const read = (path: string) => readFileSync(path, 'utf8');

let folder: TemporaryFolder;

/** Bundles a module as the product does and runs the bundle. */
async function bundled(code: string, left: Parameters<typeof leaveOut>[0]) {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['vscode'],
    logLevel: 'silent',
    plugins: [leaveOut(left)],
  });
  const inputs = Object.keys(metafile.inputs);
  const run = (): unknown => load(folder.write(`${randomUUID()}.cjs`, outputFiles[0]!.text));
  return { inputs, run };
}

describe('what is left out of the bundles', () => {
  before(() => {
    folder = new TemporaryFolder();
  });
  after(() => folder.remove());

  it('must be there to be left out', async () => {
    const gone = ['undici', 'lib/gone.js', () => ''] as (typeof undici)[number];
    await assert.rejects(
      bundled(`import 'undici/lib/llhttp/constants.js'`, [gone]),
      /undici\/lib\/gone\.js is to be left out, but nothing loads it/,
    );
  });

  describe('of undici', () => {
    it('is not needed for what the transport does', async () => {
      const { run } = await bundled(`export { createTransport } from './src/http/undiciTransport'`, undici);
      const bodies: string[] = [];
      const server = await serve(({ url, body }, response) => {
        bodies.push(body.toString());
        if (url === '/packed') {
          response.setHeader('content-encoding', 'gzip');
          response.end(gzipSync('unpacked'));
          return;
        }
        response.write('in ');
        setImmediate(() => response.end('pieces'));
      });
      const transport = (run() as { createTransport: typeof createTransport }).createTransport();
      try {
        const answers: string[] = [];
        const streamed = { chunks: Readable.from([Buffer.from('str'), Buffer.from('eam')]), length: 6 };
        for (const [path, body] of [
          ['/text', 'text'],
          ['/stream', streamed],
          ['/packed', undefined],
        ] as const) {
          const answer = await transport.request({
            method: body === undefined ? 'GET' : 'POST',
            url: server.url + path,
            ...(body === undefined ? {} : { body }),
          });
          answers.push(await text(answer.body));
        }
        assert.deepEqual(answers, ['in pieces', 'in pieces', 'unpacked']);
        assert.deepEqual(bodies, ['text', 'stream', '']);
      } finally {
        transport.dispose();
        await server.close();
      }
    });

    it('are tables of the parser that the client does not read', async () => {
      const { inputs } = await bundled(
        `export { createTransport } from './src/http/undiciTransport'`,
        undici,
      );
      for (const file of inputs.filter((path) => path.includes('node_modules/undici/'))) {
        const source = read(file);
        if (!source.includes('llhttp/constants')) continue;
        assert.equal(basename(file), 'client-h1.js');
        const tables = new Set([...source.matchAll(/\bconstants\.([A-Z]\w*)/g)].map(([, name]) => name));
        assert.deepEqual([...tables].sort(), ['ERROR', 'TYPE']);
      }
    });
  });

  describe('of zod', () => {
    it('is not needed to check values, and says so where it is asked for', async () => {
      const { run } = await bundled(`export * as z from 'zod'`, zod);
      const { z } = run() as { z: typeof zodModule };
      const schema = z.object({ a: z.string().optional(), b: z.array(z.number()).catch([]) });
      assert.deepEqual(schema.parse({ a: 'x', b: 1 }), { a: 'x', b: [] });
      assert.throws(() => z.toJSONSchema(schema), /JSON Schema of zod is left out/);
      assert.throws(() => schema.toJSONSchema(), /JSON Schema of zod is left out/);
    });
  });

  describe('of the language client', () => {
    const client = 'node_modules/vscode-languageclient/lib/common';
    const protocol = 'node_modules/vscode-languageserver-protocol/lib/common';

    it('are features of these names, and nothing else that the client reads', () => {
      for (const [module, features] of Object.entries(clientFeatures)) {
        const used = read(`${client}/client.js`).matchAll(
          new RegExp(`\\b${module}_1\\.(\\w+)(\\.\\w+)?`, 'g'),
        );
        for (const [, name = '', member = '.CellScheme'] of used) {
          assert.ok((features as readonly string[]).includes(name), `${module}: ${name}`);
          assert.equal(member, '.CellScheme');
        }
      }
    });

    it('is nothing that our server announces', () => {
      const announced = Object.keys(initializeResult({ capabilities: {} } as InitializeParams).capabilities);
      assert.ok(announced.includes('hoverProvider'));
      for (const module of Object.keys(clientFeatures)) {
        const asked = [...read(`${client}/${module}.js`).matchAll(/\bcapabilities\??\.(\w+)/g)].map(
          ([, name]) => name,
        );
        assert.ok(asked.length > 0 || module === 'fileSystemWatcher', module);
        assert.deepEqual(
          announced.filter((name) => asked.includes(name)),
          [],
          module,
        );
      }
    });

    it('are messages that nothing else names', async () => {
      const { inputs } = await bundled(`import 'vscode-languageclient/node'`, languageClient);
      const left = new Set([
        ...Object.keys(clientFeatures).map((name) => `${client}/${name}.js`),
        ...protocolMessages.map((name) => `${protocol}/protocol.${name}.js`),
        // Only passes the messages on.
        `${protocol}/protocol.js`,
      ]);
      const kept = inputs
        .filter((path) => path.includes('node_modules/vscode-') && !left.has(path))
        .map(read);
      assert.ok(kept.length > 20);
      for (const name of protocolMessages) {
        const names = [...read(`${protocol}/protocol.${name}.js`).matchAll(/^\s*exports\.(\w+) = /gm)];
        for (const [, message = ''] of names) {
          const mention = new RegExp(`\\.${message}\\b`);
          assert.ok(!kept.some((source) => mention.test(source)), `${name}: ${message}`);
        }
      }
    });

    it('is a question about the age of VS Code that the manifest has answered', () => {
      const [, asked = ''] =
        /REQUIRED_VSCODE_VERSION = '\^1\.(\d+)/.exec(read(`${client}/../node/main.js`)) ?? [];
      const [, ours = ''] = /^\^1\.(\d+)/.exec(manifest.engines.vscode) ?? [];
      assert.ok(Number(asked) > 0 && Number(ours) >= Number(asked), `${asked} ${ours}`);
    });

    it('are helpers that its files share without a change of what they do', async () => {
      const { run } = await bundled(`export * from 'vscode-jsonrpc/node'`, []);
      const shared = run() as typeof jsonrpc;
      const own = load('vscode-jsonrpc/node') as typeof jsonrpc;
      assert.deepEqual(Object.keys(shared).sort(), Object.keys(own).sort());
      const [there, back] = [new PassThrough(), new PassThrough()];
      const { StreamMessageReader: Reader, StreamMessageWriter: Writer } = shared;
      const ends = [
        shared.createMessageConnection(new Reader(back), new Writer(there)),
        shared.createMessageConnection(new Reader(there), new Writer(back)),
      ] as const;
      ends[1].onRequest('double', (n: number) => n * 2);
      for (const end of ends) end.listen();
      assert.equal(await ends[0].sendRequest('double', 21), 42);
      for (const end of ends) end.dispose();
    });
  });
});
